/** The owner's row in a remote library; loaded when sync is turned on or a password changed, with pg. */
import { randomUUID } from 'node:crypto';
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import {
  createRemoteUser,
  deleteRemoteUser,
  findRemoteUser,
  getRemoteUser,
  updateRemoteUser,
} from '../adapters/postgres/users.ts';
import type { JsonValue } from '../db/database.ts';
import { makeSignIn, openSignIn, recordOf } from '../sync/sign-in.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { BucketRemote } from '../../shared/remotes.ts';
import { bucketLabelOf } from '../adapters/s3/bucket-name.ts';
import type { RemoteAccess } from './remotes.ts';

export interface SignedIn {
  /** UUID. */
  readonly userId: string;
  /** See sync/sign-in.ts; whoever was given it clears it. */
  readonly key: Uint8Array;
}

/**
 * The owner's library there, made where there is none. Errors: `wrong-credentials`, `remote-…`.
 * @param keptKey The key (base64) that this computer has of a library, if it has it.
 */
export function signIn(
  database: RemoteAccess['database'],
  email: string,
  password: string,
  keptKey: (userId: string) => Promise<string | null>,
): Promise<SignedIn> {
  return withSession(database, async (session) => {
    const { readOnly } = await migrateRemote(session);
    let user = await findRemoteUser(session, email);
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
    await updateRemoteUser(session, { ...user, signIn: await recordOf(key, password) });
    return { userId: user.id, key };
  });
}

/** Puts another record in place of the present one. */
export function setSignIn(database: RemoteAccess['database'], userId: string, record: JsonValue): Promise<void> {
  return withSession(database, async (session) => {
    const user = await getRemoteUser(session, userId);
    if (user) await updateRemoteUser(session, { ...user, signIn: record });
  });
}

/**
 * Deletes everything of a library there: rows, vectors and objects, and looks again.
 * @returns What is left: rows by table, `objects` of the bucket; empty when all went.
 */
export async function deleteThere(
  { database, bucket, formerBuckets }: RemoteAccess,
  userId: string,
): Promise<Readonly<Record<string, number>>> {
  let objects = 0;
  for (const former of formerBuckets) {
    objects += await emptyBucket(former, userId).catch((thrown: unknown) => {
      throw notLookedAt(former.remote, toAppError(thrown));
    });
  }
  // The bucket first: without its rows nobody would know whose the objects are.
  if (bucket) objects += await emptyBucket(bucket, userId);
  const rows = await withSession(database, (session) => deleteRemoteUser(session, userId));
  return Object.fromEntries(Object.entries({ ...rows, objects }).filter(([, count]) => count > 0));
}

async function emptyBucket(
  { remote, secretAccessKey }: NonNullable<RemoteAccess['bucket']>,
  userId: string,
): Promise<number> {
  const { openBucket } = await import('../adapters/s3/blob-store.ts');
  const bucket = openBucket(remote, secretAccessKey, userId);
  try {
    const addresses: string[] = [];
    for await (const { address } of bucket.list()) addresses.push(address);
    await bucket.remove(addresses);
    let left = 0;
    for await (const { size } of bucket.list()) left += size >= 0 ? 1 : 0;
    return left;
  } finally {
    bucket.close();
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
