/** Files between two libraries, through a real S3 server on this computer. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import { deriveLibraryKeys } from '../../../electron/encryption/library-keys.ts';
import { readStored } from '../../../electron/encryption/stored-file.ts';
import { BlobStore as LibraryFiles, type FileStoreKeys } from '../../../electron/pipeline/blobs.ts';
import type { FilesPolicy } from '../../../shared/files-policy.ts';
import { FileSync } from '../../../electron/sync/parts/files.ts';
import type { BlobStore } from '../../../electron/sync/ports/blob-store.ts';
import type { PartContext } from '../../../electron/sync/ports/part-sync.ts';
import { blobKeysOf, type BlobKeys } from '../../../electron/sync/sealing.ts';
import type { AppError } from '../../../shared/errors.ts';
import { bucketUsers, startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { MemoryParts } from '../../helpers/memory-parts.ts';
import {
  exchangeEntities,
  fillDocument,
  keepFiles,
  openPartsLibrary,
  type FilledDocument,
  type PartsLibrary,
} from '../../helpers/parts-library.ts';

const keys: BlobKeys = blobKeysOf(Buffer.alloc(32, 7));
const [ada] = bucketUsers;
const onDemand: FilesPolicy = { files: 'on-demand', limit: null };
const signal = new AbortController().signal;

let server: BucketServer;
let parts: MemoryParts;
const open: PartsLibrary[] = [];
const buckets: BlobStore[] = [];

beforeEach(async () => {
  server = await startBucketServer();
  parts = new MemoryParts();
});

afterEach(async () => {
  for (const bucket of buckets.splice(0)) bucket.close();
  for (const library of open.splice(0)) library.close();
  await server.close();
});

interface Device {
  readonly library: PartsLibrary;
  readonly files: FileSync;
  readonly problems: AppError[];
  policy: FilesPolicy;
  now: number;
}

interface DeviceOptions {
  readonly blobKeys?: BlobKeys | null;
  readonly libraryKeys?: FileStoreKeys | null;
  /** Milliseconds after which the bucket is given up. */
  readonly silence?: number;
  /** What this computer calls the server. */
  readonly host?: string;
  /** Another server than that of the others: another bucket. */
  readonly at?: BucketServer;
  readonly former?: readonly BlobStore[];
}

function openDevice(
  { blobKeys = keys, libraryKeys = null, silence = 30_000, host, at = server, former }: DeviceOptions = {},
  library = openPartsLibrary(),
): Device {
  if (!open.includes(library)) open.push(library);
  const remote = at.remote(ada, { sealed: blobKeys !== null });
  const endpoint = host === undefined ? remote.endpoint : (remote.endpoint?.replace('127.0.0.1', host) ?? null);
  const bucket = openBucket({ ...remote, endpoint }, ada.secretAccessKey, 'ada', { silence });
  buckets.push(bucket);
  const problems: AppError[] = [];
  const device: Device = {
    library,
    problems,
    policy: onDemand,
    now: 1_000,
    files: new FileSync({
      parts: library.database.parts,
      remote: parts.connect(),
      bucket,
      folder: library.folder,
      libraryKeys,
      blobKeys,
      ...(former && { former }),
      policy: () => device.policy,
      now: () => device.now,
      onProblem: (_documentId, error) => problems.push(error),
    }),
  };
  return device;
}

function context(changed: (id: string) => void = () => undefined): PartContext {
  return { signal, progress: () => undefined, changed };
}

/** A document with an original of so many bytes and a picture. */
async function addFile(
  { library }: Device,
  size: number,
  libraryKeys: FileStoreKeys | null = null,
): Promise<FilledDocument & { readonly bytes: Buffer; readonly picture: Buffer }> {
  const bytes = randomBytes(size);
  const picture = Buffer.concat([Buffer.from('RIFF the picture of a page WEBP'), randomBytes(64)]);
  const document = await fillDocument(library, ['A text.'], { bytes });
  await keepFiles(library, document, bytes, { keys: libraryKeys, picture });
  return { ...document, bytes, picture };
}

