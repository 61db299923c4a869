/**
 * Statements on recognition: which pages wait for it, and what came of them.
 */
import { DOUBTFUL_CONFIDENCE, type DocumentSummary } from '../../../shared/domain.ts';
import { AppError, type ErrorInfo } from '../../../shared/errors.ts';
import { BUILT_IN_LANGUAGE } from '../../../shared/recognition-languages.ts';
import { encodeLayout } from '../../pipeline/geometry.ts';
import { pagesNotRecognised } from '../../pipeline/recognition-errors.ts';
import type { Connection } from '../connection.ts';
import type { RecognitionStore } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import type { DocumentQueries } from './documents.ts';

const noWords = encodeLayout({ lines: [] });

export function recognitionQueries(connection: Connection, documents: DocumentQueries): Synchronous<RecognitionStore> {
  const waits = `pages.has_text = 0 AND NOT EXISTS (
    SELECT 1 FROM recognitions WHERE recognitions.document_key = pages.document_key AND recognitions.number = pages.number
      AND waiting = 0)`;
  const looked = 'FROM recognitions WHERE document_key = :key AND waiting = 0';
  // Pages without text are few or all: their partial index has no others.
  const count = connection.prepare<[{ key: number; now: number }]>(
    `UPDATE documents SET
       text_pages = (SELECT count(*) FROM pages WHERE document_key = :key AND has_text = 1),
       ocr_done = (SELECT count(*) ${looked}),
       ocr_total = iif(format = 'pdf',
         (SELECT count(*) ${looked}) + (SELECT count(*) FROM pages WHERE document_key = :key AND ${waits}), 0),
       ocr_pages = (SELECT count(confidence) ${looked}),
       ocr_confidence = (SELECT avg(confidence) ${looked}),
       ocr_doubtful = (SELECT count(*) ${looked} AND confidence < ${DOUBTFUL_CONFIDENCE}),
       updated_at = :now
     WHERE key = :key`,
  );
  const selectWaiting = connection
    .prepare<[], string>(
      `SELECT id FROM documents WHERE ocr_done < ocr_total AND ocr_error IS NULL AND state IN ('ready', 'extracting')
       ORDER BY ocr_total - ocr_done, added_at, key`,
    )
    .pluck();
  const selectPages = connection
    .prepare<[number, number], number>(
      `SELECT number FROM pages WHERE document_key = ? AND ${waits} ORDER BY number LIMIT ?`,
    )
    .pluck();
  const insert = connection.prepare<[number, number, number | null, string | null]>(
    `INSERT INTO recognitions (document_key, number, confidence, error) VALUES (?, ?, ?, ?)
     ON CONFLICT (document_key, number) DO UPDATE SET waiting = 0, error = excluded.error,
       confidence = iif(excluded.error IS NULL, excluded.confidence, confidence)`,
  );
  const updatePage = connection.prepare<[string, Uint8Array, number, number]>(
    `UPDATE pages SET has_text = 1, source = 'ocr', text = ?, geometry = ? WHERE document_key = ? AND number = ?`,
  );
  // What was recognised before is better than nothing, and as certain as it was.
  const keepPage = connection.prepare<[number, number]>(
    `UPDATE pages SET has_text = 1 WHERE document_key = ? AND number = ? AND source = 'ocr' AND text <> ''`,
  );
  const selectFailed = connection.prepare<[number], { number: number; error: string }>(
    'SELECT number, error FROM recognitions WHERE document_key = ? AND error IS NOT NULL ORDER BY number',
  );
  const releaseFailed = connection.prepare<[{ key: number }]>(
    `UPDATE pages SET has_text = 0 WHERE document_key = :key AND source = 'ocr'
       AND number IN (SELECT number FROM recognitions WHERE document_key = :key AND error IS NOT NULL)`,
  );
  const awaitFailed = connection.prepare<[number]>(
    'UPDATE recognitions SET waiting = 1, error = NULL WHERE document_key = ? AND error IS NOT NULL',
  );
  // A page that was recognised before and now has nothing for anybody.
  const clearPage = connection.prepare<[Uint8Array, number, number]>(
    `UPDATE pages SET text = '', geometry = ? WHERE document_key = ? AND number = ? AND source = 'ocr'`,
  );
  // Recognised once and without text now: it must not stay in any chunk.
  const hasCleared = connection
    .prepare<[number], number>(
      `SELECT EXISTS (SELECT 1 FROM pages WHERE document_key = ? AND source = 'ocr' AND text = '')`,
    )
    .pluck();
  const setLanguage = connection.prepare<[string, number]>('UPDATE documents SET language = ? WHERE key = ?');
  // The text of before stays until there is another.
  const releasePages = connection.prepare<[number]>(
    `UPDATE pages SET has_text = 0 WHERE document_key = ? AND source = 'ocr'`,
  );
  const waitAll = connection.prepare<[number]>(
    'UPDATE recognitions SET waiting = 1, error = NULL WHERE document_key = ?',
  );
  const fixLanguages = connection.prepare<[string, number]>(
    'UPDATE documents SET ocr_languages = ? WHERE key = ? AND ocr_languages IS NULL',
  );
  const setLanguages = connection.prepare<[string, number]>(
    'UPDATE documents SET ocr_languages = ?, ocr_error = NULL WHERE key = ?',
  );
  const setError = connection.prepare<[string | null, number, number]>(
    'UPDATE documents SET ocr_error = ?, updated_at = ? WHERE key = ?',
  );
  const selectDoubtful = connection
    .prepare<[string, number, number], number>(
      `SELECT count(*) FROM recognitions JOIN documents ON documents.key = document_key
       WHERE documents.id = ? AND number = ? AND confidence < ?`,
    )
    .pluck();

  function mustGet(documentId: string): DocumentSummary {
    const document = documents.get(documentId);
    if (!document) throw new AppError('not-found', 'This document is no longer in the library.');
    return document;
  }

  /** What was recognised becomes searchable, what went with it goes; a document without either stays where it is. */
  function chunkAgain(document: DocumentSummary): DocumentSummary {
    if (document.textPages === 0) return document;
    if (document.ocrPages === 0 && hasCleared.get(documents.keyOf(document.id)) !== 1) return document;
    documents.setState(document.id, 'chunking');
    return mustGet(document.id);
  }

  function tellFailed(key: number, { fileName }: DocumentSummary): void {
    const failed = selectFailed
      .all(key)
      .map(({ number, error }) => ({ number, error: JSON.parse(error) as ErrorInfo }));
    if (failed.length > 0) setError.run(JSON.stringify(pagesNotRecognised(fileName, failed)), Date.now(), key);
  }

  return {
    plan(documentId) {
      count.run({ key: documents.keyOf(documentId), now: Date.now() });
      return mustGet(documentId);
    },
    waiting: () => selectWaiting.all().flatMap((id) => documents.get(id) ?? []),
    pages: (documentId, limit) => selectPages.all(documents.keyOf(documentId), limit),
    put: (documentId, { number, page, confidence, language, languages, error }) =>
      connection
        .transaction((): DocumentSummary => {
          const key = documents.keyOf(documentId);
          insert.run(key, number, page ? confidence : null, error ? JSON.stringify(error) : null);
          if (error) keepPage.run(key, number);
          else if (page) updatePage.run(page.text, page.geometry, key, number);
          else clearPage.run(noWords, key, number);
          if (language !== null && documents.get(documentId)?.language === null) setLanguage.run(language, key);
          // From now on it stays with what turned out to be its languages.
          if (page && languages.join('+') !== BUILT_IN_LANGUAGE) fixLanguages.run(languages.join('+'), key);
          count.run({ key, now: Date.now() });
          const document = mustGet(documentId);
          const { state, recognition } = document;
          if (state === 'extracting') documents.setProgress(documentId, recognition);
          if (recognition.done < recognition.total || (state !== 'ready' && state !== 'extracting')) return document;
          tellFailed(key, document);
          return chunkAgain(mustGet(documentId));
        })
        .immediate(),
    stop: (documentId, error) =>
      connection
        .transaction((): DocumentSummary => {
          setError.run(JSON.stringify(error), Date.now(), documents.keyOf(documentId));
          return chunkAgain(mustGet(documentId));
        })
        .immediate(),
    again: (documentId, languages) =>
      connection
        .transaction((): DocumentSummary => {
          const key = documents.keyOf(documentId);
          const { state, error } = mustGet(documentId);
          // It failed because nothing was recognised: in another language something may be.
          if (state === 'failed' && error?.code === 'document-no-text') documents.retry(documentId);
          releasePages.run(key);
          waitAll.run(key);
          setLanguages.run(languages.join('+'), key);
          count.run({ key, now: Date.now() });
          return mustGet(documentId);
        })
        .immediate(),
    goOn: (documentId) =>
      connection
        .transaction((): DocumentSummary => {
          const key = documents.keyOf(documentId);
          setError.run(null, Date.now(), key);
          // Those that nobody tried yet come first: pages that fail whenever they are tried must not keep them waiting.
          if (
            selectPages.get(key, 1) === undefined &&
            releaseFailed.run({ key }).changes + awaitFailed.run(key).changes > 0
          )
            count.run({ key, now: Date.now() });
          return mustGet(documentId);
        })
        .immediate(),
    doubtful: (documentId, page) => (selectDoubtful.get(documentId, page, DOUBTFUL_CONFIDENCE) ?? 0) > 0,
  };
}
