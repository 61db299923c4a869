/** The owner's row in a remote library: what errands do with it, in their thread. */
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
import { bucketLabelOf } from '../adapters/s3/bucket-name.ts';
import type {
  BucketAccess,
  DatabaseAccess,
  Deletion,
  ErrandListener,
  Owner,
  OwnerNews,
  RemoteAccess,
  SignedIn,
} from '../sync/ports/remote-errands.ts';
import type { BlobStore } from '../sync/ports/blob-store.ts';
import { makeSignIn, openSignIn, recordOf } from '../sync/sign-in.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { BucketRemote } from '../../shared/remotes.ts';
import type { SyncProgress } from '../../shared/sync.ts';

/** As `RemoteErrands.signIn`. */
export function signIn(
  database: DatabaseAccess,
  { email, password, userId }: Owner,
  keptKey: ErrandListener['keptKey'],
  signal?: AbortSignal,
): Promise<SignedIn> {
  return withSession(database, signal, async (session) => {
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

/** As `RemoteErrands.tellOwner`. */
export function tellOwner(
  database: DatabaseAccess,
  userId: string,
  { record, email }: OwnerNews,
  signal?: AbortSignal,
): Promise<void> {
  return withSession(database, signal, async (session) => {
    const { readOnly } = await migrateRemote(session);
    if (readOnly) throw AppError.fromInfo(readOnly);
    if (!(await getRemoteUser(session, userId))) throw userMissing();
    if (record !== undefined) await setRemoteSignIn(session, userId, record);
    if (email !== undefined) await setRemoteEmail(session, userId, email);
  });
}

/** As `RemoteErrands.reachThere`. */
export async function reachThere(access: RemoteAccess, userId: string, signal?: AbortSignal): Promise<void> {
  await withSession(access.database, signal, (session) => getRemoteUser(session, userId));
  await inEachBucket(access, userId, async (store) => {
    // One page of the list is enough.
    for await (const { size } of store.list(signal)) if (size >= 0) break;
  });
}

/** As `RemoteErrands.deleteThere`. */
export async function deleteThere(
  access: RemoteAccess,
  userId: string,
  onProgress: (progress: SyncProgress) => void,
  signal?: AbortSignal,
): Promise<Deletion> {
  const objects = { removed: 0, left: 0 };
  // The buckets first: without its rows nobody would know whose the objects are.
  await inEachBucket(access, userId, async (store) => {
    const { removed, left } = await emptyBucket(store, onProgress, signal);
    objects.removed += removed;
    objects.left += left;
  });
  onProgress({ phase: 'deleting-rows', done: 0, total: 0 });
  const { before, left } = await withSession(access.database, signal, (session) =>
    deleteRemoteUser(session, userId, signal),
  );
  return {
    rows: Object.values(before).reduce((sum, count) => sum + count, 0),
    objects: objects.removed,
    left: Object.fromEntries(Object.entries({ ...left, objects: objects.left }).filter(([, count]) => count > 0)),
  };
}

/** Objects that are removed before the next word on how far it is; S3 takes a thousand in one request. */
const AT_ONCE = 1_000;

async function emptyBucket(
  store: BlobStore,
  onProgress: (progress: SyncProgress) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly removed: number; readonly left: number }> {
  // First, as one that ends later would bring an object back.
  await store.endUploads(signal);
  const addresses: string[] = [];
  for await (const { address } of store.list(signal)) addresses.push(address);
  const total = addresses.length;
  for (let done = 0; done < total; done += AT_ONCE) {
    onProgress({ phase: 'deleting-files', done, total });
    await store.remove(addresses.slice(done, done + AT_ONCE), signal);
  }
  onProgress({ phase: 'deleting-files', done: total, total });
  let left = 0;
  for await (const { size } of store.list(signal)) left += size >= 0 ? 1 : 0;
  return { removed: total - left, left };
}

/** The former ones first: where one of them can't be looked at, the present one stays as it is. */
async function inEachBucket(
  { bucket, formerBuckets }: RemoteAccess,
  userId: string,
  work: (store: BlobStore) => Promise<void>,
): Promise<void> {
  for (const former of formerBuckets) {
    await withBucket(former, userId, work).catch((thrown: unknown) => {
      throw notLookedAt(former.remote, toAppError(thrown));
    });
  }
  if (bucket) await withBucket(bucket, userId, work);
}

async function withBucket(
  { remote, secretAccessKey }: BucketAccess,
  userId: string,
  work: (store: BlobStore) => Promise<void>,
): Promise<void> {
  const { openBucket } = await import('../adapters/s3/blob-store.ts');
  const store = openBucket(remote, secretAccessKey, userId);
  try {
    await work(store);
  } finally {
    store.close();
  }
}

async function withSession<T>(
  { remote, password }: DatabaseAccess,
  signal: AbortSignal | undefined,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = openPostgres(remote, password, { connections: 1, ...(signal && { signal }) });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function notLookedAt(remote: BucketRemote, cause: AppError): AppError {
  return new AppError(
    'deletion-incomplete',
    `Nothing was deleted in the database: the bucket that was named before, ${bucketLabelOf(remote)}, can’t be looked at. ${cause.message}`,
    {
      hint: 'Make it reachable and delete again. What lies in it stays there when you forget it first, in Settings, Sync.',
      retryable: true,
      cause,
    },
  );
}

function otherPassword(email: string): AppError {
  return new AppError('wrong-credentials', `The library of ${email} in this database has another password.`, {
    hint: 'Give this account the password that it has on your other computer, then turn sync on.',
  });
}
