/** Who gets to which account by a provider's word; each refusal is a way into somebody else's. */
import { expect, it } from 'vitest';
import { decideLinking, type KnownAccounts } from '../../../electron/accounts/identity-linking.ts';
import type { ProviderIdentity } from '../../../electron/accounts/ports/identity-provider.ts';

const identity: ProviderIdentity = {
  issuer: 'https://accounts.example.com',
  subject: '1',
  email: 'ada@example.com',
  isEmailVerified: true,
  name: 'Ada',
};
const nobody: KnownAccounts = { linkedId: null, sameEmail: null, callerId: null };
const adas = { id: 'a', isEmailVerified: true, subject: null };

const decide = (known: Partial<KnownAccounts>, changed: Partial<ProviderIdentity> = {}) =>
  decideLinking({ ...identity, ...changed }, 'Example', { ...nobody, ...known });

const refusal = expect.objectContaining({ code: 'sign-in-failed' }) as Error;

it('opens the account that the identity belongs to, whatever its e-mail is by now', () => {
  expect(decide({ linkedId: 'b' })).toEqual({ action: 'open', accountId: 'b' });
  expect(decide({ linkedId: 'b', sameEmail: adas })).toEqual({ action: 'open', accountId: 'b' });
});

it('links an account whose owner has shown that the e-mail is theirs', () => {
  expect(decide({ sameEmail: adas })).toEqual({ action: 'link', accountId: 'a' });
});

// Catches: an account without a password, which nothing could lock.
it('makes no account where there is none', () => {
  expect(() => decide({})).toThrow(refusal);
});

it.each([
  ['nobody', nobody],
  ['the account that it is linked to', { linkedId: 'a' }],
  ['an account with the same e-mail', { sameEmail: adas }],
  ['the own account', { sameEmail: adas, callerId: 'a' }],
])('never takes an unverified or missing e-mail, with %s there', (_what, known) => {
  expect(() => decide(known, { isEmailVerified: false })).toThrow(refusal);
  expect(() => decide(known, { email: null })).toThrow(refusal);
});

// Catches: an account that somebody made beforehand with another's address, to wait in it for its owner.
it('does not link an account whose e-mail nobody has proven, but from within it', () => {
  const sameEmail = { ...adas, isEmailVerified: false };
  expect(() => decide({ sameEmail })).toThrow(refusal);
  expect(decide({ sameEmail, callerId: 'a' })).toEqual({ action: 'link', accountId: 'a' });
});

// Catches: an address that was given to somebody else at the provider, who then opens its first owner's account.
it('does not link a second subject of the same issuer', () => {
  expect(() => decide({ sameEmail: { ...adas, subject: '2' } })).toThrow(refusal);
  expect(() => decide({ sameEmail: { ...adas, subject: '2' }, callerId: 'a' })).toThrow(refusal);
});

it('links the own account alone, to an identity that is nobody else’s', () => {
  expect(decide({ linkedId: 'a', sameEmail: adas, callerId: 'a' })).toEqual({ action: 'open', accountId: 'a' });
  expect(() => decide({ linkedId: 'b', sameEmail: adas, callerId: 'a' })).toThrow(refusal);
  expect(() => decide({ sameEmail: { ...adas, id: 'b' }, callerId: 'a' })).toThrow(refusal);
  expect(() => decide({ callerId: 'a' })).toThrow(refusal);
});
