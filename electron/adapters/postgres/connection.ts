/**
 * Connections to a person's own Postgres, by pg: encrypted and checked, limited in time, cancellable.
 *
 * Limits are the client's, so that a server (or whoever stands in its place) that accepts and then says nothing keeps
 * nothing waiting; what the server is asked to limit protects the other computers from this one, which may fall asleep
 * in the middle of a transaction.
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import tls, { TLSSocket } from 'node:tls';
import { Client, Pool, TypeOverrides, type ClientConfig, type PoolClient, type QueryResult } from 'pg';
import { AppError } from '../../../shared/errors.ts';
import type { DatabaseRemote } from '../../../shared/remotes.ts';
import { isThisComputer } from '../../../shared/this-computer.ts';
import {
  cancelledError,
  describePostgresError,
  placeOf,
  plainTextRefused,
  remoteSettings,
  timeoutError,
} from './postgres-errors.ts';
import type { PostgresSession, Sql } from './session.ts';

export interface PostgresOptions {
  /** Connections at once, at most; the others wait. */
  readonly connections?: number;
  /** Milliseconds for a connection with its sign-in. */
  readonly connectTimeout?: number;
  /** Milliseconds that the server may be silent while it has a statement to answer. */
  readonly silence?: number;
  /** Closes the session at once, as `close` does. */
  readonly signal?: AbortSignal;
}

const usual = { connections: 4, connectTimeout: 10_000, silence: 30_000 };

/** Milliseconds after which a connection that nobody uses is closed. */
const idleTimeout = 30_000;
/** Milliseconds of quiet after which the system asks the other side whether it is still there. */
const keepAliveDelay = 15_000;

/**
 * What a session asks of the server. A computer that falls asleep within a transaction must not hold the lock on its
 * user's row for longer than that; who waits for it gives up before it thinks the server dead.
 */
const serverLimits = `set idle_in_transaction_session_timeout = '60s'; set lock_timeout = '20s'`;
/** A statement of a computer that hung up is ended. Servers on some systems cannot tell (SQLSTATE 22023). */
const hangUpCheck = `set client_connection_check_interval = '1s'`;

/** After these, a connection is not used again. */
const connectionCodes: ReadonlySet<string> = new Set(['remote-unreachable', 'remote-timeout', 'cancelled']);

/**
 * A session with a server; connects with the first statement.
 *
 * Rejects with `remote-*`, or `cancelled`. Throws `remote-tls` at once when it would be without encryption to another
 * computer and nobody has said yes to that, or when the authority that was entered cannot be read.
 */
