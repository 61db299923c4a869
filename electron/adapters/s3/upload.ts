/** A file's way to the bucket: in one request, or in parts that a killed upload goes on from; verified at its end. */
import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { AppError } from '../../../shared/errors.ts';
import { fill } from '../../encryption/file-bytes.ts';
import { toFileError } from '../../sync/local-file.ts';
import type { PutOptions, UploadNote } from '../../sync/ports/blob-store.ts';
import type { BucketConnection } from './client.ts';
import {
  compositeTag,
  deleteObject,
  headObject,
  isAsSent,
  isNotFound,
  md5Tag,
  notAsSent,
  type StoredObject,
} from './objects.ts';

/** Bytes: what is sent in one request, and in a part; memory holds one of them. */
export const PART_SIZE = 8 * 1_048_576;
/** Bytes; S3 takes no smaller ones, but for the last. */
const smallestPart = 5 * 1_048_576;
/** S3 takes no more. */
const mostParts = 10_000;
const type = 'application/octet-stream';

/** Bytes of a part of a file of this size, in whole MiB. */
export function partSizeOf(size: number): number {
  return Math.max(PART_SIZE, Math.ceil(size / mostParts / 1_048_576) * 1_048_576);
}

/** A file that is being sent, open. */
interface Sending {
  readonly bucket: BucketConnection;
  readonly key: string;
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  readonly sha256: string;
  readonly options: PutOptions;
}

/** See `BlobStore.put`. Errors: `remote-*`, `cancelled`, `file-changed`, `file-not-found`, `file-unreadable`. */
export async function upload(
  bucket: BucketConnection,
  key: string,
  path: string,
  sha256: string,
  given: PutOptions,
): Promise<{ readonly size: number }> {
  // A note that can't be one of ours is none.
  const options = { ...given, note: (given.note?.partSize ?? 0) >= smallestPart ? given.note : null };
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (thrown) {
    throw toFileError(thrown, path);
  }
  try {
    const { size } = await handle.stat();
    const sending: Sending = { bucket, key, path, handle, size, sha256, options };
    const there = await headObject(bucket, key, options.signal);
    if (there?.size === size && (await isThere(sending, there))) {
      if (options.note) await forget(sending, options.note);
      options.onProgress?.(size);
    } else if (size <= PART_SIZE) {
      if (options.note) await forget(sending, options.note);
      await sendWhole(sending);
    } else {
      await sendParts(sending);
    }
    return { size };
  } catch (thrown) {
    throw toFileError(thrown, path);
  } finally {
    await handle.close();
  }
}

/**
 * Whether an object of the same length need not be sent again. With a note it is one whose end was not seen, so it is
 * compared; a small one, too, as that costs nothing. A sealed one may be another computer's sealing of the same file.
 */
async function isThere(sending: Sending, there: StoredObject): Promise<boolean> {
  const { bucket, key, size, sha256, options } = sending;
  if (!options.note && (bucket.remote.sealed || size > PART_SIZE)) return true;
  const partSize = options.note?.partSize ?? PART_SIZE;
  const tags: string[] = [];
  for (let at = 0; at < Math.max(size, 1); at += partSize) tags.push(md5Tag(await read(sending, at, partSize)));
  const tag = size <= PART_SIZE ? (tags[0] ?? '') : compositeTag(tags);
  return isAsSent(bucket, key, there, { size, sha256, tag }, options.signal);
}

async function read({ handle, size }: Sending, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - at)));
  return bytes.subarray(0, await fill(handle, bytes, at));
}

/** SHA-256 as headers have it, where checksums are wanted always. */
const checksumOf = ({ remote }: BucketConnection, bytes: Uint8Array): { readonly ChecksumSHA256?: string } =>
  remote.checksums === 'always' ? { ChecksumSHA256: createHash('sha256').update(bytes).digest('base64') } : {};

