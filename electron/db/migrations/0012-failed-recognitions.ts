/** Migration 12: a page whose recognition failed is told of, and tried again when the person wants it. */
import type { Connection } from '../connection.ts';

export function failedRecognitions(connection: Connection): void {
  // ErrorInfo as JSON; NULL where the page was looked at.
  connection.exec('ALTER TABLE recognitions ADD COLUMN error TEXT');
}
