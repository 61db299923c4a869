/** Which passwords are good enough, and how they are stored. */
import { describe, expect, test } from 'vitest';
import { commonPasswords } from '../../electron/accounts/common-passwords.ts';
import { emailKey } from '../../electron/accounts/email.ts';
import { passwordProblem } from '../../electron/accounts/password-rules.ts';
import { hashPassword, needsRehash, verifyPassword } from '../../electron/accounts/passwords.ts';

const owner = { email: 'anna.arnold@example.com', name: 'Anna Arnold' };
const problem = async (password: string) => passwordProblem(password, owner, await commonPasswords());

describe('a password', () => {
  test.each([
    ['correct horse battery staple', 'words'],
    ['zqvxjkwpmb', 'ten small letters: no rule asks for digits or signs'],
    ['83920174659203', 'digits alone'],
    ['пароль-из-многих-слов', 'other scripts'],
    ['🐢🐇🐸🐝🦊🐻🐼🐨🐯🦁', 'ten characters that are two code units each'],
    ['tall cranes sleep standing '.repeat(4).trim(), 'long'],
  ])('%s is good enough: %s', async (password) => {
    expect(await problem(password)).toBeNull();
  });

  test.each([
    ['short one', 'needs 10'],
    ['🐢🐇🐸🐝🦊🐻🐼🐨🐯', 'has 9 characters'],
    ['a b '.repeat(33), 'longer than 128'],
    ['Password123', 'Many people'],
    ['Iloveyou2024!', 'Many people'],
    ['1q2w3e4r5t', 'Many people'],
    ['aaaaaaaaaaaa', 'Many people'],
    ['abcabcabcabc', 'Many people'],
    ['Anna.Arnold@Example.com', 'e-mail address or the name'],
    ['anna.arnold', 'e-mail address or the name'],
    ['annaarnold', 'e-mail address or the name'],
    ['ANNA ARNOLD', 'e-mail address or the name'],
    [' anna.arnold ', 'e-mail address or the name'],
  ])('%s is refused: %s', async (password, reason) => {
    const found = await problem(password);
    expect(found?.code).toBe('password-weak');
    expect(found?.message).toContain(reason);
    expect(found?.hint).not.toBe('');
    // What was typed must not come back in a message that may be logged.
    expect(`${found?.message} ${found?.hint}`).not.toContain(password);
  });
});

describe('a stored password', () => {
  test('is an argon2id hash with its parameters and a salt of its own', async () => {
    const [one, other] = await Promise.all([hashPassword('seven green kettles'), hashPassword('seven green kettles')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword(one, 'seven green kettles')).toBe(true);
    expect(await verifyPassword(one, 'seven green kettle')).toBe(false);
    expect(needsRehash(one)).toBe(false);
    expect(needsRehash(one.replace('t=2', 't=3'))).toBe(true);
  });

  test('is the same however the keyboard writes its letters', async () => {
    const hash = await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9');
    expect(await verifyPassword(hash, 'cafe\u0301 cafe\u0301 cafe\u0301')).toBe(true);
  });

  test('of nobody is wrong, whatever it is', async () => {
    expect(await verifyPassword(null, 'seven green kettles')).toBe(false);
    expect(await verifyPassword(null, '')).toBe(false);
  });
});

test('addresses that differ in case alone are one', () => {
  expect(emailKey(' Anna@Example.COM ')).toBe(emailKey('anna@example.com'));
  expect(emailKey('anna@example.com')).not.toBe(emailKey('anne@example.com'));
});
