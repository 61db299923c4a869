/** Migration 13: where a citation's words stand in a text without boxes; null where boxes tell it, and for earlier ones. */
import type { Connection } from '../connection.ts';

export function citationRanges(connection: Connection): void {
  connection.exec(`
    ALTER TABLE citations ADD COLUMN ranges TEXT;
    ALTER TABLE written_citations ADD COLUMN ranges TEXT;
  `);
}
