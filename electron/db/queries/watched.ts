/**
 * Statements on watched folders and their files.
 */
import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { AppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { Synchronous } from '../synchronous.ts';
import type { SeenFile, WatchedCounts, WatchedFile, WatchStore } from '../watch-types.ts';
import type { DocumentQueries } from './documents.ts';

interface FileRow {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly documentId: string | null;
  readonly gone: number;
  readonly error: string | null;
}

interface Move {
  readonly key: number;
  readonly before: string;
  readonly path: string;
}

export function watchQueries(connection: Connection, documents: DocumentQueries): Synchronous<WatchStore> {
  const selectFolders = connection.prepare<[], { id: string; path: string; paused: number; mountPoint: number }>(
    'SELECT id, path, paused, mount_point AS mountPoint FROM watched_folders ORDER BY path',
  );
  const selectKey = connection.prepare<[string], number>('SELECT key FROM watched_folders WHERE id = ?').pluck();
  const insertFolder = connection.prepare<[string, string, number, number, number]>(
    'INSERT INTO watched_folders (id, path, paused, mount_point, added_at) VALUES (?, ?, ?, ?, ?)',
  );
  const updatePaused = connection.prepare<[number, number]>('UPDATE watched_folders SET paused = ? WHERE key = ?');
  const removeFolder = connection.prepare<[number]>('DELETE FROM watched_folders WHERE key = ?');
  const count = connection.prepare<[number], WatchedCounts>(
    `SELECT count(DISTINCT iif(gone = 0, document_key, NULL)) AS documents,
       count(DISTINCT iif(gone = 1, document_key, NULL)) AS gone, count(watched_files.error) AS failed
     FROM watched_files WHERE folder_key = ?`,
  );
  const selectFile = `SELECT watched_files.path, watched_files.size, modified_at AS modifiedAt, documents.id AS documentId,
    gone, watched_files.error FROM watched_files LEFT JOIN documents ON documents.key = document_key`;
  const selectFiles = connection.prepare<[number], FileRow>(
    `${selectFile} WHERE folder_key = ? ORDER BY watched_files.path`,
  );
  const selectOne = connection.prepare<[number, string], FileRow>(
    `${selectFile} WHERE folder_key = ? AND watched_files.path = ?`,
  );
  const documentsOf = connection
    .prepare<[number], number>(
      'SELECT DISTINCT document_key FROM watched_files WHERE folder_key = ? AND document_key IS NOT NULL',
    )
    .pluck();
  const documentOf = connection
    .prepare<[number, string], number | null>(
      'SELECT document_key FROM watched_files WHERE folder_key = ? AND path = ?',
    )
    .pluck();
  const excluded = connection
    .prepare<[number, Uint8Array, number, number], number>(
      `SELECT count(*) FROM watched_exclusions WHERE folder_key = ? AND path_hash = ? AND size = ? AND modified_at = ?`,
    )
    .pluck();
  const include = connection.prepare<[number, Uint8Array]>(
    'DELETE FROM watched_exclusions WHERE folder_key = ? AND path_hash = ?',
  );
  const upsert = connection.prepare<[number, string, Uint8Array, number, number, string | null, number, string | null]>(
    `INSERT INTO watched_files (folder_key, path, path_hash, size, modified_at, document_key, brought, error)
     VALUES (?, ?, ?, ?, ?, (SELECT key FROM documents WHERE id = ?), ?, ?)
     ON CONFLICT (folder_key, path) DO UPDATE SET size = excluded.size, modified_at = excluded.modified_at,
       brought = iif(document_key IS excluded.document_key, max(brought, excluded.brought), excluded.brought),
       document_key = excluded.document_key, gone = 0, error = excluded.error`,
  );
  const markGone = connection.prepare<[number, string]>(
    'UPDATE watched_files SET gone = 1 WHERE folder_key = ? AND path = ?',
  );
  // What never became a document, or is another file's too, leaves nothing to be told of.
  const forgetOthers = connection.prepare<[number]>(
    `DELETE FROM watched_files WHERE folder_key = ? AND gone = 1
       AND (document_key IS NULL OR document_key IN (SELECT key FROM documents WHERE file_gone = 0))`,
  );
  const othersThere = connection
    .prepare<[string, string], number>(
      `SELECT count(*) FROM watched_files WHERE document_key = (SELECT key FROM documents WHERE id = ?)
         AND gone = 0 AND path <> ?`,
    )
    .pluck();
  const isBefore = 'document_key = :key AND (gone = 1 OR path = :before) AND path <> :path';
  const passOnBrought = connection.prepare<[Move]>(
    `UPDATE watched_files SET brought = max(brought, coalesce((SELECT max(brought) FROM watched_files WHERE ${isBefore}), 0))
     WHERE document_key = :key AND path = :path`,
  );
  const forgetBefore = connection.prepare<[Move]>(`DELETE FROM watched_files WHERE ${isBefore}`);
  const otherPlace = connection
    .prepare<[{ key: number; path: string }], string>(
      `SELECT watched_files.path FROM watched_files JOIN documents ON documents.key = document_key
       WHERE document_key = :key AND gone = 0 AND documents.path = :path ORDER BY watched_files.key LIMIT 1`,
    )
    .pluck();
  const updatePath = connection.prepare<[string, string, string, number, number]>(
    `UPDATE documents SET path = ?, title = iif(renamed = 0 AND title = ?, ?, title), updated_at = ? WHERE key = ?`,
  );
  // By the file that the person knows it from: one that was added from elsewhere, too, is not gone.
  const refreshGone = connection.prepare<[{ key: number; now: number }]>(
    `UPDATE documents SET file_gone = found.gone, updated_at = :now
     FROM (SELECT EXISTS (SELECT 1 FROM watched_files JOIN documents ON documents.key = document_key
         WHERE document_key = :key AND gone = 1 AND watched_files.path = documents.path)
       AND NOT EXISTS (SELECT 1 FROM watched_files WHERE document_key = :key AND gone = 0) AS gone) AS found
     WHERE key = :key AND file_gone <> found.gone`,
  );
  const idOf = connection.prepare<[number], string>('SELECT id FROM documents WHERE key = ?').pluck();
  const selectBrought = connection
    .prepare<[number, number], string>(
      `SELECT DISTINCT documents.id FROM watched_files JOIN documents ON documents.key = document_key
       WHERE folder_key = ? AND brought = 1 AND NOT EXISTS (
         SELECT 1 FROM watched_files AS other WHERE other.document_key = documents.key AND other.folder_key <> ? AND other.gone = 0)`,
    )
    .pluck();

  function keyOf(folderId: string): number {
    const key = selectKey.get(folderId);
    if (key === undefined) throw new AppError('not-found', 'This folder is no longer watched.');
    return key;
  }

  /** Whether their files are there, anew; answers with the documents' ids. */
  function refresh(keys: Iterable<number | null | undefined>): string[] {
    const ids: string[] = [];
    for (const key of new Set(keys)) {
      if (key === null || key === undefined) continue;
      refreshGone.run({ key, now: Date.now() });
      const id = idOf.get(key);
      if (id !== undefined) ids.push(id);
    }
    return ids;
  }

  /** The document's file has another place. */
  function move(key: number, before: string, path: string): void {
    passOnBrought.run({ key, before, path });
    forgetBefore.run({ key, before, path });
    updatePath.run(path, nameOf(before), nameOf(path), Date.now(), key);
  }

  function put(folderId: string, { path, size, modifiedAt, documentId, brought, error }: SeenFile): string[] {
    const key = keyOf(folderId);
    const before = documentOf.get(key, path);
    const hash = hashOf(path);
    const reason = error && JSON.stringify(error);
    upsert.run(key, path, hash, size, modifiedAt, documentId, Number(brought), reason);
    include.run(key, hash);
    return refresh([before, documentOf.get(key, path)]);
  }

  return {
    folders: () =>
      selectFolders
        .all()
        .map(({ id, path, paused, mountPoint }) => ({ id, path, paused: paused === 1, mountPoint: mountPoint === 1 })),
    counts: (folderId) => count.get(keyOf(folderId)) ?? { documents: 0, gone: 0, failed: 0 },
    add({ id, path, paused, mountPoint, addedAt }) {
      insertFolder.run(id, path, Number(paused), Number(mountPoint), addedAt);
    },
    setPaused(folderId, paused) {
      updatePaused.run(Number(paused), keyOf(folderId));
    },
    remove: (folderId) =>
      connection
        .transaction(() => {
          const key = keyOf(folderId);
          const keys = documentsOf.all(key);
          removeFolder.run(key);
          return refresh(keys);
        })
        .immediate(),
    files: (folderId) => selectFiles.all(keyOf(folderId)).map(toFile),
    file(folderId, path) {
      const row = selectOne.get(keyOf(folderId), path);
      return row ? toFile(row) : null;
    },
    isExcluded: (folderId, path, { size, modifiedAt }) =>
      (excluded.get(keyOf(folderId), hashOf(path), size, modifiedAt) ?? 0) > 0,
    put: (folderId, file) => connection.transaction(() => put(folderId, file)).immediate(),
    insert: (folderId, path, stamp, document) =>
      connection
        .transaction(() => {
          const inserted = documents.insert(document);
          const { id } = inserted.document;
          put(folderId, { path, ...stamp, documentId: id, brought: !inserted.duplicate, error: null });
          return inserted;
        })
        .immediate(),
    setGone: (folderId, paths) =>
      connection
        .transaction(() => {
          const key = keyOf(folderId);
          const keys = paths.map((path) => {
            markGone.run(key, path);
            const document = documentOf.get(key, path);
            if (typeof document !== 'number') return null;
            // Another file with the same bytes stands for it from now on.
            const other = otherPlace.get({ key: document, path });
            if (other !== undefined) move(document, path, other);
            return document;
          });
          const ids = refresh(keys);
          forgetOthers.run(key);
          return ids;
        })
        .immediate(),
    isSole: (documentId, path) => (othersThere.get(documentId, path) ?? 0) === 0,
    move: (documentId, path) =>
      connection
        .transaction(() => {
          const key = documents.keyOf(documentId);
          move(key, documents.get(documentId)?.path ?? path, path);
          refresh([key]);
        })
        .immediate(),
    brought(folderId) {
      const key = keyOf(folderId);
      return selectBrought.all(key, key);
    },
  };
}

/** What a document is called before it was read: its file's name without the ending, whatever machine it came from. */
function nameOf(path: string): string {
  const name = basename(path.replaceAll('\\', '/'));
  return name.slice(0, name.length - extname(name).length);
}

function hashOf(path: string): Uint8Array {
  return createHash('sha256').update(path).digest();
}

function toFile(row: FileRow): WatchedFile {
  return { ...row, gone: row.gone === 1, error: row.error === null ? null : (JSON.parse(row.error) as ErrorInfo) };
}
