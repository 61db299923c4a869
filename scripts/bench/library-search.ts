/**
 * Measures search as one types over 100,000 passages: real questions, letter by letter, through the database's own
 * threads as the window's requests go.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../electron/db/client.ts';
import { openConnection } from '../../electron/db/open.ts';
import { createStore } from '../../electron/db/store.ts';
import { CHUNKS, fillStore } from './large-library.ts';
import { chunkTexts, questions } from './passages.ts';
import { atLeast, atMost, median, percentile } from './report.ts';
import type { BenchResult } from './report.ts';

/** Words that are typed of each question. */
const WORDS = 5;
/** As the palette asks. */
const LIMIT = 6;
const PAGES_EACH = 3;

interface Stroke {
  readonly typed: string;
  readonly milliseconds: number;
  readonly found: number;
}

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'quire-bench-'));
  const path = join(folder, 'library.db');
  try {
    const connection = openConnection({ path });
    fillStore(createStore(connection), await chunkTexts(CHUNKS));
    connection.close();
    const strokes = await type(path, questions());
    const times = strokes.map(({ milliseconds }) => milliseconds);
    const slowest = [...strokes].sort((a, b) => b.milliseconds - a.milliseconds);
    if (process.env['QUIRE_BENCH_VERBOSE']) console.log(slowest.slice(0, 40));
    const detail = `95th percentile of ${times.length} strokes (real questions, ${WORDS} words each, nothing warmed up); median ${median(times).toFixed(1)} ms, 99th ${percentile(times, 0.99).toFixed(1)} ms, slowest ${slowest[0]?.milliseconds.toFixed(0)} ms (“${slowest[0]?.typed}”)`;
    const first = strokes.filter(({ typed }) => !typed.includes(' '));
    return [
      atMost(`search as one types, ${CHUNKS} passages (p95)`, percentile(times, 0.95), 50, 'ms', detail),
      atLeast(
        'first words of which every beginning finds something',
        first.filter(({ found }) => found > 0).length / first.length,
        0.95,
        '',
        `${first.length} beginnings of the questions' first words`,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function type(path: string, asked: readonly string[]): Promise<Stroke[]> {
  const database = await openDatabase({ path });
  const strokes: Stroke[] = [];
  // The database's thread is started by the first search; that is the start's time, not the search's.
  await database.search.pages({ text: '', documents: [], limit: 1, pagesEach: 1 });
  for (const question of asked) {
    const text = question.split(/\s+/).slice(0, WORDS).join(' ');
    for (let length = 1; length <= text.length; length += 1) {
      const typed = text.slice(0, length);
      const started = performance.now();
      const { documents } = await database.search.pages({
        text: typed,
        documents: [],
        limit: LIMIT,
        pagesEach: PAGES_EACH,
      });
      strokes.push({ typed, milliseconds: performance.now() - started, found: documents.length });
    }
  }
  await database.close();
  return strokes;
}
