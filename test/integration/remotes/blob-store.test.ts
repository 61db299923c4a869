/** Files in a bucket: real requests to a real server on loopback, whose network fails as told. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import type { BlobStore, UploadNote } from '../../../electron/sync/ports/blob-store.ts';
import { AppError } from '../../../shared/errors.ts';
import { bucketUsers, startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const MiB = 1_048_576;
const [ada] = bucketUsers;
let server: BucketServer;
let store: BlobStore;
let folder: string;
let remove: () => void;
let count = 0;

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  server = await startBucketServer();
  store = openBucket(server.remote(), ada.secretAccessKey, 'ada');
});
afterEach(() => {
  server.fault = () => null;
  server.clockOffset = 0;
});
afterAll(async () => {
  store.close();
  await server.close();
  remove();
});

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const fresh = (): string => join(folder, String((count += 1)));
const keyOf = (address: string): string => `ada/blobs/${address}`;

async function file(size: number): Promise<{ path: string; bytes: Buffer; address: string }> {
  const [path, bytes] = [fresh(), randomBytes(size)];
  await writeFile(path, bytes);
  return { path, bytes, address: hashOf(bytes) };
}

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

/** What the server was asked while `work` ran. */
async function asked(work: () => Promise<unknown>, of = server): Promise<string[]> {
  const from = of.requests.length;
  await work();
  return of.requests.slice(from).map(({ operation }) => operation);
}

describe('a file', () => {
  // Catches: a part that is lost or comes twice, a size that is told wrongly, a file that is sent again.
  it.each([0, 1, 100_000, 8 * MiB, 8 * MiB + 1, 40 * MiB])('of %i bytes goes there and comes back', async (size) => {
    const { path, bytes, address } = await file(size);
    const notes: (UploadNote | null)[] = [];
    let sent = 0;
    const options = {
      onNote: (note: UploadNote | null) => Promise.resolve(void notes.push(note)),
      onProgress: (arrived: number) => {
        expect(arrived).toBeGreaterThanOrEqual(sent);
        sent = arrived;
      },
    };
    expect(await store.put(address, path, address, options)).toEqual({ size });
    expect(sent).toBe(size);
    expect((await server.read(keyOf(address)))?.equals(bytes)).toBe(true);
    // A kept note that nobody drops would be gone on from for ever.
    expect(notes.at(-1) ?? null).toBeNull();
    expect(server.uploads.size).toBe(0);
    expect(await store.size(address)).toBe(size);
    expect(await asked(() => store.put(address, path, address))).toEqual(['HeadObject']);
    const back = fresh();
    expect(await store.get(address, back, address)).toEqual({ size });
    expect((await readFile(back)).equals(bytes)).toBe(true);
    expect(existsSync(`${back}.part`) || existsSync(`${back}.part.json`)).toBe(false);
    await store.remove([address]);
    expect(await store.size(address)).toBeNull();
  });

  // Catches: checksums that the server takes for wrong, and parts whose end is refused for want of theirs.
  it('goes there and back with checksums always', async () => {
    const always = openBucket(server.remote(ada, { checksums: 'always' }), ada.secretAccessKey, 'ada');
    for (const size of [0, 1_000, 17 * MiB]) {
      const { path, bytes, address } = await file(size);
      await always.put(address, path, address);
      const back = fresh();
      await always.get(address, back, address);
      expect((await readFile(back)).equals(bytes)).toBe(true);
    }
    always.close();
  });

  // Catches: an object that is taken for whole because its tag is of a form that nobody knows.
  it('is read back where entity tags are no MD5', async () => {
    const other = await startBucketServer({ hasOpaqueTags: true });
    const opaque = openBucket(other.remote(), ada.secretAccessKey, 'ada');
    for (const size of [1_000, 9 * MiB]) {
      const { path, address } = await file(size);
      expect((await asked(() => opaque.put(address, path, address), other)).at(-1)).toBe('GetObject');
      await opaque.get(address, fresh(), address);
      const damaged = await file(size);
      other.fault = ({ operation }) => (/^(?:PutObject|UploadPart)$/.test(operation) ? 'damage' : null);
      expect((await errorOf(opaque.put(damaged.address, damaged.path, damaged.address))).code).toBe('remote-damaged');
      expect(await other.read(keyOf(damaged.address))).toBeNull();
      other.fault = () => null;
    }
    opaque.close();
    await other.close();
  });

  // Catches: an object that the server stored wrongly and that a document then names.
  it.each([1_000, 9 * MiB])('of %i bytes that is stored wrongly is removed there', async (size) => {
    const { path, bytes, address } = await file(size);
    server.fault = ({ operation }) => (/^(?:PutObject|UploadPart)$/.test(operation) ? 'damage' : null);
    const error = await errorOf(store.put(address, path, address));
    expect([error.code, error.retryable]).toEqual(['remote-damaged', true]);
    expect(await server.read(keyOf(address))).toBeNull();
    server.fault = () => null;
    await store.put(address, path, address);
    expect((await server.read(keyOf(address)))?.equals(bytes)).toBe(true);
  });

  // Catches: a file that was changed meanwhile, stored under the address of what it was.
  it.each([1_000, 9 * MiB])('of %i bytes that was changed is not stored', async (size) => {
    const { path, address } = await file(size);
    await appendFile(path, 'more');
    expect((await errorOf(store.put(address, path, address))).code).toBe('file-changed');
    expect(await server.read(keyOf(address))).toBeNull();
    expect(server.uploads.size).toBe(0);
  });

  // Catches: other bytes under an address that get a document's name here.
  it('that is another one there is not taken', async () => {
    const { address } = await file(50_000);
    await server.write(keyOf(address), randomBytes(50_000));
    const back = fresh();
    expect((await errorOf(store.get(address, back, address))).code).toBe('remote-damaged');
    expect((await readdir(folder)).filter((name) => join(folder, name).startsWith(back))).toEqual([]);
  });

  // Catches: an answer that was changed on its way, and a part of it that the next try goes on from.
  it('that arrives changed is fetched again', async () => {
    const { path, bytes, address } = await file(500_000);
    await store.put(address, path, address);
    server.fault = () => 'damage';
    const back = fresh();
    expect((await errorOf(store.get(address, back, address))).code).toBe('remote-damaged');
    server.fault = () => null;
    await store.get(address, back, address);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });
});

