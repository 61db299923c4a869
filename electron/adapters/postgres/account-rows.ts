/**
 * All rows of an account in Postgres, as texts: whatever tables there are, so that none that comes later is forgotten.
 *
 * A copy under way is an account whose row in `users` has an e-mail that nobody has and a note in the place of the
 * password's hash: nobody can sign in to half a library, and the note is written in the transaction of the rows.
 */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Account, AccountRows, CopyNote, RowDigest, RowKey, RowPage } from '../../sync/ports/account-rows.ts';
import { textArray } from './binary-array.ts';
import { inspectSchema, migrateRemote, requireWritable } from './migrate.ts';
import { quoteName } from './postgres-errors.ts';
import { vectorTable } from './remote-vectors.ts';
import type { PostgresSession, Sql } from './session.ts';
import { countRowsOf } from './users.ts';

interface Column {
  readonly name: string;
  /** As a cast wants it: `vector(384)`. */
  readonly type: string;
  /** Place in the primary key, from 1; null outside of it. */
  readonly place: number | null;
}

interface Table {
  readonly name: string;
  /** By name, the same in every database. */
  readonly columns: readonly Column[];
  /** The primary key without the account. */
  readonly key: readonly Column[];
}

/** Columns of `users` that are copied; the role is whoever signs in there. */
const accountColumns = ['email', 'sign_in', 'next_seq', 'collected', 'created_at'];
const accountTypes: Readonly<Record<string, string>> = {
  email: 'text',
  sign_in: 'jsonb',
  next_seq: 'bigint',
  collected: 'bigint',
  created_at: 'timestamptz',
};

const noteSchema = z.object({
  copy: z.object({
    tables: z.record(z.string(), z.union([z.literal('whole'), z.array(z.string())])),
    objects: z.string().nullable(),
  }),
});

/** Texts that are the same in every database, whatever its settings. */
const sameTexts = `set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'; set local bytea_output = 'hex';
  set local extra_float_digits = 1`;

