/** Whole rounds of real libraries through a real Postgres (PGlite) and a real S3 server, with everything of documents. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import { BlobStore as LibraryFiles } from '../../../electron/pipeline/blobs.ts';
import type { FileSync } from '../../../electron/sync/parts/files.ts';
import { partSteps } from '../../../electron/sync/parts/part-steps.ts';
import type { BlobStore } from '../../../electron/sync/ports/blob-store.ts';
import type { RemoteParts } from '../../../electron/sync/ports/remote-parts.ts';
import { runRound } from '../../../electron/sync/rounds.ts';
import { blobKeysOf } from '../../../electron/sync/sealing.ts';
import type { AppError } from '../../../shared/errors.ts';
import { bucketUsers, startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { testEmbedder } from '../../helpers/library.ts';
import {
  contentsOf,
  embedDocument,
  fillDocument,
  keepFiles,
  openPartsLibrary,
  readText,
  type PartsLibrary,
} from '../../helpers/parts-library.ts';
import { startRemoteLibrary, type RemoteAccount, type RemoteLibrary } from '../../helpers/remote-library.ts';

const [ada] = bucketUsers;
const signal = new AbortController().signal;

let objects: BucketServer;
let remote: RemoteLibrary;
let account: RemoteAccount;
const ends: (() => void)[] = [];

beforeEach(async () => {
  [objects, remote] = await Promise.all([startBucketServer(), startRemoteLibrary()]);
  account = await remote.join();
});

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await Promise.all([objects.close(), remote.close()]);
});

interface Computer {
  readonly library: PartsLibrary;
  readonly parts: RemoteParts;
  readonly files: FileSync;
  readonly problems: AppError[];
  /** Documents that were told of in the last round. */
  readonly told: Set<string>;
  round(): Promise<void>;
}

async function openComputer(name: string): Promise<Computer> {
  const library = openPartsLibrary();
  const { database, folder } = library;
  await new LibraryFiles(folder, null).prepare();
  await database.embedders.register(testEmbedder);
  await database.sync.turnOn('remote');
  const bucket: BlobStore = openBucket(objects.remote(ada, { sealed: true }), ada.secretAccessKey, 'ada');
  ends.push(() => {
    bucket.close();
    library.close();
  });
  const { parts } = await account.another();
  const problems: AppError[] = [];
  const told = new Set<string>();
  const { steps, files } = partSteps({
    parts: database.parts,
    remote: parts,
    files: {
      bucket,
      folder,
      libraryKeys: null,
      blobKeys: blobKeysOf(Buffer.alloc(32, 9)),
      policy: () => ({ files: 'on-demand', limit: null }),
      now: Date.now,
    },
    onProblem: (_documentId, error) => problems.push(error),
  });
  if (!files) throw new Error('There is a bucket.');
  return {
    library,
    parts,
    files,
    problems,
    told,
    async round() {
      told.clear();
      await runRound(
        {
          store: database.sync,
          remote: account.store,
          device: { name, platform: 'linux', appVersion: '1.0.0' },
          parts: steps,
          now: Date.now,
          onApplied: ({ documentIds }) => documentIds.forEach((id) => told.add(id)),
        },
        signal,
      );
    },
  };
}

const report = Array.from(
  { length: 620 },
  (_, index) => `The harbour crane number ${index} lifts ${index * 7} tonnes.`,
);

test('a library comes to a second computer as it is, follows what is read anew, and is deleted on both sides', async () => {
  const [desk, laptop] = [await openComputer('Desk'), await openComputer('Laptop')];
  const bytes = randomBytes(40_000);
  const document = await fillDocument(desk.library, report, {
    bytes,
    scans: { 7: { text: 'Scanned words about freight', confidence: 61.25 }, 8: null },
  });
  await keepFiles(desk.library, document, bytes, { picture: Buffer.from('RIFF a picture WEBP') });
  await desk.round();
  await laptop.round();
  const { id } = document;
  expect(contentsOf(laptop.library, id)).toEqual(contentsOf(desk.library, id));
  expect([...laptop.told]).toEqual([id]);
  expect(await laptop.library.database.documents.get(id)).toMatchObject({ state: 'ready', hasThumbnail: true });
  expect((await laptop.library.database.maintenance.integrity()).problems).toEqual([]);
  await laptop.files.fetchOriginal(id, { signal });
  const stored = new LibraryFiles(laptop.library.folder, null).file(document.contentHash, 'pdf');
  expect(await readFile(stored)).toEqual(bytes);

  // A round in which nothing changed sends nothing and leaves every row as it is.
  const head = (await account.store.pull(0, 1_000)).cursor;
  await desk.round();
  await laptop.round();
  expect((await account.store.pull(0, 1_000)).cursor).toBe(head);

  // The laptop reads it anew, and the desk has that text afterwards.
  await laptop.library.database.documents.reset(id);
  await readText(laptop.library, id, ['Now about bridges.', ...report.slice(1, 200)]);
  await embedDocument(laptop.library, id);
  await laptop.round();
  await desk.round();
  expect(contentsOf(desk.library, id)).toEqual(contentsOf(laptop.library, id));
  const [rows] = await remote.session.query<{ chunks: number; pages: number }>(
    'SELECT (SELECT count(*)::integer FROM quire.chunks) AS chunks, (SELECT count(*)::integer FROM quire.pages) AS pages',
  );
  expect(rows).toEqual({ chunks: 200, pages: 200 });

  // Deleted on the desk: gone everywhere.
  const { contentHashes } = await desk.library.database.documents.delete([id]);
  expect(contentHashes).toEqual([document.contentHash]);
  await desk.round();
  await laptop.round();
  await desk.round();
  expect(await laptop.library.database.documents.get(id)).toBeNull();
  expect(Object.values(await desk.parts.leftOf(id)).every((count) => count === 0)).toBe(true);
  expect(await objects.keys()).toEqual([]);
  expect([...desk.problems, ...laptop.problems]).toEqual([]);
});

test('the same file added on both computers ends as one document, whose text is sent once', async () => {
  const [desk, laptop] = [await openComputer('Desk'), await openComputer('Laptop')];
  const bytes = randomBytes(10_000);
  const ids: string[] = [];
  for (const { library } of [desk, laptop]) {
    const document = await fillDocument(library, report.slice(0, 20), { bytes });
    await keepFiles(library, document, bytes);
    ids.push(document.id);
  }
  for (const computer of [desk, laptop, desk, laptop, desk]) await computer.round();
  const [kept = ''] = ids.toSorted();
  for (const { library } of [desk, laptop]) {
    expect(await library.database.documents.ids()).toEqual([kept]);
    expect(await library.database.documents.get(kept)).toMatchObject({ state: 'ready', chunkCount: 20 });
    expect(
      existsSync(
        new LibraryFiles(library.folder, null).file(
          (await library.database.documents.get(kept))?.contentHash ?? '',
          'pdf',
        ),
      ),
    ).toBe(true);
  }
  expect(await objects.keys()).toHaveLength(1);
  const [rows] = await remote.session.query<{ readings: number }>(
    'SELECT count(DISTINCT reading)::integer AS readings FROM quire.chunks',
  );
  expect(rows).toEqual({ readings: 1 });
});
