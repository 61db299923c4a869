/** How documents share the reading hosts. The hosts are made up here; the database and the files are real. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { BlobStore } from '../../electron/pipeline/blobs.ts';
import { IngestQueue } from '../../electron/pipeline/ingest.ts';
import type { HostFunctions, HostRunner } from '../../electron/pipeline/ports/pipeline-host.ts';
import { AppError } from '../../shared/errors.ts';
import { openTestLibrary, type TestLibrary } from '../helpers/library.ts';

const libraries: TestLibrary[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(libraries.splice(0).map((library) => library.close()));
});

/** Notes the names of the files that it is asked to read, and reads none before it is let. */
function makeHost(read: string[], released: Promise<void>): HostRunner {
  return {
    async run(_jobId, work) {
      const host = {
        async read({ fileName }: { fileName: string }) {
          read.push(fileName);
          await released;
          throw new Error('This host reads nothing.');
        },
      } as unknown as HostFunctions;
      return work(host);
    },
    closeDocuments: () => Promise.resolve(),
  };
}

test('a host that has nothing left takes what waits for the other one', async () => {
  const library = await openTestLibrary();
  libraries.push(library);
  const folder = dirname(library.path);
  const first: string[] = [];
  const second: string[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const blobs = new BlobStore(folder, null);
  await blobs.prepare();
  await mkdir(join(folder, 'inbox'));
  const queue = new IngestQueue({
    database: library.database,
    blobs,
    hosts: [makeHost(first, released), makeHost(second, Promise.resolve())],
    tryingHost: makeHost([], Promise.resolve()),
    onChange: () => undefined,
    onText: () => undefined,
    holdBackground: () => Promise.resolve(() => undefined),
    onError: (error) => {
      throw error;
    },
  });
  const paths = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => join(folder, 'inbox', name));
  for (const path of paths) await writeFile(path, `Text of ${basename(path)}.`);
  await queue.add(paths);
  await expect.poll(() => first.length + second.length).toBe(4);
  expect(first).toHaveLength(1);
  expect(second).toHaveLength(3);
  release();
  await queue.idle();
  expect((await library.database.documents.list()).map(({ state }) => state)).toEqual(Array(4).fill('failed'));
});

test('a failure that a full disk could not keep is written down when there is room: it can be retried without a restart', async () => {
  const library = await openTestLibrary();
  libraries.push(library);
  const folder = dirname(library.path);
  let isFull = true;
  const documents = new Proxy(library.database.documents, {
    get: (target, name, receiver) =>
      name === 'fail' && isFull
        ? () => Promise.reject(new AppError('disk-full', 'The disk is full.'))
        : (Reflect.get(target, name, receiver) as unknown),
  });
  const blobs = new BlobStore(folder, null);
  await blobs.prepare();
  await mkdir(join(folder, 'inbox'));
  const told: string[] = [];
  const queue = new IngestQueue({
    database: { ...library.database, documents },
    blobs,
    hosts: [makeHost([], Promise.resolve())],
    tryingHost: makeHost([], Promise.resolve()),
    onChange: () => undefined,
    onText: () => undefined,
    holdBackground: () => Promise.resolve(() => undefined),
    onError: (error) => void told.push(error.code),
  });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const path = join(folder, 'inbox', 'a.txt');
  await writeFile(path, 'Text.');
  const [added] = await queue.add([path]);
  const state = async () => (await library.database.documents.get(added?.documentId ?? ''))?.state;
  await queue.idle();
  expect(await state()).toBe('extracting');
  vi.advanceTimersByTime(5_000);
  await vi.waitFor(() => expect(told).toEqual(['disk-full', 'disk-full']));
  isFull = false;
  // The attempt before sets the next timer when it has failed.
  await vi.waitFor(async () => {
    vi.advanceTimersByTime(5_000);
    expect(await state()).toBe('failed');
  });
  await queue.retry(added?.documentId ?? '');
  await queue.idle();
  expect(await state()).toBe('failed');
});
