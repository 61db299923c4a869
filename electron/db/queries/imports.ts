/**
 * Statements on the journal of an import.
 */
import type { DocumentState } from '../../../shared/domain.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { ImportFile, ImportFileState, ImportStore } from '../import-types.ts';
import type { Synchronous } from '../synchronous.ts';
import type { DocumentQueries } from './documents.ts';

interface ImportRow {
  readonly key: number;
  readonly path: string;
  readonly state: ImportFileState;
  readonly documentId: string | null;
  readonly error: string | null;
}

export function importQueries(connection: Connection, documents: DocumentQueries): Synchronous<ImportStore> {
  const select = `SELECT import_files.key, import_files.path, import_files.state, documents.id AS documentId,
    import_files.error FROM import_files LEFT JOIN documents ON documents.key = document_key`;
  const selectAll = connection.prepare<[], ImportRow>(`${select} ORDER BY import_files.key`);
  const selectSince = connection.prepare<[number], ImportRow>(
    `${select} WHERE import_files.key > ? ORDER BY import_files.key`,
  );
  const selectStates = connection
    .prepare<[], [string, DocumentState]>(
      'SELECT id, state FROM documents WHERE key IN (SELECT document_key FROM import_files)',
    )
    .raw();
  const highest = connection.prepare<[], number>('SELECT coalesce(max(key), 0) FROM import_files').pluck();
  const insertFile = connection.prepare<[string, ImportFileState, string | null]>(
    'INSERT INTO import_files (path, state, error) VALUES (?, ?, ?)',
  );
  const removeLooking = connection.prepare<[number]>(`DELETE FROM import_files WHERE key = ? AND state = 'looking'`);
  const update = connection.prepare<[ImportFileState, string | null, string | null, number]>(
    `UPDATE import_files SET state = ?, document_key = (SELECT key FROM documents WHERE id = ?), error = ?
     WHERE key = ?`,
  );
  const isThere = connection.prepare<[string], number>('SELECT 1 FROM documents WHERE id = ?').pluck();
  const remove = connection.prepare<[number]>('DELETE FROM import_files WHERE key = ?');
  const cancelWaiting = connection.prepare<[]>(
    `UPDATE import_files SET state = 'cancelled' WHERE state IN ('looking', 'waiting')`,
  );
  const cancelAdded = connection.prepare<[]>(
    `UPDATE import_files SET state = 'cancelling' WHERE state = 'added'
       AND document_key IN (SELECT key FROM documents WHERE state NOT IN ('ready', 'failed'))`,
  );
  // Looked into again: a folder may have been cancelled before it was.
  const lookAgain = connection.prepare<[string]>(
    `UPDATE import_files SET state = 'looking', error = NULL WHERE state = ?`,
  );
  const removeAll = connection.prepare<[]>('DELETE FROM import_files');

  const list = (): ImportFile[] => selectAll.all().map(toFile);

  return {
    list,
    documentStates: () => selectStates.all(),
    begin: (paths) =>
      connection
        .transaction(() => paths.map((path) => Number(insertFile.run(path, 'looking', null).lastInsertRowid)))
        .immediate(),
    look: (looked) =>
      connection
        .transaction((): ImportFile[] => {
          const before = highest.get() ?? 0;
          for (const { key, files } of looked) {
            // Cancelled meanwhile: nothing is put in its place.
            if (removeLooking.run(key).changes === 0) continue;
            for (const { path, error } of files) {
              insertFile.run(path, error ? 'rejected' : 'waiting', error && JSON.stringify(error));
            }
          }
          return selectSince.all(before).map(toFile);
        })
        .immediate(),
    insert: (key, document) =>
      connection
        .transaction(() => {
          const inserted = documents.insert(document);
          update.run(inserted.duplicate ? 'duplicate' : 'added', inserted.document.id, null, key);
          return inserted;
        })
        .immediate(),
    settle(key, { state, documentId, error }) {
      // The document may have been deleted since it was found: then there is nothing to be told of, as for its own file.
      if (documentId !== null && !isThere.get(documentId)) remove.run(key);
      else update.run(state, documentId, error && JSON.stringify(error), key);
    },
    cancel: () =>
      connection
        .transaction(() => {
          cancelWaiting.run();
          cancelAdded.run();
          return list();
        })
        .immediate(),
    again: (state) =>
      connection
        .transaction(() => {
          lookAgain.run(state);
          return list();
        })
        .immediate(),
    clear() {
      removeAll.run();
    },
  };
}

function toFile(row: ImportRow): ImportFile {
  return { ...row, error: row.error === null ? null : (JSON.parse(row.error) as ErrorInfo) };
}
