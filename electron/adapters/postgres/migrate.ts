/**
 * Brings the remote schema to the version that this client knows, and tells where it may not.
 *
 * Several computers, with different versions of Quire, meet at one schema: whoever is newest migrates it, under a lock and
 * in one transaction; whoever is too old afterwards only reads.
 */
import { AppError, type ErrorInfo } from '../../../shared/errors.ts';
import { remoteMigrations, type RemoteMigration } from './migrations/index.ts';
import { quoteName } from './postgres-errors.ts';
import { requireVector, requireVersion } from './requirements.ts';
import type { PostgresSession, Sql } from './session.ts';

/** How a schema stands to this client. */
export interface RemoteSchema {
  /** Migrations that were run; 0 where there is no schema. */
  readonly version: number;
  /** Set when this client is too old to write there (`remote-from-the-future`); it may read. */
  readonly readOnly: ErrorInfo | null;
}

/** What can be known of a schema without changing anything. */
export interface RemoteSchemaState extends RemoteSchema {
  readonly database: string;
  readonly role: string;
  /** Who owns the schema; null where there is none. */
  readonly owner: string | null;
  /** Whether this role may change it, or make it where there is none. */
  readonly mayMigrate: boolean;
  /** Whether it may be used at all. */
  readonly mayUse: boolean;
  /** Whether the server has the group of those who share the schema, `quire_member`. */
  readonly hasGroup: boolean;
}

/** What a client knows; others than its own are for tests. */
export interface KnownSchema {
  readonly migrations: readonly RemoteMigration[];
  /**
   * The lowest number of migrations that a client must know to write after the newest one. A client that knows less reads
   * on, and is told to upgrade; a change that older clients can write to without harm leaves this as it was.
   */
  readonly oldestWriter: number;
}

const ownSchema: KnownSchema = { migrations: remoteMigrations, oldestWriter: remoteMigrations.length };

/**
 * Two clients that migrate at once wait for each other by this key of an advisory lock: “quire” in ASCII. Nothing else in
 * the database uses it, as far as anybody can know.
 */
const lockKey = 0x71_75_69_72_65;

/** Keys of `quire.meta`. */
const versionKey = 'schema-version';
const oldestWriterKey = 'oldest-writer';

/**
 * Makes or updates the schema (and creates pgvector) in one transaction, where it is older than the newest migration;
 * otherwise changes nothing.
 *
 * Rejects with `remote-forbidden` where the role may not, with whom to ask for what; `remote-unsupported` where the server
 * lacks something; `remote-damaged` where a schema of this name is not Quire's; and with what the session rejects with.
 */
export async function migrateRemote(
  session: PostgresSession,
  options: { readonly known?: KnownSchema; readonly signal?: AbortSignal } = {},
): Promise<RemoteSchema> {
  const { known = ownSchema, signal } = options;
  const newest = known.migrations.length;
  return session.transaction(async (sql) => {
    // Nearly always there is nothing to do, and nobody has to wait for anybody.
    const before = await inspectSchema(sql, known);
    if (before.version >= newest) return { version: before.version, readOnly: before.readOnly };
    await requireVersion(sql);
    await sql.query('select pg_advisory_xact_lock($1)', [lockKey]);
    // Another client may have migrated while this one waited.
    const state = await inspectSchema(sql, known);
    if (state.version >= newest) return { version: state.version, readOnly: state.readOnly };
    await runMigrations(sql, state, known);
    return { version: newest, readOnly: null };
  }, signal);
}

