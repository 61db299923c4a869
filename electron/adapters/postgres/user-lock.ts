/** The lock on a user's row, which puts in order what the devices of an account write at the same moment. */
import { AppError } from '../../../shared/errors.ts';
import { requireWritable } from './migrate.ts';
import type { Sql } from './session.ts';

/**
 * To be called first in a transaction that writes, and as a statement of its own: a statement sees what was there when it
 * began, not when it got the lock.
 *
 * @param mode `alone` for what takes sequences or deletes: one after the other. `shared` for what writes beside others,
 *   but not beside a deletion: the deletion sees what was written before it, and who writes after it sees the deletion.
 * @returns The next sequence. Rejects with `not-found` where there is no such user, or another role's;
 *   `remote-from-the-future` where this client may only read.
 */
export async function lockUser(sql: Sql, userId: string, mode: 'alone' | 'shared'): Promise<number> {
  await requireWritable(sql);
  const [user] = await sql.query<{ nextSeq: number }>(
    `SELECT next_seq AS "nextSeq" FROM quire.users WHERE id = $1 FOR ${mode === 'alone' ? 'NO KEY UPDATE' : 'SHARE'}`,
    [userId],
  );
  if (!user) throw userMissing();
  return user.nextSeq;
}

export function userMissing(): AppError {
  return new AppError('not-found', 'The database has no such account, or it belongs to another role.', {
    hint: 'Was the account deleted on another computer? Else sign in to the database with the role that made it.',
  });
}
