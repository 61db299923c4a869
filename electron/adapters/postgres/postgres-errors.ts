/** What Postgres, the socket or TLS failed for, in words that say what to change. Names the server, never a secret. */
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { DatabaseRemote } from '../../../shared/remotes.ts';

export interface PostgresErrorContext {
  readonly remote: DatabaseRemote;
  /** SECURITY: taken out of the server's words, which may repeat what was sent. */
  readonly password: string;
}

/** What pg's errors carry: https://www.postgresql.org/docs/15/protocol-error-fields.html, or a code of Node's. */
interface PostgresError {
  /** SQLSTATE (five characters), or a code of Node's (`ECONNREFUSED`, `CERT_HAS_EXPIRED`). */
  readonly code?: string;
  readonly message?: string;
  readonly routine?: string;
}

interface Words {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

/** Where errors and questions send a person. */
export const remoteSettings = 'Settings, Sync';

/** `db.example.com:5432/quire`, as messages name a server. */
export function placeOf({ host, port, database }: DatabaseRemote): string {
  return `${serverOf({ host, port })}/${database}`;
}

/** `db.example.com:5432`; an address of IPv6 is put in brackets. */
export function serverOf({ host, port }: Pick<DatabaseRemote, 'host' | 'port'>): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** A name as SQL wants it, between double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Turns what pg, a socket or TLS throws into an AppError (`remote-*`, `internal`); one that is an AppError stays. */
export function describePostgresError(thrown: unknown, context: PostgresErrorContext): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = (thrown instanceof Error ? thrown : {}) as PostgresError;
  const { code, message, hint, retryable = false } = explain(error, context);
  return new AppError(code, message, {
    hint,
    retryable,
    // SECURITY: the error itself holds rows and values (`detail`, `where`), and logs keep causes.
    cause: new Error(`Postgres: ${error.code ?? error.message ?? 'unknown'} ${error.routine ?? ''}`.trim()),
  });
}

/** `cancelled`, for a statement or a connection that a person or the app ended. */
export function cancelledError(remote: DatabaseRemote): AppError {
  return new AppError('cancelled', `What was asked of ${placeOf(remote)} was cancelled.`, { retryable: true });
}

/** `remote-timeout`, for a server that says nothing for `milliseconds` while `what` goes on. */
export function timeoutError(remote: DatabaseRemote, what: 'connecting' | 'statement', milliseconds: number): AppError {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return what === 'connecting'
    ? new AppError('remote-timeout', `No connection to ${placeOf(remote)} could be made within ${seconds} s.`, {
        hint: `Check host and port in ${remoteSettings}, the network, and whether a firewall is in the way.`,
        retryable: true,
      })
    : new AppError('remote-timeout', `${placeOf(remote)} said nothing for ${seconds} s.`, {
        hint: 'Check the network, and whether the server is busy with something else; Quire tries again.',
        retryable: true,
      });
}

/** `remote-tls`, for a server far away without encryption that nobody has said yes to. */
export function plainTextRefused(remote: DatabaseRemote): AppError {
  return new AppError('remote-tls', `Nothing is sent to ${placeOf(remote)} without encryption.`, {
    hint: `Turn TLS on in ${remoteSettings}, or say there that you accept that anybody on the way can read everything.`,
  });
}

/** Characters of a server's own words that a message repeats. */
const wordsLimit = 200;

/** What a server said as one clean line of limited length, without secrets; empty when it said nothing. */
export function serverWords(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((all, secret) => (secret === '' ? all : all.replaceAll(secret, '…')), text);
  const line = hidden
    .slice(0, 2_000)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > wordsLimit ? `${line.slice(0, wordsLimit)}…` : line;
}

/** Codes of sockets: https://nodejs.org/api/errors.html#common-system-errors */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EPIPE',
  'ETIMEDOUT',
]);
const nameCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ENODATA']);

function explain(error: PostgresError, context: PostgresErrorContext): Words {
  const code = error.code ?? '';
  if (/^[0-9A-Z]{5}$/.test(code) && !networkCodes.has(code)) return explainState(code, error, context);
  return explainTls(code, error, context) ?? explainConnection(code, error, context);
}

function explainConnection(code: string, error: PostgresError, { remote }: PostgresErrorContext): Words {
  const place = placeOf(remote);
  if (nameCodes.has(code)) {
    return {
      code: 'remote-unreachable',
      message: `There is no server called ${remote.host}, or the network is down.`,
      hint: `Check the name in ${remoteSettings}, and the network.`,
      retryable: true,
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      code: 'remote-unreachable',
      message: `Nothing answers at ${serverOf(remote)}.`,
      hint: `Check host and port in ${remoteSettings}, and whether the server runs and listens for others.`,
      retryable: true,
    };
  }
  // pg's own words for what it finds in the exchange of proofs (SCRAM); they have no code.
  if (error.message?.startsWith('SASL:')) {
    return {
      code: 'remote-unauthorized',
      message: `The sign-in of ${remote.user} at ${place} could not be completed.`,
      hint: `Check the password in ${remoteSettings}: a server that does not know it cannot prove who it is.`,
    };
  }
  return {
    code: 'remote-unreachable',
    message: `The connection to ${place} could not be made or broke off.`,
    hint: 'Check the network; Quire tries again.',
    retryable: true,
  };
}

/** Node's codes of a chain that does not verify: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const unknownAuthority = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
const outOfDate = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** pg's own words for a server that refuses the request for TLS (`N`) or answers it with something else. */
const refusedTls = /does not support SSL connections/;
const brokenTls = /error establishing an SSL connection/;

