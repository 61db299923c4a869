/** What a person reads when Postgres fails: the right code, what to do, and nothing secret. */
import { describe, expect, test } from 'vitest';
import {
  describePostgresError,
  placeOf,
  quoteName,
  serverWords,
} from '../../../electron/adapters/postgres/postgres-errors.ts';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { databaseRemoteSchema } from '../../../shared/remotes.ts';

const password = 'correct horse battery';
const remote = databaseRemoteSchema.parse({ host: 'db.example.com', port: 5433, database: 'library', user: 'ann' });

function explain(code: string | undefined, message = 'what the server said'): AppError {
  return describePostgresError(Object.assign(new Error(message), code === undefined ? {} : { code }), {
    remote,
    password,
  });
}

describe('codes', () => {
  test.each<[string, ErrorCode, boolean]>([
    ['28P01', 'remote-unauthorized', false],
    ['28000', 'remote-unauthorized', false],
    ['3D000', 'remote-unreachable', false],
    ['42501', 'remote-forbidden', false],
    ['25006', 'remote-forbidden', false],
    ['53100', 'remote-full', false],
    ['53200', 'remote-busy', true],
    ['53300', 'remote-busy', true],
    ['40001', 'remote-busy', true],
    ['40P01', 'remote-busy', true],
    ['55P03', 'remote-busy', true],
    ['57014', 'remote-timeout', true],
    ['25P03', 'remote-timeout', true],
    ['57P01', 'remote-unreachable', true],
    ['57P02', 'remote-unreachable', true],
    ['57P03', 'remote-unreachable', true],
    ['57P05', 'remote-unreachable', true],
    ['08000', 'remote-unreachable', true],
    ['08006', 'remote-unreachable', true],
    ['08P01', 'remote-unreachable', true],
    ['0A000', 'remote-unsupported', false],
    ['58P01', 'remote-unsupported', false],
    ['42P01', 'remote-damaged', false],
    ['3F000', 'remote-damaged', false],
    ['XX001', 'remote-damaged', false],
    ['22P02', 'internal', false],
    ['23505', 'internal', false],
    ['ECONNREFUSED', 'remote-unreachable', true],
    ['ECONNRESET', 'remote-unreachable', true],
    // Five letters, as an SQLSTATE has.
    ['EPIPE', 'remote-unreachable', true],
    ['EPERM', 'remote-unreachable', true],
    ['ENOTFOUND', 'remote-unreachable', true],
    ['EAI_AGAIN', 'remote-unreachable', true],
    ['ETIMEDOUT', 'remote-unreachable', true],
    ['CERT_HAS_EXPIRED', 'remote-tls', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'remote-tls', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'remote-tls', false],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'remote-tls', false],
    ['EPROTO', 'remote-tls', false],
  ])('%s is %s, retryable: %s', (from, code, retryable) => {
    const error = explain(from);
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toMatch(/db\.example\.com/);
    expect(error.hint).not.toBe('');
  });

  test('of nothing that is known is a connection that may be tried again', () => {
    expect(explain(undefined, 'Connection terminated unexpectedly')).toMatchObject({
      code: 'remote-unreachable',
      retryable: true,
    });
    expect(describePostgresError('odd', { remote, password })).toMatchObject({ code: 'remote-unreachable' });
  });

  test('of the app’s own errors stay', () => {
    const own = new AppError('cancelled', 'This was cancelled.');
    expect(describePostgresError(own, { remote, password })).toBe(own);
  });

  test('pg’s words without a code are known: refused TLS, and a server that cannot prove who it is', () => {
    expect(explain(undefined, 'The server does not support SSL connections').code).toBe('remote-tls');
    expect(explain(undefined, 'There was an error establishing an SSL connection').code).toBe('remote-tls');
    expect(explain(undefined, 'SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match').code).toBe(
      'remote-unauthorized',
    );
  });
});

describe('words', () => {
  test('of a server are one clean line of limited length, without the password', () => {
    const said = `no\u0000pg_hba.conf\r\n\u001b[31mentry for ${password} ${'x'.repeat(5_000)}`;
    const error = explain('28000', said);
    expect(error.message).toContain('no pg_hba.conf [31mentry for … xxx');
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(400);
    expect(`${error.stack}${String(error.cause)}`).not.toContain(password);
  });

  test('about data are not repeated, in the cause neither', () => {
    const error = explain('22P02', 'invalid input syntax for type integer: "my diary"');
    expect(`${error.message}${error.hint}${error.stack}${String(error.cause)}`).not.toContain('diary');
  });

  test('that are empty leave no colon behind', () => {
    expect(explain('57P03', '').message).toBe(
      'db.example.com:5433/library ended the connection or does not take any now.',
    );
    expect(serverWords(' \n. ', [''])).toBe('');
  });
});

test('a server is named by host, port and database; IPv6 in brackets', () => {
  expect(placeOf(remote)).toBe('db.example.com:5433/library');
  expect(placeOf({ ...remote, host: '::1' })).toBe('[::1]:5433/library');
  expect(placeOf({ ...remote, host: '[::1]' })).toBe('[::1]:5433/library');
});

test('a name is quoted so that it stays one', () => {
  expect(quoteName('an"n; drop')).toBe('"an""n; drop"');
});