function original(
  { library }: Device,
  { contentHash }: FilledDocument,
  libraryKeys: FileStoreKeys | null = null,
): string {
  return new LibraryFiles(library.folder, libraryKeys).file(contentHash, 'pdf');
}

test.each([
  ['sealed', keys],
  ['as they are', null],
])('files go to the bucket %s, pictures come by themselves, an original when it is opened', async (_how, blobKeys) => {
  const [first, second] = [openDevice({ blobKeys }), openDevice({ blobKeys })];
  const document = await addFile(first, 20_000);
  await first.files.push(context());
  const objects = await server.keys();
  expect(objects).toHaveLength(2);
  expect(objects.some((key) => key.includes(document.contentHash))).toBe(blobKeys === null);
  for (const key of objects) {
    const stored = await server.read(key);
    if (blobKeys) expect(stored?.includes('the picture of a page') || stored?.includes(document.bytes)).toBe(false);
  }
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  const changed: string[] = [];
  await second.files.pull(context((id) => changed.push(id)));
  expect(changed).toEqual([document.id]);
  expect(await second.library.database.documents.get(document.id)).toMatchObject({ hasThumbnail: true });
  const files = new LibraryFiles(second.library.folder, null);
  expect(await readFile(files.thumbnail(document.contentHash))).toEqual(document.picture);
  expect(existsSync(original(second, document))).toBe(false);

  await second.files.fetchOriginal(document.id, { signal });
  expect(await readFile(original(second, document))).toEqual(document.bytes);
  expect(await second.library.database.parts.get(document.id)).toMatchObject({ usedAt: 1_000 });
  // Nothing is left beside them, and nothing is done twice.
  for (const { library } of [first, second]) expect(await readdir(join(library.folder, 'sync'))).toEqual([]);
  const before = server.requests.length;
  await first.files.push(context());
  await second.files.push(context());
  await second.files.pull(context());
  await second.files.fetchOriginal(document.id, { signal });
  expect(server.requests.length).toBe(before);
  expect([...first.problems, ...second.problems]).toEqual([]);
});

test('an encrypted library sends what a plain one can read, and keeps nothing plain of what comes', async () => {
  const libraryKeys = deriveLibraryKeys(randomBytes(32));
  const [first, second] = [openDevice({ libraryKeys }), openDevice()];
  const third = openDevice({ libraryKeys: deriveLibraryKeys(Buffer.alloc(32, 3)) });
  const document = await addFile(first, 150_000, libraryKeys);
  await first.files.push(context());
  const thirdKeys = deriveLibraryKeys(Buffer.alloc(32, 3));
  for (const device of [second, third]) {
    exchangeEntities(first.library, device.library);
    await new LibraryFiles(device.library.folder, null).prepare();
    await device.files.pull(context());
    await device.files.fetchOriginal(document.id, { signal });
  }
  expect(await readFile(original(second, document))).toEqual(document.bytes);
  const files = new LibraryFiles(third.library.folder, thirdKeys);
  expect(Buffer.from(await readStored(await files.stored(document.contentHash, 'pdf')))).toEqual(document.bytes);
  expect(Buffer.from(await readStored(await files.storedThumbnail(document.contentHash)))).toEqual(document.picture);
  for (const folder of ['blobs', 'thumbs', 'sync']) {
    for (const name of await readdir(join(third.library.folder, folder))) {
      const bytes = await readFile(join(third.library.folder, folder, name));
      expect(bytes.includes(document.bytes.subarray(0, 64)) || bytes.includes('picture of a page')).toBe(false);
      expect(name).not.toContain(document.contentHash);
    }
  }
  expect(() => openDevice({ libraryKeys, blobKeys: null })).toThrow('sends its files encrypted alone');
});

