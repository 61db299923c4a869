/** What a request to the bucket failed for, in words that say what to change. */
import { AppError, toAppError, type AppErrorOptions, type ErrorCode } from '../../../shared/errors.ts';

/** What is known of the bucket and of the last answer, for the words. */
export interface FailureContext {
  /** `127.0.0.1:9000`, `s3.eu-central-1.amazonaws.com`. */
  readonly host: string;
  readonly bucket: string;
  readonly region: string;
  /** Milliseconds of silence after which it was given up. */
  readonly silence: number;
  /** Milliseconds by which the server's clock is ahead, by its last answer; null when it did not say. */
  readonly clockOffset: number | null;
  readonly isAborted: boolean;
}

/** As the SDK throws: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
interface S3Failure {
  readonly name?: string;
  readonly message?: string;
  /** Of the system or of TLS. */
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Characters of a server's own words that a message repeats. */
const longestWords = 200;
/** Milliseconds: the most that a server may ask to wait. */
const longestWait = 3_600_000;
/** Milliseconds; Amazon refuses what was signed longer ago, or later. */
export const LARGEST_SKEW = 15 * 60_000;
const settings = 'Settings, Sync';

/** The status of what was refused; 0 for what is no answer of a server. */
export function statusOf(thrown: unknown): number {
  return failureOf(thrown).$metadata?.httpStatusCode ?? 0;
}

const failureOf = (thrown: unknown): S3Failure => (typeof thrown === 'object' && thrown !== null ? thrown : {});

/** Turns what the SDK, the network or TLS throws into an AppError of a `remote-*` code (or `cancelled`). */
export function toRemoteError(thrown: unknown, context: FailureContext): AppError {
  if (thrown instanceof AppError) return thrown;
  const failure = failureOf(thrown);
  // SECURITY: answers repeat keys' ids and what was signed, and logs keep causes.
  const cause = new Error(`S3: ${plain(failure.name)} ${plain(failure.code)} ${statusOf(thrown) || ''}`.trim());
  const make = (code: ErrorCode, message: string, options: AppErrorOptions): AppError =>
    new AppError(code, message, { ...options, cause });
  if (context.isAborted || failure.name === 'AbortError') {
    return make('cancelled', 'This was stopped.', { retryable: true });
  }
  return statusOf(thrown) > 0 ? refused(failure, context, make) : unanswered(thrown, failure, context, make);
}

type Make = (code: ErrorCode, message: string, options: AppErrorOptions) => AppError;

function refused(failure: S3Failure, context: FailureContext, make: Make): AppError {
  const { host, bucket, region } = context;
  const status = failure.$metadata?.httpStatusCode ?? 0;
  const name = failure.name ?? '';
  const said = wordsOf(failure);
  if (name === 'RequestTimeTooSkewed' || (status === 403 && isSkewed(context))) return skewed(context, make);
  switch (name) {
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'AuthorizationHeaderMalformed':
    case 'InvalidToken':
    case 'ExpiredToken':
      return make('remote-unauthorized', `${host} did not accept the keys of the bucket${said}.`, {
        hint:
          name === 'AuthorizationHeaderMalformed'
            ? `Check the region in ${settings}: “${region}” seems to be another one’s.`
            : `Check access key, secret key and region in ${settings}.`,
      });
    case 'NoSuchBucket':
      return make('remote-unsupported', `${host} has no bucket “${bucket}”.`, {
        hint: `Create the bucket there, or correct its name in ${settings}.`,
      });
    case 'QuotaExceeded':
    case 'XMinioStorageFull':
    case 'EntityTooLarge':
    case 'ServiceQuotaExceededException':
      return make('remote-full', `The bucket “${bucket}” at ${host} takes no more${said}.`, {
        hint: 'Free some space there, or raise its quota.',
        retryable: true,
      });
    case 'BadDigest':
    case 'XAmzContentSHA256Mismatch':
    case 'IncompleteBody':
    case 'RequestTimeout':
      return make('remote-unreachable', `A file did not arrive whole at ${host}${said}.`, {
        hint: 'It is sent again by itself.',
        retryable: true,
      });
    default:
      return byStatus(status, said, failure, context, make);
  }
}

function byStatus(status: number, said: string, failure: S3Failure, context: FailureContext, make: Make): AppError {
  const { host, bucket } = context;
  if (status === 401) {
    return make('remote-unauthorized', `${host} did not accept the keys of the bucket${said}.`, {
      hint: `Check access key and secret key in ${settings}.`,
    });
  }
  if (status === 403) {
    return make('remote-forbidden', `The keys may not do this in the bucket “${bucket}” at ${host}${said}.`, {
      hint: 'Give them the rights to list, read, write and delete below this account’s prefix (docs/SELF_HOSTING.md).',
    });
  }
  if (status === 507) {
    return make('remote-full', `${host} has no space left.`, { hint: 'Free some space there.', retryable: true });
  }
  if (status === 429 || status === 503) {
    const retryAt = retryAtOf(failure.$response?.headers ?? {}, Date.now());
    return make('remote-busy', `${host} takes no more requests for now${said}.`, {
      hint: 'It is tried again by itself.',
      retryable: true,
      retryAt,
    });
  }
  if (status >= 500 && status !== 501) {
    return make('remote-busy', `${host} failed with status ${status}${said}.`, {
      hint: 'The trouble is on the server’s side; it is tried again by itself.',
      retryable: true,
    });
  }
  if (status === 404) {
    return make('not-found', `The bucket “${bucket}” at ${host} has no such file.`, {
      hint: 'A computer that still has it sends it again when it syncs.',
    });
  }
  if (status >= 300 && status < 400) {
    // SECURITY: redirects are never followed; they could lead files and signatures elsewhere.
    return make('remote-unsupported', `${host} says that the bucket “${bucket}” is somewhere else.`, {
      hint: `Check endpoint, region and “path style” in ${settings}.`,
    });
  }
  return make('remote-unsupported', `${host} refused a request with status ${status}${said}.`, {
    hint: `Check that the endpoint in ${settings} is that of an S3 service, and its checksums’ setting.`,
  });
}

