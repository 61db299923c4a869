/** The owner's row in a remote library: what errands do with it, in their thread. */
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
import type {
  BucketAccess,
  DatabaseAccess,
  ErrandListener,
  RemoteAccess,
  SignedIn,
} from '../sync/ports/remote-errands.ts';
import { makeSignIn, openSignIn, recordOf, type SignInRecord } from '../sync/sign-in.ts';
import { AppError } from '../../shared/errors.ts';

/** As `RemoteErrands.signIn`. */
export function signIn(
  database: DatabaseAccess,
  email: string,
  password: string,
  keptKey: ErrandListener['keptKey'],
  signal?: AbortSignal,
): Promise<SignedIn> {
  return withSession(database, signal, async (session) => {
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

/** As `RemoteErrands.setSignIn`. */
export function setSignIn(
  database: DatabaseAccess,
  userId: string,
  record: SignInRecord,
  signal?: AbortSignal,
): Promise<void> {
  return withSession(database, signal, async (session) => {
    const user = await getRemoteUser(session, userId);
    if (user) await updateRemoteUser(session, { ...user, signIn: record });
  });
}

/** As `RemoteErrands.deleteThere`. */
export async function deleteThere(
  { database, bucket }: RemoteAccess,
  userId: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  // The bucket first: without its rows nobody would know whose the objects are.
  const objects = bucket ? await emptyBucket(bucket, userId, signal) : 0;
  const rows = await withSession(database, signal, (session) => deleteRemoteUser(session, userId, signal));
  return Object.fromEntries(Object.entries({ ...rows, objects }).filter(([, count]) => count > 0));
}

async function emptyBucket(
  { remote, secretAccessKey }: BucketAccess,
  userId: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { openBucket } = await import('../adapters/s3/blob-store.ts');
  const bucket = openBucket(remote, secretAccessKey, userId);
  try {
    const addresses: string[] = [];
    for await (const { address } of bucket.list(signal)) addresses.push(address);
    await bucket.remove(addresses, signal);
    let left = 0;
    for await (const { size } of bucket.list(signal)) left += size >= 0 ? 1 : 0;
    return left;
  } finally {
    bucket.close();
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

function otherPassword(email: string): AppError {
  return new AppError('wrong-credentials', `The library of ${email} in this database has another password.`, {
    hint: 'Give this account the password that it has on your other computer, then turn sync on.',
  });
}
