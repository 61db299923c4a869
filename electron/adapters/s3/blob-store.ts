/** One account's files in its own bucket, `<user>/blobs/<address>`; see the port. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '../../../shared/errors.ts';
import type { BucketRemote } from '../../../shared/remotes.ts';
import type { BlobStore } from '../../sync/ports/blob-store.ts';
import { bucketLabelOf, bucketNameOf } from './bucket-name.ts';
import { connectBucket, type BucketConnection, type BucketOptions } from './client.ts';
import { download } from './download.ts';
import { deleteObject, headObject } from './objects.ts';
import { abortUpload, upload } from './upload.ts';

/** Objects of one request of removal; S3 takes no more. */
const batchSize = 1_000;
/** Seconds: a week, as S3 has it. */
const longestLink = 604_800;
/** Characters of a file's name in a link. */
const longestName = 150;

/**
 * Opens the bucket at the first request. Throws `remote-tls` and `request-invalid` for settings that can't be used.
 * @param userId The account's, a UUID: everything of it is below this prefix.
 */
export function openBucket(
  remote: BucketRemote,
  secretAccessKey: string,
  userId: string,
  options: BucketOptions = {},
): BlobStore {
  return new S3BlobStore(connectBucket(remote, secretAccessKey, options), prefixOf(userId));
}

/** Below it is everything of an account. Throws `request-invalid`. */
export function prefixOf(userId: string): string {
  if (!/^[\w-]{1,64}$/.test(userId)) throw new AppError('request-invalid', 'This is not the id of an account.');
  return `${userId}/blobs/`;
}

class S3BlobStore implements BlobStore {
  readonly name: string;
  readonly label: string;
  readonly #bucket: BucketConnection;
  readonly #prefix: string;
  /** The server refused to remove several at once. */
  #isSingle = false;

  constructor(bucket: BucketConnection, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.name = bucketNameOf(bucket.remote);
    this.label = bucketLabelOf(bucket.remote);
  }

  #key(address: string): string {
    if (!/^[0-9a-f]{64}$/.test(address)) throw new AppError('request-invalid', 'This is not the address of a file.');
    return this.#prefix + address;
  }

  /** Null for what is none of ours: other programs' objects, and what a test of the connection may have left. */
  #addressOf(key: string): string | null {
    const address = key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : '';
    return /^[0-9a-f]{64}$/.test(address) ? address : null;
  }

  async put(...[address, path, sha256, options = {}]: Parameters<BlobStore['put']>) {
    return upload(this.#bucket, this.#key(address), path, sha256, options);
  }

  async get(...[address, path, sha256, options = {}]: Parameters<BlobStore['get']>) {
    return download(this.#bucket, this.#key(address), path, sha256, options);
  }

  async size(address: string, signal?: AbortSignal): Promise<number | null> {
    return (await headObject(this.#bucket, this.#key(address), signal))?.size ?? null;
  }

  async remove(addresses: readonly string[], signal?: AbortSignal): Promise<void> {
    if (addresses.length === 0) return;
    const keys = [...new Set(addresses)].map((address) => this.#key(address));
    // First, as an upload that ends later would bring an object back.
    const ended = new Set(keys);
    await this.#endUploads((key) => ended.has(key), signal);
    for (let at = 0; at < keys.length; at += batchSize) await this.#removeBatch(keys.slice(at, at + batchSize), signal);
  }

  async endUploads(signal?: AbortSignal): Promise<void> {
    await this.#endUploads((key) => this.#addressOf(key) !== null, signal);
  }

  async #endUploads(isMeant: (key: string) => boolean, signal: AbortSignal | undefined): Promise<void> {
    const { client, remote, send } = this.#bucket;
    let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
    try {
      while (from) {
        const page = await send(signal, (abortSignal) =>
          client.send(new ListMultipartUploadsCommand({ Bucket: remote.bucket, Prefix: this.#prefix, ...from }), {
            abortSignal,
          }),
        );
        for (const { Key = '', UploadId = '' } of page.Uploads ?? []) {
          if (isMeant(Key)) await abortUpload(this.#bucket, Key, UploadId, signal);
        }
        from =
          page.IsTruncated && page.NextKeyMarker
            ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
            : null;
      }
    } catch (thrown) {
      // Some servers can't list them; a rule of the bucket ends old ones there (docs/SELF_HOSTING.md).
      if (!(thrown instanceof AppError && thrown.code === 'remote-unsupported')) throw thrown;
    }
  }

  async #removeBatch(keys: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    if (!this.#isSingle) {
      try {
        return await this.#removeTogether(keys, signal);
      } catch (thrown) {
        // Some servers don't know it, or want a digest that Amazon no longer does.
        if (!(thrown instanceof AppError && thrown.code === 'remote-unsupported')) throw thrown;
        this.#isSingle = true;
      }
    }
    for (const key of keys) await deleteObject(this.#bucket, key, signal);
  }

  async #removeTogether(keys: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const { client, remote, send, error } = this.#bucket;
    const { Errors = [] } = await send(signal, (abortSignal) =>
      client.send(
        new DeleteObjectsCommand({
          Bucket: remote.bucket,
          Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
        }),
        { abortSignal },
      ),
    );
    const failed = Errors.find(({ Code }) => Code !== 'NoSuchKey');
    if (!failed) return;
    const httpStatusCode = failed.Code === 'AccessDenied' ? 403 : 500;
    throw error({ name: failed.Code ?? '', message: failed.Message ?? '', $metadata: { httpStatusCode } }, signal);
  }

  async *list(signal?: AbortSignal): AsyncGenerator<{ readonly address: string; readonly size: number }> {
    const { client, remote, send } = this.#bucket;
    let token: string | undefined;
    do {
      const page = await send(signal, (abortSignal) =>
        client.send(
          new ListObjectsV2Command({
            Bucket: remote.bucket,
            Prefix: this.#prefix,
            MaxKeys: 1_000,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          { abortSignal },
        ),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const address = this.#addressOf(Key);
        if (address !== null) yield { address, size: Size };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async presign(address: string, seconds: number, fileName?: string): Promise<string> {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestLink) {
      throw new AppError('request-invalid', 'A link lasts a second at least, and a week at most.');
    }
    const { client, remote, clockOffset, error } = this.#bucket;
    const command = new GetObjectCommand({
      Bucket: remote.bucket,
      Key: this.#key(address),
      ...(fileName === undefined ? {} : { ResponseContentDisposition: dispositionOf(fileName) }),
    });
    try {
      const signingDate = new Date(Date.now() + (clockOffset() ?? 0));
      return await getSignedUrl(client, command, { expiresIn: seconds, signingDate });
    } catch (thrown) {
      throw error(thrown, undefined);
    }
  }

  close(): void {
    this.#bucket.close();
  }
}

/** A header by which a browser saves a file under its name, whatever is in that. RFC 6266 and RFC 8187. */
export function dispositionOf(fileName: string): string {
  const safe =
    Array.from(fileName.toWellFormed().replace(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu, '_'))
      .slice(-longestName)
      .join('')
      .replace(/^[. ]+/, '') || 'file';
  const extended = encodeURIComponent(safe).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${safe.replace(/[^ -~]|%/g, '_')}"; filename*=UTF-8''${extended}`;
}