async function sendWhole(sending: Sending): Promise<void> {
  const { bucket, key, size, options } = sending;
  const bytes = await read(sending, 0, size);
  refuseChanged(sending, createHash('sha256').update(bytes));
  const answer = await bucket.send(options.signal, (abortSignal) =>
    bucket.client.send(
      new PutObjectCommand({
        Bucket: bucket.remote.bucket,
        Key: key,
        Body: bytes,
        ContentLength: bytes.length,
        ContentType: type,
        ...checksumOf(bucket, bytes),
      }),
      { abortSignal },
    ),
  );
  const found = { size, tag: answer.ETag ?? '' };
  await verify(sending, found, md5Tag(bytes));
  options.onProgress?.(size);
}

function refuseChanged({ path, sha256 }: Sending, hash: Hash): void {
  if (hash.digest('hex') === sha256) return;
  throw new AppError('file-changed', `“${basename(path)}” was changed while it was sent, so it was not stored.`, {
    hint: 'Check the disk, or add the document again.',
  });
}

async function verify(sending: Sending, found: StoredObject, tag: string): Promise<void> {
  const { bucket, key, path, size, sha256, options } = sending;
  if (await isAsSent(bucket, key, found, { size, sha256, tag }, options.signal)) return;
  await deleteObject(bucket, key, options.signal);
  throw notAsSent(bucket.host, basename(path));
}

/** Of one part: what the server says of it. */
interface ArrivedPart {
  readonly tag: string;
  readonly size: number;
  /** Base64; absent where none was sent, and where the server doesn't know it, and would refuse it at the end. */
  readonly ChecksumSHA256?: string;
}

async function sendParts(sending: Sending): Promise<void> {
  const { bucket, key, size, options } = sending;
  const begun = options.note ? await arrivedParts(sending, options.note) : null;
  let note = begun && options.note ? options.note : await begin(sending);
  const { partSize } = note;
  const hash = createHash('sha256');
  const parts: ArrivedPart[] = [];
  /** Tags as they are where they are MD5. */
  const own: string[] = [];
  for (let at = 0; at < size; at += partSize) {
    const bytes = await read(sending, at, partSize);
    hash.update(bytes);
    own.push(md5Tag(bytes));
    const arrived = begun?.get(parts.length + 1);
    if (arrived && isArrived(sending, arrived, bytes, note.parts[parts.length])) parts.push(arrived);
    else {
      parts.push(await sendPart(sending, note, parts.length + 1, bytes));
      note = { ...note, parts: parts.map(({ tag }) => tag) };
      await options.onNote?.(note);
    }
    options.onProgress?.(Math.min(at + partSize, size));
  }
  try {
    refuseChanged(sending, hash);
  } catch (thrown) {
    await forget(sending, note);
    throw thrown;
  }
  await complete(sending, note, parts);
  const found = await headObject(bucket, key, options.signal);
  try {
    await verify(sending, found ?? { size: -1, tag: '' }, compositeTag(own));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'remote-damaged') await options.onNote?.(null);
    throw thrown;
  }
  await options.onNote?.(null);
}

/** By its MD5; else by the note, unless this may be another sealing of the file than the one that the note is of. */
function isArrived({ bucket }: Sending, arrived: ArrivedPart, bytes: Buffer, noted: string | undefined): boolean {
  if (arrived.size !== bytes.length) return false;
  return arrived.tag === md5Tag(bytes) || (arrived.tag === noted && !bucket.remote.sealed);
}

async function begin({ bucket, key, size, options }: Sending): Promise<UploadNote> {
  const { UploadId } = await bucket.send(options.signal, (abortSignal) =>
    bucket.client.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket.remote.bucket,
        Key: key,
        ContentType: type,
        ...(bucket.remote.checksums === 'always' ? { ChecksumAlgorithm: 'SHA256' } : {}),
      }),
      { abortSignal },
    ),
  );
  if (!UploadId) throw unsupported(bucket.host);
  const note = { uploadId: UploadId, partSize: partSizeOf(size), parts: [] };
  await options.onNote?.(note);
  return note;
}

function unsupported(host: string): AppError {
  return new AppError('remote-unsupported', `${host} can't take a large file in parts.`, {
    hint: 'Choose an S3 service that knows multipart uploads.',
  });
}

