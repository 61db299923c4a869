/** What the system's shell gets of a document: its own file, or Quire's copy. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { Core } from '../../../electron/core/core.ts';
import type { Desktop } from '../../../electron/ipc/desktop.ts';
import { libraryHandlers } from '../../../electron/ipc/handlers/library.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { document as makeDocument } from '../renderer/documents.ts';

const blobs = new BlobStore('/library');
const documentId = '5bd3dbff-2a1b-4c6b-9d2c-0f5d1a9a0a11';
const openFile = vi.fn<Desktop['openFile']>(() => Promise.resolve());
const showInFolder = vi.fn<Desktop['showInFolder']>(() => Promise.resolve());

beforeEach(() => vi.clearAllMocks());

function handlersFor(path: string) {
  const document = makeDocument({ id: documentId, path, format: 'pdf' });
  const core = { database: { documents: { get: () => Promise.resolve(document) } }, blobs, imports: {}, ingest: {} };
  const copy = blobs.file(document.contentHash, 'pdf');
  return { copy, handlers: libraryHandlers(core as unknown as Core, { openFile, showInFolder } as unknown as Desktop) };
}

// Catches: a restored backup whose “original” is a program, or a server that is sent the person's name and password hash.
it.each([
  ['a program', '/usr/bin/evil'],
  ['a script with another ending', '/home/someone/report.pdf.sh'],
  ['a server', '\\\\server\\share\\report.pdf'],
  ['a server with slashes', '//server/share/report.pdf'],
  ['a relative path', 'report.pdf'],
])('never hands %s to the shell', async (_what, path) => {
  const { handlers, copy } = handlersFor(path);
  await handlers['library.openOriginal']({ documentId });
  expect(openFile.mock.calls).toEqual([[copy]]);
  await expect(handlers['library.showInFolder']({ documentId })).rejects.toMatchObject({ code: 'file-not-found' });
  expect(showInFolder).not.toHaveBeenCalled();
});

it('hands a document’s own file over, and its copy where that is gone', async () => {
  const { handlers, copy } = handlersFor('/home/someone/Report.PDF');
  await handlers['library.openOriginal']({ documentId });
  await handlers['library.showInFolder']({ documentId });
  expect(openFile.mock.calls).toEqual([['/home/someone/Report.PDF', copy]]);
  expect(showInFolder.mock.calls).toEqual([['/home/someone/Report.PDF', copy]]);
});
