/**
 * The closed set of error codes that cross a process border, and the error that carries them.
 *
 * Every failure a person can meet has a code here, a message that says what happened to which file,
 * and a hint that says what to do next. Nobody parses messages: code decides, message and hint are read.
 */
export const errorCodes = [
  // files and PDFs
  'file-not-found',
  'file-unreadable',
  'file-empty',
  'file-too-large',
  'file-type-unsupported',
  'file-changed',
  'pdf-encrypted',
  'pdf-damaged',
  'pdf-not-a-pdf',
  'pdf-no-pages',
  'document-no-text',
  // the pipeline
  'pipeline-crashed',
  'pipeline-hung',
  'pipeline-out-of-memory',
  'cancelled',
  'recognition-failed',
  'language-download-failed',
  'language-missing',
  'embedder-unavailable',
  // the database and the disk
  'database-from-the-future',
  'database-damaged',
  'keys-damaged',
  'encryption-incomplete',
  'wrong-key',
  'library-in-use',
  'backup-damaged',
  'backup-from-the-future',
  'disk-full',
  'deletion-incomplete',
  // watched folders
  'folder-missing',
  'folder-too-large-to-watch',
  // the provider
  'provider-not-configured',
  'provider-unauthorized',
  'provider-model-not-found',
  'provider-rate-limited',
  'provider-server-error',
  'provider-timeout',
  'provider-unreachable',
  'provider-stream-broken',
  'provider-bad-response',
  'keychain-unavailable',
  // what models may cost
  'budget-exceeded',
  'too-many-requests',
  'limits-unknown',
  // one's own Postgres and bucket
  'remote-not-configured',
  'remote-unreachable',
  'remote-timeout',
  'remote-tls',
  'remote-unauthorized',
  'remote-forbidden',
  'remote-unsupported',
  'remote-from-the-future',
  'remote-busy',
  'remote-full',
  'remote-damaged',
  // accounts and sessions
  'unauthenticated',
  'forbidden',
  'wrong-credentials',
  'recovery-code-required',
  'too-many-attempts',
  'password-weak',
  'email-taken',
  'sign-in-failed',
  'mail-failed',
  // requests
  'request-invalid',
  'request-forbidden',
  'not-found',
  'interrupted',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What crosses IPC in place of a thrown error; also what the database keeps of a failed document. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  /** One sentence: what happened, to which file. */
  readonly message: string;
  /** One sentence: what to do next; empty when there is nothing to do. */
  readonly hint: string;
  /** True when the same thing may succeed when tried again. */
  readonly retryable: boolean;
  /** From when on it may, in milliseconds since the epoch; left out where no time is known (`too-many-attempts` has one). */
  readonly retryAt?: number;
}

export interface AppErrorOptions {
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly retryAt?: number | undefined;
  readonly cause?: unknown;
}

/** An error with a code of the closed set; handlers and pipeline stages throw nothing else on purpose. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAt: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint ?? '';
    this.retryable = options.retryable ?? false;
    this.retryAt = options.retryAt;
  }

  toInfo(): ErrorInfo {
    const { code, message, hint, retryable, retryAt } = this;
    return { code, message, hint, retryable, ...(retryAt === undefined ? {} : { retryAt }) };
  }

  static fromInfo(info: ErrorInfo): AppError {
    return new AppError(info.code, info.message, info);
  }
}

/** A question is limited to a collection that has nothing in it, or is no longer there. */
export function emptyCollection(): AppError {
  return new AppError('request-invalid', 'The collection that is asked is empty or was deleted.', {
    hint: 'Put documents in it, or choose what to ask below the question.',
  });
}

/** Turns whatever was thrown into an AppError; a foreign error becomes `internal` and keeps its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isErrorInfo(thrown)) return AppError.fromInfo(thrown);
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'APIUserAbortError')) {
    return new AppError('cancelled', 'This was cancelled.', { retryable: true, cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', `Something went wrong inside Quire: ${message}`, {
    hint: 'Try again; if it happens again, please report it with the log file.',
    retryable: true,
    cause: thrown,
  });
}

function isErrorInfo(value: unknown): value is ErrorInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'message' in value &&
    errorCodes.includes((value as { code: ErrorCode }).code)
  );
}

/** Ends an exhaustive switch: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new AppError('internal', `Unexpected value: ${JSON.stringify(value)}`);
}
