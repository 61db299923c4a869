/** Migration 14: a page that is to be recognised again keeps the confidence of the text that it has until then. */
import type { Connection } from '../connection.ts';

export function recognisedAgain(connection: Connection): void {
  // 1 until the page is looked at again: the row then tells of the text of before, and is not counted.
  connection.exec('ALTER TABLE recognitions ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0');
}
