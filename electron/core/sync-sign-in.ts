/** The owner's row in a remote library; loaded when sync is turned on or a password changed, with pg. */
import { openPostgres } from '../adapters/postgres/connection.ts';
import { migrateRemote } from '../adapters/postgres/migrate.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { createRemoteUser, findRemoteUser, getRemoteUser, updateRemoteUser } from '../adapters/postgres/users.ts';
import type { JsonValue } from '../db/database.ts';
import type { SignInRecord } from '../sync/sign-in.ts';
import { AppError } from '../../shared/errors.ts';
import type { RemoteAccess } from './remotes.ts';

export interface FoundUser {
  readonly id: string;
  readonly record: SignInRecord;
  /** Made just now, as `make` answered. */
  readonly isNew: boolean;
}

/** @param make Asked when nobody with this e-mail is there. */
export function findOrMakeUser(
  database: RemoteAccess['database'],
  email: string,
  make: () => Promise<Pick<FoundUser, 'id' | 'record'>>,
): Promise<FoundUser> {
  return withSession(database, async (session) => {
    const { readOnly } = await migrateRemote(session);
    const found = await findRemoteUser(session, email);
    if (found) return { id: found.id, record: found.signIn, isNew: false };
    if (readOnly) throw AppError.fromInfo(readOnly);
    const { id, record } = await make();
    const stored = await createRemoteUser(session, { id, email, signIn: record });
    return { id: stored.id, record: stored.signIn, isNew: stored.id === id };
  });
}

/** Puts another record in place of the present one. */
export function setSignIn(database: RemoteAccess['database'], userId: string, record: JsonValue): Promise<void> {
  return withSession(database, async (session) => {
    const user = await getRemoteUser(session, userId);
    if (user) await updateRemoteUser(session, { ...user, signIn: record });
  });
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