function skewed({ host, clockOffset }: FailureContext, make: Make): AppError {
  const by = clockOffset === null ? '' : ` by ${describeOffset(clockOffset)}`;
  return make('remote-forbidden', `This computer’s clock and that of ${host} differ${by}, so it refuses requests.`, {
    hint: 'Set the clocks: date, time and time zone of this computer and of the server.',
  });
}

const isSkewed = ({ clockOffset }: FailureContext): boolean =>
  clockOffset !== null && Math.abs(clockOffset) > LARGEST_SKEW;

/** `12 minutes`, `40 seconds`, `3 hours`. @param offset Milliseconds, either way. */
export function describeOffset(offset: number): string {
  const seconds = Math.round(Math.abs(offset) / 1_000);
  const [count, unit] =
    seconds < 120
      ? [seconds, 'second']
      : seconds < 7_200
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3_600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Milliseconds since the epoch until which a server asks to wait; undefined when it does not. RFC 9110, 10.2.3. */
export function retryAtOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (value === '') return undefined;
  const seconds = Number(value);
  const at = Number.isFinite(seconds) ? now + seconds * 1_000 : Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at, now), now + longestWait);
}

const networkCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN'],
  ...['EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT'],
]);

/** Node's and OpenSSL's: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode =
  /CERT|^ERR_TLS_|^ERR_SSL_|^EPROTO$|^UNABLE_TO_|SELF_SIGNED|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/;

function unanswered(thrown: unknown, failure: S3Failure, context: FailureContext, make: Make): AppError {
  const { host, silence } = context;
  const code = typeof failure.code === 'string' ? failure.code : '';
  // The SDK calls a connection that broke off a timeout, too.
  if ((failure.name === 'TimeoutError' && !networkCodes.has(code)) || code === 'ETIMEDOUT') {
    return make('remote-timeout', `${host} said nothing for ${describeOffset(silence)}.`, {
      hint: 'Check the network and the server; it is tried again by itself.',
      retryable: true,
    });
  }
  if (tlsCode.test(code)) return tlsError(code, context, make);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return make('remote-unreachable', `There is no server called ${host}, or the network is down.`, {
      hint: `Check the endpoint in ${settings}, and the network.`,
      retryable: true,
    });
  }
  if (code === 'ECONNREFUSED') {
    return make('remote-unreachable', `Nothing answers at ${host}.`, {
      hint: `Check the endpoint in ${settings}, and whether the server runs.`,
      retryable: true,
    });
  }
  if (networkCodes.has(code) || /aborted|socket hang up|premature/i.test(failure.message ?? '')) {
    return make('remote-unreachable', `The connection to ${host} broke off.`, {
      hint: 'Check the network; it is tried again by itself.',
      retryable: true,
    });
  }
  if (failure.name === 'SyntaxError' || /deserializ|expected .* in (?:XML|response)/i.test(failure.message ?? '')) {
    return make('remote-unsupported', `${host} answers with something that is not S3.`, {
      hint: `Check the endpoint in ${settings}: it is the address of the S3 service, not of its console.`,
      retryable: true,
    });
  }
  return toAppError(thrown);
}

function tlsError(code: string, { host }: FailureContext, make: Make): AppError {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return make('remote-tls', `The certificate of ${host} is for another name.`, {
      hint: `Enter the name in ${settings} that the certificate is for.`,
    });
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return make('remote-tls', `The certificate of ${host} is not valid now.`, {
      hint: 'Renew it on the server; check the clock of this computer, too.',
    });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return make('remote-tls', `${host} does not speak TLS at this port.`, {
      hint: `Check the port of the endpoint in ${settings}; a server on this computer may want http://.`,
    });
  }
  return make('remote-tls', `The certificate of ${host} is of an authority that is not trusted.`, {
    hint: `With an authority of your own, choose its certificate in ${settings}.`,
  });
}

/** `: what the server said`, one short line; empty when it said nothing. Untrusted. */
function wordsOf({ message }: S3Failure): string {
  const text = plain(message);
  if (text === '' || /^(?:UnknownError|Unknown)$/.test(text)) return '';
  return `: ${text.length > longestWords ? `${text.slice(0, longestWords)}…` : text.replace(/\.$/, '')}`;
}

/** Without control characters and marks of direction. */
function plain(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
}