export function openPostgres(remote: DatabaseRemote, password: string, options: PostgresOptions = {}): PostgresSession {
  const { connections, connectTimeout, silence } = { ...usual, ...options };
  refusePlainText(remote);
  const closing = new AbortController();
  const describe = (thrown: unknown): AppError => describePostgresError(thrown, { remote, password });
  const cancelled = (): AppError => cancelledError(remote);

  /** Clients as they are made, for who has just asked for a connection; see `acquire`. */
  const made: Client[] = [];

  class GuardedClient extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      made.push(this);
      guardPassword(this, remote);
      // Stays to the end: an error that nobody listens to would end the app, and who waits is told by its promise.
      this.on('error', () => undefined);
      const overdue = setTimeout(
        () => this.connection.stream.destroy(timeoutError(remote, 'connecting', connectTimeout)),
        connectTimeout,
      );
      for (const event of ['connect', 'end'] as const) this.on(event, () => clearTimeout(overdue));
    }
  }

  const pool = new Pool({
    Client: GuardedClient,
    host: remote.host.replace(/^\[(.*)\]$/, '$1'),
    port: remote.port,
    database: remote.database,
    user: remote.user,
    // SECURITY: as a function, because pg takes PGPASSWORD or ~/.pgpass in place of an empty one.
    password: () => password,
    ssl: tlsOptions(remote),
    // Said here, because PGSSLNEGOTIATION and PGAPPNAME would stand in. The name of this computer is nobody's business.
    sslnegotiation: 'postgres',
    application_name: 'quire',
    types: parsers(remote),
    max: connections,
    idleTimeoutMillis: idleTimeout,
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelay,
    onConnect: async (client) => {
      await run(client as PoolClient, serverLimits);
      await run(client as PoolClient, hangUpCheck).catch((error: AppError) => {
        if (error.retryable) throw error;
      });
    },
  });
  // A server that ends a connection which nobody uses: the next statement makes another.
  pool.on('error', () => undefined);

  const stop = (): void => closing.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();

  async function run<Row extends object>(
    client: PoolClient,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    const stream = client.connection.stream as Socket;
    const onSilence = (): void => void stream.destroy(timeoutError(remote, 'statement', silence));
    stream.setTimeout(silence, onSilence);
    try {
      // Without values, several statements in one text are possible; the answer is the last one's.
      const result: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>(text, values && [...values]);
      const last = Array.isArray(result) ? (result.at(-1) as QueryResult<Row>) : result;
      return last;
    } catch (thrown) {
      throw describe(thrown);
    } finally {
      stream.setTimeout(0);
      stream.off('timeout', onSilence);
    }
  }

  /** A connection of the pool, a new one where none is free. A signal ends the attempt to connect. */
  function acquire(signal: AbortSignal | undefined): Promise<PoolClient> {
    if (closing.signal.aborted || signal?.aborted) return Promise.reject(cancelled());
    made.length = 0;
    const pending = pool.connect();
    // pg-pool begins to connect within the call, or lets wait.
    const connecting = made[0];
    return new Promise((resolve, reject) => {
      const forget = onAbort([signal, closing.signal], () => {
        reject(cancelled());
        connecting?.connection.stream.destroy(cancelled());
      });
      pending.then(
        (client) => {
          forget();
          if (closing.signal.aborted || signal?.aborted) client.release();
          else resolve(client);
        },
        (thrown) => {
          forget();
          reject(describe(thrown));
        },
      );
    });
  }

  async function query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const client = await acquire(undefined);
    const forget = onAbort([closing.signal], () => client.connection.stream.destroy(cancelled()));
    let isBroken = false;
    try {
      return (await run<Row>(client, text, values)).rows;
    } catch (thrown) {
      // A server says that it ends a connection before it does.
      isBroken = thrown instanceof AppError && connectionCodes.has(thrown.code);
      throw thrown;
    } finally {
      forget();
      client.release(isBroken);
    }
  }

  async function transaction<T>(work: (sql: Sql) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await acquire(signal);
    /** One statement at a time, in the order in which they were asked for. */
    let last: Promise<unknown> = Promise.resolve();
    let isRunning = false;
    const isStopped = (): boolean => closing.signal.aborted || signal?.aborted === true;
    // Hanging up is what ends a statement for certain: asking the server to cancel it would need another connection,
    // and might meet the next one. The server notices by `hangUpCheck`, and rolls back.
    const forget = onAbort([signal, closing.signal], () => {
      if (isRunning) client.connection.stream.destroy(cancelled());
    });
    const statement = async <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
      if (isStopped()) throw cancelled();
      isRunning = true;
      try {
        return (await run<Row>(client, text, values)).rows;
      } finally {
        isRunning = false;
      }
    };
    const sql: Sql = {
      query<Row extends object>(text: string, values?: readonly unknown[]) {
        const result = last.then(() => statement<Row>(text, values));
        last = result.catch(() => undefined);
        return result;
      },
    };
    let isBroken = false;
    try {
      // Said here, because a server or a role may have other defaults. Under a lock, "read committed" sees what others
      // committed before they let go of it.
      await sql.query('begin isolation level read committed read write');
      const result = await work(sql);
      await last;
      if (isStopped()) throw cancelled();
      // From here on nothing is cancelled: whether it was committed would not be known.
      forget();
      const { command } = await run(client, 'commit');
      // A transaction in which a statement failed is rolled back by `commit`, which reports no error.
      if (command !== 'COMMIT') {
        throw new AppError('internal', `A transaction at ${placeOf(remote)} was rolled back.`, { retryable: true });
      }
      return result;
    } catch (thrown) {
      forget();
      await last;
      await run(client, 'rollback').catch(() => (isBroken = true));
      throw thrown;
    } finally {
      client.release(isBroken);
    }
  }

  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing.abort();
    options.signal?.removeEventListener('abort', stop);
    return (closed ??= pool.end());
  };
  closing.signal.addEventListener('abort', () => void close(), { once: true });
  if (closing.signal.aborted) void close();

  return { query, transaction, close };
}