describe('an upload that was killed', () => {
  // Catches: parts that are sent again, a note that comes too late, an upload that stays behind.
  it('goes on from the parts that arrived', async () => {
    const { path, bytes, address } = await file(40 * MiB);
    const notePath = fresh();
    const script = fileURLToPath(new URL('../../helpers/put-blob.ts', import.meta.url));
    const remote = JSON.stringify(server.remote());
    const child = spawn(process.execPath, [script, remote, ada.secretAccessKey, 'ada', address, path, notePath]);
    server.fault = ({ operation, size }, index) => {
      if (operation !== 'UploadPart' || size === 0) return null;
      const parts = server.requests
        .slice(0, index + 1)
        .filter((one) => one.operation === operation && one.key === keyOf(address));
      if (parts.length < 4) return null;
      child.kill('SIGKILL');
      return 'drop-after';
    };
    await once(child, 'exit');
    server.fault = () => null;
    const note = JSON.parse(await readFile(notePath, 'utf8')) as UploadNote;
    expect(note.parts).toHaveLength(3);
    expect(await server.read(keyOf(address))).toBeNull();
    // The fourth arrived, although nobody was told: it is not sent again, either.
    const requests = await asked(() => store.put(address, path, address, { note }));
    expect(requests.filter((operation) => operation === 'UploadPart')).toHaveLength(1);
    expect(requests).not.toContain('CreateMultipartUpload');
    expect((await server.read(keyOf(address)))?.equals(bytes)).toBe(true);
    expect(server.uploads.size).toBe(0);
  });

  // Catches: a note of an upload that a server's rule ended, by which the file could never be sent.
  it('begins anew where the server forgot it', async () => {
    const { path, bytes, address } = await file(9 * MiB);
    const notes: (UploadNote | null)[] = [];
    const onNote = (note: UploadNote | null) => Promise.resolve(void notes.push(note));
    const note = { uploadId: 'gone', partSize: 8 * MiB, parts: ['"0123456789abcdef0123456789abcdef"'] };
    await store.put(address, path, address, { note, onNote });
    expect((await server.read(keyOf(address)))?.equals(bytes)).toBe(true);
    expect(notes.map((one) => one?.parts.length ?? null)).toEqual([0, 1, 2, null]);
    await store.remove([address]);
    await store.put(address, path, address, { note: { uploadId: 'odd', partSize: 0, parts: [] } });
    expect((await server.read(keyOf(address)))?.equals(bytes)).toBe(true);
  });

  // Catches: parts of two sealings of one file, put together to something that nobody can open.
  it('never mixes parts of other bytes', async () => {
    const [first, second] = [await file(17 * MiB), await file(17 * MiB)];
    const sealed = openBucket(server.remote(ada, { sealed: true }), ada.secretAccessKey, 'ada');
    const address = hashOf(Buffer.from('the same file'));
    let note: UploadNote | null = null;
    const onNote = (one: UploadNote | null) => Promise.resolve(void (note = one));
    server.fault = ({ operation }) => (operation === 'CompleteMultipartUpload' ? 'drop-before' : null);
    await errorOf(sealed.put(address, first.path, first.address, { onNote }));
    server.fault = () => null;
    expect(note).not.toBeNull();
    await sealed.put(address, second.path, second.address, { note, onNote });
    expect((await server.read(keyOf(address)))?.equals(second.bytes)).toBe(true);
    expect(note).toBeNull();
    sealed.close();
  });

  // Catches: what was begun and stays in the bucket, paid for and unseen, when the document is deleted.
  it('goes with its document', async () => {
    const { path, address } = await file(9 * MiB);
    server.fault = ({ operation }) => (operation === 'CompleteMultipartUpload' ? 'server-error' : null);
    expect((await errorOf(store.put(address, path, address))).code).toBe('remote-busy');
    expect(server.uploads.size).toBe(1);
    await store.remove([address]);
    expect(server.uploads.size).toBe(0);
  });
});

