/** The library's list before the library is open: for the window's first frame alone. */
import { statSync } from 'node:fs';
import type { DocumentSummary } from '../../shared/domain.ts';
import { connect } from './connection.ts';
import { migrations } from './migrations/index.ts';
import { documentQueries } from './queries/documents.ts';

/** Documents; read in about 10 ms. The calling thread waits for it, so a larger library's list comes from its thread. */
const MOST_DOCUMENTS = 1_000;
/** Bytes of the write-ahead log; after a crash SQLite reads through all of it first. */
const LONGEST_LOG = 4_000_000;

/**
 * Reads the list on the calling thread, which is the one exception to "SQLite lives in its worker threads": starting
 * such a thread takes the machine longer than all of this. Changes nothing in the file.
 * @returns Null when the library has to be opened for it: it is new, of another format, large, in use, or not readable,
 * which opening it then tells.
 */
export function readFirstList(path: string): readonly DocumentSummary[] | null {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > LONGEST_LOG) return null;
  if (!statSync(path, { throwIfNoEntry: false })) return null;
  try {
    const connection = connect({ path, readonly: true, timeout: 0 });
    try {
      if (connection.pragma('user_version', { simple: true }) !== migrations.length) return null;
      const count = connection.prepare<[], number>('SELECT count(*) FROM documents').pluck().get() ?? 0;
      return count > MOST_DOCUMENTS ? null : documentQueries(connection).list();
    } finally {
      connection.close();
    }
  } catch {
    // Whatever it is, the library is opened next, and says so.
    return null;
  }
}
