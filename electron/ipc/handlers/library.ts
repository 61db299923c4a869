/** Handlers of the library's requests. */
import { access } from 'node:fs/promises';
import { basename, extname, isAbsolute } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { DocumentFormat, DocumentSummary } from '../../../shared/domain.ts';
import { countKept } from '../../backup/swap.ts';
import { readDocuments } from '../../db/read-documents.ts';
import { readStored } from '../../encryption/stored-file.ts';
import { extensionOf, formatOf } from '../../pipeline/blobs.ts';
import { locateWords } from '../../pipeline/locate-words.ts';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';
import type { Desktop } from '../desktop.ts';
import { exportFileName } from './export-file.ts';

type LibraryHandlers = Pick<Handlers, Extract<keyof Handlers, `library.${string}`>>;

export function libraryHandlers(core: Core, desktop: Desktop): LibraryHandlers {
  const { database, imports, ingest, originals } = core;
  return {
    'library.listDocuments': async () => readDocuments(database.documents, await database.documents.ids()),
    'library.addFiles': ({ files }) => imports.add(files),
    'library.chooseFiles': async ({ folders }) => {
      const paths = await desktop.chooseFiles(folders);
      return paths.length === 0 ? [] : imports.add(paths);
    },
    'library.describeDeletion': async ({ documentIds }) => ({
      ...(await database.documents.describeDeletion(documentIds)),
      keptLibraries: await countKept(core.folder),
    }),
    'library.deleteDocuments': ({ documentIds }) => core.deleteDocuments(documentIds),
    'library.retryDocument': async ({ documentId }) => {
      await originals.haveOf(documentId);
      await ingest.retry(documentId);
      return null;
    },
    'library.cancelDocument': async ({ documentId }) => {
      await ingest.cancel(documentId);
      return null;
    },
    'library.renameDocument': async ({ documentId, title }) => {
      await database.documents.rename(documentId, title);
      core.feed.changed(documentId);
      return null;
    },
    'library.readPages': ({ documentId, from, to }) => database.pages.readText(documentId, from, to),
    'library.search': ({ query, documentIds, limit, pagesEach }) =>
      database.search.pages({ text: query, documents: documentIds, limit, pagesEach }),
    'library.locateWords': ({ query, chunkIds }) => locateWords(database, query, chunkIds),
    'library.getDetails': async ({ documentId }) => {
      const [stages, storedBytes, embedder] = await Promise.all([
        database.documents.stages(documentId),
        database.documents.storedBytes(documentId),
        database.embedders.active(),
      ]);
      return { stages, storedBytes, embedder: embedder && { model: embedder.model, dimensions: embedder.dimensions } };
    },
    'library.openOriginal': async ({ documentId }) => {
      const document = await existing(core, documentId);
      const { contentHash, format, path } = document;
      const isThere = isOwnFile(document) && (await exists(path));
      if (!isThere) await originals.have(document);
      await desktop.openFile(isThere ? path : await core.blobs.copyToOpen(contentHash, format, document.fileName));
      return null;
    },
    'library.saveCopy': async ({ documentId }) => {
      const document = await existing(core, documentId);
      const { contentHash, format, fileName } = document;
      const extension = extensionOf(format);
      return desktop.saveFile({
        // SECURITY: the name may come from somebody else's backup.
        fileName: exportFileName(basename(fileName, extname(fileName)), extension),
        kind: { extension, name: kindNames[format] },
        ...(core.blobs.isEncrypted ? { title: 'Save a copy, which is not encrypted' } : {}),
        make: async () => {
          await originals.have(document);
          return readStored(await core.blobs.stored(contentHash, format));
        },
      });
    },
    'library.reindexDocument': async ({ documentId }) => {
      await originals.haveOf(documentId);
      await ingest.reindex(documentId);
      return null;
    },
    'library.showInFolder': async ({ documentId }) => {
      const document = await existing(core, documentId);
      const hint = `${core.blobs.isEncrypted ? 'Save a copy of it' : 'Open it'} instead: Quire has its own.`;
      if (!isOwnFile(document)) {
        throw new AppError('file-not-found', 'The library does not tell where this document’s file lies.', { hint });
      }
      if (!(await exists(document.path))) {
        throw new AppError('file-not-found', `“${document.fileName}” is no longer where it was.`, { hint });
      }
      desktop.showInFolder(document.path);
      return null;
    },
  };
}

const kindNames: Readonly<Record<DocumentFormat, string>> = { pdf: 'PDF', text: 'Text', markdown: 'Markdown' };

/**
 * SECURITY: a path may come from a backup that somebody else made. What the system's shell gets is a file on this
 * computer of the document's own format: no program, and no server, which Windows would greet with the person's name.
 */
function isOwnFile({ path, format }: Pick<DocumentSummary, 'path' | 'format'>): boolean {
  return isAbsolute(path) && !/^[\\/]{2}/.test(path) && formatOf(path) === format;
}

/** Asked without holding the thread: the drive may be a server's that does not answer. */
function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function existing(core: Core, documentId: string): Promise<DocumentSummary> {
  const document = await core.database.documents.get(documentId);
  if (!document) throw new AppError('not-found', 'This document is no longer in the library.');
  return document;
}