test('an upload that is cut off at any request names nothing that is not whole, and goes on', async () => {
  /** Answers with the number of requests that an upload takes when all of them from one on fail. */
  const cutUpload = async (at: number): Promise<number> => {
    const first = openDevice();
    const small = await addFile(first, 3_000);
    const begin = server.requests.length;
    server.fault = (_request, index) => (index - begin >= at ? 'server-error' : null);
    if (Number.isFinite(at)) await expect(first.files.push(context())).rejects.toMatchObject({ retryable: true });
    else await first.files.push(context());
    const requests = server.requests.length - begin;
    server.fault = () => null;
    const check = async (): Promise<number> => {
      const known = await first.library.database.parts.get(small.id);
      for (const named of [known?.file, known?.thumbnail]) {
        if (!named) continue;
        expect((await server.read(`ada/blobs/${named.address}`))?.length).toBe(named.size);
        expect(parts.files.some((file) => file.address === named.address)).toBe(true);
      }
      return [known?.file, known?.thumbnail].filter(Boolean).length;
    };
    await check();
    // After a kill: another engine on the same library.
    await openDevice({}, first.library).files.push(context());
    expect(await check()).toBe(2);
    return requests;
  };
  const count = await cutUpload(Number.POSITIVE_INFINITY);
  expect(count).toBeGreaterThanOrEqual(4);
  for (let at = 0; at < count; at += 1) await cutUpload(at);
});

test('a large upload goes on with the parts that are missing, of the same sealed bytes', async () => {
  const first = openDevice();
  const document = await addFile(first, 26 * 1024 * 1024);
  let seen = 0;
  server.fault = ({ operation }) => (operation === 'UploadPart' && seen++ > 1 ? 'server-error' : null);
  await expect(first.files.push(context())).rejects.toMatchObject({ retryable: true });
  const sent = server.requests.filter(({ operation, status }) => operation === 'UploadPart' && status === 200);
  expect(sent.length).toBeGreaterThan(0);
  server.fault = () => null;
  const begin = server.requests.length;
  const again = openDevice({}, first.library);
  await again.files.push(context());
  const rest = server.requests.slice(begin).filter(({ operation }) => operation === 'UploadPart');
  const parts = Math.ceil((26 * 1024 * 1024) / (sent[0]?.size ?? 1));
  expect(rest.length).toBeLessThanOrEqual(parts - sent.length + 1);
  expect(server.uploads.size).toBe(0);
  const second = openDevice();
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  await second.files.fetchOriginal(document.id, { signal });
  expect((await readFile(original(second, document))).equals(document.bytes)).toBe(true);
});

test('a download that is cut off leaves no file under its name, and goes on where it was', async () => {
  const [first, second] = [openDevice(), openDevice()];
  const impatient = openDevice({ silence: 500 }, second.library);
  const document = await addFile(first, 300_000);
  await first.files.push(context());
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  for (const fault of ['drop-before', 'half', 'busy', 'stall'] as const) {
    server.fault = ({ operation }) => (operation === 'GetObject' ? fault : null);
    await expect(impatient.files.fetchOriginal(document.id, { signal })).rejects.toMatchObject({ retryable: true });
    expect(await readdir(join(second.library.folder, 'blobs'))).toEqual([]);
  }
  server.fault = () => null;
  // What is begun stays for the next try, even through a round.
  await second.files.pull(context());
  const begin = server.requests.length;
  await second.files.fetchOriginal(document.id, { signal });
  expect(server.requests.slice(begin).some(({ range }) => range !== null)).toBe(true);
  expect(await readFile(original(second, document))).toEqual(document.bytes);
});

