/** Quire's bucket on an S3 service that it was not written against: OpenStack Swift, which checks signatures itself. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../electron/adapters/s3/blob-store.ts';
import { connectBucket } from '../../electron/adapters/s3/client.ts';
import { testBucket } from '../../electron/adapters/s3/test-bucket.ts';
import type { BlobStore, UploadNote } from '../../electron/sync/ports/blob-store.ts';
import { bucketRemoteSchema, type BucketRemote } from '../../shared/remotes.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { startSwift, swiftUsers, type SwiftServer } from '../helpers/swift-server.ts';

const MiB = 1_048_576;
const [ada, grace] = swiftUsers;
let server: SwiftServer;
let folder: string;
let remove: () => void;
let count = 0;

const remoteOf = (changed: Partial<BucketRemote> = {}): BucketRemote =>
  bucketRemoteSchema.parse({
    endpoint: server.endpoint,
    bucket: 'library',
    accessKeyId: ada.accessKeyId,
    sealed: false,
    ...changed,
  });

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  server = await startSwift();
  const { client, close } = connectBucket(remoteOf(), ada.secretAccessKey);
  await client.send(new CreateBucketCommand({ Bucket: 'library' }));
  close();
});
afterAll(async () => {
  await server.close();
  remove();
});

const fresh = (): string => join(folder, String((count += 1)));

async function file(size: number): Promise<{ path: string; bytes: Buffer; address: string }> {
  const [path, bytes] = [fresh(), randomBytes(size)];
  await writeFile(path, bytes);
  return { path, bytes, address: createHash('sha256').update(bytes).digest('hex') };
}

async function listed(store: BlobStore): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { address, size } of store.list()) found.set(address, size);
  return found;
}

describe.each(['when-required', 'always'] as const)('with checksums %s', (checksums) => {
  let store: BlobStore;
  beforeAll(() => void (store = openBucket(remoteOf({ checksums }), ada.secretAccessKey, 'ada')));
  afterAll(() => store.close());

  // Catches: a request that only the stand-in of the other tests takes.
  it('files of every size go there, are listed, come back and are removed', async () => {
    const files = await Promise.all([0, 1, 100_000, 8 * MiB, 17 * MiB + 5].map(file));
    for (const { path, address } of files) await store.put(address, path, address);
    const found = await listed(store);
    for (const { bytes, address } of files) {
      expect(found.get(address)).toBe(bytes.length);
      const back = fresh();
      await store.get(address, back, address);
      expect((await readFile(back)).equals(bytes)).toBe(true);
    }
    await store.remove(files.map(({ address }) => address));
    expect(await listed(store)).toEqual(new Map());
    for (const { address } of files) expect(await store.size(address)).toBeNull();
  });

  // Catches: parts that are listed in another form than Amazon's, so that all of them are sent again.
  it('an upload that was stopped goes on', async () => {
    const { path, bytes, address } = await file(25 * MiB);
    let note: UploadNote | null = null;
    const stop = new AbortController();
    const onNote = (one: UploadNote | null) => {
      note = one;
      if (one?.parts.length === 2) stop.abort();
      return Promise.resolve();
    };
    await expect(store.put(address, path, address, { onNote, signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const begun: UploadNote | null = note;
    const uploads: (string | undefined)[] = [];
    await store.put(address, path, address, {
      note: begun,
      onNote: (one) => Promise.resolve(void uploads.push(one?.uploadId)),
    });
    // Two parts are left of four.
    expect(uploads).toEqual([begun?.['uploadId'], begun?.['uploadId'], undefined]);
    const back = fresh();
    await store.get(address, back, address);
    expect((await readFile(back)).equals(bytes)).toBe(true);
    await store.remove([address]);
  });

  // Catches: a range, or a tag in `If-Match`, that the service takes in another way.
  it('a download that was cut goes on', async () => {
    const { path, bytes, address } = await file(3 * MiB);
    await store.put(address, path, address);
    const back = fresh();
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: () => stop.abort() };
    await expect(store.get(address, back, address, options)).rejects.toMatchObject({ code: 'cancelled' });
    await truncate(`${back}.part`, 1_000);
    let first = 0;
    await store.get(address, back, address, { onProgress: (arrived) => (first ||= arrived) });
    expect((await readFile(back)).equals(bytes)).toBe(true);
    expect(first).toBeGreaterThan(1_000);
    await store.remove([address]);
  });

  // Catches: a link that the service refuses, or that gives a file without its name.
  it('a link works without signing in', async () => {
    const { path, bytes, address } = await file(1_000);
    await store.put(address, path, address);
    const link = await store.presign(address, 60, 'Überblick.pdf');
    const answer = await fetch(link);
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%9Cberblick.pdf");
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(link.replace(/(X-Amz-Signature=)./, '$1x'))).status).toBe(403);
    await store.remove([address]);
  });
});

describe('who may not', () => {
  const test = async (changed: Partial<BucketRemote>, secret: string): Promise<string> => {
    const ended = [];
    for await (const { name, state, error } of testBucket(remoteOf(changed), secret, 'ada')) {
      if (state === 'passed' || state === 'failed') ended.push(`${name} ${error?.code ?? state}`);
    }
    return ended.join(', ');
  };

  // Catches: words for a service's refusals that fit Amazon's codes alone.
  it('is told so by the test of the bucket', async () => {
    expect(await test({}, ada.secretAccessKey)).toBe(
      'reach passed, list passed, put passed, get passed, delete passed, clock passed',
    );
    expect(await test({}, 'another')).toBe('reach passed, list remote-unauthorized');
    expect(await test({ region: 'eu-west-1' }, ada.secretAccessKey)).toBe('reach passed, list remote-unauthorized');
    expect(await test({ bucket: 'missing' }, ada.secretAccessKey)).toBe('reach passed, list remote-unsupported');
  });

  // Catches: another account of the same service that reads a library.
  it('reads nothing of another account', async () => {
    const store = openBucket(remoteOf(), ada.secretAccessKey, 'ada');
    const theirs = openBucket(remoteOf({ accessKeyId: grace.accessKeyId }), grace.secretAccessKey, 'ada');
    const { path, address } = await file(1_000);
    await store.put(address, path, address);
    await expect(theirs.get(address, fresh(), address)).rejects.toThrow();
    await expect(listed(theirs)).rejects.toThrow();
    expect((await fetch(await theirs.presign(address, 60))).ok).toBe(false);
    expect(await store.size(address)).toBe(1_000);
    theirs.close();
    store.close();
  });
});
