/** A person's own Postgres and bucket: how they are named, and how a test of them goes. */
import { z } from 'zod';
import type { ErrorInfo } from './errors.ts';
import { hostName } from './host-name.ts';
import { isThisComputer } from './this-computer.ts';

/** Certificates of an authority of one's own, as text (PEM); null for those that the system trusts. */
const authority = z.string().max(100_000).includes('-----BEGIN CERTIFICATE-----').nullable().default(null);

/** The password is not part of it: it lies in the keychain, or sealed in an encrypted library. */
export const databaseRemoteSchema = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().trim().min(1).max(63),
  user: z.string().trim().min(1).max(63),
  /** `off` is for this computer itself, or after an explicit yes (`plainTextAccepted`). */
  tls: z.enum(['verify-full', 'off']).default('verify-full'),
  plainTextAccepted: z.boolean().default(false),
  authority,
});
export type DatabaseRemote = z.infer<typeof databaseRemoteSchema>;

/** Whether what is sent there crosses a network unencrypted. */
export function isDatabaseInTheClear({ host, tls }: { readonly host: string; readonly tls: string }): boolean {
  return tls === 'off' && !isThisComputer(host);
}

/** The secret access key is not part of it. */
export const bucketRemoteSchema = z.object({
  /** Null for Amazon's own. Plain http is for this computer itself, or after an explicit yes. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable(),
  region: z.string().trim().min(1).max(100).default('us-east-1'),
  bucket: z.string().trim().min(3).max(63),
  accessKeyId: z.string().trim().min(1).max(200),
  /** `https://server/bucket/…` in place of `https://bucket.server/…`: MinIO, Ceph and Garage want it. */
  pathStyle: z.boolean().default(true),
  /** Whether checksums are sent and asked for always, or only where the operation needs them (older servers). */
  checksums: z.enum(['always', 'when-required']).default('when-required'),
  plainTextAccepted: z.boolean().default(false),
  authority,
  /** Whether files are encrypted before they are sent. */
  sealed: z.boolean().default(true),
});
export type BucketRemote = z.infer<typeof bucketRemoteSchema>;

/** Whether what is sent there crosses a network unencrypted. */
export function isBucketInTheClear({ endpoint: address }: { readonly endpoint: string | null }): boolean {
  if (address === null || !URL.canParse(address)) return false;
  const { protocol, host } = new URL(address);
  return protocol === 'http:' && !isThisComputer(host);
}

export const remotesSchema = z.object({ database: databaseRemoteSchema, bucket: bucketRemoteSchema.nullable() });
export type Remotes = z.infer<typeof remotesSchema>;

/** A name as a server knows it. */
const oneLine = (what: string, longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, `${what} is one line.`);

/**
 * What a person may name: a server by its name or address, never a socket or a string with a password in it.
 * SECURITY: neither a password nor a library crosses a network in the clear, unless its owner says so.
 */
export const namedDatabaseSchema = databaseRemoteSchema
  .extend({
    host: hostName('db.example.com'),
    database: oneLine('The name of a database', 63),
    user: oneLine('A user name', 63),
  })
  .refine((remote) => remote.plainTextAccepted || !isDatabaseInTheClear(remote), {
    path: ['tls'],
    message: 'Without TLS everything crosses the network in the clear, the password too.',
  });

/** SECURITY: a password in an address would be shown, logged and kept in the clear. */
const bareAddress = z
  .url({ protocol: /^https?$/, error: 'An address looks like https://s3.example.com.' })
  .max(2_000)
  .refine(isBareAddress, 'The address is that of the server alone: no user, no question mark, no #.');

function isBareAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password, search, hash } = new URL(address);
  return username === '' && password === '' && search === '' && hash === '';
}

/** As `namedDatabaseSchema`; names that can stand in an address and lead nowhere else. */
export const namedBucketSchema = bucketRemoteSchema
  .extend({
    endpoint: bareAddress.nullable(),
    region: z
      .string()
      .trim()
      .max(100)
      .regex(/^[A-Za-z0-9_-]+$/, 'A region looks like us-east-1.')
      .default('us-east-1'),
    bucket: z
      .string()
      .trim()
      .min(3, 'A bucket’s name has at least three characters.')
      .max(63, 'A bucket’s name has at most 63 characters.')
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'A bucket’s name is of letters, digits, dots and hyphens.'),
    accessKeyId: oneLine('A key’s id', 200),
  })
  .refine((remote) => remote.plainTextAccepted || !isBucketInTheClear(remote), {
    path: ['endpoint'],
    message: 'At an address with http everything crosses the network in the clear.',
  });

/** How they are stored, each by itself: one that is broken can't harm, and has to be named again. */
export const storedRemotesSchema = z.object({
  /** Without a secret where none is wanted: then none is missing, either. */
  database: z.object({ remote: namedDatabaseSchema, hasSecret: z.boolean() }).nullable().catch(null),
  bucket: z.object({ remote: namedBucketSchema, hasSecret: z.boolean() }).nullable().catch(null),
  /** Buckets that were named before this one, the last first: what only they have is brought from there. */
  formerBuckets: z.array(z.object({ remote: namedBucketSchema, hasSecret: z.boolean() })).catch([]),
});

/** What has a secret of its own. */
export type RemoteKind = 'database' | 'bucket';

/**
 * Whether a secret that was typed for one is the other's, too: the same server, user and database, reached over the same
 * kind of connection. SECURITY: whatever else is named later never gets it, nor does it ever cross in the clear what was
 * typed for TLS.
 */
export function hasSameDatabaseSecret(one: DatabaseRemote, other: DatabaseRemote): boolean {
  return JSON.stringify(databaseSecretKey(one)) === JSON.stringify(databaseSecretKey(other));
}

/** As `hasSameDatabaseSecret`: the same key's id, endpoint and bucket. */
export function hasSameBucketSecret(one: BucketRemote, other: BucketRemote): boolean {
  return JSON.stringify(bucketSecretKey(one)) === JSON.stringify(bucketSecretKey(other));
}

/** What a password is kept for, in the order in which an entry names it. */
export function databaseSecretKey({ user, host, port, database, tls, authority: pem }: DatabaseRemote) {
  return { user, host, port, database, tls, authority: tls === 'off' ? null : pem };
}

/** What a secret access key is kept for; an empty endpoint is Amazon's. */
export function bucketSecretKey({ accessKeyId, endpoint: address, bucket, authority: pem }: BucketRemote) {
  return { accessKeyId, endpoint: address ?? '', bucket, authority: pem };
}

export const databaseTestSteps = ['reach', 'tls', 'sign-in', 'version', 'extension', 'rights', 'schema'] as const;
export const bucketTestSteps = ['reach', 'list', 'put', 'get', 'delete', 'clock'] as const;
export type RemoteTestStepName = (typeof databaseTestSteps)[number] | (typeof bucketTestSteps)[number];

/** One step of a test; those after one that failed are not tried. */
export interface RemoteTestStep {
  readonly name: RemoteTestStepName;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'not-tried';
  /** What was found: `PostgreSQL 15.18`, `pgvector 0.8.0`; empty when there is nothing to tell. */
  readonly detail: string;
  /** With what to do. */
  readonly error: ErrorInfo | null;
}
