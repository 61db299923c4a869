/** Whoever reads a document's file gets it fetched where sync keeps it elsewhere, and hears in plain words when it can't be. */
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Originals } from '../../../electron/core/originals.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { AppError } from '../../../shared/errors.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import { document as makeDocument } from '../renderer/documents.ts';

const document = makeDocument({
  id: '5bd3dbff-2a1b-4c6b-9d2c-0f5d1a9a0a11',
  contentHash: 'a'.repeat(64),
  format: 'pdf',
});
let remove: () => void;
let blobs: BlobStore;
let fetched: string[];
let used: string[];

beforeEach(async () => {
  const made = temporaryFolder();
  ({ remove } = made);
  blobs = new BlobStore(made.folder, null);
  await blobs.prepare();
  fetched = [];
  used = [];
});
afterEach(() => remove());

function originals(isOn: boolean, failure?: AppError): Originals {
  const parts = { used: (id: string) => Promise.resolve(void used.push(id)) };
  const documents = { get: (id: string) => Promise.resolve(id === document.id ? document : null) };
  const sync = {
    isOn,
    fetchOriginal: (id: string) => {
      fetched.push(id);
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  };
  return new Originals({ documents, parts } as unknown as ConstructorParameters<typeof Originals>[0], blobs, sync);
}

it('fetches what is not here, and nothing else', async () => {
  const asked = originals(true);
  await asked.haveOf(document.id);
  expect(fetched).toEqual([document.id]);
  await writeFile(blobs.file(document.contentHash, 'pdf'), 'the bytes');
  await asked.have(document);
  expect(fetched).toEqual([document.id]);
  // The fetch has noted the use itself.
  expect(used).toEqual([]);
});

// Catches: a write for each piece of a long file that is read; and a file that is looked at daily going first.
it('notes the use of what is here once, however many pieces are read', async () => {
  await writeFile(blobs.file(document.contentHash, 'pdf'), 'the bytes');
  const asked = originals(true);
  for (let piece = 0; piece < 5; piece += 1) await asked.have(document);
  expect(used).toEqual([document.id]);
});

it('does nothing while sync is off, and nothing for a document that is gone', async () => {
  await originals(false).have(document);
  await originals(true).haveOf('0d3dbff0-2a1b-4c6b-9d2c-0f5d1a9a0a11');
  expect([fetched, used]).toEqual([[], []]);
});

it('says what could not be fetched, why, and what to do; not that it is tried again by itself', async () => {
  const away = new AppError('remote-unreachable', 'bucket.example.com cannot be reached.', {
    hint: 'Check the network and the server; it is tried again by itself.',
    retryable: true,
  });
  const error = await originals(true, away)
    .have(document)
    .catch((thrown: AppError) => thrown);
  expect(error).toMatchObject({ code: 'remote-unreachable', retryable: true });
  expect((error as AppError).message).toContain('not on this computer');
  expect((error as AppError).message).toContain('bucket.example.com cannot be reached.');
  expect((error as AppError).hint).not.toMatch(/by itself/);
});
