/** A person's own Postgres and bucket as they are typed, and as they are told of. Pure. */
import {
  namedBucketSchema,
  namedDatabaseSchema,
  hasSameBucketSecret,
  hasSameDatabaseSecret,
  isBucketInTheClear,
  type BucketRemote,
  type DatabaseRemote,
  type RemoteKind,
  type RemoteTestStep,
  type RemoteTestStepName,
} from '../../../../shared/remotes.ts';
import type { NamedRemote, RemoteSecretState } from '../../../../shared/requests/remotes.ts';
import { isThisComputer } from '../../../../shared/this-computer.ts';

/** What is typed; numbers and certificates as they stand in their fields. */
export interface DatabaseDraft extends Omit<DatabaseRemote, 'port' | 'authority'> {
  readonly port: string;
  readonly authority: string;
  readonly password: string;
}

export interface BucketDraft extends Omit<BucketRemote, 'endpoint' | 'authority'> {
  readonly service: 'amazon' | 'other';
  readonly endpoint: string;
  readonly authority: string;
  readonly secret: string;
}

const emptyDatabase: DatabaseDraft = {
  host: '',
  port: '5432',
  database: '',
  user: '',
  tls: 'verify-full',
  plainTextAccepted: false,
  authority: '',
  password: '',
};

const emptyBucket: BucketDraft = {
  service: 'other',
  endpoint: '',
  region: 'us-east-1',
  bucket: '',
  accessKeyId: '',
  pathStyle: true,
  checksums: 'when-required',
  plainTextAccepted: false,
  authority: '',
  sealed: true,
  secret: '',
};

export function databaseDraft(remote: DatabaseRemote | null): DatabaseDraft {
  if (!remote) return emptyDatabase;
  return { ...remote, port: String(remote.port), authority: remote.authority ?? '', password: '' };
}

export function bucketDraft(remote: BucketRemote | null): BucketDraft {
  if (!remote) return emptyBucket;
  const { endpoint, authority } = remote;
  const service = endpoint === null ? 'amazon' : 'other';
  return { ...remote, service, endpoint: endpoint ?? '', authority: authority ?? '', secret: '' };
}

/** A remote that can be tried, or what keeps it from being; an empty sentence while fields are. */
export type Checked<Remote> = { readonly remote: Remote } | { readonly problem: string };

export function checkDatabase(draft: DatabaseDraft): Checked<DatabaseRemote> {
  const { host, port, database, user, tls, plainTextAccepted, authority } = draft;
  if ([host, port, database, user].some((field) => field.trim() === '')) return { problem: '' };
  const { data, error } = namedDatabaseSchema.safeParse({
    ...{ host, database, user, tls, plainTextAccepted, port: Number(port) },
    authority: tls === 'off' ? null : authority.trim() || null,
  });
  return data ? { remote: data } : { problem: problemOf(error.issues) };
}

