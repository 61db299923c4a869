/** The last failures that the logs tell of, by code: for the report. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { RecentError } from '../../shared/health.ts';
import { errno } from '../errno.ts';
import { logFileOf } from './log-file.ts';

/** Bytes at the end of each file that are looked at. */
const MOST_BYTES = 256_000;
const MOST_ERRORS = 20;
const files = [
  ['quire', 0],
  ['quire', 1],
  ['command-line', 0],
] as const;

const entrySchema = z.object({
  time: z.iso.datetime(),
  level: z.enum(['error', 'warn']),
  where: z.string().max(64),
  code: z.string().max(64),
});

/** The newest first; none when there is no log. */
export async function recentErrors(folder: string): Promise<readonly RecentError[]> {
  const texts = await Promise.all(files.map(([name, generation]) => endOf(logFileOf(folder, name, generation))));
  return countErrors(texts.flatMap((text) => text.split('\n')));
}

/** Groups lines of logs by where and code. Pure; lines that are no entries are passed over. */
export function countErrors(lines: readonly string[]): readonly RecentError[] {
  const found = new Map<string, RecentError>();
  for (const line of lines) {
    const entry = parse(line);
    if (!entry) continue;
    const { where, code } = entry;
    const at = Date.parse(entry.time);
    const key = `${where} ${code}`;
    const before = found.get(key);
    found.set(key, { where, code, count: (before?.count ?? 0) + 1, lastAt: Math.max(before?.lastAt ?? 0, at) });
  }
  return [...found.values()].sort((a, b) => b.lastAt - a.lastAt).slice(0, MOST_ERRORS);
}

function parse(line: string): z.infer<typeof entrySchema> | null {
  // Most lines tell of no failure and need not be read as JSON.
  if (!line.includes('"level":"error"') && !line.includes('"level":"warn"')) return null;
  try {
    return entrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Half a line: the first of what was read, or one that a crash cut off.
    return null;
  }
}

async function endOf(path: string): Promise<string> {
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (errno(error) === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - MOST_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
