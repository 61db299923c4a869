/** Migration 4 of the registry: what the administrator allows the local profile, which is no account. */
import type { Connection } from '../../connection.ts';

export function localLimits(connection: Connection): void {
  connection.exec(`
    -- One row at most; NULL for no limit.
    CREATE TABLE local_limits (
      key INTEGER PRIMARY KEY CHECK (key = 1),
      monthly_cost REAL,
      monthly_tokens INTEGER,
      requests_per_minute INTEGER
    ) STRICT;
  `);
}