/** Throws `remote-tls` for a server on another computer without TLS, to which nobody has said yes. */
export function refusePlainText(remote: DatabaseRemote): void {
  if (!isEncrypted(remote) && !mayBePlain(remote)) throw plainTextRefused(remote);
}

/**
 * What TLS checks: chain, host name and dates, also with an authority of one's own; `false` is without TLS. Throws
 * `remote-tls` when that authority's certificates cannot be read: Node would pass over them.
 */
export function tlsOptions(remote: DatabaseRemote): false | tls.ConnectionOptions {
  if (!isEncrypted(remote)) return false;
  const minVersion = 'TLSv1.2';
  const { authority } = remote;
  if (authority !== null) requireReadable(authority, remote);
  return {
    // SECURITY: said here, because NODE_TLS_REJECT_UNAUTHORIZED would switch it off.
    rejectUnauthorized: true,
    minVersion,
    // Made once: reading all of the system's authorities takes longer than the handshake.
    ...(authority !== null && {
      secureContext: tls.createSecureContext({ ca: [...tls.rootCertificates, authority], minVersion }),
    }),
  };
}

function requireReadable(authority: string, remote: DatabaseRemote): void {
  const blocks = authority.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('no certificate');
    for (const block of blocks) new X509Certificate(block);
  } catch (error) {
    throw new AppError(
      'remote-tls',
      `The authority’s certificate that was entered for ${placeOf(remote)} cannot be read.`,
      {
        hint: `Enter it in ${remoteSettings} whole, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.`,
        cause: error,
      },
    );
  }
}

function isEncrypted(remote: DatabaseRemote): boolean {
  return remote.tls !== 'off';
}

function mayBePlain(remote: DatabaseRemote): boolean {
  return remote.tls === 'off' && (remote.plainTextAccepted || isThisComputer(remote.host));
}

/**
 * SECURITY: pg answers whenever a server asks for the password, as often as it does and however it wants it. In the clear
 * (or as MD5, which is as good) it only goes through TLS that was checked, or where plain text is allowed. Messages are
 * seen here before pg acts on them, and pg writes nothing to a socket that was destroyed.
 */
export function guardPassword(client: Client, remote: DatabaseRemote): void {
  client.connection.on('message', ({ name }: { readonly name: string }) => {
    if (name !== 'authenticationCleartextPassword' && name !== 'authenticationMD5Password') return;
    const { stream } = client.connection;
    const isSafe = stream instanceof TLSSocket ? stream.authorized : mayBePlain(remote);
    if (!isSafe) stream.destroy(plainTextRefused(remote));
  });
}

/** OID of bigint: https://www.postgresql.org/docs/15/catalog-pg-type.html */
const bigint = 20;

/** bytea comes as Buffer and jsonb parsed by themselves; bigint comes as number where it fits. */
function parsers(remote: DatabaseRemote): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(bigint, (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) {
      throw new AppError('remote-damaged', `${placeOf(remote)} has a number that is too large to be right.`);
    }
    return value;
  });
  return overrides;
}

/** Calls `stop` once when one of the signals is aborted; answers with what takes it back. */
function onAbort(signals: readonly (AbortSignal | undefined)[], stop: () => void): () => void {
  const forget = (): void => signals.forEach((signal) => signal?.removeEventListener('abort', once));
  const once = (): void => {
    forget();
    stop();
  };
  for (const signal of signals) signal?.addEventListener('abort', once);
  return forget;
}