test('what is removed to make room was used longest ago, is in the bucket, and is not kept offline', async () => {
  const first = openDevice();
  const { parts: store } = first.library.database;
  const [oldest, pinned, newer, lost, newest] = [
    await addFile(first, 4_000),
    await addFile(first, 4_000),
    await addFile(first, 4_000),
    await addFile(first, 4_000),
    await addFile(first, 4_000),
  ] as const;
  await first.files.push(context());
  const unsent = await addFile(first, 4_000);
  await store.setPinned(pinned.id, true);
  for (const [at, { id }] of [oldest, lost, newer, newest].entries()) await store.used(id, 100 + at);
  // Its register still says that it is there.
  const named = await store.get(lost.id);
  await rm(join(first.library.folder, 'sync'), { recursive: true, force: true });
  const bucket = buckets[0];
  await bucket?.remove([named?.file?.address ?? '']);
  const here = (): boolean[] =>
    [oldest, pinned, newer, lost, newest, unsent].map((document) => existsSync(original(first, document)));

  first.policy = { files: 'on-demand', limit: 24_000 };
  await first.files.makeRoom(signal);
  expect(here()).toEqual([true, true, true, true, true, true]);
  first.policy = { files: 'on-demand', limit: 16_500 };
  await first.files.makeRoom(signal);
  // The second oldest stays, too: the bucket does not have it.
  expect(here()).toEqual([false, true, true, true, true, true]);
  first.policy = { files: 'on-demand', limit: 0 };
  await first.files.makeRoom(signal);
  expect(here()).toEqual([false, true, false, true, false, true]);

  // Opened again, it comes back; it is not removed for being one too many itself.
  first.now = 5_000;
  await first.files.fetchOriginal(oldest.id, { signal });
  expect(await readFile(original(first, oldest))).toEqual(oldest.bytes);
  // All, as far as they fit: the most recently used first.
  first.policy = { files: 'all', limit: 20_100 };
  await first.files.pull(context());
  expect(here()).toEqual([true, true, false, true, true, true]);
});

test('an object that the bucket lost is sent again by whoever has the file', async () => {
  const [first, second] = [openDevice(), openDevice()];
  const document = await addFile(first, 9_000);
  await first.files.push(context());
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  await buckets[0]?.remove((await server.keys()).map((key) => key.slice('ada/blobs/'.length)));
  await expect(second.files.fetchOriginal(document.id, { signal })).rejects.toMatchObject({ code: 'file-not-found' });
  await second.files.pull(context());
  expect(await second.library.database.parts.get(document.id)).toMatchObject({ file: null, thumbnail: null });
  exchangeEntities(second.library, first.library);
  await first.files.push(context());
  exchangeEntities(first.library, second.library);
  second.policy = { files: 'all', limit: null };
  await second.files.pull(context());
  expect(await readFile(original(second, document))).toEqual(document.bytes);
});

test('what a computer with another bucket does not find there stays named: it is in that of the others', async () => {
  const [first, second] = [openDevice(), openDevice({ host: 'localhost' })];
  const document = await addFile(first, 9_000);
  await first.files.push(context());
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  await buckets[0]?.remove((await server.keys()).map((key) => key.slice('ada/blobs/'.length)));
  second.policy = { files: 'all', limit: null };
  await second.files.pull(context());
  expect(second.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('not in this bucket'),
    expect.stringContaining('not in this bucket'),
  ]);
  const { file, thumbnail } = (await first.library.database.parts.get(document.id)) ?? {};
  expect(await second.library.database.parts.get(document.id)).toMatchObject({ file, thumbnail });
  expect(file).not.toBeNull();
});

