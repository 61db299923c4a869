/** Readings and vectors between two real libraries, through a server in memory. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import { EmbedQueue } from '../../../electron/pipeline/embed-queue.ts';
import type { PartContext, PartSync } from '../../../electron/sync/ports/part-sync.ts';
import { partSteps } from '../../../electron/sync/parts/part-steps.ts';
import type { RemoteParts } from '../../../electron/sync/ports/remote-parts.ts';
import type { Citation } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { scopeOf } from '../../../shared/scope.ts';
import { testEmbedder, vectorOf } from '../../helpers/library.ts';
import { emptyAnswer } from '../../helpers/message.ts';
import { MemoryParts } from '../../helpers/memory-parts.ts';
import {
  contentsOf,
  embedDocument,
  exchangeEntities,
  fillDocument,
  openPartsLibrary,
  readText,
  type PartsLibrary,
} from '../../helpers/parts-library.ts';

const open: PartsLibrary[] = [];

afterEach(() => {
  for (const library of open.splice(0)) library.close();
});

function openLibrary(): PartsLibrary {
  const library = openPartsLibrary();
  open.push(library);
  return library;
}

function context(changed: (id: string) => void = () => undefined): PartContext {
  return { signal: new AbortController().signal, progress: () => undefined, changed };
}

/** The steps of one device, in their order. */
function stepsOf(
  { database }: PartsLibrary,
  remote: RemoteParts,
  problems: [documentId: string, code: string][] = [],
): readonly PartSync[] {
  const onProblem = (id: string, { code }: AppError): void => void problems.push([id, code]);
  return partSteps({ parts: database.parts, remote, files: null, onProblem }).steps;
}

async function push(steps: readonly PartSync[]): Promise<void> {
  for (const step of steps) await step.push(context());
}

async function pull(steps: readonly PartSync[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const step of steps) await step.pull(context((id) => changed.push(id)));
  return changed;
}

/** An embed queue whose embedder counts what it is asked; resolves when it rests. */
async function embedCalls(library: PartsLibrary): Promise<number> {
  let texts = 0;
  const queue = new EmbedQueue({
    database: library.database as Database,
    embedder: () =>
      Promise.resolve({
        ...testEmbedder,
        maxTokens: 256,
        host: null,
        embed: (asked) => {
          texts += asked.length;
          // As the library was filled: without the context that stands before the text.
          return Promise.resolve(asked.map((text) => vectorOf(text.split('\n').at(-1) ?? '')));
        },
        close: () => Promise.resolve(),
      }),
    isReading: () => false,
    mayDiffer: () => false,
    awaited: (fingerprint) => library.database.parts.awaitingVectors(fingerprint),
    onChange: () => undefined,
    onAvailability: () => undefined,
    onIdle: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  queue.poke();
  await queue.idle();
  await queue.close();
  return texts;
}

const report = Array.from(
  { length: 520 },
  (_, index) => `The harbour crane number ${index} lifts ${index * 7} tonnes.`,
);
const letter = ['Dear Ms Okafor, the slewing ring is worn.', 'Yours sincerely', 'The slewing ring again.'];

test('a second library has the same rows, vectors and hits, and embeds nothing', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const long = await fillDocument(first, report);
  const short = await fillDocument(first, letter, {
    scans: { 2: { text: 'Scanned words about freight', confidence: 55.5 }, 3: null },
  });
  const here = stepsOf(first, server.connect());
  await push(here);
  exchangeEntities(first, second);
  // The second computer's queue knows its embedder before anything has come.
  await second.database.embedders.register(testEmbedder);
  const there = stepsOf(second, server.connect());
  const [passages, vectors, pages] = there;
  await passages?.pull(context());
  // Searched before its vectors and its pages are here; and nothing is embedded that is only on its way.
  const summary = await second.database.documents.get(long.id);
  expect(summary).toMatchObject({ searchable: true, state: 'embedding', chunkCount: report.length });
  expect((await second.database.maintenance.integrity()).problems).toEqual([]);
  expect(await embedCalls(second)).toBe(0);
  await vectors?.pull(context());
  await pages?.pull(context());

  for (const { id } of [long, short]) expect(contentsOf(second, id)).toEqual(contentsOf(first, id));
  expect(await embedCalls(second)).toBe(0);
  for (const library of [first, second]) expect((await library.database.maintenance.integrity()).problems).toEqual([]);

  const byWords = {
    groups: [{ terms: ['slewing', 'freight'] }],
    documents: [],
    limit: 10,
    weights: { context: 1, body: 1, terms: 1 },
    maxDocumentFrequency: 1,
  };
  const byVector = {
    vector: vectorOf('The slewing ring again.'),
    fingerprint: testEmbedder.fingerprint,
    documents: [],
    limit: 10,
  };
  const places = (found: readonly { documentId: string; ordinal: number; score: number }[]): unknown =>
    found.map(({ documentId, ordinal, score }) => ({ documentId, ordinal, score }));
  const words = places(await first.database.search.text(byWords));
  expect(words).toHaveLength(3);
  expect(places(await second.database.search.text(byWords))).toEqual(words);
  const near = places(await first.database.search.vectors(byVector));
  expect(near).toHaveLength(10);
  expect(places(await second.database.search.vectors(byVector))).toEqual(near);

  // What came from the server does not go back to it, nor come again.
  const again = server.connect();
  const steps = stepsOf(second, again);
  await push(steps);
  await pull(steps);
  expect(again.requests).toEqual([]);
});

test('the same file read on two computers is one reading, which is not sent twice', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  await fillDocument(second, letter, { id });
  await push(stepsOf(first, server.connect()));
  exchangeEntities(first, second);
  const connection = server.connect();
  const steps = stepsOf(second, connection);
  await push(steps);
  await pull(steps);
  expect(connection.requests).toEqual([]);
});

