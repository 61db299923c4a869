/**
 * Measures searching 100,000 passages: the vector stage against a vec0 float32 KNN, one document, and hybrid retrieval
 * against the naive one (every word of the question OR-ed, vec0 float32), in one run in one thread.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../../electron/db/open.ts';
import type { Connection } from '../../electron/db/connection.ts';
import { createStore } from '../../electron/db/store.ts';
import type { Store } from '../../electron/db/store.ts';
import { retrieve } from '../../electron/pipeline/retrieve.ts';
import type { RetrievalStore } from '../../electron/pipeline/retrieve.ts';
import { CHUNKS, CHUNKS_PER_DOCUMENT, fillStore } from './large-library.ts';
import { chunkTexts, DIMENSIONS, passageVectors, questions, questionVectors } from './passages.ts';
import { atLeast, atMost, median, percentile } from './report.ts';
import type { BenchResult } from './report.ts';

const K = 10;
const ROUNDS = 3;
const FINGERPRINT = 'bench';

interface Library {
  readonly connection: Connection;
  readonly store: Store;
  readonly documents: readonly string[];
}

export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'quire-bench-'));
  try {
    const asked = questions();
    const vectors = await passageVectors(CHUNKS);
    const library = fill(join(folder, 'library.db'), await chunkTexts(CHUNKS), vectors);
    const queries = await questionVectors(asked);
    const results = [
      ...(await vectorStage(library, vectors, queries)),
      await oneDocument(library, queries),
      await hybrid(library, asked, queries),
    ];
    library.connection.close();
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The store's own tables, and the naive peers beside them in the same file. */
function fill(path: string, texts: readonly string[], vectors: Float32Array): Library {
  const connection = openConnection({ path });
  connection.exec(`
    CREATE VIRTUAL TABLE naive_text USING fts5 (text, tokenize = 'porter unicode61');
    CREATE VIRTUAL TABLE naive_vectors USING vec0 (embedding float[${DIMENSIONS}] distance_metric=cosine);
  `);
  const insertText = connection.prepare<[string]>('INSERT INTO naive_text (text) VALUES (?)');
  const insertVector = connection.prepare<[Uint8Array]>('INSERT INTO naive_vectors (embedding) VALUES (?)');
  const store = createStore(connection);
  store.embedders.register({ fingerprint: FINGERPRINT, kind: 'built-in', model: 'bench', dimensions: DIMENSIONS });
  const documents = fillStore(store, texts, ({ id, first, own, hashes }) => {
    store.vectors.put(
      id,
      FINGERPRINT,
      hashes.map((contentHash, index) => ({ contentHash, vector: row(vectors, first + index) })),
    );
    connection
      .transaction(() => {
        own.forEach((text, index) => {
          insertText.run(text);
          insertVector.run(bytesOf(row(vectors, first + index)));
        });
      })
      .immediate();
  });
  return { connection, store, documents };
}

function row(vectors: Float32Array, index: number): Float32Array {
  return vectors.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS);
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function vectorStage({ connection, store }: Library, vectors: Float32Array, queries: readonly Float32Array[]) {
  const knn = connection.prepare<[Uint8Array, number]>(
    'SELECT rowid, distance FROM naive_vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance',
  );
  const search = (vector: Float32Array) =>
    store.search.vectors({ vector, fingerprint: FINGERPRINT, documents: [], limit: K });
  const load = await timed(() => store.search.warm());
  const times: { naive: number; ours: number }[] = [];
  let found = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const vector of queries) {
      const naive = await timed(() => knn.all(bytesOf(vector), K));
      times.push({ naive, ours: await timed(() => search(vector)) });
    }
  }
  for (const vector of queries) {
    const exact = exactBest(vectors, vector);
    const scores = (await search(vector)).map(({ score }) => score);
    // By score: rows of equal text have equal vectors, and which of them is named does not matter.
    found += scores.filter((score) => score >= (exact.at(-1) ?? 0) - 1e-5).length;
  }
  const naive = median(times.map((time) => time.naive));
  const ours = median(times.map((time) => time.ours));
  const sizes = `${CHUNKS} real passages x ${DIMENSIONS} (built-in model, 17 words each), ${queries.length} real questions, ${ROUNDS} rounds`;
  return [
    atLeast(
      'vector stage, times faster than vec0 float32',
      naive / ours,
      4,
      'x',
      `${ours.toFixed(1)} ms against ${naive.toFixed(1)} ms (medians); ${sizes}`,
    ),
    atLeast(
      'recall@10 of the vector stage',
      found / (queries.length * K),
      0.99,
      '',
      `against an exact float32 scan; ${sizes}`,
    ),
    atMost(
      'loading the vectors into memory, once',
      load,
      2_000,
      'ms',
      `${CHUNKS} vectors, in turns of 2,000; dropped again after 5 idle minutes`,
    ),
  ];
}

