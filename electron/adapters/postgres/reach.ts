/** The first two steps to a Postgres, by hand: the connection, and TLS with its certificate looked at. For the test. */
import net, { isIP, type Socket } from 'node:net';
import tls, { type PeerCertificate } from 'node:tls';
import { AppError } from '../../../shared/errors.ts';
import type { DatabaseRemote } from '../../../shared/remotes.ts';
import { tlsOptions } from './connection.ts';
import { cancelledError, describePostgresError, serverOf, serverWords, timeoutError } from './postgres-errors.ts';

export interface ReachOptions {
  /** Milliseconds for each of the two. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Connects. Rejects with `remote-unreachable`, `remote-timeout`, `cancelled`. The caller destroys the socket. */
export function reach(remote: DatabaseRemote, options: ReachOptions): Promise<Socket> {
  const socket = net.connect({ host: hostOf(remote), port: remote.port });
  return within(remote, socket, options, (resolve) => socket.once('connect', () => resolve(socket)));
}

/**
 * Asks for TLS on a connection that was just made, and shakes hands. Resolves with what was agreed on and who signed:
 * `TLSv1.3, certificate of Let’s Encrypt until 2027-01-31`. Rejects with `remote-tls` and others.
 */
export async function shakeHands(remote: DatabaseRemote, socket: Socket, options: ReachOptions): Promise<string> {
  const answer = await within<Buffer>(remote, socket, options, (resolve) => {
    socket.once('data', resolve);
    socket.write(sslRequest);
  });
  // SECURITY: exactly this byte. What came with it would be read as if it had come encrypted (CVE-2021-23222).
  if (answer.toString('latin1') !== 'S') {
    const words = answer.toString('latin1') === 'N' ? doesNotSupport : isNoPostgres;
    throw describePostgresError(new Error(words), { remote, password: '' });
  }
  const host = hostOf(remote);
  const secure = tls.connect({
    ...tlsOptions(remote),
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // SECURITY: what is wrong is found out all the same (`authorizationError`), and nothing is ever sent on this
    // connection. Like this the message can say whose certificate it is.
    rejectUnauthorized: false,
  });
  try {
    await within<void>(remote, secure, options, (resolve) => secure.once('secureConnect', () => resolve()));
    const certificate = secure.getPeerCertificate();
    if (secure.authorized) {
      return `${secure.getProtocol() ?? 'TLS'}, certificate of ${signer(certificate)} until ${day(certificate.valid_to)}`;
    }
    // Node has the code here, for all its types say.
    throw withCertificate(remote, String(secure.authorizationError), certificate);
  } finally {
    secure.destroy();
  }
}

/** The words that pg has for these, so that one place explains them. */
const doesNotSupport = 'The server does not support SSL connections';
const isNoPostgres = 'There was an error establishing an SSL connection';

/** Length and code of the request: https://www.postgresql.org/docs/15/protocol-message-formats.html */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The usual explanation, and what the certificate says of itself. */
function withCertificate(remote: DatabaseRemote, code: string, certificate: PeerCertificate): AppError {
  const error = describePostgresError(Object.assign(new Error(code), { code }), { remote, password: '' });
  const known =
    error.code === 'remote-tls'
      ? error
      : new AppError('remote-tls', `The certificate of ${serverOf(remote)} is refused.`);
  const names = serverWords(certificate.subjectaltname ?? asText(certificate.subject?.CN) ?? 'no name', []);
  const says = `It is for ${names}, signed by ${signer(certificate)}, and holds from ${day(certificate.valid_from)} until ${day(certificate.valid_to)}.`;
  return new AppError('remote-tls', `${known.message} ${says}`, { hint: known.hint, cause: error.cause });
}

function signer({ issuer }: PeerCertificate): string {
  return serverWords(asText(issuer?.O ?? issuer?.CN) ?? '', []) || 'nobody';
}

/** A field of a certificate may be there several times. */
function asText(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? field.join(', ') : field;
}

/** `2027-01-31`, of the day that a certificate has (`Jan 31 12:00:00 2027 GMT`). */
function day(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 'an unknown day' : new Date(time).toISOString().slice(0, 10);
}

function hostOf(remote: DatabaseRemote): string {
  return remote.host.replace(/^\[(.*)\]$/, '$1');
}

/** Waits for something of a socket; destroys it and rejects when it fails, ends, takes too long or is cancelled. */
function within<T>(
  remote: DatabaseRemote,
  socket: Socket,
  { timeout, signal }: ReachOptions,
  begin: (resolve: (value: T) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      settle();
      socket.destroy();
      reject(describePostgresError(thrown, { remote, password: '' }));
    };
    const overdue = setTimeout(() => fail(timeoutError(remote, 'connecting', timeout)), timeout);
    const stop = (): void => fail(cancelledError(remote));
    const ended = (): void => fail(Object.assign(new Error('ended'), { code: 'ECONNRESET' }));
    const settle = (): void => {
      clearTimeout(overdue);
      signal?.removeEventListener('abort', stop);
      socket.off('close', ended);
    };
    // Stays to the end: an error that nobody listens to would end the app.
    socket.on('error', fail);
    socket.once('close', ended);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) return stop();
    begin((value) => {
      settle();
      resolve(value);
    });
  });
}