describe('another bucket', () => {
  let second: BucketServer;
  beforeEach(async () => {
    second = await startBucketServer();
  });
  afterEach(() => second.close());

  function openFormer(): BlobStore {
    const bucket = openBucket(server.remote(ada, { sealed: true }), ada.secretAccessKey, 'ada', { silence: 2_000 });
    buckets.push(bucket);
    return bucket;
  }

  const addressOf = async ({ library }: Device, { id }: FilledDocument): Promise<string> =>
    (await library.database.parts.get(id))?.file?.address ?? '';

  test('is sent all that is here once it is named, what is not here comes from the former one, and nobody sends it twice', async () => {
    const [desk, lap] = [openDevice(), openDevice()];
    const document = await addFile(desk, 9_000);
    await desk.files.push(context());
    exchangeEntities(desk.library, lap.library);
    await new LibraryFiles(lap.library.folder, null).prepare();
    // The laptop has nothing of it, names another bucket, and still has the key of the former one.
    const former = [openFormer()];
    const moved = openDevice({ at: second, former }, lap.library);
    await moved.files.push(context());
    expect((await second.keys()).sort()).toEqual((await server.keys()).sort());
    const known = await moved.library.database.parts.get(document.id);
    expect(known?.file?.bucket).not.toBe(known?.copies.file[0]?.bucket);
    expect(known?.copies).toMatchObject({ file: [{ address: known?.file?.address }], thumbnail: [{}] });
    // The desk follows: it finds that all is there already, and sends nothing.
    exchangeEntities(lap.library, desk.library);
    const movedDesk = openDevice({ at: second }, desk.library);
    const begin = second.requests.length;
    await movedDesk.files.push(context());
    expect(second.requests.length).toBe(begin);
    // A third computer knows the new one alone.
    const third = openDevice({ at: second });
    exchangeEntities(desk.library, third.library);
    await new LibraryFiles(third.library.folder, null).prepare();
    await third.files.fetchOriginal(document.id, { signal });
    expect(await readFile(original(third, document))).toEqual(document.bytes);
    expect([...moved.problems, ...movedDesk.problems, ...third.problems]).toEqual([]);
  });

  test('is sent what is here, and two computers with different ones never write over each other', async () => {
    const [desk, lap] = [openDevice(), openDevice({ at: second })];
    const document = await addFile(desk, 9_000);
    await desk.files.push(context());
    exchangeEntities(desk.library, lap.library);
    await keepFiles(lap.library, document, document.bytes, { picture: document.picture });
    await lap.files.push(context());
    expect(await second.keys()).toHaveLength(2);
    for (let turn = 0; turn < 3; turn += 1) {
      exchangeEntities(lap.library, desk.library);
      const requests = server.requests.length + second.requests.length;
      await desk.files.push(context());
      exchangeEntities(desk.library, lap.library);
      await lap.files.push(context());
      expect(server.requests.length + second.requests.length).toBe(requests);
    }
  });

  test('a deletion is done in each by who can look there, and nobody says so of the other', async () => {
    const [desk, lap] = [openDevice(), openDevice({ at: second })];
    const document = await addFile(desk, 5_000);
    await desk.files.push(context());
    exchangeEntities(desk.library, lap.library);
    await keepFiles(lap.library, document, document.bytes, { picture: document.picture });
    await lap.files.push(context());
    for (const { library } of [desk, lap]) await library.database.documents.delete([document.id]);
    parts.deleteDocument(document.id);
    await lap.files.push(context());
    expect(await second.keys()).toEqual([]);
    // The files of the first one are still listed there, although a computer without it was at work.
    expect(await server.keys()).toHaveLength(2);
    expect(parts.removable).toHaveLength(2);
    await desk.files.push(context());
    expect([...(await server.keys()), ...parts.removable]).toEqual([]);
  });

  test('a former one is cleaned, too, as long as its key is here', async () => {
    const desk = openDevice();
    const document = await addFile(desk, 5_000);
    await desk.files.push(context());
    const moved = openDevice({ at: second, former: [openFormer()] }, desk.library);
    await moved.files.push(context());
    expect(await second.keys()).toHaveLength(2);
    await desk.library.database.documents.delete([document.id]);
    parts.deleteDocument(document.id);
    await moved.files.push(context());
    expect([...(await server.keys()), ...(await second.keys()), ...parts.removable]).toEqual([]);
  });

  test('a former one that is gone ends no round; what only it had is told of, with what to do', async () => {
    const [desk, lap] = [openDevice(), openDevice()];
    const document = await addFile(desk, 5_000);
    await desk.files.push(context());
    exchangeEntities(desk.library, lap.library);
    await new LibraryFiles(lap.library.folder, null).prepare();
    const own = await addFile(lap, 3_000);
    server.fault = () => 'drop-before';
    const moved = openDevice({ at: second, former: [openFormer()] }, lap.library);
    await moved.files.push(context());
    expect(await second.keys()).toHaveLength(2);
    expect(await addressOf(moved, own)).not.toBe('');
    expect(moved.problems.map(({ message }) => message)).toEqual([expect.stringContaining('named before')]);
    await expect(moved.files.fetchOriginal(document.id, { signal })).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('not in this bucket'),
      hint: expect.stringContaining('Start Quire on a computer that has the file'),
    });
    // Nothing that is nowhere else is let go of.
    moved.policy = { files: 'on-demand', limit: 0 };
    await moved.files.makeRoom(signal);
    expect(await moved.library.database.parts.get(document.id)).toMatchObject({ file: { sealed: true } });
  });

  test('gets nothing open that it is to have sealed: it comes here, and is sent sealed', async () => {
    const [desk, lap] = [openDevice({ blobKeys: null }), openDevice()];
    const document = await addFile(desk, 5_000);
    await desk.files.push(context());
    exchangeEntities(desk.library, lap.library);
    await new LibraryFiles(lap.library.folder, null).prepare();
    const moved = openDevice({ at: second, former: [openFormer()] }, lap.library);
    for (let round = 0; round < 2; round += 1) {
      await moved.files.push(context());
      await moved.files.pull(context());
    }
    const keys = await second.keys();
    expect(keys).toHaveLength(2);
    for (const key of keys) expect((await second.read(key))?.includes(document.bytes.subarray(0, 64))).toBe(false);
  });
});

