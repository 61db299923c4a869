/** Pictures of first pages that got lost, and what keeps them from being drawn again. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drawLostPictures } from '../../electron/pipeline/lost-pictures.ts';
import { AppError } from '../../shared/errors.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makePlacedLetter } from '../helpers/fixtures.ts';

let test: TestCore;
let id: string;

beforeEach(async () => {
  test = await openTestCore();
  const path = await test.file('letter.pdf', (await makePlacedLetter()).bytes);
  const [outcome] = await test.core.ingest.add([path]);
  id = outcome?.documentId ?? '';
  await test.settled();
  await rm(await thumbnail());
});
afterEach(async () => test.close());

const stored = () => test.core.database.documents.get(id);
const thumbnail = async () => test.core.blobs.thumbnail((await stored())?.contentHash ?? '');

// Catches: one host that died at the wrong moment, and takes a document's picture away for good.
it('draws a picture at the next start when its host died', async () => {
  const before = test.hosts.length;
  await test.restart();
  await expect.poll(() => test.hosts.length, { timeout: 30_000 }).toBeGreaterThan(before);
  for (const host of test.hosts.slice(before)) host.kill();
  await expect.poll(() => test.errors.map(({ code }) => code), { timeout: 30_000 }).toEqual(['pipeline-crashed']);
  expect((await stored())?.hasThumbnail).toBe(true);

  await test.restart();
  const file = await thumbnail();
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
  expect((await stored())?.hasThumbnail).toBe(true);
}, 120_000);

// Catches: a document that is tried in vain at every start.
it('marks a document that can not be opened any more as having no picture', async () => {
  const { blobs } = test.core;
  await writeFile(blobs.file((await stored())?.contentHash ?? '', 'pdf'), 'This is no PDF any more.');
  await test.restart();
  await expect.poll(async () => (await stored())?.hasThumbnail, { timeout: 60_000 }).toBe(false);
  expect(test.errors).toEqual([]);
}, 120_000);

// Catches: a document that hangs its reader, and keeps a process busy for its time limit at every start.
it('tries a document that hangs its reader once', async () => {
  const { database, blobs } = test.core;
  const errors: string[] = [];
  let tries = 0;
  const draw = (): Promise<void> =>
    drawLostPictures({
      ...{ database, blobs, signal: new AbortController().signal, onChange: () => undefined },
      onError: ({ code }) => errors.push(code),
      host: {
        run: () => {
          tries += 1;
          return Promise.reject(new AppError('pipeline-hung', 'It does not answer.', { retryable: true }));
        },
        closeDocuments: () => Promise.resolve(),
      },
    });
  await draw();
  expect((await stored())?.hasThumbnail).toBe(false);
  await draw();
  expect({ tries, errors }).toEqual({ tries: 1, errors: ['pipeline-hung'] });
});
