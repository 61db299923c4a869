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

/** SQLite counts `?1` as a name, so that it may stand more than once. */
function bound(sql: string, parameters: readonly SqlParameter[]): SqlParameter[] {
  if (!sql.includes('?1')) return [...parameters];
  return [Object.fromEntries(parameters.map((value, index) => [index + 1, value]))] as never;
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
    get: <Row>(sql: string, ...parameters: readonly SqlParameter[]) => prepared(sql).get(...bound(sql, parameters)) as Row | undefined,
    all: <Row>(sql: string, ...parameters: readonly SqlParameter[]) => prepared(sql).all(...bound(sql, parameters)) as Row[],
    value: <Value>(sql: string, ...parameters: readonly SqlParameter[]) =>
      plucked(sql).get(...bound(sql, parameters)) as Value | undefined,
    values: <Value>(sql: string, ...parameters: readonly SqlParameter[]) => plucked(sql).all(...bound(sql, parameters)) as Value[],
    run: (sql, ...parameters) => prepared(sql).run(...bound(sql, parameters)).changes,
  };
}