/** @param session Stays open until `close`. */
export function openAccountRows(session: PostgresSession): AccountRows {
  const tables = new Map<string, Table>();

  function inTexts<T>(work: (sql: Sql) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return session.transaction(async (sql) => {
      await sql.query(sameTexts);
      return work(sql);
    }, signal);
  }

  async function tableOf(sql: Sql, name: string): Promise<Table> {
    const known = tables.get(name);
    if (known) return known;
    const columns = await sql.query<Column>(
      `SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, k.place::integer AS place
        FROM pg_catalog.pg_attribute a
        LEFT JOIN (SELECT i.indrelid, u.attnum, u.place FROM pg_catalog.pg_index i
          CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS u (attnum, place) WHERE i.indisprimary) k
          ON k.indrelid = a.attrelid AND k.attnum = a.attnum
        WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
      [`quire.${quoteName(name)}`],
    );
    const key = columns
      .filter((column) => column.place !== null && column.name !== 'user_id')
      .sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
    if (key.length === 0) throw new AppError('remote-damaged', `The table ${name} of Quire is not as it should be.`);
    const table = { name, columns: columns.sort((a, b) => (a.name < b.name ? -1 : 1)), key };
    tables.set(name, table);
    return table;
  }

  return {
    accounts(signal) {
      return inTexts(async (sql) => {
        const { version } = await inspectSchema(sql);
        return version === 0 ? [] : accountsOf(sql);
      }, signal);
    },

    async counts(userId, signal) {
      const counts = await session.transaction((sql) => countRowsOf(sql, userId), signal);
      return Object.fromEntries(Object.entries(counts).filter(([name]) => name !== 'users'));
    },

    documents(userId, after, limit, signal) {
      return session.transaction(
        (sql) =>
          sql.query<{ id: string; registers: string }>(
            `SELECT id, registers::text AS registers FROM quire.documents WHERE user_id = $1 AND id > $2
              ORDER BY id LIMIT $3`,
            [userId, after, limit],
          ),
        signal,
      );
    },

    vectorTable,

    async dimensions(fingerprint, signal) {
      const [found] = await session.transaction(
        (sql) =>
          sql.query<{ dimensions: number }>(
            `SELECT atttypmod AS dimensions FROM pg_catalog.pg_attribute
              WHERE attrelid = to_regclass($1) AND attname = 'vector'`,
            [`quire.${vectorTable(fingerprint)}`],
          ),
        signal,
      );
      return found?.dimensions ?? null;
    },

    read(name, userId, after, limit, signal) {
      return inTexts(async (sql): Promise<RowPage> => {
        const table = await tableOf(sql, name);
        const columns = table.columns.map((column) => column.name);
        const found = await sql.query<Record<string, string | null>>(
          `SELECT ${columns.map((column) => `t.${quoteName(column)}::text AS ${quoteName(column)}`).join(', ')}
            FROM quire.${quoteName(name)} t WHERE ${afterKey(table, after)} ORDER BY ${keyOf(table)} LIMIT $2`,
          [userId, limit, ...(after ?? [])],
        );
        const last = found.length < limit ? undefined : found.at(-1);
        const rows = found.map((row) => columns.map((column) => row[column] ?? null));
        return {
          columns,
          rows,
          last: last ? table.key.map((column) => last[column.name] ?? '') : null,
          size: rows.reduce((all, row) => all + row.reduce((sum, value) => sum + (value?.length ?? 0), 0), 0),
        };
      }, signal);
    },

    digest(name, userId, after, limit, signal) {
      return inTexts(async (sql): Promise<RowDigest> => {
        const table = await tableOf(sql, name);
        const columns = table.columns.map((column) => `t.${quoteName(column.name)}`).join(', ');
        const place = table.key.map((column) => `t.${quoteName(column.name)}::text`).join(', ');
        const [found] = await sql.query<{ rows: number; sha256: string; last: string[] | null }>(
          `WITH page AS (
              SELECT sha256(convert_to(ROW(${columns})::text, 'UTF8')) AS hash, ARRAY[${place}] AS place,
                row_number() OVER (ORDER BY ${keyOf(table)}) AS number
              FROM quire.${quoteName(name)} t WHERE ${afterKey(table, after)} ORDER BY ${keyOf(table)} LIMIT $2)
            SELECT count(*) AS rows, encode(sha256(coalesce(string_agg(hash, ''::bytea ORDER BY number), '')), 'hex')
              AS sha256, (SELECT place FROM page ORDER BY number DESC LIMIT 1) AS last FROM page`,
          [userId, limit, ...(after ?? [])],
        );
        if (!found) throw new AppError('remote-damaged', `The server says nothing of its table ${name}.`);
        return { ...found, last: found.rows < limit ? null : found.last };
      }, signal);
    },

    async begin(account, spaces, signal) {
      const schema = await migrateRemote(session, { ...(signal && { signal }) });
      if (schema.readOnly) throw AppError.fromInfo(schema.readOnly);
      return inTexts(async (sql) => {
        await requireWritable(sql);
        const fresh: CopyNote = { tables: {}, objects: null };
        await sql.query(
          `INSERT INTO quire.users (id, email, sign_in) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING`,
          [account.id, `copying ${account.id}`, JSON.stringify({ copy: fresh })],
        );
        const there = (await accountsOf(sql)).find(({ id }) => id === account.id);
        if (!there) {
          throw new AppError('remote-forbidden', 'The library to copy to has this account, of somebody else.', {
            hint: 'Sign in there with the role that the account belongs to, or choose another database.',
          });
        }
        if (!there.note) {
          throw new AppError('request-invalid', `The library to copy to has the account ${account.email} already.`, {
            hint: 'Delete the account there first, or choose another database.',
          });
        }
        for (const { fingerprint, dimensions } of spaces) {
          await sql.query(`SELECT quire.open_vectors($1, $2)`, [fingerprint, dimensions]);
        }
        return there.note;
      }, signal);
    },

    write(name, userId, page, note, signal) {
      return inTexts(async (sql) => {
        await requireWritable(sql);
        if (page.rows.length > 0) await insert(sql, await tableOf(sql, name), page);
        await keepNote(sql, userId, note);
      }, signal);
    },

    clear(name, userId, note, signal) {
      return inTexts(async (sql) => {
        await requireWritable(sql);
        const table = await tableOf(sql, name);
        await sql.query(`DELETE FROM quire.${quoteName(table.name)} WHERE user_id = $1`, [userId]);
        await keepNote(sql, userId, note);
      }, signal);
    },

    keep(userId, note, signal) {
      return inTexts((sql) => keepNote(sql, userId, note), signal);
    },

    async finish(account, signal) {
      await inTexts(async (sql) => {
        await requireWritable(sql);
        const sets = accountColumns.map((column, index) => `${column} = $${index + 2}::text::${accountTypes[column]}`);
        const finished = await sql.query(
          `UPDATE quire.users SET ${sets.join(', ')} WHERE id = $1 AND sign_in ? 'copy' RETURNING id`,
          [account.id, ...accountColumns.map((column) => account.row[column] ?? null)],
        );
        if (finished.length === 0) throw noLongerCopied();
      }, signal);
    },

    close: () => session.close(),
  };
}

async function accountsOf(sql: Sql): Promise<Account[]> {
  const columns = accountColumns.map((column) => `${column}::text AS ${column}`).join(', ');
  const rows = await sql.query<Record<string, string | null>>(
    `SELECT id::text AS id, ${columns} FROM quire.users ORDER BY id`,
  );
  return rows.map(({ id, ...row }) => {
    const note = noteSchema.safeParse(JSON.parse(row['sign_in'] ?? 'null'));
    return { id: id ?? '', email: row['email'] ?? '', row, note: note.success ? note.data.copy : null };
  });
}

async function keepNote(sql: Sql, userId: string, note: CopyNote): Promise<void> {
  const kept = await sql.query(
    `UPDATE quire.users SET sign_in = $2::jsonb WHERE id = $1 AND sign_in ? 'copy' RETURNING id`,
    [userId, JSON.stringify({ copy: note })],
  );
  if (kept.length === 0) throw noLongerCopied();
}

function noLongerCopied(): AppError {
  return new AppError('remote-busy', 'The account that was being copied to is gone, or another copy finished it.', {
    hint: 'Begin the copy again.',
  });
}

/** Texts are compared byte by byte, as databases have different orders. */
function inOrder({ name, type }: Column): string {
  return `t.${quoteName(name)}${type === 'text' ? ' COLLATE "C"' : ''}`;
}

function keyOf(table: Table): string {
  return table.key.map(inOrder).join(', ');
}

/** $1 is the account, $2 a limit, and the key begins with $3. */
function afterKey(table: Table, after: RowKey | null): string {
  if (!after) return 't.user_id = $1';
  const values = table.key.map(({ type }, index) => `$${index + 3}::text::${type}`);
  return `t.user_id = $1 AND (${keyOf(table)}) > (${values.join(', ')})`;
}

async function insert(sql: Sql, table: Table, page: RowPage): Promise<void> {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  if (page.columns.length !== types.size || page.columns.some((column) => !types.has(column))) {
    throw new AppError('remote-unsupported', `The table ${table.name} has other columns in the two libraries.`, {
      hint: 'Sync with both once with the newest Quire, then copy again.',
    });
  }
  const names = page.columns.map(quoteName);
  const values = page.columns.map((column) => `r.${quoteName(column)}::${types.get(column)}`);
  const keys = ['user_id', ...table.key.map(({ name }) => name)];
  const rest = page.columns.filter((column) => !keys.includes(column)).map(quoteName);
  const update = rest.map((column) => `${column} = excluded.${column}`).join(', ');
  await sql.query(
    `INSERT INTO quire.${quoteName(table.name)} (${names.join(', ')})
      SELECT ${values.join(', ')} FROM unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(', ')})
        AS r (${names.join(', ')})
      ON CONFLICT (${keys.map(quoteName).join(', ')}) DO ${update === '' ? 'NOTHING' : `UPDATE SET ${update}`}`,
    page.columns.map((_, index) => textArray(page.rows.map((row) => row[index] ?? null))),
  );
}
