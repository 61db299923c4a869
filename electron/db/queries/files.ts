/**
 * Statements on the journal of files to remove.
 */
import type { Connection } from '../connection.ts';
import type { FileStore } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';

export function fileQueries(connection: Connection): Synchronous<FileStore> {
  const select = connection
    .prepare<[], string>('SELECT content_hash FROM pending_file_deletions ORDER BY content_hash')
    .pluck();
  const remove = connection.prepare<[string]>(
    'DELETE FROM pending_file_deletions WHERE content_hash IN (SELECT value FROM json_each(?))',
  );
  return {
    pendingDeletions: () => select.all(),
    confirmDeleted(contentHashes) {
      remove.run(JSON.stringify(contentHashes));
    },
  };
}