/** Parts by their numbers; null when the upload is gone, so that another one has to be begun. */
async function arrivedParts(
  { bucket, key, options }: Sending,
  { uploadId }: UploadNote,
): Promise<Map<number, ArrivedPart> | null> {
  const parts = new Map<number, ArrivedPart>();
  let after: string | undefined;
  try {
    do {
      const page = await bucket.send(options.signal, (abortSignal) =>
        bucket.client.send(
          new ListPartsCommand({
            Bucket: bucket.remote.bucket,
            Key: key,
            UploadId: uploadId,
            ...(after === undefined ? {} : { PartNumberMarker: after }),
          }),
          { abortSignal },
        ),
      );
      for (const { PartNumber, ETag, Size, ChecksumSHA256 } of page.Parts ?? []) {
        if (PartNumber === undefined) continue;
        parts.set(PartNumber, { tag: ETag ?? '', size: Size ?? -1, ...(ChecksumSHA256 && { ChecksumSHA256 }) });
      }
      // One that is not after the last would begin anew for ever.
      const next = page.IsTruncated ? page.NextPartNumberMarker : undefined;
      after = next !== undefined && Number(next) > Number(after ?? 0) ? next : undefined;
    } while (after !== undefined);
  } catch (thrown) {
    // A server that can't list parts gets them again.
    if (isNotFound(thrown) || (thrown instanceof AppError && thrown.code === 'remote-unsupported')) return null;
    throw thrown;
  }
  return parts;
}

async function sendPart(sending: Sending, note: UploadNote, number: number, bytes: Buffer): Promise<ArrivedPart> {
  const { bucket, key, options } = sending;
  const { ETag, ChecksumSHA256 } = await ofUpload(sending, note, (abortSignal) =>
    bucket.client.send(
      new UploadPartCommand({
        Bucket: bucket.remote.bucket,
        Key: key,
        UploadId: note.uploadId,
        PartNumber: number,
        Body: bytes,
        ContentLength: bytes.length,
        ...checksumOf(bucket, bytes),
      }),
      { abortSignal },
    ),
  );
  if (!ETag) {
    await options.onNote?.(null);
    throw unsupported(bucket.host);
  }
  return { tag: ETag, size: bytes.length, ...(ChecksumSHA256 && { ChecksumSHA256 }) };
}

async function complete(sending: Sending, note: UploadNote, parts: readonly ArrivedPart[]): Promise<void> {
  const { bucket, key } = sending;
  const Parts = parts.map(({ tag, ChecksumSHA256 }, index) => ({
    PartNumber: index + 1,
    ETag: tag,
    ...(ChecksumSHA256 && { ChecksumSHA256 }),
  }));
  await ofUpload(sending, note, (abortSignal) =>
    bucket.client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket.remote.bucket,
        Key: key,
        UploadId: note.uploadId,
        MultipartUpload: { Parts },
      }),
      { abortSignal },
    ),
  );
}

/** A request of an upload; where the server refuses it as it is, the next try begins another one. */
async function ofUpload<Output>(
  sending: Sending,
  note: UploadNote,
  run: (signal: AbortSignal) => Promise<Output>,
): Promise<Output> {
  const { bucket, options } = sending;
  try {
    return await bucket.send(options.signal, run);
  } catch (thrown) {
    const isGone = isNotFound(thrown);
    if (!isGone && !(thrown instanceof AppError && thrown.code === 'remote-unsupported')) throw thrown;
    await forget(sending, note);
    if (!isGone) throw thrown;
    throw new AppError('remote-damaged', `${bucket.host} no longer has the parts of “${basename(sending.path)}”.`, {
      hint: 'They are sent again by themselves.',
      retryable: true,
      cause: thrown,
    });
  }
}

/** Ends an upload that nobody goes on with, and its note. */
async function forget({ bucket, key, options }: Sending, { uploadId }: UploadNote): Promise<void> {
  await abortUpload(bucket, key, uploadId, options.signal);
  await options.onNote?.(null);
}

/** One that is gone counts as ended. */
export async function abortUpload(
  { client, remote, send }: BucketConnection,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await send(signal, (abortSignal) =>
      client.send(new AbortMultipartUploadCommand({ Bucket: remote.bucket, Key: key, UploadId: uploadId }), {
        abortSignal,
      }),
    );
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
}
