/**
 * Statements on documents: the journal of ingest, lists, and deletion with all that hangs on a document.
 */
import type { DocumentFormat, DocumentState, DocumentSummary, Progress } from '../../../shared/domain.ts';
import type { StageTime } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { fileNameOf } from '../../../shared/file-name.ts';
import type { Connection } from '../connection.ts';
import type { DocumentInfo, DocumentStore, InsertedDocument, NewDocument, RetryState } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { isChunkOf } from './chunk-ids.ts';
import { deletionQueries } from './deletion.ts';

interface DocumentRow {
  readonly id: string;
  readonly content_hash: string;
  readonly path: string;
  readonly title: string;
  readonly author: string | null;
  readonly language: string | null;
  readonly format: DocumentFormat;
  readonly size: number;
  readonly page_count: number;
  readonly text_pages: number;
  readonly chunk_count: number;
  readonly embedded_chunks: number;
  readonly has_thumbnail: number;
  readonly searchable: number;
  readonly state: DocumentState;
  readonly progress_done: number;
  readonly progress_total: number;
  readonly error: string | null;
  readonly added_at: number;
  readonly updated_at: number;
  readonly ocr_total: number;
  readonly ocr_done: number;
  readonly ocr_pages: number;
  readonly ocr_confidence: number | null;
  readonly ocr_doubtful: number;
  readonly ocr_error: string | null;
  readonly file_gone: number;
  readonly file_error: string | null;
  readonly ocr_languages: string | null;
  readonly remote_only: number;
}

export type DocumentQueries = Synchronous<DocumentStore> & {
  /** The row's key; throws `not-found`. */
  keyOf(id: string): number;
};

