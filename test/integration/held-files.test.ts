/** Files that another program holds, which Windows refuses to remove: neither a start nor a deletion fails by them. */
import type * as FileSystem from 'node:fs/promises';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BlobStore } from '../../electron/pipeline/blobs.ts';
import { IngestQueue } from '../../electron/pipeline/ingest.ts';
import type { AppError } from '../../shared/errors.ts';
import { addDocument, openTestLibrary, type TestLibrary } from '../helpers/library.ts';

const held = vi.hoisted(() => new Set<string>());
vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof FileSystem>();
  const rm: typeof actual.rm = async (path, options) => {
    const isHeld = [...held].some((file) => file.startsWith(path as string));
    if (isHeld) throw Object.assign(new Error(`EBUSY: ${path as string}`), { code: 'EBUSY' });
    await actual.rm(path, options);
  };
  return { ...actual, rm };
});

let library: TestLibrary;
let blobs: BlobStore;
let queue: IngestQueue;
let documentId: string;
let contentHash: string;
const errors: AppError[] = [];

beforeEach(async () => {
  errors.length = 0;
  library = await openTestLibrary();
  const { database } = library;
  blobs = new BlobStore(dirname(library.path), null);
  await blobs.prepare();
  queue = new IngestQueue({
    ...{ database, blobs, hosts: [], tryingHost: { run: vi.fn(), closeDocuments: () => Promise.resolve() } },
    ...{ onChange: () => undefined, onText: () => undefined },
    holdBackground: () => Promise.resolve(() => undefined),
    onError: (error) => errors.push(error),
  });
  documentId = await addDocument(database, ['The harbour crane is worn.']);
  contentHash = (await database.documents.get(documentId))?.contentHash ?? '';
  await writeFile(blobs.file(contentHash, 'pdf'), 'the stored bytes');
});
afterEach(async () => {
  held.clear();
  await library.close();
});

// Catches: “Quire can't start” while a reader shows the copy that it was handed.
it('a start goes on, tells of the copy that stayed, and the next start removes it', async () => {
  held.add(await blobs.copyToOpen(contentHash, 'pdf', 'report.pdf'));
  await queue.resume();
  expect(errors).toHaveLength(1);
  expect(blobs.count([contentHash])).toBe(2);
  held.clear();
  await queue.resume();
  expect(errors).toHaveLength(1);
  expect(blobs.count([contentHash])).toBe(1);
});

// Catches: the document's own bytes that stay since its copy is open; a start that forgets what is still to go.
it('a deletion takes the stored bytes, says that the copy is left, and the next start ends it', async () => {
  const { database } = library;
  held.add(await blobs.copyToOpen(contentHash, 'pdf', 'report.pdf'));
  const { outcome, left } = await queue.delete([documentId]);
  expect(outcome.files).toBe(1);
  expect(left).toEqual(['1 stored file']);
  expect(await readdir(join(dirname(library.path), 'blobs'))).toEqual([]);
  await queue.resume();
  expect(await database.files.pendingDeletions()).toEqual([contentHash]);
  held.clear();
  await queue.resume();
  expect(await database.files.pendingDeletions()).toEqual([]);
  expect(blobs.count([contentHash])).toBe(0);
});

it('one file that can’t be removed keeps no other from going', async () => {
  const other = await addDocument(library.database, ['The ferry runs twice a day.']);
  const otherHash = (await library.database.documents.get(other))?.contentHash ?? '';
  await writeFile(blobs.file(otherHash, 'pdf'), 'other bytes');
  held.add(blobs.file(contentHash, 'pdf'));
  const { left } = await queue.delete([documentId, other]);
  expect(left).toEqual(['1 stored file']);
  expect(await library.database.files.pendingDeletions()).toEqual([contentHash]);
  await queue.resume();
  expect(errors.length).toBeGreaterThan(0);
});

// Catches: “Open original” that fails, the second time, on the copy that it made the first time.
it('a copy that is open is handed over again; one that is not whole is made anew', async () => {
  const copy = await blobs.copyToOpen(contentHash, 'pdf', 'report.pdf');
  held.add(copy);
  expect(await blobs.copyToOpen(contentHash, 'pdf', 'report.pdf')).toBe(copy);
  held.clear();
  await writeFile(blobs.file(contentHash, 'pdf'), 'the stored bytes, of which the copy has a part');
  expect(await readFile(await blobs.copyToOpen(contentHash, 'pdf', 'report.pdf'), 'utf8')).toContain('a part');
});