test('a document that is read anew replaces its reading elsewhere, which is searched until then', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  const here = stepsOf(first, server.connect());
  const there = stepsOf(second, server.connect());
  await second.database.embedders.register(testEmbedder);
  await push(here);
  exchangeEntities(first, second);
  await pull(there);
  const before = (await first.database.parts.get(id))?.reading?.id;

  await first.database.documents.reset(id);
  expect(await first.database.parts.get(id)).toMatchObject({ localReading: null, isReady: false, isBeingRead: true });
  // While it is being read here, that of before is not fetched back.
  await pull(here);
  expect(await first.database.parts.get(id)).toMatchObject({ localReading: null, isBeingRead: true });
  await readText(first, id, ['Now about bridges.', ...letter.slice(1)]);
  await embedDocument(first, id);
  await push(here);
  await pull(here);
  const after = (await first.database.parts.get(id))?.reading?.id;
  expect(after).not.toBe(before);
  // What nothing names any more is gone from the server.
  expect([...(server.readings.get(id)?.keys() ?? [])]).toEqual([after]);

  exchangeEntities(first, second);
  await expect(pull(stepsOf(second, server.connect({ before: failAt('pages', 0) })))).rejects.toThrow('cut');
  // All chunks of the new one are here, and none of its pages: the one before is whole.
  expect((await second.database.chunks.range(id, 0, 9)).map(({ text }) => text)).toEqual(letter);
  expect((await second.database.pages.readText(id, 1, 9)).map(({ text }) => text)).toEqual(letter);
  await pull(there);
  expect(contentsOf(second, id)).toEqual(contentsOf(first, id));
  expect((await second.database.maintenance.integrity()).problems).toEqual([]);
});

test('text that is recognised again is a new reading', async () => {
  const first = openLibrary();
  const { id } = await fillDocument(first, letter, { scans: { 2: { text: 'Freight', confidence: 50 } } });
  const before = await first.database.parts.get(id);
  expect(before).toMatchObject({ isReady: true, isNew: true });
  await first.database.recognition.again(id, ['deu']);
  expect(await first.database.parts.get(id)).toMatchObject({ localReading: null, isReady: false, isBeingRead: true });
});

test('a push that is cut off at any request names nothing that is not whole, and goes on', async () => {
  const library = openLibrary();
  const documents = [await fillDocument(library, report), await fillDocument(library, letter)];
  /** Cuts the push off at a request, looks at what is named, and finishes it; answers with the number of requests. */
  const cutPush = async (at: number, when: 'before' | 'after'): Promise<number> => {
    const server = new MemoryParts();
    library.connection.exec('DELETE FROM sync_parts; UPDATE sync_documents SET local_reading = NULL, is_new = 0');
    const connection = server.connect({ [when]: failFrom(at) });
    const run = push(stepsOf(library, connection));
    if (Number.isFinite(at)) await expect(run).rejects.toThrow('cut');
    else await run;
    await namedAndWhole(library, server, documents);
    // A kill: the next run begins with the library alone.
    const rest = server.connect();
    await push(stepsOf(library, rest));
    expect(await namedAndWhole(library, server, documents)).toBe(documents.length);
    // What arrived whole is not sent again.
    const sent = [...connection.requests, ...rest.requests].filter((request) => request === 'putChunks');
    expect(sent.length).toBeLessThanOrEqual(5);
    return connection.requests.length;
  };
  const count = await cutPush(Number.POSITIVE_INFINITY, 'before');
  expect(count).toBeGreaterThan(9);
  for (let at = 0; at < count; at += 1) {
    await cutPush(at, 'before');
    await cutPush(at, 'after');
  }
});

