/**
 * Requests about a person's own Postgres and bucket. Passwords and secret keys go in with a test and never come out; what
 * is saved is what a test passed with.
 */
import { z } from 'zod';
import type { ErrorInfo } from '../errors.ts';
import {
  namedBucketSchema,
  namedDatabaseSchema,
  type BucketRemote,
  type DatabaseRemote,
  type RemoteTestStep,
} from '../remotes.ts';
import { define } from './define.ts';

/**
 * Where the secret of a remote is: `none` is wanted there; `kept` in the keychain; `this-run`: in memory, until the library
 * is closed, because there is no keychain; `missing`: it has to be typed again.
 */
export type RemoteSecretState = 'none' | 'kept' | 'this-run' | 'missing';

export interface NamedRemote<Remote> {
  readonly remote: Remote;
  readonly secret: RemoteSecretState;
}

export interface RemotesView {
  /** Null when none is named. */
  readonly database: NamedRemote<DatabaseRemote> | null;
  readonly bucket: NamedRemote<BucketRemote> | null;
  /** Buckets that were named before, and whose keys are kept to bring and remove files there: `“files” at s3.example.com`. */
  readonly formerBuckets: readonly string[];
  /** Null when the keychain works, or none is wanted; else why it does not. */
  readonly keychainError: ErrorInfo | null;
}

/** How a test ended. */
export interface RemoteTest {
  readonly ok: boolean;
  readonly steps: readonly RemoteTestStep[];
}

const kind = z.enum(['database', 'bucket']);
/** Not trimmed: a password may begin with a space. */
const secret = z.string().max(1_000);

export const remoteRequests = {
  'remotes.get': define(z.object({}))<RemotesView>(),
  /**
   * Tries each step; how far it is, is told by `remotes.testing`. Without a password the one that is kept for exactly this
   * server, user and database is used; an empty one is none. Ends the test of a database that runs. Nothing is saved.
   */
  'remotes.testDatabase': define(z.object({ remote: namedDatabaseSchema, password: secret.optional() }))<RemoteTest>(),
  /** As above; the secret is the secret access key. */
  'remotes.testBucket': define(z.object({ remote: namedBucketSchema, secret: secret.optional() }))<RemoteTest>(),
  'remotes.cancelTest': define(z.object({ kind }))<null>(),
  /** Names what the last test passed with, its secret too. Errors: `request-invalid` for anything else. */
  'remotes.set': define(
    z.object({ database: namedDatabaseSchema.optional(), bucket: namedBucketSchema.optional() }),
  )<RemotesView>(),
  /** Forgets former buckets and their secrets. What lies in them stays there. */
  'remotes.forgetFormer': define(z.object({}))<RemotesView>(),
  /** Forgets a remote and its secret; with a bucket, former ones. What lies on it stays there. */
  'remotes.remove': define(z.object({ kind }))<RemotesView>(),
};