export function checkBucket(draft: BucketDraft): Checked<BucketRemote> {
  const { service, endpoint, region, bucket, accessKeyId, pathStyle, checksums, plainTextAccepted, sealed } = draft;
  const isAmazon = service === 'amazon';
  const needed = [region, bucket, accessKeyId, ...(isAmazon ? [] : [endpoint])];
  if (needed.some((field) => field.trim() === '')) return { problem: '' };
  const { data, error } = namedBucketSchema.safeParse({
    ...{ region, bucket, accessKeyId, checksums, plainTextAccepted, sealed },
    endpoint: isAmazon ? null : endpoint.trim(),
    pathStyle: isAmazon ? false : pathStyle,
    authority: isAmazon ? null : draft.authority.trim() || null,
  });
  return data ? { remote: data } : { problem: problemOf(error.issues) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function problemOf([issue]: readonly Issue[]): string {
  if (issue?.path[0] === 'port') return 'A port is a number from 1 to 65,535.';
  if (issue?.path[0] === 'authority') return 'A certificate as text begins with -----BEGIN CERTIFICATE-----.';
  return issue?.message ?? '';
}

export function isAddressInTheClear({ service, endpoint }: BucketDraft): boolean {
  return service === 'other' && isBucketInTheClear({ endpoint: endpoint.trim() });
}

/** Whether what is kept is the password of this draft, too, so that none need be typed. */
export function hasPassword(named: NamedRemote<DatabaseRemote> | null, remote: DatabaseRemote | null): boolean {
  return named !== null && remote !== null && isThere(named.secret) && hasSameDatabaseSecret(named.remote, remote);
}

/** As `hasPassword`, of the secret key. */
export function hasSecretKey(named: NamedRemote<BucketRemote> | null, remote: BucketRemote | null): boolean {
  return named !== null && remote !== null && isThere(named.secret) && hasSameBucketSecret(named.remote, remote);
}

function isThere(secret: RemoteSecretState): boolean {
  return secret === 'kept' || secret === 'this-run';
}

/** `ada@db.example.com:5432/quire`. */
export function databaseName({ user, host, port, database }: DatabaseRemote): string {
  return `${user}@${host}:${port}/${database}`;
}

/** `papers at s3.example.com`, `papers at Amazon S3, eu-north-1`. */
export function bucketName({ bucket, endpoint, region }: BucketRemote): string {
  return `${bucket} at ${endpoint === null ? `Amazon S3, ${region}` : new URL(endpoint).host}`;
}

export function databaseSafety({ host, tls, authority }: DatabaseRemote): string {
  if (tls === 'off') return plain(isThisComputer(host));
  return authority === null
    ? 'TLS, with a checked certificate.'
    : 'TLS, with a certificate checked by your own authority.';
}

export function bucketSafety({ sealed, endpoint }: BucketRemote): string {
  const connection = endpoint?.startsWith('http:') ? plain(isThisComputer(new URL(endpoint).host)) : 'TLS.';
  return `${connection} ${sealed ? 'Files are encrypted before they are sent.' : 'Files are sent as they are.'}`;
}

function plain(isHere: boolean): string {
  return isHere ? 'On this computer, without encryption.' : 'Unencrypted connection.';
}

const secretNames: Readonly<Record<RemoteKind, string>> = { database: 'password', bucket: 'secret key' };

/** Where the secret is; a warning when it will not be there for long, or is not. */
export function secretWords(
  kind: RemoteKind,
  secret: RemoteSecretState,
): { readonly text: string; readonly isWarning: boolean } {
  const name = secretNames[kind];
  switch (secret) {
    case 'none':
      return { text: `No ${name} is wanted.`, isWarning: false };
    case 'kept':
      return { text: `The ${name} is in your system’s keychain.`, isWarning: false };
    case 'this-run':
      return {
        text: `There is no keychain to keep the ${name} in: it holds until this library is closed.`,
        isWarning: true,
      };
    case 'missing':
      return { text: `The ${name} is not kept any more. Type it again.`, isWarning: true };
  }
}

const stepWords: Readonly<Record<RemoteKind, Readonly<Partial<Record<RemoteTestStepName, string>>>>> = {
  database: {
    reach: 'Reach the server',
    tls: 'Encrypt the connection',
    'sign-in': 'Sign in',
    version: 'PostgreSQL 15 or newer',
    extension: 'pgvector 0.7 or newer',
    rights: 'Rights to make tables',
    schema: 'Quire’s own tables',
  },
  bucket: {
    reach: 'Reach the server',
    list: 'List what is in the bucket',
    put: 'Store a file',
    get: 'Read it back',
    delete: 'Delete it',
    clock: 'Clocks agree',
  },
};

const stateWords: Readonly<Record<RemoteTestStep['state'], string>> = {
  waiting: 'waiting',
  running: 'trying…',
  passed: 'passed',
  failed: 'failed',
  'not-tried': 'not tried',
};

export function stepTitle(kind: RemoteKind, name: RemoteTestStepName): string {
  return stepWords[kind][name] ?? name;
}

/** `passed · PostgreSQL 15.18`. */
export function stepText({ state, detail }: RemoteTestStep): string {
  return [stateWords[state], detail].filter(Boolean).join(' · ');
}

/** All of a test in one sentence, for who does not see its list. */
export function testText(kind: RemoteKind, steps: readonly RemoteTestStep[]): string {
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed) return `The test failed: ${stepTitle(kind, failed.name)}.`;
  const running = steps.find(({ state }) => state === 'running');
  if (running) return `Testing: ${stepTitle(kind, running.name)}.`;
  return steps.every(({ state }) => state === 'passed') ? 'All steps passed.' : 'Testing.';
}