/** How many documents have a reading named; throws where one of them is not whole on the server. */
async function namedAndWhole(
  { database }: PartsLibrary,
  server: MemoryParts,
  documents: readonly { readonly id: string }[],
): Promise<number> {
  let named = 0;
  for (const { id } of documents) {
    const document = await database.parts.get(id);
    const vectors = document?.vectors[testEmbedder.fingerprint];
    if (vectors) {
      const hashes = await database.parts.chunkHashes(id, vectors.reading, -1, 10_000);
      const there = server.vectors.get(testEmbedder.fingerprint);
      expect(hashes?.every(({ contentHash }) => there?.has(Buffer.from(contentHash).toString('hex')))).toBe(true);
    }
    if (!document?.reading) continue;
    named += 1;
    // Whoever gets the reading finds its vectors named.
    expect(vectors?.reading).toBe(document.reading.id);
    const rows = server.readings.get(id)?.get(document.reading.id);
    expect({ pages: rows?.pages.size, chunks: rows?.chunks.size }).toEqual({
      pages: document.reading.pages,
      chunks: document.reading.chunks,
    });
  }
  return named;
}

test('a pull that is cut off at any request shows nothing that is not whole, and goes on', async () => {
  const server = new MemoryParts();
  const first = openLibrary();
  const documents = [await fillDocument(first, report), await fillDocument(first, letter)];
  await push(stepsOf(first, server.connect()));
  const cutPull = async (at: number): Promise<number> => {
    const second = openLibrary();
    await second.database.embedders.register(testEmbedder);
    exchangeEntities(first, second);
    const connection = server.connect({ after: failFrom(at) });
    const run = pull(stepsOf(second, connection));
    if (Number.isFinite(at)) await expect(run).rejects.toThrow('cut');
    else await run;
    for (const { id } of documents) {
      const { searchable, chunkCount } = (await second.database.documents.get(id)) ?? {};
      const whole = await first.database.documents.get(id);
      expect(searchable ? chunkCount : 0).toBe(searchable ? whole?.chunkCount : 0);
      expect((await second.database.chunks.range(id, 0, 10_000)).length).toBe(searchable ? whole?.chunkCount : 0);
    }
    expect((await second.database.maintenance.integrity()).problems).toEqual([]);
    const rest = server.connect();
    await pull(stepsOf(second, rest));
    for (const { id } of documents) expect(contentsOf(second, id)).toEqual(contentsOf(first, id));
    second.close();
    open.splice(open.indexOf(second), 1);
    return connection.requests.length;
  };
  const count = await cutPull(Number.POSITIVE_INFINITY);
  expect(count).toBeGreaterThan(9);
  for (let at = 0; at < count; at += 1) await cutPull(at);
});

test('vectors that the server lost are made here, and a reading that it lost is sent again', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  const here = stepsOf(first, server.connect());
  await push(here);
  exchangeEntities(first, second);
  await second.database.embedders.register(testEmbedder);
  const there = stepsOf(second, server.connect());
  server.vectors.get(testEmbedder.fingerprint)?.clear();
  const reading = server.readings.get(id);
  server.readings.delete(id);
  await pull(there);
  expect(await second.database.parts.get(id)).toMatchObject({ localReading: null, reading: { chunks: 3 } });
  await pull(there);
  expect(await second.database.parts.get(id)).toMatchObject({ localReading: null, reading: null });
  exchangeEntities(second, first);
  await push(here);
  expect(server.readings.get(id)).toEqual(reading);
  exchangeEntities(first, second);
  await pull(there);
  expect(await second.database.documents.get(id)).toMatchObject({ state: 'embedding', embeddedChunks: 0 });
  expect(await embedCalls(second)).toBe(letter.length);
  await push(there);
  expect(server.vectors.get(testEmbedder.fingerprint)?.size).toBe(letter.length);
  expect(contentsOf(second, id)).toEqual(contentsOf(first, id));
});

test('rows that none of Quire’s wrote are refused and told of, and keep no other document from coming', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  const whole = await fillDocument(first, [...letter, 'And one page more.']);
  await push(stepsOf(first, server.connect()));
  exchangeEntities(first, second);
  for (const rows of server.readings.get(id)?.values() ?? []) {
    const chunk = rows.chunks.get(1);
    if (chunk) rows.chunks.set(1, { ...chunk, headingPath: '{"not": "a list"}' });
  }
  const problems: [string, string][] = [];
  expect(await pull(stepsOf(second, server.connect(), problems))).toContain(whole.id);
  expect(problems).toEqual([[id, 'remote-damaged']]);
  expect(await second.database.documents.get(whole.id)).toMatchObject({ searchable: true });
  expect(await second.database.documents.get(id)).toMatchObject({ searchable: false, chunkCount: 0 });
});

