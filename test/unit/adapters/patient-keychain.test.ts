import { expect, it, vi } from 'vitest';
import { PatientKeychain } from '../../../electron/adapters/patient-keychain.ts';
import { MemorySecrets } from '../../helpers/accounts.ts';

function held() {
  const secrets = new MemorySecrets();
  const told: boolean[] = [];
  const keychain = new PatientKeychain(secrets, (isAsking) => told.push(isAsking));
  const { promise, resolve } = Promise.withResolvers<void>();
  secrets.held = promise;
  return { secrets, keychain, told, answer: resolve };
}

it('tells that it asks only when it takes long, and when it has answered', async () => {
  vi.useFakeTimers();
  const { keychain, told, answer, secrets } = held();
  secrets.entries.set('session-key', 'k');
  const got = keychain.get('session-key');
  await vi.advanceTimersByTimeAsync(500);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(told).toEqual([true]);
  await keychain.asking();
  answer();
  expect(await got).toBe('k');
  expect(told).toEqual([true, false]);
  secrets.held = null;
  await keychain.get('session-key');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([true, false]);
  vi.useRealTimers();
});

// Catches: a call that was left and still runs, and a later one that overtakes it in the keychain.
it('answers whoever waits when it is left, and takes nothing before what was left has ended', async () => {
  const { keychain, answer, secrets } = held();
  const setting = keychain.set('session-key', 'first');
  keychain.leave();
  await expect(setting).rejects.toMatchObject({ code: 'keychain-unavailable' });
  const { calls } = secrets;
  await expect(keychain.set('session-key', 'second')).rejects.toMatchObject({ code: 'keychain-unavailable' });
  expect(secrets.calls).toBe(calls);
  secrets.held = null;
  answer();
  await expect.poll(() => keychain.get('session-key').catch(() => null)).toBe('first');
  await keychain.set('session-key', 'second');
  expect(secrets.entries.get('session-key')).toBe('second');
});

it('has nothing to leave while nobody waits', async () => {
  const secrets = new MemorySecrets();
  const keychain = new PatientKeychain(secrets);
  keychain.leave();
  await keychain.set('session-key', 'k');
  expect(await keychain.names()).toEqual(['session-key']);
});
