/** What a log or a report must never hold. */
import { describe, expect, it } from 'vitest';
import { redact } from '../../../electron/logging/redact.ts';

const person = { home: '/home/mira.olsen', userName: 'mira.olsen' };
const clean = (text: string): string => redact(text, person);

describe('keys, tokens and passwords', () => {
  it.each([
    ['a key of OpenAI', 'sk-proj-7Hs9dK2mQpX4vT8wYb3nLc6'],
    ['a short key of a server', 'sk-test-7f3a9b'],
    ['a token of GitHub', 'ghp_1234567890abcdefghijABCDEFGHIJ123456'],
    ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['a key of Google', 'AIzaSyA1234567890abcdefghijklmnopqrstuv'],
    ['a JSON Web Token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'],
    ['one without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.'],
    ['a hash of a password', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG'],
    ['something long and random', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['an id', '3f2b8c1e-93ab-4f0e-9a52-6d3c1f0b7e44'],
  ])('%s goes', (_name, secret) => {
    expect(clean(`It said: ${secret}, and then stopped.`)).not.toContain(secret.slice(4, 20));
    expect(clean(`It said: ${secret}, and then stopped.`)).toMatch(/^It said: .*\[key\].*stopped\.$/);
  });

  it.each([
    ['authorization: Bearer abc.def', 'abc.def'],
    ['{"password":"correct horse battery"}', 'horse'],
    ["token='hunter2', next", 'hunter2'],
    ['OPENAI_API_KEY=abc123 npm start', 'abc123'],
    ['https://mira:pass@example.org/v1', 'mira:pass'],
    ['GET /v1/models?key=abc123&x=1', 'abc123'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END PRIVATE KEY-----', 'MIIE'],
  ])('what is said to be one goes: %s', (text, secret) => {
    expect(clean(text)).not.toContain(secret);
  });
});

describe('the person', () => {
  it.each([
    ['ENOENT: no such file, open /home/mira.olsen/Papers/Tax.pdf', 'ENOENT: no such file, open ~/Papers/Tax.pdf'],
    ['from /home/erik/shared', 'from /home/[name]/shared'],
    ['C:\\Users\\Erik\\data', 'C:\\Users\\[name]\\data'],
    ['Mira.Olsen was here', '[name] was here'],
    ['write to mira.o@mail.example.org now', 'write to [e-mail] now'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  // Catches: a report full of holes, because somebody is called what many computers call them.
  it('is not looked for where the name is a word', () => {
    expect(redact('The root of the tree', { home: '/root', userName: 'root' })).toBe('The root of the tree');
    expect(redact('/root/data and /rooted', { home: '/root', userName: 'root' })).toBe('~/data and /rooted');
  });
});

// Catches: a log in which nothing can be read any more.
it.each([
  'pipeline-out-of-memory',
  'Quire 0.1.0, Electron 33.2.1, Chromium 130.0.6723.137, Node 20.18.0',
  'database-from-the-future at electron/db/open.ts:108:9',
  'package onnxruntime-node@1.30.1',
  'The library’s file is whole: 12 MB, format 14.',
  'internationalization-and-localization-of-everything',
])('%s stays as it is', (text) => {
  expect(clean(text)).toBe(text);
});
