/** Codes that are mailed: how they are made, kept and compared. */
import { describe, expect, test } from 'vitest';
import {
  codeAlphabet,
  codeLength,
  codeLifetime,
  formatCode,
  isCode,
  makeCode,
  mayBeTried,
  mostTries,
  parseCode,
  storeCode,
  type CodeSubject,
} from '../../../electron/accounts/one-time-codes.ts';

const subject: CodeSubject = { purpose: 'verify-email', accountId: 'a', email: 'ann@example.com' };

describe('a code', () => {
  test('is of the alphabet, every letter of it equally often', () => {
    expect(new Set(codeAlphabet).size).toBe(32);
    for (const confused of '01IO') expect(codeAlphabet).not.toContain(confused);
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const counts = new Map<string, number>();
    for (let start = 0; start < 256; start += codeLength) {
      for (const letter of makeCode(() => every.subarray(start, start + codeLength))) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
      }
    }
    // A bias would make some codes likelier than others, and easier to guess.
    expect(new Set(counts.values())).toEqual(new Set([8]));
    expect(counts.size).toBe(32);
  });

  test('is another one each time', () => {
    expect(new Set(Array.from({ length: 200 }, () => makeCode())).size).toBe(200);
  });

  test('is read as people type it, and nothing else is taken for one', () => {
    const code = makeCode();
    expect(formatCode('ABCDEFGH')).toBe('ABCD-EFGH');
    for (const typed of [code, formatCode(code), ` ${formatCode(code).toLowerCase()} `, [...code].join(' ')]) {
      expect(parseCode(typed)).toBe(code);
    }
    for (const typed of ['', 'ABCD-EFG', 'ABCD-EFGHJ', 'ABCD-EFG0', 'ABCD_EFGH', 'ÄBCD-EFGH']) {
      expect(parseCode(typed)).toBeNull();
    }
  });
});

describe('what is kept of a code', () => {
  test('does not hold it, and is another one for the same code', async () => {
    const [one, two] = await Promise.all([
      storeCode('ABCDEFGH', subject, 1_000),
      storeCode('ABCDEFGH', subject, 1_000),
    ]);
    expect(JSON.stringify(one)).not.toContain('ABCDEFGH');
    expect(one.hash).not.toBe(two.hash);
    expect(one).toMatchObject({ expiresAt: 1_000 + codeLifetime, tries: 0 });
  });

  test('fits that code for that purpose, account and address alone', async () => {
    const stored = await storeCode('ABCDEFGH', subject, 0);
    expect(await isCode('ABCDEFGH', subject, stored)).toBe(true);
    // The same mailbox, written otherwise.
    expect(await isCode('ABCDEFGH', { ...subject, email: 'Ann@Example.com' }, stored)).toBe(true);
    expect(await isCode('ABCDEFGJ', subject, stored)).toBe(false);
    // A code to confirm an address must not set a password, nor confirm the address that came after.
    expect(await isCode('ABCDEFGH', { ...subject, purpose: 'reset-password' }, stored)).toBe(false);
    expect(await isCode('ABCDEFGH', { ...subject, accountId: 'b' }, stored)).toBe(false);
    expect(await isCode('ABCDEFGH', { ...subject, email: 'eve@example.com' }, stored)).toBe(false);
    expect(await isCode('ABCDEFGH', subject, null)).toBe(false);
  });

  test('may be tried five times in half an hour', () => {
    const stored = { expiresAt: codeLifetime, tries: 0 };
    expect(mayBeTried(stored, codeLifetime - 1)).toBe(true);
    expect(mayBeTried(stored, codeLifetime)).toBe(false);
    expect(mayBeTried({ ...stored, tries: mostTries - 1 }, 0)).toBe(true);
    expect(mayBeTried({ ...stored, tries: mostTries }, 0)).toBe(false);
  });
});
