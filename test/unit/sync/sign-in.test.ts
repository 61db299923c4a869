/** What lies with a remote library for signing in elsewhere. */
import { expect, it } from 'vitest';
import { makeSignIn, openSignIn, recordOf } from '../../../electron/sync/sign-in.ts';

const password = 'the ferry leaves at nine';
const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');

it('gives the key to whoever knows the password, on any computer, and to nobody else', async () => {
  const { record, key } = await makeSignIn(password);
  const carried = JSON.parse(JSON.stringify(record)) as typeof record;
  expect(hex(await openSignIn(carried, password))).toBe(hex(key));
  expect(await openSignIn(carried, `${password}.`)).toBeNull();
  expect(JSON.stringify(record)).not.toContain(Buffer.from(key).toString('base64'));
  expect(JSON.stringify(record)).not.toContain(password);
});

it('has the same key after a change of password, and opens by the new one alone', async () => {
  const { key } = await makeSignIn(password);
  const changed = await recordOf(key, 'another one, later');
  expect(hex(await openSignIn(changed, 'another one, later'))).toBe(hex(key));
  expect(await openSignIn(changed, password)).toBeNull();
});

it('takes a record that is none for a wrong password, not for a crash', async () => {
  for (const record of [null, 7, 'keys', [], {}, { keys: '' }, { keys: '{"format":"quire keys"}' }]) {
    expect(await openSignIn(record, password)).toBeNull();
  }
});
