/** Each account's own entries in the system's keychain. */
import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import { bucketSecretKey, databaseSecretKey, type BucketRemote, type DatabaseRemote } from '../../shared/remotes.ts';
import type { MailServer } from '../../shared/requests/mail.ts';
import type { Keychain, KeyName, SecretName, SecretStore } from '../pipeline/ports/keychain.ts';
import { SIGNING_KEY } from './signing-key.ts';

/** How the entries begin that belong to all accounts. */
const ofAll = { client: 'client@', mail: 'mail@' } as const;

/** The keys of one account: those of others cannot be named through it. */
export function keychainOf(secrets: SecretStore, accountId: string): Keychain {
  const ownName = (name: KeyName): SecretName => (accountId === LOCAL_ACCOUNT ? name : `${accountId}/${name}`);
  return {
    get: (name) => secrets.get(ownName(name)),
    set: (name, key) => secrets.set(ownName(name), key),
    delete: (name) => secrets.delete(ownName(name)),
  };
}

/** The entry of a session that goes on after a restart. */
export function refreshEntry(accountId: string): SecretName {
  return `refresh@${accountId}`;
}

/** The client secret that a provider of sign-ins gave Quire. */
export function clientEntry(issuer: string): SecretName {
  return `${ofAll.client}${issuer}`;
}

/** The mail server's password. SECURITY: another server, or another user, never gets that of the one before. */
export function mailEntry({ user, host, port }: MailServer): SecretName {
  return `${ofAll.mail}${encodeURIComponent(user)}@${host}:${port}`;
}

/** The password of a database. SECURITY: `databaseSecretKey` says why it is named after all of this. */
export function databaseEntry(remote: DatabaseRemote): KeyName {
  const { user, host, port, database, tls, authority } = databaseSecretKey(remote);
  const address = `${encodeURIComponent(user)}@${host}:${port}/${encodeURIComponent(database)}`;
  return `database@${address}${tls === 'off' ? '#plain' : trustOf(authority)}`;
}

/** The secret access key of a bucket. SECURITY: as `databaseEntry`; the endpoint tells whether it is encrypted. */
export function bucketEntry(remote: BucketRemote): KeyName {
  const { accessKeyId, endpoint, bucket, authority } = bucketSecretKey(remote);
  return `bucket@${encodeURIComponent(accessKeyId)}@${encodeURIComponent(endpoint)}/${bucket}${trustOf(authority)}`;
}

/** Names the authority that a server is believed by; 64 bits are plenty for the few that one person has. */
function trustOf(authority: string | null): string {
  return authority === null ? '' : `#${createHash('sha256').update(authority).digest('hex').slice(0, 16)}`;
}

/** Gives the local profile's keys to the account that its library becomes; the local profile begins without any. */
export async function moveLocalKeys(secrets: SecretStore, accountId: string): Promise<void> {
  const from = keychainOf(secrets, LOCAL_ACCOUNT);
  const to = keychainOf(secrets, accountId);
  for (const name of (await secrets.names()).filter(isLocalKey)) {
    const key = await from.get(name);
    if (key !== null) await to.set(name, key);
    await from.delete(name);
  }
}

function isLocalKey(name: SecretName): name is KeyName {
  return /^(?:(?:answers|embedder)@[^/]*|(?:database|bucket)@.*)$/.test(name);
}

function isOfAll(name: SecretName): boolean {
  return name === SIGNING_KEY || Object.values(ofAll).some((beginning) => name.startsWith(beginning));
}

/**
 * Removes every entry of an account, and what belonged to no account but to all of them and is in use no more; answers
 * with how many are left.
 * @param shared Entries of the mail server and of providers that are set up, and the key that signs sessions.
 */
export async function deleteEntries(
  secrets: SecretStore,
  accountId: string,
  shared: ReadonlySet<SecretName>,
): Promise<number> {
  const isDoomed = (name: SecretName): boolean =>
    name === refreshEntry(accountId) || name.startsWith(`${accountId}/`) || (isOfAll(name) && !shared.has(name));
  for (const name of (await secrets.names()).filter(isDoomed)) await secrets.delete(name);
  return (await secrets.names()).filter(isDoomed).length;
}