describe('a download that was cut', () => {
  // Catches: a start that is fetched again, and one that is hashed without.
  it('goes on where it ended', async () => {
    const { path, bytes, address } = await file(3 * MiB);
    await store.put(address, path, address);
    const back = fresh();
    server.fault = () => 'half';
    const error = await errorOf(store.get(address, back, address));
    expect([error.code, error.retryable, existsSync(back)]).toEqual(['remote-unreachable', true, false]);
    server.fault = () => null;
    const from = server.requests.length;
    await store.get(address, back, address);
    // What a connection held when it broke off is lost, so it may be a little less than the half.
    const starts = server.requests.slice(from).map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(starts).toEqual([expect.closeTo(1.5 * MiB, -5.5)]);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  // Catches: halves of two objects in one file, and a part that is longer than its note and never given up.
  it('begins anew when what is there is another one', async () => {
    const { path, address } = await file(200_000);
    await store.put(address, path, address);
    const back = fresh();
    server.fault = () => 'half';
    await errorOf(store.get(address, back, null));
    server.fault = () => null;
    const sealedAnew = randomBytes(200_000);
    await server.write(keyOf(address), sealedAnew);
    await store.get(address, back, null);
    expect((await readFile(back)).equals(sealedAnew)).toBe(true);
  });

  // Catches: a crash after the last byte, before the name: asked for a range behind the end for ever.
  it('needs no request when all of it is there', async () => {
    const { path, bytes, address } = await file(200_000);
    await store.put(address, path, address);
    const back = fresh();
    await writeFile(`${back}.part`, bytes);
    await writeFile(`${back}.part.json`, JSON.stringify({ tag: '"any"', total: bytes.length }));
    expect(await asked(() => store.get(address, back, address))).toEqual([]);
    const again = fresh();
    await writeFile(`${again}.part`, bytes);
    await truncate(`${again}.part`, 10);
    await writeFile(`${again}.part.json`, '{"tag":"');
    await store.get(address, again, address);
    expect((await readFile(again)).equals(bytes)).toBe(true);
  });
});

describe('what else is asked of a bucket', () => {
  // Catches: a page that is forgotten, other programs' objects taken for files.
  it('lists everything of the account and nothing else', async () => {
    const other = await startBucketServer({ users: [{ ...ada, prefix: '' }] });
    const many = openBucket(other.remote(), ada.secretAccessKey, 'ada');
    const addresses = Array.from({ length: 2_100 }, (_, index) => hashOf(Buffer.from(String(index)))).sort();
    for (const [index, address] of addresses.entries()) await other.write(keyOf(address), Buffer.alloc(index % 7));
    for (const key of ['ada/blobs/readme.txt', 'ada/blobsX', `grace/blobs/${addresses[0]}`])
      await other.write(key, Buffer.alloc(1));
    const listed = [];
    for await (const one of many.list()) listed.push(one);
    expect(listed).toEqual(addresses.map((address, index) => ({ address, size: index % 7 })));
    expect(await asked(() => many.remove(addresses), other)).toEqual([
      ...['ListMultipartUploads', 'DeleteObjects', 'DeleteObjects', 'DeleteObjects'],
    ]);
    expect((await other.keys()).length).toBe(3);
    many.close();
    await other.close();
  });

  // Catches: servers on which nothing could ever be deleted.
  it('removes one by one where several at once are refused', async () => {
    const other = await startBucketServer({ unknown: ['DeleteObjects', 'ListMultipartUploads'] });
    const old = openBucket(other.remote(), ada.secretAccessKey, 'ada');
    const addresses = [1, 2, 3].map((one) => hashOf(Buffer.of(one)));
    for (const address of addresses.slice(1)) await other.write(keyOf(address), Buffer.alloc(9));
    await old.remove(addresses);
    expect(await other.keys()).toEqual([]);
    await other.write(keyOf(addresses[0] ?? ''), Buffer.alloc(9));
    expect((await asked(() => old.remove(addresses), other)).filter((one) => one === 'DeleteObjects')).toEqual([]);
    old.close();
    await other.close();
  });

  // Catches: a link that never ends, one by which a browser runs what it should save, one by a wrong clock.
  it('makes links that work without signing in, and end', async () => {
    const { path, bytes, address } = await file(1_000);
    await store.put(address, path, address);
    const link = await store.presign(address, 3_600, 'Überblick "2026"\r\n../.pdf');
    const answer = await fetch(link);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const disposition = new URL(link).searchParams.get('response-content-disposition');
    expect(disposition).toBe(
      `attachment; filename="_berblick _2026_.._.pdf"; filename*=UTF-8''${encodeURIComponent('Überblick _2026_.._.pdf')}`,
    );
    expect((await fetch(link.replace(address, hashOf(bytes.subarray(1))))).status).toBe(403);
    server.clockOffset = 3_601_000;
    expect((await fetch(link)).status).toBe(403);
    await store.size(address);
    expect((await fetch(await store.presign(address, 60))).status).toBe(200);
    expect((await errorOf(store.presign(address, 604_801))).code).toBe('request-invalid');
  });
});