export function documentQueries(connection: Connection): DocumentQueries {
  const summary = `SELECT id, content_hash, path, title, author, language, format, size, page_count, text_pages, chunk_count,
    embedded_chunks, has_thumbnail, searchable, state, progress_done, progress_total, error, added_at, updated_at,
    ocr_total, ocr_done, ocr_pages, ocr_confidence, ocr_doubtful, ocr_error, file_gone, ocr_languages, remote_only,
    (SELECT watched_files.error FROM watched_files WHERE document_key = documents.key AND gone = 0
       AND watched_files.path = documents.path AND watched_files.error IS NOT NULL LIMIT 1) AS file_error FROM documents`;
  const insert = connection.prepare<[string, string, string, string, string, number, number, number]>(
    `INSERT INTO documents (id, content_hash, path, title, format, size, state, added_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
  );
  const unlistFiles = connection.prepare<[string]>('DELETE FROM pending_file_deletions WHERE content_hash = ?');
  const selectKey = connection.prepare<[string], number>('SELECT key FROM documents WHERE id = ?').pluck();
  const selectById = connection.prepare<[string], DocumentRow>(`${summary} WHERE id = ?`);
  const selectByHash = connection.prepare<[string], DocumentRow>(`${summary} WHERE content_hash = ?`);
  const newestFirst = 'ORDER BY added_at DESC, key DESC';
  const selectAll = connection.prepare<[], DocumentRow>(`${summary} ${newestFirst}`);
  const selectIds = connection.prepare<[], string>(`SELECT id FROM documents ${newestFirst}`).pluck();
  const selectNames = connection.prepare<[], Pick<DocumentRow, 'id' | 'title' | 'path'>>(
    `SELECT id, title, path FROM documents ${newestFirst}`,
  );
  const selectHashes = connection.prepare<[], string>('SELECT content_hash FROM documents').pluck();
  const selectPictured = connection
    .prepare<[], string>(`SELECT content_hash FROM documents WHERE state = 'ready' AND has_thumbnail = 1`)
    .pluck();
  const selectUnfinished = connection.prepare<[], DocumentRow>(
    `${summary} WHERE state NOT IN ('ready', 'failed') AND remote_only = 0 ORDER BY added_at, key`,
  );
  const updateInfo = connection.prepare<[InfoParameters]>(
    `UPDATE documents SET
       title = iif(:title IS NULL OR renamed = 1, title, :title),
       author = iif(:has_author, :author, author),
       language = iif(:has_language, :language, language),
       page_count = coalesce(:page_count, page_count),
       has_thumbnail = coalesce(:has_thumbnail, has_thumbnail),
       updated_at = :now
     WHERE key = :key`,
  );
  const updateTitle = connection.prepare<[string, number, number]>(
    'UPDATE documents SET title = ?, renamed = 1, updated_at = ? WHERE key = ?',
  );
  const updateState = connection.prepare<[string, number, number, number, number]>(
    `UPDATE documents SET state = ?, progress_done = ?, progress_total = ?, error = NULL, failed_state = NULL, updated_at = ?
     WHERE key = ?`,
  );
  const updateProgress = connection.prepare<[number, number, number, number]>(
    'UPDATE documents SET progress_done = ?, progress_total = ?, updated_at = ? WHERE key = ?',
  );
  const updateFailure = connection.prepare<[string, string, number, number]>(
    `UPDATE documents SET state = 'failed', error = ?, failed_state = ?, updated_at = ? WHERE key = ?`,
  );
  const updateRetry = connection.prepare<[number, number]>(
    `UPDATE documents SET state = coalesce(failed_state, 'queued'), error = NULL, failed_state = NULL, updated_at = ?
     WHERE key = ? AND state = 'failed'`,
  );
  const selectStages = connection.prepare<[number], StageTime>(
    // Steps of the same millisecond in the order in which a document goes through them.
    `SELECT stage, started_at AS startedAt, finished_at AS finishedAt, spent FROM document_stages
     WHERE document_key = ? ORDER BY started_at, CASE stage
       WHEN 'queued' THEN 0 WHEN 'extracting' THEN 1 WHEN 'chunking' THEN 2 WHEN 'embedding' THEN 3 ELSE 4 END`,
  );
  const storedBytes = connection
    .prepare<[{ key: number }], number>(
      `SELECT
         (SELECT coalesce(sum(octet_length(text) + length(geometry)), 0) FROM pages WHERE document_key = :key) +
         (SELECT coalesce(sum(octet_length(context_text) + octet_length(text) + length(boxes)), 0) FROM chunks
          WHERE ${isChunkOf(':key')}) +
         (SELECT coalesce(sum(length(vector)), 0) FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key
          WHERE ${isChunkOf(':key')})`,
    )
    .pluck();
  const removePages = connection.prepare<[number]>('DELETE FROM pages WHERE document_key = ?');
  const removeRecognitions = connection.prepare<[number]>('DELETE FROM recognitions WHERE document_key = ?');
  const resetRow = connection.prepare<[number, number]>(
    `UPDATE documents SET state = 'queued', progress_done = 0, progress_total = 0, error = NULL, failed_state = NULL,
       text_pages = 0, ocr_total = 0, ocr_done = 0, ocr_pages = 0, ocr_confidence = NULL, ocr_doubtful = 0,
       ocr_error = NULL, remote_only = 0, updated_at = ?
     WHERE key = ?`,
  );
  const listFiles = connection.prepare<[string]>(
    'INSERT OR IGNORE INTO pending_file_deletions (content_hash) VALUES (?)',
  );
  const updateContent = connection.prepare<[string, number, string, number]>(
    'UPDATE documents SET content_hash = ?, size = ?, path = ?, has_thumbnail = 0, remote_only = 0 WHERE key = ?',
  );
  // Where a passage was in the bytes before is not where it is now.
  const blankPlaces = ['citations', 'written_citations'].map((table) =>
    connection.prepare<[string]>(`UPDATE ${table} SET boxes = x'', ranges = NULL WHERE document_id = ?`),
  );
  const deletion = deletionQueries(connection);

  function keyOf(id: string): number {
    const key = selectKey.get(id);
    if (key === undefined) throw missingDocument();
    return key;
  }

  function mustGet(id: string): DocumentSummary {
    const row = selectById.get(id);
    if (!row) throw missingDocument();
    return toSummary(row);
  }

  return {
    keyOf,
    insert: (document: NewDocument): InsertedDocument =>
      connection
        .transaction((): InsertedDocument => {
          const existing = selectByHash.get(document.contentHash);
          if (existing) return { document: toSummary(existing), duplicate: true };
          const { id, contentHash, path, title, format, size, addedAt } = document;
          insert.run(id, contentHash, path, title, format, size, addedAt, addedAt);
          unlistFiles.run(contentHash);
          return { document: mustGet(id), duplicate: false };
        })
        .immediate(),
    get: (id) => optional(selectById.get(id)),
    findByHash: (contentHash) => optional(selectByHash.get(contentHash)),
    list: () => selectAll.all().map(toSummary),
    ids: () => selectIds.all(),
    getSeveral: (ids) => ids.flatMap((id) => optional(selectById.get(id)) ?? []),
    names: () => selectNames.all().map(({ id, title, path }) => ({ id, title, fileName: fileNameOf(path) })),
    contentHashes: (which) => (which === 'all' ? selectHashes : selectPictured).all(),
    listUnfinished: () => selectUnfinished.all().map(toSummary),
    setInfo(id: string, info: DocumentInfo) {
      updateInfo.run({
        key: keyOf(id),
        now: Date.now(),
        title: info.title ?? null,
        has_author: info.author === undefined ? 0 : 1,
        author: info.author ?? null,
        has_language: info.language === undefined ? 0 : 1,
        language: info.language ?? null,
        page_count: info.pageCount ?? null,
        has_thumbnail: info.hasThumbnail === undefined ? null : Number(info.hasThumbnail),
      });
    },
    rename(id, title) {
      updateTitle.run(title, Date.now(), keyOf(id));
    },
    storedBytes: (id) => storedBytes.get({ key: keyOf(id) }) ?? 0,
    reset: (id) =>
      connection
        .transaction((): DocumentSummary => {
          const key = keyOf(id);
          removePages.run(key);
          removeRecognitions.run(key);
          resetRow.run(Date.now(), key);
          return mustGet(id);
        })
        .immediate(),
    replace: (id, { contentHash, size, path }) =>
      connection
        .transaction((): string => {
          const key = keyOf(id);
          const before = mustGet(id).contentHash;
          removePages.run(key);
          removeRecognitions.run(key);
          resetRow.run(Date.now(), key);
          updateContent.run(contentHash, size, path, key);
          for (const blank of blankPlaces) blank.run(id);
          listFiles.run(before);
          unlistFiles.run(contentHash);
          return before;
        })
        .immediate(),
    stages: (id) => selectStages.all(keyOf(id)),
    setState(id, state, progress) {
      updateState.run(state, progress?.done ?? 0, progress?.total ?? 0, Date.now(), keyOf(id));
    },
    setProgress(id, progress: Progress) {
      updateProgress.run(progress.done, progress.total, Date.now(), keyOf(id));
    },
    fail(id: string, error: ErrorInfo, failedState: RetryState) {
      updateFailure.run(JSON.stringify(error), failedState, Date.now(), keyOf(id));
    },
    retry(id) {
      updateRetry.run(Date.now(), keyOf(id));
      return mustGet(id);
    },
    describeDeletion: deletion.describe,
    delete: deletion.run,
  };
}

interface InfoParameters {
  readonly key: number;
  readonly now: number;
  readonly title: string | null;
  readonly has_author: number;
  readonly author: string | null;
  readonly has_language: number;
  readonly language: string | null;
  readonly page_count: number | null;
  readonly has_thumbnail: number | null;
}

function missingDocument(): AppError {
  return new AppError('not-found', 'This document is no longer in the library.', { hint: 'Add it again to use it.' });
}

function optional(row: DocumentRow | undefined): DocumentSummary | null {
  return row ? toSummary(row) : null;
}

function toSummary(row: DocumentRow): DocumentSummary {
  return {
    id: row.id,
    title: row.title,
    author: row.author,
    path: row.path,
    fileName: fileNameOf(row.path),
    format: row.format,
    size: row.size,
    contentHash: row.content_hash,
    pageCount: row.page_count,
    textPages: row.text_pages,
    recognition: { done: row.ocr_done, total: row.ocr_total },
    recognitionError: row.ocr_error === null ? null : (JSON.parse(row.ocr_error) as ErrorInfo),
    ocrPages: row.ocr_pages,
    ocrConfidence: row.ocr_confidence,
    doubtfulPages: row.ocr_doubtful,
    recognitionLanguages: row.ocr_languages?.split('+') ?? null,
    chunkCount: row.chunk_count,
    embeddedChunks: row.embedded_chunks,
    language: row.language,
    state: row.state,
    progress: { done: row.progress_done, total: row.progress_total },
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorInfo),
    hasThumbnail: row.has_thumbnail === 1,
    fileGone: row.file_gone === 1,
    fileError: row.file_error === null ? null : (JSON.parse(row.file_error) as ErrorInfo),
    searchable: row.searchable === 1,
    ...(row.remote_only === 1 ? { remoteOnly: true } : {}),
    addedAt: row.added_at,
    updatedAt: row.updated_at,
  };
}
