/** Migration 19: the last place of the server's history that this computer saw; see `HistoryMark`. */
import type { Connection } from '../connection.ts';

export function historyMarks(connection: Connection): void {
  connection.exec(`
    ALTER TABLE sync_state ADD COLUMN mark TEXT;
    -- Its sequence.
    ALTER TABLE sync_state ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
  `);
}
