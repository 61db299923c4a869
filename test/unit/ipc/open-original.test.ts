/** What the system's shell gets of a document: its own file, or a copy that can be written to without harm. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Core } from '../../../electron/core/core.ts';
import type { Desktop } from '../../../electron/ipc/desktop.ts';
import { libraryHandlers } from '../../../electron/ipc/handlers/library.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import { document as makeDocument } from '../renderer/documents.ts';

const documentId = '5bd3dbff-2a1b-4c6b-9d2c-0f5d1a9a0a11';
const contentHash = 'a'.repeat(64);
const openFile = vi.fn<Desktop['openFile']>(() => Promise.resolve());
const showInFolder = vi.fn<Desktop['showInFolder']>();
const saveFile = vi.fn<Desktop['saveFile']>(({ fileName }) => Promise.resolve(fileName));
let folder: string;
let remove: () => void;
let blobs: BlobStore;

beforeEach(async () => {
  vi.clearAllMocks();
  ({ folder, remove } = temporaryFolder());
  blobs = new BlobStore(folder, null);
  await blobs.prepare();
  await writeFile(blobs.file(contentHash, 'pdf'), 'the stored bytes');
});
afterEach(() => remove());

function handlersFor(path: string, fileName = 'Report.PDF', hash = contentHash) {
  const document = makeDocument({ id: documentId, path, fileName, contentHash: hash, format: 'pdf' });
  const originals = { have: () => Promise.resolve() };
  const database = { documents: { get: () => Promise.resolve(document) } };
  const core = { database, blobs, imports: {}, ingest: {}, originals };
  return libraryHandlers(core as unknown as Core, { openFile, showInFolder, saveFile } as unknown as Desktop);
}

const opened = (): string => openFile.mock.calls[0]?.[0] ?? '';

// Catches: a restored backup whose “original” is a program, or a server that is sent the person's name and password hash.
it.each([
  ['a program', '/usr/bin/env'],
  ['a script with another ending', '/home/someone/report.pdf.sh'],
  ['a server', '\\\\server\\share\\report.pdf'],
  ['a server with slashes', '//server/share/report.pdf'],
  ['a relative path', 'report.pdf'],
])('never hands %s to the shell', async (_what, path) => {
  const handlers = handlersFor(path);
  await handlers['library.openOriginal']({ documentId });
  expect(opened()).toBe(join(folder, 'opened', contentHash, 'Report.pdf'));
  await expect(handlers['library.showInFolder']({ documentId })).rejects.toMatchObject({ code: 'file-not-found' });
  expect(showInFolder).not.toHaveBeenCalled();
});

it('hands a document’s own file over', async () => {
  const path = join(folder, 'Report.PDF');
  await writeFile(path, 'the person’s file');
  const handlers = handlersFor(path);
  await handlers['library.openOriginal']({ documentId });
  await handlers['library.showInFolder']({ documentId });
  expect(opened()).toBe(path);
  expect(showInFolder.mock.calls).toEqual([[path]]);
});

// Catches: another program that saves into the store, whose files are known by their hash.
it('hands over a read-only copy where the file is gone, which goes with the document and at the next start', async () => {
  const handlers = handlersFor('/gone/Report.PDF');
  await handlers['library.openOriginal']({ documentId });
  expect(await readFile(opened(), 'utf8')).toBe('the stored bytes');
  expect((await stat(opened())).mode & 0o222).toBe(0);
  await handlers['library.openOriginal']({ documentId });
  expect(blobs.count([contentHash])).toBe(2);
  await blobs.remove([contentHash]);
  expect(await readdir(join(folder, 'opened'))).toEqual([]);
  await mkdir(join(folder, 'opened', contentHash));
  await blobs.removeOrphans([contentHash]);
  expect(await readdir(folder)).not.toContain('opened');
});

// Catches: a name of a foreign library that leads out of the folder.
it.each(['../../x.pdf', '..', '/etc/passwd.pdf', 'a\\b\u0000c.pdf', ''])(
  'a copy stays in its folder: %j',
  async (name) => {
    await handlersFor('/gone/x.pdf', name)['library.openOriginal']({ documentId });
    expect(opened().startsWith(join(folder, 'opened', contentHash) + '/')).toBe(true);
    expect(await readdir(join(folder, 'opened', contentHash))).toHaveLength(1);
  },
);

// Catches: an encrypted document whose only way into another program leaves a plain copy that nobody asked for.
it('saves a copy where the person says, and says of an encrypted one that it is not', async () => {
  await handlersFor('/gone/../Quarterly: report?.PDF', 'Quarterly: report?.PDF')['library.saveCopy']({ documentId });
  const plain = saveFile.mock.calls[0]?.[0];
  expect(plain).toMatchObject({ fileName: 'Quarterly report.pdf', kind: { extension: 'pdf' } });
  expect(plain?.title).toBeUndefined();
  expect(Buffer.from((await plain?.make()) ?? '').toString()).toBe('the stored bytes');

  blobs = new BlobStore(folder, { files: randomBytes(32), fileNames: randomBytes(32) });
  const file = join(folder, 'Report.PDF');
  await writeFile(file, 'the encrypted bytes');
  const copy = await blobs.copy(file, 'pdf');
  await copy.keep();
  const handlers = handlersFor('/gone/Report.PDF', 'Report.PDF', copy.contentHash);
  await expect(handlers['library.openOriginal']({ documentId })).rejects.toMatchObject({ code: 'file-not-found' });
  await handlers['library.saveCopy']({ documentId });
  const encrypted = saveFile.mock.calls[1]?.[0];
  expect(encrypted?.title).toContain('not encrypted');
  expect(Buffer.from((await encrypted?.make()) ?? '').toString()).toBe('the encrypted bytes');
  expect(openFile).not.toHaveBeenCalled();
});
