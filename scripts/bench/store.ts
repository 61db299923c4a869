/**
 * Measures storing: chunk row, full-text row and vector through the store's own statements, against bare inserts of
 * the same texts into a plain FTS5 table in a file opened the same way. Both in slices of the size that ingest uses.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../../electron/db/open.ts';
import { createStore } from '../../electron/db/store.ts';
import type { NewChunk, NewVector } from '../../electron/db/search-types.ts';
import { VECTORS_A_BATCH } from '../../electron/pipeline/embed.ts';
import { indexTerms } from '../../electron/pipeline/query-terms.ts';
import { CHUNKS_A_BATCH } from '../../electron/pipeline/reading-desk.ts';
import { chunkTexts, DIMENSIONS } from './passages.ts';
import { atLeast, atMost, median, percentile } from './report.ts';
import type { BenchResult } from './report.ts';

const CHUNKS = 6_000;
const CHUNKS_PER_DOCUMENT = 600;
const ROUNDS = 5;
const CONTEXT = 'Annual report 2022 · Example Company · Item 7. Management’s Discussion and Analysis';

interface StoredText {
  readonly chunk: NewChunk;
  readonly vector: NewVector;
}

export async function run(): Promise<BenchResult[]> {
  const texts = (await chunkTexts(CHUNKS)).map(prepare);
  const pairs: { bare: number; store: number; slices: number[] }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // In turns, and the first one changes, so that whatever else the machine does meets both.
    const first = round % 2 === 0 ? inFolder((path) => bareInserts(path, texts)) : null;
    const store = inFolder((path) => storeInserts(path, texts));
    const bare = first ?? inFolder((path) => bareInserts(path, texts));
    pairs.push({ bare, store: store.rate, slices: store.slices });
  }
  const ratio = median(pairs.map(({ bare, store }) => store / bare));
  const rates = `${median(pairs.map(({ store }) => store)).toFixed(0)} chunks/s against ${median(pairs.map(({ bare }) => bare)).toFixed(0)}`;
  const slices = pairs.flatMap((pair) => pair.slices);
  return [
    atLeast(
      'storing chunk, full text and vector, of bare FTS5 inserts',
      ratio,
      0.75,
      'x',
      `${rates}; ${CHUNKS} chunks of 200 words, slices of ${CHUNKS_A_BATCH}, median of ${ROUNDS} rounds in turns`,
    ),
    atMost(
      'longest single write while storing, 99th percentile',
      percentile(slices, 0.99),
      100,
      'ms',
      `slices of ${CHUNKS_A_BATCH} chunks or ${VECTORS_A_BATCH} vectors; median ${median(slices).toFixed(0)} ms; on the writing thread, where nothing else waits but other writes`,
    ),
  ];
}

/** Everything but the storing itself is done before. */
function prepare(text: string, ordinal: number): StoredText {
  const contentHash = createHash('sha256').update(`${ordinal} ${text}`).digest('hex').slice(0, 32);
  const page = 1 + Math.floor((ordinal % CHUNKS_PER_DOCUMENT) / 4);
  const boxes = Array.from({ length: 16 }, (_, line) => ({
    page,
    x0: 72,
    y0: 700 - 12 * line,
    x1: 540,
    y1: 711 - 12 * line,
  }));
  const chunk: NewChunk = {
    ordinal: ordinal % CHUNKS_PER_DOCUMENT,
    page,
    pageEnd: page,
    ranges: [{ page, start: 0, end: text.length }],
    text,
    contextText: CONTEXT,
    searchTerms: indexTerms(text),
    headingPath: ['Part II', 'Item 7', 'Results of Operations'],
    boxes,
    tokenCount: 270,
    contentHash,
  };
  // Of length 1, as every embedder gives them.
  const numbers = Float32Array.from({ length: DIMENSIONS }, (_, index) => Math.sin(ordinal * 31 + index * 7));
  const length = Math.hypot(...numbers);
  const vector = numbers.map((value) => value / length);
  return { chunk, vector: { contentHash, vector } };
}

function inFolder<Result>(measure: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'quire-bench-'));
  try {
    return measure(join(folder, 'library.db'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Chunks a second. */
function bareInserts(path: string, texts: readonly StoredText[]): number {
  const connection = openConnection({ path });
  connection.exec(`CREATE VIRTUAL TABLE bare USING fts5 (text, tokenize = 'porter unicode61')`);
  const insert = connection.prepare<[string]>('INSERT INTO bare (text) VALUES (?)');
  const whole = texts.map(({ chunk }) => `${chunk.contextText}\n${chunk.text}`);
  const started = performance.now();
  for (let at = 0; at < whole.length; at += CHUNKS_A_BATCH) {
    connection
      .transaction(() => {
        for (const text of whole.slice(at, at + CHUNKS_A_BATCH)) insert.run(text);
      })
      .immediate();
  }
  const rate = (texts.length / (performance.now() - started)) * 1000;
  connection.close();
  return rate;
}

/** Chunks a second, and how long each transaction took, in milliseconds. */
function storeInserts(path: string, texts: readonly StoredText[]): { rate: number; slices: number[] } {
  const connection = openConnection({ path });
  const store = createStore(connection);
  store.embedders.register({ fingerprint: 'bench', kind: 'built-in', model: 'bench', dimensions: DIMENSIONS });
  const slices: number[] = [];
  const timed = (write: () => void): void => {
    const before = performance.now();
    write();
    slices.push(performance.now() - before);
  };
  const started = performance.now();
  for (let first = 0; first < texts.length; first += CHUNKS_PER_DOCUMENT) {
    const id = randomUUID();
    const own = texts.slice(first, first + CHUNKS_PER_DOCUMENT);
    store.documents.insert({
      id,
      contentHash: id,
      path: `/${id}.pdf`,
      title: id,
      format: 'pdf',
      size: 1,
      addedAt: first,
    });
    store.chunks.begin(id);
    for (let at = 0; at < own.length; at += CHUNKS_A_BATCH) {
      timed(() =>
        store.chunks.append(
          id,
          own.slice(at, at + CHUNKS_A_BATCH).map(({ chunk }) => chunk),
        ),
      );
    }
    store.chunks.finish(id);
    for (let at = 0; at < own.length; at += VECTORS_A_BATCH) {
      timed(
        () =>
          void store.vectors.put(
            id,
            'bench',
            own.slice(at, at + VECTORS_A_BATCH).map(({ vector }) => vector),
          ),
      );
    }
  }
  const rate = (texts.length / (performance.now() - started)) * 1000;
  connection.close();
  return { rate, slices };
}
