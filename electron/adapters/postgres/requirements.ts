/** What Quire needs of a Postgres: its version, and pgvector. Each with what to do where it is missing. */
import { AppError } from '../../../shared/errors.ts';
import { quoteName } from './postgres-errors.ts';
import type { PostgresSession, Sql } from './session.ts';

/** PostgreSQL 15, as `server_version_num` has it. */
const oldestServer = 150_000;
/** pgvector 0.7 brought halves of precision, which make the index of large vectors possible. */
const oldestVector = [0, 7] as const;

/** pgvector in a database. */
export interface VectorState {
  /** `0.8.0`; null where it is not created in this database. */
  readonly installed: string | null;
  /** What the server could create; null where its package is not installed there. */
  readonly available: string | null;
  readonly database: string;
  readonly role: string;
}

/** `PostgreSQL 15.18`. Rejects with `remote-unsupported` when it is too old. */
export async function requireVersion(sql: Sql): Promise<string> {
  const [found] = await sql.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::integer as number, current_setting('server_version') as name`,
  );
  const name = `PostgreSQL ${/^[\d.]+/.exec(found?.name ?? '')?.[0] ?? 'of an unknown version'}`;
  if ((found?.number ?? 0) >= oldestServer) return name;
  throw new AppError('remote-unsupported', `The server has ${name}; Quire needs PostgreSQL 15 or newer.`, {
    hint: 'Update the server, or choose another.',
  });
}

export async function findVector(sql: Sql): Promise<VectorState> {
  const [found] = await sql.query<VectorState>(`
    select (select extversion from pg_catalog.pg_extension where extname = 'vector') as installed,
      (select default_version from pg_catalog.pg_available_extensions where name = 'vector') as available,
      current_database()::text as database, current_user::text as role`);
  return found ?? { installed: null, available: null, database: '', role: '' };
}

/**
 * Sees to pgvector being there, in a transaction that the caller ends: creates it where it is missing and the role may.
 * Resolves with its version. Rejects with `remote-unsupported`, with the statement that somebody with more rights can run.
 */
export async function requireVector(sql: Sql): Promise<string> {
  const state = await findVector(sql);
  const { database } = state;
  if (state.installed !== null) {
    if (isNewEnough(state.installed)) return state.installed;
    const isUpdatable = state.available !== null && isNewEnough(state.available);
    throw new AppError(
      'remote-unsupported',
      `The database “${database}” has pgvector ${state.installed}; Quire needs 0.7 or newer.`,
      {
        hint: isUpdatable
          ? `Have an administrator run there: ALTER EXTENSION vector UPDATE;`
          : `Update pgvector on the server, then have an administrator run there: ALTER EXTENSION vector UPDATE;`,
      },
    );
  }
  if (state.available === null) {
    throw new AppError('remote-unsupported', `The server of the database “${database}” has no pgvector.`, {
      hint: `Install it there (on Debian it is the package postgresql-<version>-pgvector), then run in this database: ${createVector}`,
    });
  }
  if (!isNewEnough(state.available)) {
    throw new AppError('remote-unsupported', `The server has pgvector ${state.available}; Quire needs 0.7 or newer.`, {
      hint: 'Update pgvector on the server.',
    });
  }
  try {
    await sql.query(createVector);
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'remote-forbidden')) throw thrown;
    throw new AppError(
      'remote-unsupported',
      `pgvector is not created in the database “${database}”, and ${state.role} may not create it.`,
      { hint: `Have an administrator run in the database ${quoteName(database)}: ${createVector}`, cause: thrown },
    );
  }
  return state.available;
}

const createVector = 'CREATE EXTENSION vector;';

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestVector[0] || (major === oldestVector[0] && minor >= oldestVector[1]);
}

/** Runs `work` in a transaction and undoes all that it did, whether or not it succeeds. */
export async function undone<T>(
  session: PostgresSession,
  work: (sql: Sql) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const result: { value?: T } = {};
  const done = new Error('done');
  await session
    .transaction(async (sql) => {
      result.value = await work(sql);
      throw done;
    }, signal)
    .catch((thrown: unknown) => {
      if (thrown !== done) throw thrown;
    });
  return result.value as T;
}
