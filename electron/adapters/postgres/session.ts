/** A session with Postgres, as the statements in this folder need it; `connection.ts` makes one. */

/** Runs statements; values are always bound. Rejects with an AppError (`remote-*`, or `cancelled`). */
export interface Sql {
  /** bytea comes as Buffer, bigint as number, jsonb parsed. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface PostgresSession extends Sql {
  /** Commits when `work` resolves, else rolls back. A signal cancels the running statement on the server, too. */
  transaction<T>(work: (sql: Sql) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}
