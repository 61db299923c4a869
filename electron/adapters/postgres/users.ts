/** Accounts in a remote library: who signs in on another computer is looked for here. */
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

/** After a change of password, keys or e-mail; answers with whether the account is there. */
export async function updateRemoteUser(sql: Sql, user: RemoteUser): Promise<boolean> {
  const rows = await sql.query(`UPDATE quire.users SET email = $2, sign_in = $3::jsonb WHERE id = $1 RETURNING id`, [
    user.id,
    user.email,
    JSON.stringify(user.signIn),
  ]);
  return rows.length > 0;
}

/**
 * Deletes an account with everything that is its own, in one transaction.
 *
 * @returns The proof: rows that are left, by table; every table is named, and each has 0.
 */
export async function deleteRemoteUser(
  session: PostgresSession,
  id: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  return session.transaction(async (sql) => {
    await sql.query(`SELECT FROM quire.users WHERE id = $1 FOR UPDATE`, [id]);
    // Large ones first and by themselves: a cascade goes through them row by row.
    for (const table of await tablesWithUsers(sql)) {
      await sql.query(`DELETE FROM quire.${table} WHERE user_id = $1`, [id]);
    }
    await sql.query(`DELETE FROM quire.users WHERE id = $1`, [id]);
    return countRowsOf(sql, id);
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
