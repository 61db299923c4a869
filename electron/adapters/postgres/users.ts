/** Accounts in a remote library: who signs in on another computer is looked for here. */
import { AppError } from '../../../shared/errors.ts';
import type { JsonValue } from '../../db/database.ts';
import { vectorTables } from './remote-deletion.ts';
import type { PostgresSession, Sql } from './session.ts';

export interface RemoteUser {
  /** UUID; also the folder in the bucket. */
  readonly id: string;
  readonly email: string;
  /** What the password is checked against, on the computer where it is typed; and wrapped keys. */
  readonly signIn: JsonValue;
}

const columns = `id::text, email, sign_in AS "signIn"`;

/** The account with an e-mail, in any case of letters; null when there is none that this role may see. */
export async function findRemoteUser(sql: Sql, email: string): Promise<RemoteUser | null> {
  const [user] = await sql.query<RemoteUser>(`SELECT ${columns} FROM quire.users WHERE lower(email) = lower($1)`, [
    email,
  ]);
  return user ?? null;
}

export async function getRemoteUser(sql: Sql, id: string): Promise<RemoteUser | null> {
  const [user] = await sql.query<RemoteUser>(`SELECT ${columns} FROM quire.users WHERE id = $1`, [id]);
  return user ?? null;
}

/**
 * Makes an account. Two computers that do it at once get the same one: the first.
 *
 * @returns The account with this e-mail; somebody's if its id is another than that of `user`.
 */
export async function createRemoteUser(session: PostgresSession, user: RemoteUser): Promise<RemoteUser> {
  await session.query(
    `INSERT INTO quire.users (id, email, sign_in) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING`,
    [user.id, user.email, JSON.stringify(user.signIn)],
  );
  return (await getRemoteUser(session, user.id)) ?? (await findRemoteUser(session, user.email)) ?? user;
}

/** After a change of password or keys; answers with whether the account is there. */
export async function setRemoteSignIn(sql: Sql, id: string, signIn: JsonValue): Promise<boolean> {
  const rows = await sql.query(`UPDATE quire.users SET sign_in = $2::jsonb WHERE id = $1 RETURNING id`, [
    id,
    JSON.stringify(signIn),
  ]);
  return rows.length > 0;
}

/**
 * The e-mail that the account is found by from now on. Errors: `email-taken` when another account of this role has it, in
 * any case of letters; the one before stays then.
 */
export async function setRemoteEmail(session: PostgresSession, id: string, email: string): Promise<void> {
  await session.transaction(async (sql) => {
    // Two accounts that want the same one take turns, so that the second sees the first.
    await sql.query(`SELECT FROM quire.users ORDER BY id FOR NO KEY UPDATE`);
    const other = await findRemoteUser(sql, email);
    if (other && other.id !== id) {
      const own = await getRemoteUser(sql, id);
      throw emailTakenThere(email, own?.email ?? null);
    }
    await sql.query(`UPDATE quire.users SET email = $2 WHERE id = $1`, [id, email]);
  });
}

function emailTakenThere(email: string, present: string | null): AppError {
  return new AppError('email-taken', `In this database another library has the address ${email}.`, {
    hint: present
      ? `Yours is still found there by ${present}: sign in with that on other computers, or choose another address.`
      : 'Choose another address.',
  });
}

/** Rows by table; every table that has rows of accounts is named. */
export interface DeletedRows {
  readonly before: Readonly<Record<string, number>>;
  /** The proof: each has 0. */
  readonly left: Readonly<Record<string, number>>;
}

/** Deletes an account with everything that is its own, in one transaction. */
export async function deleteRemoteUser(
  session: PostgresSession,
  id: string,
  signal?: AbortSignal,
): Promise<DeletedRows> {
  return session.transaction(async (sql) => {
    await sql.query(`SELECT FROM quire.users WHERE id = $1 FOR UPDATE`, [id]);
    const before = await countRowsOf(sql, id);
    // Large ones first and by themselves: a cascade goes through them row by row.
    for (const table of await tablesWithUsers(sql)) {
      await sql.query(`DELETE FROM quire.${table} WHERE user_id = $1`, [id]);
    }
    await sql.query(`DELETE FROM quire.users WHERE id = $1`, [id]);
    return { before, left: await countRowsOf(sql, id) };
  }, signal);
}

/** Rows of an account, by table, `users` among them. */
export async function countRowsOf(sql: Sql, id: string): Promise<Readonly<Record<string, number>>> {
  const tables = await tablesWithUsers(sql);
  const counts = [
    `SELECT 'users' AS name, count(*) AS rows FROM quire.users WHERE id = $1`,
    ...tables.map((table) => `SELECT '${table}', count(*) FROM quire.${table} WHERE user_id = $1`),
  ];
  const rows = await sql.query<{ name: string; rows: number }>(counts.join(' UNION ALL '), [id]);
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

/** Tables with a column `user_id`, as the catalogue has them, so that none that comes later is forgotten. */
async function tablesWithUsers(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
      WHERE c.relnamespace = to_regnamespace('quire') AND c.relkind = 'r' AND c.relname ~ '^[a-z_0-9]+$'
        AND c.relname !~ '^vectors_' ORDER BY c.relname`,
  );
  return [...(await vectorTables(sql)), ...rows.map(({ name }) => name)];
}
