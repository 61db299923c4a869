/**
 * A second computer of a library of 200 documents: how long until it can search all of them by words and by vectors,
 * against the time that reading and embedding them takes.
 *
 * The rows are those of a real filing, read and embedded here; each copy has other words, so that no two have a vector in
 * common. They come from a server in memory, so that what is measured is this computer and not a network.
 */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openDatabase } from '../../electron/db/client.ts';
import type { JsonValue, StoredEmbedder } from '../../electron/db/database.ts';
import { partSteps } from '../../electron/sync/parts/part-steps.ts';
import { register, type Entity } from '../../electron/sync/entity.ts';
import type { ChunkRow, PageRow } from '../../electron/sync/ports/remote-parts.ts';
import { MemoryParts } from '../../test/helpers/memory-parts.ts';
import { openBenchCore, withFolder } from './core.ts';
import { atLeast, withoutLimit, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';

const FILING = 'LOCKHEEDMARTIN_2021_10K.pdf';
const DOCUMENTS = 200;
const CHUNKS = 50_000;
/** The issue's: usable in under 1/20 of the time that ingesting took. */
const LIMIT = 20;

/** A filing as it was read here. */
interface Read {
  readonly pages: readonly PageRow[];
  readonly chunks: readonly ChunkRow[];
  readonly vectors: readonly Float32Array[];
  readonly embedder: StoredEmbedder;
  readonly seconds: number;
}

export async function run(): Promise<BenchResult[]> {
  const read = await readFiling();
  const server = new MemoryParts();
  const entities = fillServer(server, read);
  const ingested = (read.seconds / read.chunks.length) * CHUNKS;
  return withFolder(async (folder) => {
    const database = await openDatabase({ path: join(folder, 'library.db') });
    await database.embedders.register(read.embedder);
    await database.sync.turnOn('remote');
    const connection = server.connect();
    const onProblem = (_documentId: string, error: Error): never => {
      throw error;
    };
    const options = { parts: database.parts, remote: connection, files: null, onProblem };
    const [passages, vectors, pages] = partSteps(options).steps;
    if (!passages || !vectors || !pages) throw new Error('A step is missing.');
    const context = { signal: new AbortController().signal, progress: () => undefined, changed: () => undefined };
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1_000;
    await database.sync.receive(entities, entities.length);
    while ((await database.sync.apply(Date.now(), 200)).left > 0);
    const listed = since();
    await passages.pull(context);
    const byWords = since();
    await vectors.pull(context);
    const searchable = since();
    await pages.pull(context);
    const whole = since();
    const documents = await database.documents.list();
    const done = documents.filter(({ state, chunkCount, embeddedChunks }) => {
      return state === 'ready' && embeddedChunks === chunkCount;
    });
    const chunks = documents.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
    const left = await database.vectors.documentsLacking(read.embedder.fingerprint);
    await database.close();
    if (done.length !== DOCUMENTS || chunks !== CHUNKS || left.length > 0) throw new Error('Not all of it came.');
    const rate = `${FILING}: ${read.chunks.length} chunks read and embedded in ${read.seconds.toFixed(1)} s, so that ${CHUNKS} take ${ingested.toFixed(0)} s`;
    return [
      atLeast(
        'second device, from nothing to searching by words and vectors, against ingesting',
        ingested / searchable,
        LIMIT,
        'x',
        `${DOCUMENTS} documents, ${CHUNKS} chunks in ${searchable.toFixed(1)} s (lists ${listed.toFixed(1)} s, by words ${byWords.toFixed(1)} s); ${rate}; from a server in memory`,
      ),
      withoutLimit(
        'second device, with all pages',
        whole,
        's',
        `${documents.reduce((sum, { pageCount }) => sum + pageCount, 0)} pages with their geometry; ${connection.requests.length} requests of the server`,
      ),
    ];
  });
}

async function readFiling(): Promise<Read> {
  return withFolder(async (folder) => {
    const core = await openBenchCore(folder);
    await core.resume();
    const started = performance.now();
    await core.ingest.add([join(evaluationFolder(), 'pdfs', FILING)]);
    await core.settled();
    const seconds = (performance.now() - started) / 1_000;
    const { parts, embedders } = core.database;
    const [document] = await parts.documents(null, 1);
    const embedder = await embedders.active();
    if (!document?.localReading || !embedder) throw new Error('The filing was not read.');
    const { documentId, localReading } = document;
    const pages = (await parts.pages(documentId, localReading, 0, 10_000)) ?? [];
    const chunks = (await parts.chunks(documentId, localReading, -1, 100_000)) ?? [];
    const rows = await parts.vectors(
      embedder.fingerprint,
      chunks.map(({ contentHash }) => contentHash),
    );
    await core.close();
    return { pages, chunks, vectors: rows.map(({ vector }) => vector), embedder, seconds };
  });
}

/** Puts the documents on the server; answers with what lists show of them, and the registers that name their parts. */
function fillServer(server: MemoryParts, read: Read): Entity[] {
  const { fingerprint, dimensions } = read.embedder;
  const each = CHUNKS / DOCUMENTS;
  const pagesEach = Math.ceil((each / read.chunks.length) * read.pages.length);
  void server.connect().openVectors({ fingerprint, dimensions });
  const space = new Map<string, { contentHash: Uint8Array; vector: Float32Array }>();
  server.vectors.set(fingerprint, space);
  return Array.from({ length: DOCUMENTS }, (_, number): Entity => {
    const id = randomUUID();
    const reading = randomUUID();
    const rows = server.reading(id, reading);
    for (let ordinal = 0; ordinal < each; ordinal += 1) {
      const source = (number * each + ordinal) % read.chunks.length;
      const chunk = read.chunks[source];
      const vector = read.vectors[source];
      if (!chunk || !vector) throw new Error('A chunk is missing.');
      const text = `${chunk.text} ${number}.${ordinal}`;
      const contentHash = createHash('sha256').update(text).digest();
      rows.chunks.set(ordinal, { ...chunk, ordinal, text, contentHash });
      space.set(contentHash.toString('hex'), { contentHash, vector });
    }
    for (let page = 1; page <= pagesEach; page += 1) {
      const source = read.pages[(number + page) % read.pages.length];
      if (source) rows.pages.set(page, { ...source, number: page });
    }
    const documentHash = createHash('sha256').update(id).digest('hex');
    const values: Readonly<Record<string, JsonValue>> = {
      content: { hash: documentHash, size: 1_000_000, format: 'pdf', fileName: `${number}.pdf` },
      title: { title: `Filing ${number}`, renamed: false },
      info: { author: null, language: 'en', pageCount: pagesEach, addedAt: number },
      [register.reading]: { id: reading, pages: pagesEach, chunks: each, documentHash },
      [register.vectors(fingerprint)]: { count: each, reading },
    };
    const registers = Object.entries(values).map(([name, value]) => {
      return [name, { stamp: '1700000000000000-aaaaaaaa', seen: 0, value }] as const;
    });
    return { kind: 'document', id, registers: Object.fromEntries(registers), tombstone: null };
  });
}
