/** The owner's row in a remote library; loaded when sync is turned on or a password changed, with pg. */
import { randomUUID } from 'node:crypto';
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { userMissing } from '../adapters/postgres/user-lock.ts';
import {
  createRemoteUser,
  deleteRemoteUser,
  findRemoteUser,
  getRemoteUser,
  setRemoteEmail,
  setRemoteSignIn,
} from '../adapters/postgres/users.ts';
import type { JsonValue } from '../db/database.ts';
import type { BlobStore as RemoteBlobs } from '../sync/ports/blob-store.ts';
import { makeSignIn, openSignIn, recordOf } from '../sync/sign-in.ts';
import { AppError } from '../../shared/errors.ts';
import type { SyncProgress } from '../../shared/sync.ts';
import type { RemoteAccess } from './remotes.ts';

export interface SignedIn {
  /** UUID. */
  readonly userId: string;
  /** See sync/sign-in.ts; whoever was given it clears it. */
  readonly key: Uint8Array;
}

export interface Owner {
  readonly email: string;
  readonly password: string;
  /** The library that this computer synced with before, if it did: its e-mail there may be another by now. */
  readonly userId: string | null;
}

/**
 * The owner's library there, made where there is none. Errors: `wrong-credentials`, `remote-…`.
 * @param keptKey The key (base64) that this computer has of a library, if it has it.
 */
export function signIn(
  database: RemoteAccess['database'],
  { email, password, userId }: Owner,
  keptKey: (userId: string) => Promise<string | null>,
): Promise<SignedIn> {
  return withSession(database, async (session) => {
    const { readOnly } = await migrateRemote(session);
    const known = userId === null ? null : await getRemoteUser(session, userId);
    let user = known ?? (await findRemoteUser(session, email));
    if (!user) {
      if (readOnly) throw AppError.fromInfo(readOnly);
      const { record, key } = await makeSignIn(password);
      const made = { id: randomUUID(), email, signIn: record };
      user = await createRemoteUser(session, made);
      if (user.id === made.id) return { userId: user.id, key };
      // Another computer was quicker.
      key.fill(0);
    }
    const opened = await openSignIn(user.signIn, password);
    if (opened) return { userId: user.id, key: opened };
    // A password that was set anew by mail or recovery code: this computer still has the key that it is to open.
    const kept = await keptKey(user.id);
    if (kept === null) throw otherPassword(email);
    const key = Buffer.from(kept, 'base64');
    await setRemoteSignIn(session, user.id, await recordOf(key, password));
    return { userId: user.id, key };
  });
}

/** What of an account is new since the server was told. */
export interface OwnerNews {
  /** After a change of password. */
  readonly record?: JsonValue;
  readonly email?: string;
}

/**
 * Tells the owner's row what is new of the account. Errors: `not-found` when the library is no longer there, `email-taken`
 * when another library there has the e-mail (the one before stays, and what else was new is told), `remote-…`.
 */
export function tellOwner(
  database: RemoteAccess['database'],
  userId: string,
  { record, email }: OwnerNews,
): Promise<void> {
  return withSession(database, async (session) => {
    const { readOnly } = await migrateRemote(session);
    if (readOnly) throw AppError.fromInfo(readOnly);
    if (!(await getRemoteUser(session, userId))) throw userMissing();
    if (record !== undefined) await setRemoteSignIn(session, userId, record);
    if (email !== undefined) await setRemoteEmail(session, userId, email);
  });
}

/** Resolves when both servers answer for a library that is about to be deleted. Errors: `remote-…`. */
export async function reachThere({ database, bucket }: RemoteAccess, userId: string): Promise<void> {
  await withSession(database, (session) => getRemoteUser(session, userId));
  if (!bucket) return;
  await withBucket(bucket, userId, async (store) => {
    // One page of the list is enough.
    for await (const { size } of store.list()) if (size >= 0) break;
  });
}

export interface DeletedThere {
  /** What there was: rows of all tables, objects of the bucket. */
  readonly rows: number;
  readonly objects: number;
  /** What the look after it found: rows by table, `objects` of the bucket; empty when all went. */
  readonly left: Readonly<Record<string, number>>;
}

/** Deletes everything of a library there: rows, vectors and objects, and looks again. Errors: `remote-…`. */
export async function deleteThere(
  { database, bucket }: RemoteAccess,
  userId: string,
  onProgress: (progress: SyncProgress) => void,
): Promise<DeletedThere> {
  // The bucket first: without its rows nobody would know whose the objects are.
  const objects = bucket ? await emptyBucket(bucket, userId, onProgress) : { removed: 0, left: 0 };
  onProgress({ phase: 'deleting-rows', done: 0, total: 0 });
  const { before, left } = await withSession(database, (session) => deleteRemoteUser(session, userId));
  return {
    rows: Object.values(before).reduce((sum, count) => sum + count, 0),
    objects: objects.removed,
    left: Object.fromEntries(Object.entries({ ...left, objects: objects.left }).filter(([, count]) => count > 0)),
  };
}

/** Objects that are removed before the next word on how far it is; S3 takes a thousand in one request. */
const AT_ONCE = 1_000;

function emptyBucket(
  bucket: NonNullable<RemoteAccess['bucket']>,
  userId: string,
  onProgress: (progress: SyncProgress) => void,
): Promise<{ readonly removed: number; readonly left: number }> {
  return withBucket(bucket, userId, async (store) => {
    const addresses: string[] = [];
    for await (const { address } of store.list()) addresses.push(address);
    const total = addresses.length;
    for (let done = 0; done < total; done += AT_ONCE) {
      onProgress({ phase: 'deleting-files', done, total });
      await store.remove(addresses.slice(done, done + AT_ONCE));
    }
    onProgress({ phase: 'deleting-files', done: total, total });
    let left = 0;
    for await (const { size } of store.list()) left += size >= 0 ? 1 : 0;
    return { removed: total - left, left };
  });
}

async function withBucket<T>(
  { remote, secretAccessKey }: NonNullable<RemoteAccess['bucket']>,
  userId: string,
  work: (store: RemoteBlobs) => Promise<T>,
): Promise<T> {
  const { openBucket } = await import('../adapters/s3/blob-store.ts');
  const store = openBucket(remote, secretAccessKey, userId);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

async function withSession<T>(
  { remote, password }: RemoteAccess['database'],
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = openPostgres(remote, password, { connections: 1 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function otherPassword(email: string): AppError {
  return new AppError('wrong-credentials', `The library of ${email} in this database has another password.`, {
    hint: 'Give this account the password that it has on your other computer, then turn sync on.',
  });
}
