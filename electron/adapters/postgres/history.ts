/** Marks of an account's history, by which a server that was put back to an earlier state is known again. */
import { otherHistory } from '../../sync/lost-server.ts';
import type { HistoryMark } from '../../sync/ports/remote-store.ts';
import type { Sql } from './session.ts';

/** Marks that nobody needs any more, before they are removed: each has some 100 bytes. */
export const spareMarks = 1_000;

/**
 * Whether the history has the mark with the sequence and text that the parameters `sequence` and `mark` name; also when
 * it may have gone with what was collected, or none is asked for. Of `quire.users u`; the user's id is `$1`.
 */
export function isKnown(sequence: string, mark: string): string {
  return `(${sequence}::bigint IS NULL OR ${sequence}::bigint < u.collected OR EXISTS (
    SELECT FROM quire.marks m WHERE m.user_id = $1 AND m.seq = ${sequence}::bigint AND m.mark = ${mark}::text))`;
}

/** Columns `marked` and `mark`: of the push that the sequence `at` is in, else of the last one. The user's id is `$1`. */
export function markColumns(at: string): string {
  const marked = `(SELECT coalesce(min(m.seq), (SELECT max(l.seq) FROM quire.marks l WHERE l.user_id = $1))
    FROM quire.marks m WHERE m.user_id = $1 AND m.seq >= ${at})`;
  return `${marked} AS marked,
    (SELECT s.mark FROM quire.marks s WHERE s.user_id = $1 AND s.seq = ${marked}) AS mark`;
}

export interface MarkRow {
  readonly marked: number | null;
  readonly mark: string | null;
}

export function markOf({ marked, mark }: MarkRow): HistoryMark | null {
  return marked === null || mark === null ? null : { sequence: marked, mark };
}

/** Values of the parameters that `isKnown` names. */
export function knownValues(known: HistoryMark | null): readonly [number | null, string | null] {
  return [known?.sequence ?? null, known?.mark ?? null];
}

/** Throws `lostServer` where the history has another mark, or none, in the place of this one. */
export function requireKnown(known: HistoryMark | null, isThere: boolean): void {
  if (known && !isThere) throw otherHistory(known.sequence);
}

/** Under the lock of the user's row: throws as `requireKnown`. */
export async function requireHistory(sql: Sql, userId: string, known: HistoryMark | null): Promise<void> {
  if (!known) return;
  const [state] = await sql.query<{ isThere: boolean }>(
    `SELECT ${isKnown('$2', '$3')} AS "isThere" FROM quire.users u WHERE u.id = $1`,
    [userId, ...knownValues(known)],
  );
  requireKnown(known, state?.isThere === true);
}

/** The last mark; null where nothing was pushed since there are marks. */
export async function lastMark(sql: Sql, userId: string): Promise<HistoryMark | null> {
  const [row] = await sql.query<MarkRow>(
    `SELECT m.seq AS marked, m.mark FROM quire.marks m WHERE m.user_id = $1 ORDER BY m.seq DESC LIMIT 1`,
    [userId],
  );
  return row ? markOf(row) : null;
}
