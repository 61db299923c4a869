/** How documents share the reading hosts. The hosts are made up here; the database and the files are real. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BlobStore } from '../../electron/pipeline/blobs.ts';
import { IngestQueue } from '../../electron/pipeline/ingest.ts';
import type { HostFunctions, HostRunner } from '../../electron/pipeline/ports/pipeline-host.ts';
import { openTestLibrary, type TestLibrary } from '../helpers/library.ts';

const libraries: TestLibrary[] = [];

afterEach(async () => {
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
