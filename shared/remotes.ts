/** A person's own Postgres and bucket: how they are named, and how a test of them goes. */
import { z } from 'zod';
import type { ErrorInfo } from './errors.ts';

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

export const remotesSchema = z.object({ database: databaseRemoteSchema, bucket: bucketRemoteSchema.nullable() });
export type Remotes = z.infer<typeof remotesSchema>;

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
