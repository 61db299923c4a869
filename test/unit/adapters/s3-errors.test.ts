/** What a bucket's refusals and a broken network are told as. */
import { describe, expect, it } from 'vitest';
import { dispositionOf } from '../../../electron/adapters/s3/blob-store.ts';
import {
  describeOffset,
  retryAtOf,
  toRemoteError,
  type FailureContext,
} from '../../../electron/adapters/s3/s3-errors.ts';
import { partSizeOf } from '../../../electron/adapters/s3/upload.ts';
import { toFileError } from '../../../electron/sync/local-file.ts';

const context: FailureContext = {
  host: 'bucket.example.com',
  bucket: 'library',
  region: 'us-east-1',
  silence: 30_000,
  clockOffset: 0,
  isAborted: false,
};

const answered = (name: string, httpStatusCode: number, message = '', headers: Record<string, string> = {}) =>
  toRemoteError({ name, message, $metadata: { httpStatusCode }, $response: { headers } }, context);
const broken = (code: string, name = 'Error') =>
  toRemoteError(Object.assign(new Error(`of ${code}`), { code, name }), context);

describe('an answer', () => {
  // Catches: a failure that is tried for ever, or one that passes and is told as final.
  it.each([
    ['InvalidAccessKeyId', 403, 'remote-unauthorized', false],
    ['SignatureDoesNotMatch', 403, 'remote-unauthorized', false],
    ['AuthorizationHeaderMalformed', 400, 'remote-unauthorized', false],
    ['AccessDenied', 403, 'remote-forbidden', false],
    ['NoSuchBucket', 404, 'remote-unsupported', false],
    ['NoSuchKey', 404, 'not-found', false],
    ['PermanentRedirect', 301, 'remote-unsupported', false],
    ['NotImplemented', 501, 'remote-unsupported', false],
    ['MalformedXML', 400, 'remote-unsupported', false],
    ['SlowDown', 503, 'remote-busy', true],
    ['TooManyRequests', 429, 'remote-busy', true],
    ['InternalError', 500, 'remote-busy', true],
    ['XMinioStorageFull', 507, 'remote-full', true],
    ['QuotaExceeded', 403, 'remote-full', true],
    ['BadDigest', 400, 'remote-unreachable', true],
  ])('%s with status %i is %s', (name, status, code, retryable) => {
    const error = answered(name, status);
    expect([error.code, error.retryable]).toEqual([code, retryable]);
    expect(error.hint).not.toBe('');
  });

  // Catches: a clock that is told as a missing right, and one that nobody can see how wrong it is.
  it('because of the clock says by how much', () => {
    const skewed = { ...context, clockOffset: 3 * 3_600_000 };
    for (const name of ['RequestTimeTooSkewed', 'Unknown']) {
      const error = toRemoteError({ name, $metadata: { httpStatusCode: 403 } }, skewed);
      expect(error.code).toBe('remote-forbidden');
      expect(error.message).toContain('differ by 3 hours');
    }
    expect([0, 1_000, 59_000, 119_000, 121_000, 7_300_000].map(describeOffset)).toEqual([
      ...['0 seconds', '1 second', '59 seconds', '119 seconds', '2 minutes', '2 hours'],
    ]);
  });

  // Catches: a server's words that forge a line of the log, hide what follows them, or fill the window.
  it('is repeated in one short line', () => {
    const error = answered('AccessDenied', 403, `No\r\n2026 INFO all is well \u202Efdp.exe\u0007 ${'x'.repeat(5_000)}`);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(error.message.length).toBeLessThan(320);
    expect(error.message).toContain('No 2026 INFO');
  });

  // Catches: a wait that a server asks for and nobody heeds, and one of a year that a server can ask for.
  it('that asks to wait is heeded, within an hour', () => {
    const now = Date.parse('2026-01-02T03:04:05Z');
    const at = (value: string) => retryAtOf({ 'retry-after': value }, now);
    expect(at('120')).toBe(now + 120_000);
    expect(at('Fri, 02 Jan 2026 03:05:05 GMT')).toBe(now + 60_000);
    expect(at('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(now);
    expect(at('99999999')).toBe(now + 3_600_000);
    expect([at('soon'), at(''), retryAtOf({}, now)]).toEqual([undefined, undefined, undefined]);
    expect(answered('SlowDown', 503, '', { 'retry-after': '30' }).retryAt).toBeGreaterThan(Date.now() + 20_000);
  });
});

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', 'Error', 'remote-unreachable', true],
    ['ENOTFOUND', 'Error', 'remote-unreachable', true],
    ['ECONNRESET', 'TimeoutError', 'remote-unreachable', true],
    ['', 'TimeoutError', 'remote-timeout', true],
    ['ETIMEDOUT', 'TimeoutError', 'remote-timeout', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'Error', 'remote-tls', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'Error', 'remote-tls', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Error', 'remote-tls', false],
    ['CERT_HAS_EXPIRED', 'Error', 'remote-tls', false],
    ['EPROTO', 'Error', 'remote-tls', false],
  ])('because of %s (%s) is %s', (code, name, expected, retryable) => {
    const error = broken(code, name);
    expect([error.code, error.retryable]).toEqual([expected, retryable]);
  });

  // Catches: a stop that is shown as a failure.
  it('after a stop is that', () => {
    expect(toRemoteError(new Error('aborted'), { ...context, isAborted: true }).code).toBe('cancelled');
  });
});

describe('what goes with a file', () => {
  // Catches: a header that is cut in two, a name that leaves the folder, one that a browser runs.
  it('has a name that is safe', () => {
    const named = (name: string) => decodeURIComponent(/UTF-8''(.*)$/.exec(dispositionOf(name))?.[1] ?? '');
    expect(dispositionOf('Plan.pdf')).toBe(`attachment; filename="Plan.pdf"; filename*=UTF-8''Plan.pdf`);
    expect(named('../../etc/passwd')).toBe('_.._etc_passwd');
    expect(named('a"\r\nset-cookie: x.pdf')).toBe('a_set-cookie_ x.pdf');
    expect(named('\u202Efdp.exe')).toBe('_fdp.exe');
    expect(named('...')).toBe('file');
    expect(named(`${'ü'.repeat(400)}.pdf`)).toBe(`${'ü'.repeat(146)}.pdf`);
    expect(named('b\ud800c (1)*.pdf')).toBe('b\ufffdc (1)_.pdf');
    expect(dispositionOf("ü%'()*;.pdf")).toMatch(/^attachment; filename="[ -~]*"; filename\*=UTF-8''[\w%.~!-]*$/);
  });

  // Catches: a file of 100 GB that needs more parts than there may be.
  it('has parts that are enough for any size', () => {
    for (const size of [0, 8 * 2 ** 20, 2 ** 31, 80 * 2 ** 30, 100 * 2 ** 30, 5 * 2 ** 40]) {
      const part = partSizeOf(size);
      expect(part).toBeGreaterThanOrEqual(8 * 2 ** 20);
      expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
    }
  });

  // Catches: a full disk that is told as something inside Quire.
  it('can fail on this computer', () => {
    const of = (code: string) => toFileError(Object.assign(new Error('x'), { code }), '/library/blobs/a.pdf');
    expect(of('ENOSPC')).toMatchObject({ code: 'disk-full', retryable: true });
    expect(of('ENOENT')).toMatchObject({ code: 'file-not-found', retryable: false });
    expect(of('EACCES')).toMatchObject({ code: 'file-unreadable' });
    const other = new Error('other');
    expect(toFileError(other, 'a')).toBe(other);
  });
});
