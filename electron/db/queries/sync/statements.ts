/** Statements that are prepared when they are first used, and kept: sync has many, and most libraries need none. */
import type { Connection } from '../../connection.ts';

export type SqlParameter = string | number | null | Uint8Array;

export interface Statements {
  /** The first row, as an object of its columns. */
  get<Row>(sql: string, ...parameters: readonly SqlParameter[]): Row | undefined;
  all<Row>(sql: string, ...parameters: readonly SqlParameter[]): Row[];
  /** The first column of the first row. */
  value<Value>(sql: string, ...parameters: readonly SqlParameter[]): Value | undefined;
  /** The first column of all rows. */
  values<Value>(sql: string, ...parameters: readonly SqlParameter[]): Value[];
  /** Answers with the number of rows that changed. */
  run(sql: string, ...parameters: readonly SqlParameter[]): number;
}

export function statementsOf(connection: Connection): Statements {
  const rows = new Map<string, ReturnType<typeof connection.prepare<SqlParameter[]>>>();
  const columns = new Map<string, ReturnType<typeof connection.prepare<SqlParameter[]>>>();
  function prepared(sql: string) {
    const known = rows.get(sql) ?? connection.prepare<SqlParameter[]>(sql);
    rows.set(sql, known);
    return known;
  }
  function plucked(sql: string) {
    const known = columns.get(sql) ?? connection.prepare<SqlParameter[]>(sql).pluck();
    columns.set(sql, known);
    return known;
  }
  return {
    get: <Row>(sql: string, ...parameters: readonly SqlParameter[]) =>
      prepared(sql).get(...parameters) as Row | undefined,
    all: <Row>(sql: string, ...parameters: readonly SqlParameter[]) => prepared(sql).all(...parameters) as Row[],
    value: <Value>(sql: string, ...parameters: readonly SqlParameter[]) =>
      plucked(sql).get(...parameters) as Value | undefined,
    values: <Value>(sql: string, ...parameters: readonly SqlParameter[]) => plucked(sql).all(...parameters) as Value[],
    run: (sql, ...parameters) => prepared(sql).run(...parameters).changes,
  };
}
