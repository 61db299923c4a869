/** Rows of an account from one database to another, table by table in the order of keys; and the proof that they are equal. */
import { createHash } from 'node:crypto';
import type { AccountRows, CopyNote, RowDigest, RowKey } from '../ports/account-rows.ts';

export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 over the SHA-256 of each row, in the order of keys; hex. */
  readonly sha256: string;
}

export interface RowsContext {
  readonly from: AccountRows;
  readonly to: AccountRows;
  readonly userId: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (stage: 'rows' | 'comparing', table: string, rows: number) => void;
}

/** Rows that are compared at once. */
const digestPage = 2_000;
/** Rows of a page, at first and at most. */
const pageRows = { first: 64, most: 2_000 };
/** Characters that a page should have: some megabytes in memory, some seconds on a slow line. */
const pageSize = 2_000_000;

/** Copies what of a table is not there yet; answers with the note that says so. */
export async function copyTable(context: RowsContext, table: string, begun: CopyNote): Promise<CopyNote> {
  const { from, to, userId, signal, onProgress } = context;
  let note = begun;
  let limit = pageRows.first;
  let copied = 0;
  for (let place: RowKey | 'whole' | null = note.tables[table] ?? null; place !== 'whole';) {
    const page = await from.read(table, userId, place, limit, signal);
    place = page.last ?? 'whole';
    note = { ...note, tables: { ...note.tables, [table]: place } };
    await to.write(table, userId, page, note, signal);
    copied += page.rows.length;
    onProgress('rows', table, copied);
    const fitting = Math.floor((page.rows.length * pageSize) / Math.max(1, page.size));
    limit = Math.min(pageRows.most, limit * 4, Math.max(1, fitting));
  }
  return note;
}

/** Answers with the table when both sides have the same rows of it, else with null. */
export async function compareTable(context: RowsContext, name: string): Promise<CopiedTable | null> {
  const { from, to, userId, signal, onProgress } = context;
  const all = createHash('sha256');
  let rows = 0;
  for (let after: RowKey | null = null; ;) {
    const [here, there]: RowDigest[] = await Promise.all([
      from.digest(name, userId, after, digestPage, signal),
      to.digest(name, userId, after, digestPage, signal),
    ]);
    if (!here || here.sha256 !== there?.sha256 || here.rows !== there.rows) return null;
    all.update(here.sha256);
    rows += here.rows;
    onProgress('comparing', name, rows);
    if (!here.last) return { name, rows, sha256: all.digest('hex') };
    after = here.last;
  }
}
