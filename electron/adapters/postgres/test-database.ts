/** The test of a database in Settings: each step from the network to the schema, and what to do where one fails. */
import type { Socket } from 'node:net';
import { AppError, toAppError } from '../../../shared/errors.ts';
import {
  databaseTestSteps,
  type DatabaseRemote,
  type RemoteTestStep,
  type RemoteTestStepName,
} from '../../../shared/remotes.ts';
import { openPostgres, refusePlainText } from './connection.ts';
import { inspectSchema, joining, refuseMigration, runMigrations, type RemoteSchemaState } from './migrate.ts';
import { remoteMigrations } from './migrations/index.ts';
import { serverOf } from './postgres-errors.ts';
import { reach, shakeHands, type ReachOptions } from './reach.ts';
import { requireVector, requireVersion, undone } from './requirements.ts';
import type { PostgresSession, Sql } from './session.ts';

export interface DatabaseTestOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for each attempt to connect. */
  readonly connectTimeout?: number;
}

const usualTimeout = 10_000;

type StepName = (typeof databaseTestSteps)[number];

/**
 * Tests a database, and changes nothing there: what is tried is rolled back.
 *
 * Yields each step twice, when it begins (`running`) and with what came of it (`passed`, `failed`); after one that failed,
 * the others once, as `not-tried`. Never throws for what it finds; an aborted signal makes a step fail with `cancelled`.
 */
export async function* testDatabase(
  remote: DatabaseRemote,
  password: string,
  options: DatabaseTestOptions = {},
): AsyncGenerator<RemoteTestStep, void, void> {
  const timeout = options.connectTimeout ?? usualTimeout;
  const steps = stepsOf(remote, password, { timeout, signal: options.signal });
  let hasFailed = false;
  try {
    for (const name of databaseTestSteps) {
      if (hasFailed) {
        yield step(name, 'not-tried');
        continue;
      }
      yield step(name, 'running');
      try {
        yield step(name, 'passed', await steps.run(name));
      } catch (thrown) {
        hasFailed = true;
        yield { ...step(name, 'failed'), error: toAppError(thrown).toInfo() };
      }
    }
  } finally {
    await steps.close();
  }
}

function step(name: RemoteTestStepName, state: RemoteTestStep['state'], detail = ''): RemoteTestStep {
  return { name, state, detail, error: null };
}

interface Steps {
  /** Resolves with the detail. */
  run(name: StepName): Promise<string>;
  close(): Promise<void>;
}

function stepsOf(remote: DatabaseRemote, password: string, options: ReachOptions): Steps {
  const { signal, timeout } = options;
  let socket: Socket | null = null;
  let session: PostgresSession | null = null;
  const opened = (): PostgresSession =>
    (session ??= openPostgres(remote, password, {
      connections: 1,
      connectTimeout: timeout,
      ...(signal && { signal }),
    }));

  const steps: Readonly<Record<StepName, () => Promise<string>>> = {
    reach: async () => {
      socket = await reach(remote, options);
      return `${serverOf(remote)} answers`;
    },
    tls: async () => {
      refusePlainText(remote);
      if (remote.tls === 'off') {
        return remote.plainTextAccepted ? 'No encryption, as you accepted' : 'Not needed: this computer';
      }
      if (!socket) throw new Error('No connection was made.');
      return shakeHands(remote, socket, options);
    },
    'sign-in': async () => {
      const [found] = await opened().query<{ role: string }>('select session_user::text as role');
      return `as ${found?.role ?? remote.user}`;
    },
    version: () => requireVersion(opened()),
    extension: async () => {
      const isThere = await opened().query(`select from pg_catalog.pg_extension where extname = 'vector'`);
      const version = await undone(opened(), requireVector, signal);
      return `pgvector ${version}${isThere.length > 0 ? '' : ', will be created'}`;
    },
    rights: () => testRights(opened(), signal),
    schema: async () => {
      const state = await inspectSchema(opened());
      if (state.readOnly) throw toAppError(state.readOnly);
      refuseMigration(state);
      if (state.owner === null) return 'will be made';
      const isOlder = state.version < remoteMigrations.length;
      return `format ${state.version}${isOlder ? ', will be updated' : ''}`;
    },
  };
  return {
    run: (name) => steps[name](),
    async close() {
      socket?.destroy();
      await session?.close();
    },
  };
}

/** Makes or updates the schema and undoes it; where there is nothing to do, looks at the rights on what is there. */
function testRights(session: PostgresSession, signal: AbortSignal | undefined): Promise<string> {
  return undone(
    session,
    async (sql) => {
      const state = await inspectSchema(sql);
      if (state.version < remoteMigrations.length) {
        await runMigrations(sql, state);
        return state.owner === null ? 'may make the schema and its tables' : 'may update the schema';
      }
      await requireRights(sql, state);
      return 'may read and write the tables';
    },
    signal,
  );
}

async function requireRights(sql: Sql, state: RemoteSchemaState): Promise<void> {
  const lacking = await sql.query<{ name: string }>(`
    select relname::text as name from pg_catalog.pg_class
    where relnamespace = 'quire'::regnamespace and relkind = 'r' and relname <> 'meta'
      and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
        and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
    order by relname`);
  const [first] = lacking;
  if (!first) return;
  const others = lacking.length > 1 ? ` and ${lacking.length - 1} more` : '';
  throw new AppError('remote-forbidden', `${state.role} may not read and write the table ${first.name}${others}.`, {
    hint: `Ask ${state.owner ?? 'its owner'} to run: ${joining(state)}`,
  });
}