test('a damaged object is refused and told of, and keeps no other file from coming', async () => {
  const [first, second] = [openDevice(), openDevice()];
  const [damaged, whole] = [await addFile(first, 5_000), await addFile(first, 5_000)];
  await first.files.push(context());
  const { address } = (await first.library.database.parts.get(damaged.id))?.file ?? { address: '' };
  const stored = (await server.read(`ada/blobs/${address}`)) ?? Buffer.alloc(0);
  stored.writeUInt8(stored.readUInt8(400) ^ 1, 400);
  await server.write(`ada/blobs/${address}`, stored);
  exchangeEntities(first.library, second.library);
  await new LibraryFiles(second.library.folder, null).prepare();
  second.policy = { files: 'all', limit: null };
  await second.files.pull(context());
  expect(existsSync(original(second, damaged))).toBe(false);
  expect(await readFile(original(second, whole))).toEqual(whole.bytes);
  expect(second.problems.map(({ code }) => code)).toEqual(['remote-damaged']);
});

test('a deletion removes the objects, and takes them off the list only when they are gone', async () => {
  const first = openDevice();
  const [gone, stays] = [await addFile(first, 5_000), await addFile(first, 5_000)];
  await first.files.push(context());
  await first.library.database.documents.delete([gone.id]);
  parts.deleteDocument(gone.id);
  const begin = server.requests.length;
  server.fault = (_request, index) => (index >= begin ? 'server-error' : null);
  await expect(first.files.push(context())).rejects.toMatchObject({ retryable: true });
  expect(parts.removable).toHaveLength(2);
  server.fault = () => null;
  await first.files.push(context());
  expect(parts.removable).toEqual([]);
  const known = await first.library.database.parts.get(stays.id);
  expect((await server.keys()).sort()).toEqual(
    [known?.file?.address, known?.thumbnail?.address].map((address) => `ada/blobs/${address}`).sort(),
  );
});
