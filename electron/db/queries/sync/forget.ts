/** What sync lets go of: of documents that are deleted, and of everything when it is turned off. */
import type { Connection } from '../../connection.ts';
import { doomedPieces } from '../written.ts';

/**
 * Forgets what sync keeps of documents and of the pieces that go with them; that they were deleted stays, to be told.
 * Runs inside the caller's transaction, before their rows go; takes their ids as a JSON array.
 * @param blank See `deletion.ts`: overwrites a text column where it lies.
 */
export function syncForgetting(connection: Connection, blank: (column: string) => string): (ids: string) => void {
  const documents = '(SELECT value FROM json_each(:ids))';
  const pieces = `(SELECT id FROM written_pieces WHERE key IN (${doomedPieces}))`;
  const of = (id: string): string =>
    `((kind = 'document' AND ${id} IN ${documents}) OR (kind = 'piece' AND ${id} IN ${pieces}))`;
  const statements = [
    `UPDATE sync_registers SET ${blank('value')} WHERE value IS NOT NULL AND ${of('id')}`,
    `INSERT INTO sync_tombstones (kind, id, stamp, seen, past, pushed)
       SELECT kind, id, '', 0, (SELECT json_group_array(stamp) FROM (
           SELECT typed.stamp FROM sync_registers AS typed
             WHERE typed.kind = gone.kind AND typed.id = gone.id AND typed.past IS NOT NULL
           UNION ALL SELECT before.value FROM sync_registers AS typed, json_each(typed.past) AS before
             WHERE typed.kind = gone.kind AND typed.id = gone.id AND typed.past IS NOT NULL)), 0
       FROM sync_registers AS gone WHERE ${of('id')} GROUP BY kind, id ON CONFLICT DO NOTHING`,
    // Names of tags are names of registers.
    `DELETE FROM sync_registers WHERE ${of('id')}`,
    `UPDATE sync_inbox SET ${blank('entity')} WHERE ${of('id')}`,
    `DELETE FROM sync_inbox WHERE ${of('id')}`,
    `UPDATE sync_conflicts SET ${['title', 'mine', 'theirs'].map(blank).join(', ')} WHERE ${of('entity_id')}`,
    `DELETE FROM sync_conflicts WHERE ${of('entity_id')}`,
    `UPDATE sync_parts SET ${blank('value')} WHERE document_key IN (SELECT key FROM documents WHERE id IN ${documents})`,
  ].map((statement) => connection.prepare<[{ ids: string }]>(statement));
  return (ids) => {
    for (const statement of statements) statement.run({ ids });
  };
}

/**
 * Turns sync off and forgets what is known of the remote library; conflicts stay, since their text is nowhere else.
 *
 * The device goes, too: turned on again, this library is another one, whose stamps begin anew. So a library that was
 * restored from a backup never tells its old values as new ones. Runs inside the caller's transaction.
 */
export function forgetSync(connection: Connection): void {
  // First, so that no trigger notes what follows.
  connection.exec(
    `UPDATE sync_state SET device_id = NULL, remote_id = NULL, pulled = 0, applied = 0, clock_offset = 0,
       restored = NULL, mark = NULL, marked = 0`,
  );
  for (const table of ['outbox', 'registers', 'tombstones', 'inbox', 'aliases', 'parts'])
    connection.exec(`DELETE FROM sync_${table}`);
}
