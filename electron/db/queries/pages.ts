/**
 * Statements on pages: stored in batches with the document's progress, read back in ranges.
 */
import type { ShownPageSize, TextMatch } from '../../../shared/requests/viewer.ts';
import type { Connection } from '../connection.ts';
import type { PageStore, PageText, StoredPage } from '../database.ts';
import { markdownFinder } from '../find-markdown.ts';
import { textFinder } from '../find-text.ts';
import type { Synchronous } from '../synchronous.ts';
import type { DocumentQueries } from './documents.ts';

interface PageRow {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: StoredPage['rotation'];
  readonly has_text: number;
  readonly source: StoredPage['source'];
  readonly text: string;
  readonly geometry: Uint8Array;
}

export function pageQueries(connection: Connection, documents: DocumentQueries): Synchronous<PageStore> {
  const selectFormat = connection.prepare<[string], string>('SELECT format FROM documents WHERE id = ?').pluck();
  const upsert = connection.prepare<[number, number, number, number, number, number, string, string, Uint8Array]>(
    `INSERT INTO pages (document_key, number, width, height, rotation, has_text, source, text, geometry)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (document_key, number) DO UPDATE SET width = excluded.width, height = excluded.height,
       rotation = excluded.rotation, has_text = excluded.has_text, source = excluded.source, text = excluded.text,
       geometry = excluded.geometry`,
  );
  // page_count grows with the pages until reading the file's end sets it for good.
  const countText = connection.prepare<[{ key: number; total: number }]>(
    `UPDATE documents SET
       text_pages = (SELECT count(*) FROM pages WHERE document_key = :key AND has_text = 1),
       page_count = max(page_count, :total),
       ocr_total = 0, ocr_done = 0, ocr_pages = 0, ocr_confidence = NULL, ocr_doubtful = 0, ocr_error = NULL
     WHERE key = :key`,
  );
  // A page that is read anew has to be recognised anew.
  const forgetRecognition = connection.prepare<[number, number]>(
    'DELETE FROM recognitions WHERE document_key = ? AND number = ?',
  );
  const numbers = connection
    .prepare<[number], number>('SELECT number FROM pages WHERE document_key = ? ORDER BY number')
    .pluck();
  const range = 'FROM pages WHERE document_key = ? AND number BETWEEN ? AND ? ORDER BY number';
  const select = connection.prepare<[number, number, number], PageRow>(
    `SELECT number, width, height, rotation, has_text, source, text, geometry ${range}`,
  );
  const selectText = connection.prepare<[number, number, number], Pick<PageRow, 'number' | 'has_text' | 'text'>>(
    `SELECT number, has_text, text ${range}`,
  );

  const selectSizes = connection.prepare<[number], Pick<PageRow, 'number' | 'width' | 'height' | 'rotation'>>(
    'SELECT number, width, height, rotation FROM pages WHERE document_key = ? ORDER BY number',
  );

  return {
    put(documentId, pages, progress) {
      connection
        .transaction(() => {
          const documentKey = documents.keyOf(documentId);
          for (const page of pages) {
            const { number, width, height, rotation, hasText, source, text, geometry } = page;
            forgetRecognition.run(documentKey, number);
            upsert.run(documentKey, number, width, height, rotation, Number(hasText), source, text, geometry);
          }
          countText.run({ key: documentKey, total: progress.total });
          documents.setProgress(documentId, progress);
        })
        .immediate();
    },
    next(documentId) {
      let next = 1;
      for (const number of numbers.iterate(documents.keyOf(documentId))) {
        if (number !== next) break;
        next += 1;
      }
      return next;
    },
    read: (documentId, from, to): StoredPage[] =>
      select
        .all(documents.keyOf(documentId), from, to)
        .map(({ has_text, ...page }) => ({ ...page, hasText: has_text === 1 })),
    readText: (documentId, from, to): PageText[] =>
      selectText
        .all(documents.keyOf(documentId), from, to)
        .map(({ has_text, ...page }) => ({ ...page, hasText: has_text === 1 })),
    sizes(documentId) {
      const sizes: ShownPageSize[] = [];
      for (const { number, width, height, rotation } of selectSizes.iterate(documents.keyOf(documentId))) {
        while (sizes.length < number - 1) sizes.push({ width: 0, height: 0 });
        sizes.push(rotation % 180 === 0 ? { width, height } : { width: height, height: width });
      }
      return sizes;
    },
    find(documentId, query, { from, to, limit }) {
      const find = selectFormat.get(documentId) === 'markdown' ? markdownFinder(query) : textFinder(query);
      const matches: TextMatch[] = [];
      for (const { number, text } of selectText.iterate(documents.keyOf(documentId), from, to)) {
        if (matches.length >= limit) break;
        for (const place of find(text, limit - matches.length)) matches.push({ page: number, ...place });
      }
      return matches;
    },
  };
}