function explainTls(code: string, error: PostgresError, { remote }: PostgresErrorContext): Words | null {
  const server = serverOf(remote);
  const tls = (message: string, hint: string): Words => ({ code: 'remote-tls', message, hint });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return tls(
      `The certificate of ${server} is for a server of another name.`,
      `Enter the host in ${remoteSettings} as the certificate has it; nothing was sent.`,
    );
  }
  if (outOfDate.has(code)) {
    return tls(
      `The certificate of ${server} has expired or does not hold yet.`,
      'Check this computer’s date, or ask whoever runs the server for a new certificate; nothing was sent.',
    );
  }
  if (unknownAuthority.has(code)) {
    return tls(
      `The certificate of ${server} is from nobody that Quire knows.`,
      `If the server is your own, enter the certificate of its authority in ${remoteSettings}; nothing was sent.`,
    );
  }
  if (refusedTls.test(error.message ?? '')) {
    return tls(
      `${server} offers no encryption.`,
      'Turn TLS on at the server (`ssl = on`); Quire never falls back to plain text by itself, and nothing was sent.',
    );
  }
  if (brokenTls.test(error.message ?? '')) {
    return tls(
      `${server} does not answer as a Postgres does.`,
      `Check host and port in ${remoteSettings}; Postgres usually has port 5432.`,
    );
  }
  if (/^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO)/.test(code)) {
    return tls(
      `No encrypted connection to ${server} could be agreed on (${serverWords(code, [])}).`,
      'Quire wants TLS 1.2 or newer; ask whoever runs the server.',
    );
  }
  return null;
}

/** SQLSTATEs: https://www.postgresql.org/docs/15/errcodes-appendix.html */
function explainState(state: string, error: PostgresError, { remote, password }: PostgresErrorContext): Words {
  const place = placeOf(remote);
  const words = serverWords(error.message ?? '', [password]);
  const said = words === '' ? '' : `: ${words}`;
  const busy = (message: string): Words => ({
    code: 'remote-busy',
    message,
    hint: 'Nothing is lost; Quire tries again.',
    retryable: true,
  });
  switch (state) {
    case '28P01':
      return {
        code: 'remote-unauthorized',
        message: `${place} refused the password of ${remote.user}.`,
        hint: `Check user and password in ${remoteSettings}.`,
      };
    case '28000':
      return {
        code: 'remote-unauthorized',
        message: `${place} refused the sign-in of ${remote.user}${said}.`,
        hint: `Check user, database and TLS in ${remoteSettings}; the server's pg_hba.conf says who may sign in, and from where.`,
      };
    case '3D000':
      return {
        code: 'remote-unreachable',
        message: `There is no database “${remote.database}” at ${serverOf(remote)}.`,
        hint: `Check its name in ${remoteSettings}, or have it made: CREATE DATABASE.`,
      };
    case '42501':
      return {
        code: 'remote-forbidden',
        message: `${remote.user} may not do this at ${place}${said}.`,
        hint: `Ask whoever owns the database for the rights; the test in ${remoteSettings} says which are missing.`,
      };
    case '25006':
      return {
        code: 'remote-forbidden',
        message: `${place} takes no writes${said}.`,
        hint: 'It may be a copy that is only read (a standby): enter the main server.',
      };
    case '53100':
      return {
        code: 'remote-full',
        message: `The disk of ${place} is full.`,
        hint: 'Make room there, or ask whoever runs the server; what was not sent stays here and is sent then.',
      };
    case '53300':
      return busy(`${place} has no connection free.`);
    case '40001':
    case '40P01':
    case '55P03':
    case '55006':
      return busy(`Somebody else was changing the same thing at ${place}.`);
    case '57014':
    case '25P03':
    case '25P04':
      return {
        code: 'remote-timeout',
        message: `${place} ended a statement that took too long.`,
        hint: 'Quire tries again; if it happens each time, ask whoever runs the server about its time limits.',
        retryable: true,
      };
    case '0A000':
    case '58P01':
      return {
        code: 'remote-unsupported',
        message: `${place} cannot do what Quire needs${said}.`,
        hint: `Quire needs PostgreSQL 15 with pgvector 0.7, or newer; the test in ${remoteSettings} says what is missing.`,
      };
    default:
      return explainClass(state, said, place, busy);
  }
}

function explainClass(state: string, said: string, place: string, busy: (message: string) => Words): Words {
  switch (state.slice(0, 2)) {
    case '08':
    case '57':
      return {
        code: 'remote-unreachable',
        message: `${place} ended the connection or does not take any now${said}.`,
        hint: 'It may be starting or stopping; Quire tries again.',
        retryable: true,
      };
    case '53':
      return busy(`${place} is short of memory or of something else${said}.`);
    case '3F':
    case '42':
      return {
        code: 'remote-damaged',
        message: `The tables of Quire at ${place} are not as they should be (${state})${said}.`,
        hint: `Run the test in ${remoteSettings}, which says in which state they are.`,
      };
    case 'XX':
      return {
        code: 'remote-damaged',
        message: `${place} reports that something of it is damaged (${state})${said}.`,
        hint: 'Ask whoever runs the server to look at its log; what is on this computer is untouched.',
      };
    default:
      // Without the server's words: of data that it does not like, they may repeat a part.
      return {
        code: 'internal',
        message: `${place} did not accept what Quire sent (${state}).`,
        hint: 'Please report it with the log file.',
      };
  }
}
