/**
 * Migration: what was found when the sentences of an answer were checked against their passages, as JSON; null for
 * answers of before that, and for questions.
 */
import type { Connection } from '../connection.ts';

export function verification(connection: Connection): void {
  connection.exec('ALTER TABLE messages ADD COLUMN verification TEXT');
}
