/** Single objects of the bucket: what is there, whether it is what was sent, and their removal. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { AppError } from '../../../shared/errors.ts';
import type { BucketConnection } from './client.ts';

export interface StoredObject {
  /** Bytes. */
  readonly size: number;
  /** Entity tag, in quotes as it comes; empty where the server gives none. */
  readonly tag: string;
}

/** Null when there is none. */
export async function headObject(
  { client, remote, send }: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | null> {
  try {
    const found = await send(signal, (abortSignal) =>
      client.send(new HeadObjectCommand({ Bucket: remote.bucket, Key: key }), { abortSignal }),
    );
    return { size: found.ContentLength ?? 0, tag: found.ETag ?? '' };
  } catch (thrown) {
    if (isNotFound(thrown)) return null;
    // An answer to HEAD has no body that says why: keys that are wrong look like rights that are missing.
    if (thrown instanceof AppError && !thrown.retryable && thrown.code !== 'remote-tls') {
      await send(signal, (abortSignal) =>
        client.send(new ListObjectsV2Command({ Bucket: remote.bucket, Prefix: key, MaxKeys: 1 }), { abortSignal }),
      );
    }
    throw thrown;
  }
}

export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'not-found';
}

/** One that is not there counts as removed. */
export async function deleteObject(
  { client, remote, send }: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await send(signal, (abortSignal) =>
      client.send(new DeleteObjectCommand({ Bucket: remote.bucket, Key: key }), { abortSignal }),
    );
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
}

/** What is expected of an object that was sent. */
export interface Expected {
  readonly size: number;
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string;
  /** The entity tag that it has where tags are MD5 (`md5Tag`, `compositeTag`). */
  readonly tag: string;
}

/**
 * Whether an object is what was sent: by its entity tag, where that is the MD5 of the bytes (each part was signed with
 * its SHA-256, so this only shows that they were stored), else by reading it back.
 */
export async function isAsSent(
  bucket: BucketConnection,
  key: string,
  found: StoredObject,
  expected: Expected,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (found.size !== expected.size) return false;
  if (found.tag === expected.tag) return true;
  // A tag may be anything, with keys of a customer's own for one.
  return (await hashOfObject(bucket, key, signal)) === expected.sha256;
}

async function hashOfObject(
  { client, remote, send, error }: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { Body } = await send(signal, (abortSignal) =>
    client.send(new GetObjectCommand({ Bucket: remote.bucket, Key: key }), { abortSignal }),
  );
  const hash = createHash('sha256');
  try {
    // In Node a body is always a stream of Node.
    for await (const slice of Body as Readable) hash.update(slice as Buffer);
  } catch (thrown) {
    throw error(thrown, signal);
  }
  return hash.digest('hex');
}

const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();

/** The entity tag of an object, or of a part, with these bytes. */
export function md5Tag(bytes: Uint8Array): string {
  return `"${md5(bytes).toString('hex')}"`;
}

/** The entity tag of an object in parts: the MD5 of the parts' MD5s, and their count. @param tags As of `md5Tag`. */
export function compositeTag(tags: readonly string[]): string {
  const sums = Buffer.concat(tags.map((tag) => Buffer.from(tag.slice(1, -1), 'hex')));
  return `"${md5(sums).toString('hex')}-${tags.length}"`;
}

export function notAsSent(host: string, path: string): AppError {
  return new AppError('remote-damaged', `${host} did not store “${path}” as it was sent, so it was removed there.`, {
    hint: 'It is sent again by itself; if this happens again, check the server’s disk.',
    retryable: true,
  });
}
