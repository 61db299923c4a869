/** A file's way from the bucket: to `<path>.part`, from where an earlier try ended; it gets its name when verified. */
import { createHash, type Hash } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { fill, writeWhole } from '../../encryption/file-bytes.ts';
import { refuseAborted, SLICE, toFileError } from '../../sync/local-file.ts';
import type { BucketConnection } from './client.ts';
import { statusOf } from './s3-errors.ts';

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** Beside a part: which object it is of. */
const partNoteSchema = z.object({ tag: z.string().min(1), total: z.number().int().nonnegative() });
type PartNote = z.infer<typeof partNoteSchema>;

interface Begun extends PartNote {
  /** Bytes that are there. */
  readonly size: number;
}

/** See `BlobStore.get`. Errors: `remote-*`, `not-found`, `cancelled`, `disk-full`, `file-unreadable`. */
export async function download(
  bucket: BucketConnection,
  key: string,
  path: string,
  sha256: string | null,
  options: DownloadOptions,
): Promise<{ readonly size: number }> {
  try {
    const begun = await begunOf(path);
    return (begun && (await fetchRest(bucket, key, path, sha256, options, begun))) ?? (await fetchAnew());
  } catch (thrown) {
    const error = toFileError(thrown, path);
    // The rest would not fit, either; what was fetched is given back.
    if (error instanceof AppError && error.code === 'disk-full') await discard(path);
    throw error;
  }

  async function fetchAnew(): Promise<{ readonly size: number }> {
    await discard(path);
    const done = await fetchRest(bucket, key, path, sha256, options, null);
    if (!done) throw brokenOff(bucket, path);
    return done;
  }
}

const partOf = (path: string): string => `${path}.part`;
const noteOf = (path: string): string => `${path}.part.json`;

async function discard(path: string): Promise<void> {
  await rm(partOf(path), { force: true });
  await rm(noteOf(path), { force: true });
}

/** What an earlier try left; null when that is nothing, or nothing of use. */
async function begunOf(path: string): Promise<Begun | null> {
  try {
    const note = partNoteSchema.parse(JSON.parse(await readFile(noteOf(path), 'utf8')));
    const { size } = await stat(partOf(path));
    return size > 0 && size <= note.total ? { ...note, size } : null;
  } catch {
    // Not there, or cut by a crash: then it begins anew.
    return null;
  }
}

/** Null when the object is not, or no longer, the one that was begun. */
async function fetchRest(
  bucket: BucketConnection,
  key: string,
  path: string,
  sha256: string | null,
  options: DownloadOptions,
  begun: Begun | null,
): Promise<{ readonly size: number } | null> {
  const isWhole = begun !== null && begun.size === begun.total;
  const answer = isWhole ? null : await request(bucket, key, options.signal, begun);
  if (!isWhole && !answer) return null;
  const total = begun?.total ?? answer?.ContentLength;
  if (total === undefined) throw brokenOff(bucket, path);
  if (!begun && answer?.ETag) await writeFile(noteOf(path), JSON.stringify({ tag: answer.ETag, total }));
  const handle = await open(partOf(path), begun ? 'r+' : 'w', 0o600);
  let actual: string;
  try {
    const hash = createHash('sha256');
    let at = begun?.size ?? 0;
    if (begun && sha256 !== null) await hashStart(handle, at, hash, options.signal);
    if (answer) at = await takeBody(bucket, answer, handle, at, hash, path, options);
    // What came stays for the next try.
    if (at !== total) throw brokenOff(bucket, path);
    actual = hash.digest('hex');
    await handle.datasync();
  } catch (thrown) {
    (answer?.Body as Readable | undefined)?.destroy();
    throw thrown;
  } finally {
    await handle.close();
  }
  if (sha256 !== null && actual !== sha256) {
    await discard(path);
    throw damaged(bucket, path);
  }
  await rename(partOf(path), path);
  await rm(noteOf(path), { force: true });
  return { size: total };
}

/** Null when the object changed since, or a server sends all of it for a range. */
async function request(
  { client, remote, send }: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
  begun: Begun | null,
): Promise<GetObjectCommandOutput | null> {
  const command = new GetObjectCommand({
    Bucket: remote.bucket,
    Key: key,
    ...(begun ? { Range: `bytes=${begun.size}-`, IfMatch: begun.tag } : {}),
  });
  return send(signal, async (abortSignal) => {
    try {
      const answer = await client.send(command, { abortSignal });
      const { ContentRange, Body } = answer;
      if (!begun || ContentRange === `bytes ${begun.size}-${begun.total - 1}/${begun.total}`) return answer;
      (Body as Readable).destroy();
      return null;
    } catch (thrown) {
      if (begun && [412, 416].includes(statusOf(thrown))) return null;
      throw thrown;
    }
  });
}

async function hashStart(handle: FileHandle, length: number, hash: Hash, signal?: AbortSignal): Promise<void> {
  const slice = Buffer.allocUnsafe(Math.min(SLICE, length));
  for (let at = 0; at < length; at += slice.length) {
    refuseAborted(signal);
    hash.update(slice.subarray(0, await fill(handle, slice.subarray(0, length - at), at)));
  }
}

/** Answers with the place in the file where the body ended. */
async function takeBody(
  bucket: BucketConnection,
  { Body }: GetObjectCommandOutput,
  handle: FileHandle,
  from: number,
  hash: Hash,
  path: string,
  { signal, onProgress }: DownloadOptions,
): Promise<number> {
  let at = from;
  let isWriting = false;
  try {
    for await (const slice of Body as Readable as AsyncIterable<Buffer>) {
      hash.update(slice);
      isWriting = true;
      await writeWhole(handle, slice, at);
      isWriting = false;
      at += slice.length;
      onProgress?.(at);
    }
  } catch (thrown) {
    if (isWriting) throw thrown;
    // The SDK compares with the server's own checksum, where there is one.
    if (thrown instanceof Error && /^checksum mismatch/i.test(thrown.message)) {
      await discard(path);
      throw damaged(bucket, path);
    }
    throw bucket.error(thrown, signal);
  }
  return at;
}

function brokenOff({ host }: BucketConnection, path: string): AppError {
  return new AppError(
    'remote-unreachable',
    `The connection to ${host} broke off in the middle of “${basename(path)}”.`,
    {
      hint: 'It goes on by itself from where it ended.',
      retryable: true,
    },
  );
}

function damaged({ host }: BucketConnection, path: string): AppError {
  return new AppError('remote-damaged', `${host} has something else under the name of “${basename(path)}”.`, {
    hint: 'On a computer that still has the document, remove it and add it again.',
    retryable: true,
  });
}