/** Cosines of the best K, best first. */
function exactBest(vectors: Float32Array, query: Float32Array): number[] {
  const scores = new Float64Array(CHUNKS);
  for (let at = 0; at < CHUNKS; at += 1) {
    let sum = 0;
    const start = at * DIMENSIONS;
    for (let index = 0; index < DIMENSIONS; index += 1) sum += (vectors[start + index] ?? 0) * (query[index] ?? 0);
    scores[at] = sum;
  }
  return Array.from(scores.sort().subarray(-K)).reverse();
}

async function oneDocument({ store, documents }: Library, queries: readonly Float32Array[]): Promise<BenchResult> {
  const times: number[] = [];
  for (const [index, vector] of queries.entries()) {
    const document = documents[(index * 13) % (documents.length - 1)] ?? '';
    const search = () => store.search.vectors({ vector, fingerprint: FINGERPRINT, documents: [document], limit: K });
    await search();
    for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(search));
  }
  const detail = `median of ${times.length} searches, 95th percentile ${percentile(times, 0.95).toFixed(2)} ms; ${CHUNKS_PER_DOCUMENT} chunks (about 150 pages) of ${CHUNKS}, from SQLite`;
  return atMost('vector search within one document', median(times), 2, 'ms', detail);
}

async function hybrid(
  { connection, store }: Library,
  asked: readonly string[],
  queries: readonly Float32Array[],
): Promise<BenchResult> {
  const knn = connection.prepare<[Uint8Array, number]>(
    'SELECT rowid, distance FROM naive_vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance',
  );
  const match = connection.prepare<[string, number]>(
    'SELECT rowid, rank FROM naive_text WHERE naive_text MATCH ? ORDER BY rank LIMIT ?',
  );
  // The same calls as in the app, without the thread between: its hop would only blur what is compared.
  const local: RetrievalStore = {
    search: store.search,
    chunks: promised(store.chunks),
    documents: promised(store.documents),
  };
  const times: { naive: number; ours: number; text: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, question] of asked.entries()) {
      const vector = queries[index] ?? new Float32Array(DIMENSIONS);
      const words = Array.from(question.matchAll(/[\p{L}\p{N}]+/gu), ([word]) => `"${word}"`).join(' OR ');
      const naive = await timed(() => [match.all(words, 100), knn.all(bytesOf(vector), 100)]);
      const queryVector = { vector, fingerprint: FINGERPRINT };
      const ours = await timed(() => retrieve(local, question, { k: K, queryVector }));
      times.push({ naive, ours, text: await timed(() => retrieve(local, question, { k: K, mode: 'text' })) });
    }
  }
  const naive = percentile(
    times.map((time) => time.naive),
    0.95,
  );
  const ours = percentile(
    times.map((time) => time.ours),
    0.95,
  );
  const text = percentile(
    times.map((time) => time.text),
    0.95,
  );
  const detail = `95th percentiles: ${ours.toFixed(1)} ms (text alone ${text.toFixed(1)}) against ${naive.toFixed(1)} ms; medians ${median(times.map((time) => time.ours)).toFixed(1)} and ${median(times.map((time) => time.naive)).toFixed(1)}; ${asked.length} real questions over ${CHUNKS} chunks of 200 words`;
  return atMost('hybrid retrieval, of the naive one (p95)', ours / naive, 0.35, 'x', detail);
}

/** The methods of a store with promises around their answers, as the thread's client has them. */
function promised<Methods extends object>(methods: Methods): PromisedMethods<Methods> {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    async (...parameters: unknown[]) => (method as (...all: unknown[]) => unknown)(...parameters),
  ]);
  return Object.fromEntries(entries) as PromisedMethods<Methods>;
}

type PromisedMethods<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Result>
    : never;
};
