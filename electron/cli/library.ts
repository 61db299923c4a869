/** `quire list` and `quire delete ID…`. */
import type { Core, SharedCore } from '../core/core.ts';
import { AppError } from '../../shared/errors.ts';
import type { Printer } from './printer.ts';

export async function list(core: SharedCore, printer: Printer): Promise<number> {
  for (const document of await core.database.documents.list()) {
    printer.line(
      {
        type: 'document',
        path: document.path,
        id: document.id,
        title: document.title,
        status: document.state,
        pages: document.pageCount,
        textPages: document.textPages,
        chunks: document.chunkCount,
        ocrPages: document.ocrPages,
        ocrConfidence: document.ocrConfidence,
        embedded: document.embeddedChunks,
        error: document.error && { code: document.error.code, message: document.error.message },
      },
      `${document.id}  ${document.state.padEnd(10)}  ${String(document.pageCount).padStart(5)} pages  ${document.title}`,
    );
  }
  return 0;
}

/** Throws `not-found` for the first id that no document has: a search in nothing would find nothing and look fine. */
export async function requireDocuments(core: SharedCore, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (!(await core.database.documents.get(id))) throw missing(id);
  }
}

function missing(id: string): AppError {
  return new AppError('not-found', `There is no document ${id}.`, { hint: '`quire list` shows those there are.' });
}

export async function deleteDocuments(core: Core, printer: Printer, ids: readonly string[]): Promise<number> {
  let failures = 0;
  for (const id of ids) {
    if (!(await core.database.documents.get(id))) {
      printer.error('delete', missing(id));
      failures += 1;
      continue;
    }
    const { chunks, vectors, files } = await core.deleteDocuments([id]);
    printer.line(
      { type: 'deleted', id, chunks, vectors, files },
      `Deleted ${id}: ${chunks} passages, ${vectors} vectors, ${files} files.`,
    );
  }
  return failures > 0 ? 1 : 0;
}
