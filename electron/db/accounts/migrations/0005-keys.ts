/** Migration 5 of the registry: encrypted accounts, which have wraps of their library's key in place of a password's hash. */
import type { Connection } from '../../connection.ts';

export function keys(connection: Connection): void {
  connection.exec(`
    -- A copy of the library's keys.json; NULL for an account that is not encrypted. One that is has '' for its hash.
    ALTER TABLE accounts ADD COLUMN keys TEXT;
  `);
}