/** Makes or updates the schema within the caller's transaction. Rejects as `migrateRemote` does. */
export async function runMigrations(sql: Sql, state: RemoteSchemaState, known: KnownSchema = ownSchema): Promise<void> {
  refuseMigration(state, known);
  await requireVector(sql);
  // Waits for those who write, and they for this: see `requireWritable`.
  if (state.version > 0) await sql.query('lock table quire.users in exclusive mode');
  for (const migration of known.migrations.slice(state.version)) await migration(sql);
  for (const [name, value] of [
    [versionKey, known.migrations.length],
    [oldestWriterKey, known.oldestWriter],
  ]) {
    await sql.query(
      `insert into quire.meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
      [name, String(value)],
    );
  }
}

/**
 * To be called first in every transaction that writes: holds off migrations until it ends, and rejects with
 * `remote-from-the-future` when a newer client has migrated since this one looked, and this one is too old to write now.
 */
export async function requireWritable(sql: Sql, known: KnownSchema = ownSchema): Promise<void> {
  // Two statements, for the second to see what was committed while the first waited.
  const rows = await sql.query<MetaRow>(`lock table quire.users in row share mode; ${metaRows}`);
  const { readOnly } = standing(rows, known);
  if (readOnly) throw AppError.fromInfo(readOnly);
}

/** The state of the schema for a client that knows this much. Changes nothing. */
export async function inspectSchema(sql: Sql, known: KnownSchema = ownSchema): Promise<RemoteSchemaState> {
  // By the catalogs, which everybody may read: asking the table itself is an error where it is not there.
  const [found] = await sql.query<{
    database: string;
    role: string;
    owner: string | null;
    owns: boolean | null;
    may_create: boolean;
    may_use: boolean | null;
    may_read: boolean | null;
    has_group: boolean;
  }>(`
    select current_database()::text as database,
      current_user::text as role,
      pg_get_userbyid(n.nspowner)::text as owner,
      pg_has_role(n.nspowner, 'usage') as owns,
      has_database_privilege(current_database(), 'create') as may_create,
      has_schema_privilege(n.oid, 'usage') as may_use,
      has_table_privilege(c.oid, 'select') as may_read,
      exists (select from pg_catalog.pg_roles where rolname = 'quire_member') as has_group
    from (select 1) as always
    left join pg_catalog.pg_namespace n on n.nspname = 'quire'
    left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = 'meta'`);
  if (!found) throw new AppError('remote-damaged', 'The server answered a question about itself with nothing.');
  const state = {
    database: found.database,
    role: found.role,
    owner: found.owner,
    mayMigrate: found.owner === null ? found.may_create : found.owns === true,
    mayUse: found.owner === null || (found.may_use === true && found.may_read !== false),
    hasGroup: found.has_group,
  };
  // Null where there is no such table.
  if (found.may_read === null || !state.mayUse) return { ...state, version: 0, readOnly: null };
  return { ...state, ...standing(await sql.query(metaRows), known) };
}

interface MetaRow {
  readonly name: string;
  readonly value: string;
  readonly database: string;
}

const metaRows = 'select name, value, current_database()::text as database from quire.meta';

function standing(rows: readonly MetaRow[], known: KnownSchema): RemoteSchema {
  const number = (name: string): number => Number(rows.find((row) => row.name === name)?.value ?? 0);
  const [version, newest] = [number(versionKey), known.migrations.length];
  const isTooOld = version > newest && number(oldestWriterKey) > newest;
  const database = rows[0]?.database ?? '';
  return { version, readOnly: isTooOld ? fromTheFuture(database, version, newest).toInfo() : null };
}

function fromTheFuture(database: string, found: number, newest: number): AppError {
  return new AppError(
    'remote-from-the-future',
    `A newer Quire has updated the database “${database}” (format ${found}; this one knows up to ${newest}).`,
    {
      hint: 'Install the newest Quire here. Until then this computer reads what others write, and keeps its own changes.',
    },
  );
}

/** Throws what keeps this role from making or updating a schema that is older than `known`; passes one that is not. */
export function refuseMigration(state: RemoteSchemaState, known: KnownSchema = ownSchema): void {
  const { database, owner, version } = state;
  if (version >= known.migrations.length) return;
  const role = quoteName(state.role);
  if (owner === null) {
    if (state.mayMigrate) return;
    throw new AppError('remote-forbidden', `${state.role} may not make a schema in the database “${database}”.`, {
      hint: `Ask whoever owns the database to run: GRANT CREATE ON DATABASE ${quoteName(database)} TO ${role};`,
    });
  }
  if (!state.mayUse) {
    throw new AppError(
      'remote-forbidden',
      `${state.role} may not use the schema quire of the database “${database}”.`,
      {
        hint: `Ask ${owner}, who owns it, or an administrator to run: ${joining(state)}`,
      },
    );
  }
  if (version === 0) {
    throw new AppError(
      'remote-damaged',
      `The database “${database}” has a schema quire of ${owner} that is not Quire's.`,
      {
        hint: 'Rename that schema, or choose another database.',
      },
    );
  }
  if (state.mayMigrate) return;
  throw new AppError(
    'remote-forbidden',
    `The schema of the database “${database}” is older (format ${version}) than this Quire needs (${known.migrations.length}), and only ${owner} may update it.`,
    { hint: `Ask ${owner} to start the newest Quire once, with sync to this database.` },
  );
}

/** Statements that let a role use the schema, to be run by its owner or an administrator. */
export function joining({ role, hasGroup }: RemoteSchemaState): string {
  const group = hasGroup ? '' : 'CREATE ROLE quire_member NOLOGIN; ';
  return `${group}SELECT quire.grant_to_members(); GRANT quire_member TO ${quoteName(role)};`;
}
