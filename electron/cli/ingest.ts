/** `quire ingest PATH…`: adds files and tells of each until it is ready, failed, or was there already. */
import { basename } from 'node:path';
import type { Core } from '../core/core.ts';
import { isRecognising, type DocumentSummary } from '../../shared/domain.ts';
import { AppError, type ErrorInfo } from '../../shared/errors.ts';
import type { Printer } from './printer.ts';

interface Tracked {
  readonly path: string;
  readonly startedAt: number;
  /** When it was first seen ready or failed. */
  endedAt: number | null;
}

export async function ingest(core: Core, printer: Printer, paths: readonly string[]): Promise<number> {
  const tracked = new Map<string, Tracked>();
  const duplicates: [path: string, documentId: string][] = [];
  let failures = 0;
  const report = (
    path: string,
    status: string,
    document: DocumentSummary | null,
    error: ErrorInfo | null,
    milliseconds: number,
  ): void => {
    if (status === 'failed') failures += 1;
    printer.line(
      {
        type: 'document',
        path,
        id: document?.id ?? null,
        title: document?.title ?? null,
        status,
        pages: document?.pageCount ?? 0,
        textPages: document?.textPages ?? 0,
        chunks: document?.chunkCount ?? 0,
        ocrPages: document?.ocrPages ?? 0,
        ocrConfidence: document?.ocrConfidence ?? null,
        error: error && { code: error.code, message: error.message, hint: error.hint },
        ms: Math.round(milliseconds),
      },
      error ? `${path}: ${error.message} ${error.hint}` : `${path}: ${status}, ${document?.pageCount ?? 0} pages`,
    );
  };
  printer.onLibraryChange(({ documents }) => {
    for (const document of documents) {
      const entry = tracked.get(document.id);
      if (!entry) continue;
      if ((document.state === 'ready' && !isRecognising(document)) || document.state === 'failed') {
        entry.endedAt ??= performance.now();
        continue;
      }
      const recognises = isRecognising(document);
      const { done, total } = recognises ? document.recognition : document.progress;
      const stage = recognises ? 'recognising' : document.state;
      printer.line({ type: 'progress', path: entry.path, stage, done, total }, '');
    }
  });
  // What an earlier run left unfinished is finished with it.
  await core.resume();
  await core.ingest.add(paths, (outcome) => {
    if (outcome.status === 'added' && outcome.documentId) {
      tracked.set(outcome.documentId, { path: outcome.path, startedAt: performance.now(), endedAt: null });
    }
    if (outcome.status === 'rejected') report(outcome.path, 'failed', null, outcome.error, 0);
    if (outcome.status === 'duplicate' && outcome.documentId) duplicates.push([outcome.path, outcome.documentId]);
  });
  for (const [path, id] of duplicates) report(path, 'duplicate', await core.database.documents.get(id), null, 0);
  await core.settled();
  await core.feed.flush();
  for (const [id, { path, startedAt, endedAt }] of tracked) {
    const document = await core.database.documents.get(id);
    const state = document?.state === 'ready' ? 'ready' : 'failed';
    report(
      path,
      state,
      document,
      document ? document.error : goneError(path),
      (endedAt ?? performance.now()) - startedAt,
    );
  }
  return failures > 0 ? 1 : 0;
}

function goneError(path: string): ErrorInfo {
  return new AppError('not-found', `“${basename(path)}” was deleted while it was read.`).toInfo();
}
