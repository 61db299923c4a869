/** Looks for a library's text in files that must not tell it. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../db/connection.ts';

/** Characters of a run: short enough to be found in any piece of text, too long to be there by chance. */
const RUN = 20;
/** Runs of pages, of messages and of paths. */
const RUNS_OF_PAGES = 6;
const RUNS_OF_MESSAGES = 2;
const RUNS_OF_PATHS = 2;
/** Bytes read in one go. */
const PIECE = 1024 ** 2;

/** Up to ten runs of 20 characters of what is in a library, taken from all over it; fewer where it has little text. */
export function takeRuns(connection: Connection): string[] {
  return [
    ...runsOf(connection, 'pages', 'text', RUNS_OF_PAGES),
    ...runsOf(connection, 'messages', 'text', RUNS_OF_MESSAGES),
    ...runsOf(connection, 'documents', 'path', RUNS_OF_PATHS),
  ];
}

function runsOf(connection: Connection, table: string, column: string, count: number): string[] {
  const last = connection.prepare<[], number | null>(`SELECT max(key) FROM ${table}`).pluck().get() ?? 0;
  const near = connection
    .prepare<[number, number], string>(
      `SELECT ${column} FROM ${table} WHERE key >= ? AND length(${column}) >= ? ORDER BY key LIMIT 1`,
    )
    .pluck();
  const runs = Array.from({ length: count }, (_, index) => near.get(Math.floor((last * index) / count), 2 * RUN))
    .filter((text) => text !== undefined)
    // From the middle: how a text begins may be how others do, too.
    .map((text) => text.slice(Math.floor(text.length / 2)).slice(0, RUN));
  return [...new Set(runs)];
}

/**
 * The first file in a folder, however deep, that has one of the runs in it, in UTF-8 or UTF-16; null when none has.
 * @param onBytes Told how much was looked through.
 */
export async function findRuns(
  folder: string,
  runs: readonly string[],
  { onBytes, signal }: { readonly onBytes?: (count: number) => void; readonly signal?: AbortSignal } = {},
): Promise<string | null> {
  const wanted = runs.flatMap((run) => [Buffer.from(run, 'utf8'), Buffer.from(run, 'utf16le')]);
  const overlap = Math.max(0, ...wanted.map(({ length }) => length - 1));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    let before = Buffer.alloc(0);
    for await (const read of createReadStream(path, { highWaterMark: PIECE })) {
      signal?.throwIfAborted();
      const piece = Buffer.concat([before, read as Buffer]);
      if (wanted.some((run) => piece.includes(run))) return path;
      before = piece.subarray(Math.max(0, piece.length - overlap));
      onBytes?.((read as Buffer).length);
    }
  }
  return null;
}
