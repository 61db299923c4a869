/** Handlers of the library's requests. */
import { AppError } from '../../../shared/errors.ts';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { locateWords } from '../../pipeline/locate-words.ts';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';
import type { Desktop } from '../desktop.ts';

type LibraryHandlers = Pick<Handlers, Extract<keyof Handlers, `library.${string}`>>;

export function libraryHandlers(core: Core, desktop: Desktop): LibraryHandlers {
  const { database, imports, ingest } = core;
  return {
    'library.listDocuments': () => database.documents.list(),
    'library.addFiles': ({ files }) => imports.add(files),
    'library.chooseFiles': async ({ folders }) => {
      const paths = await desktop.chooseFiles(folders);
      return paths.length === 0 ? [] : imports.add(paths);
    },
    'library.describeDeletion': ({ documentIds }) => database.documents.describeDeletion(documentIds),
    'library.deleteDocuments': ({ documentIds }) => core.deleteDocuments(documentIds),
    'library.retryDocument': async ({ documentId }) => {
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
      await desktop.openFile(document.path, core.blobs.file(document.contentHash, document.format));
      return null;
    },
    'library.reindexDocument': async ({ documentId }) => {
      await ingest.reindex(documentId);
      return null;
    },
    'library.showInFolder': async ({ documentId }) => {
      const document = await existing(core, documentId);
      await desktop.showInFolder(document.path, core.blobs.file(document.contentHash, document.format));
      return null;
    },
  };
}

async function existing(core: Core, documentId: string): Promise<DocumentSummary> {
  const document = await core.database.documents.get(documentId);
  if (!document) throw new AppError('not-found', 'This document is no longer in the library.');
  return document;
}