test('citations of a document that came before its text lead to their passages', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  await push(stepsOf(first, server.connect()));
  exchangeEntities(first, second);
  const citation: Citation = {
    number: 1,
    documentId: id,
    chunkId: null,
    title: 'A letter',
    page: 3,
    boxes: [],
    quote: 'slewing ring again',
  };
  const conversationId = randomUUID();
  await second.database.conversations.create({ id: conversationId, title: 'Rings', scope: scopeOf([]), createdAt: 1 });
  await second.database.messages.append({
    ...emptyAnswer,
    id: randomUUID(),
    conversationId,
    state: 'complete',
    text: 'It is worn [1].',
    citations: [citation],
  });
  await pull(stepsOf(second, server.connect()));
  const [message] = await second.database.messages.list(conversationId);
  const [chunk] = await second.database.chunks.get([message?.citations[0]?.chunkId ?? 0]);
  expect(chunk).toMatchObject({ documentId: id, text: 'The slewing ring again.' });
});

function failAt(request: string, nth: number): (asked: string) => void {
  let seen = 0;
  return (asked) => {
    if (asked === request && seen++ === nth) throw cut();
  };
}

/** From a request on, none gets through. */
function failFrom(at: number): (request: string, number: number) => void {
  return (_request, number) => {
    if (number >= at) throw cut();
  };
}

function cut(): AppError {
  return new AppError('remote-unreachable', 'The connection was cut.', { retryable: true });
}

test('a vector that is none is skipped, told of, removed there, made here and sent again; all others come', async () => {
  const server = new MemoryParts();
  const [first, second, third] = [openLibrary(), openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  const whole = await fillDocument(first, ['Another text.', 'And one page more.']);
  await push(stepsOf(first, server.connect()));
  exchangeEntities(first, second);
  await second.database.embedders.register(testEmbedder);
  const space = server.vectors.get(testEmbedder.fingerprint);
  const [spoilt] = (await first.database.parts.chunkHashes(id, (await readingOf(first, id)) ?? '', -1, 1)) ?? [];
  const key = Buffer.from(spoilt?.contentHash ?? []).toString('hex');
  const row = space?.get(key);
  if (!row) throw new Error('There is no such vector.');
  space?.set(key, { ...row, vector: row.vector.map(() => Number.NaN) });
  const problems: [string, string][] = [];
  const there = stepsOf(second, server.connect(), problems);
  await pull(there);
  expect(problems).toEqual([[id, 'remote-damaged']]);
  expect(await second.database.documents.get(whole.id)).toMatchObject({ state: 'ready' });
  expect(await second.database.documents.get(id)).toMatchObject({ embeddedChunks: letter.length - 1 });
  expect(await embedCalls(second)).toBe(1);
  await push(there);
  exchangeEntities(second, third);
  await third.database.embedders.register(testEmbedder);
  await pull(stepsOf(third, server.connect(), problems));
  expect(problems).toHaveLength(1);
  expect(await embedCalls(third)).toBe(0);
  expect(contentsOf(third, id)).toEqual(contentsOf(first, id));
});

test('vectors of another size are left alone and made here, whoever asks first; the round goes on', async () => {
  const server = new MemoryParts();
  const [first, second] = [openLibrary(), openLibrary()];
  const { id } = await fillDocument(first, letter);
  await push(stepsOf(first, server.connect()));
  exchangeEntities(first, second);
  await second.database.embedders.register(testEmbedder);
  const space = server.vectors.get(testEmbedder.fingerprint);
  for (const [key, row] of space ?? []) space?.set(key, { ...row, vector: row.vector.slice(1) });
  const before = structuredClone(space);
  const problems: [string, string][] = [];
  const refusing = server.connect({
    before: (request) => {
      if (request === 'openVectors')
        throw new AppError('remote-damaged', 'Vectors of this embedder have another size.');
    },
  });
  const there = stepsOf(second, refusing, problems);
  await pull(there);
  expect(problems).toEqual([[id, 'remote-damaged']]);
  expect(await embedCalls(second)).toBe(letter.length);
  const own = await fillDocument(second, ['Its own text.']);
  await push(there);
  expect(space).toEqual(before);
  expect(await second.database.parts.get(own.id)).toMatchObject({ reading: { chunks: 1 }, vectors: {} });
  // Named again by the other one, it is asked for no more.
  exchangeEntities(first, second);
  await pull(there);
  expect(problems).toHaveLength(1);
});

async function readingOf({ database }: PartsLibrary, id: string): Promise<string | null> {
  return (await database.parts.get(id))?.localReading ?? null;
}
