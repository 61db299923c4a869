/** What a question is about comes from the server before its turn: real libraries, a server in memory. */
import { afterEach, expect, test } from 'vitest';
import { Elsewhere } from '../../../electron/core/elsewhere.ts';
import { BROUGHT, type BroughtNearest, type NearestRequest } from '../../../electron/sync/parts/nearest.ts';
import { partSteps, type PartSteps } from '../../../electron/sync/parts/part-steps.ts';
import type { PartContext } from '../../../electron/sync/ports/part-sync.ts';
import { AppError } from '../../../shared/errors.ts';
import { testEmbedder, vectorOf } from '../../helpers/library.ts';
import { MemoryParts, type MemoryPartsConnection, type PartsNetwork } from '../../helpers/memory-parts.ts';
import { exchangeEntities, fillDocument, openPartsLibrary, type PartsLibrary } from '../../helpers/parts-library.ts';

const open: PartsLibrary[] = [];

afterEach(() => {
  for (const library of open.splice(0)) library.close();
});

function context(): PartContext {
  return { signal: new AbortController().signal, progress: () => undefined, changed: () => undefined };
}

const question = (text: string): NearestRequest['question'] => ({
  vector: vectorOf(text),
  fingerprint: testEmbedder.fingerprint,
});

interface Second {
  readonly library: PartsLibrary;
  readonly connection: MemoryPartsConnection;
  readonly sync: PartSteps;
  readonly ids: readonly string[];
  readonly elsewhere: Elsewhere;
  bring(text: string, signal?: AbortSignal): Promise<BroughtNearest>;
  away(): Promise<readonly string[]>;
}

/** A computer that has the entities of a library with a document for each of the texts, and none of their text. */
async function secondOf(
  texts: readonly string[],
  network: PartsNetwork = {},
  { embedded = () => true }: { readonly embedded?: (index: number) => boolean } = {},
): Promise<Second> {
  const server = new MemoryParts();
  const [first, library] = [openPartsLibrary(), openPartsLibrary()];
  open.push(first, library);
  for (const { database } of [first, library]) await database.embedders.register(testEmbedder);
  const ids: string[] = [];
  for (const [index, text] of texts.entries()) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    ids.push(id);
    await fillDocument(first, [text], { id });
  }
  for (const step of partSteps({
    parts: first.database.parts,
    remote: server.connect(),
    files: null,
    onProblem: () => undefined,
  }).steps) {
    await step.push(context());
  }
  exchangeEntities(first, library);
  for (const [index, id] of ids.entries()) {
    if (!embedded(index)) await library.database.parts.setRegister(id, `vectors:${testEmbedder.fingerprint}`, null);
  }
  const connection = server.connect(network);
  const sync = partSteps({
    parts: library.database.parts,
    remote: connection,
    files: null,
    onProblem: () => undefined,
  });
  const forever = new AbortController().signal;
  return {
    library,
    connection,
    sync,
    ids,
    elsewhere: new Elsewhere({
      database: library.database,
      sync: { bringNearest: (request) => sync.nearest.bring(request, () => undefined, forever) },
    }),
    async bring(text, signal = forever) {
      const { documents } = await library.database.parts.elsewhere([], testEmbedder.fingerprint);
      return sync.nearest.bring({ question: question(text), documents }, () => undefined, signal);
    },
    away: async () =>
      (await library.database.parts.elsewhere([], testEmbedder.fingerprint)).documents.map(
        ({ documentId }) => documentId,
      ),
  };
}

const texts = Array.from({ length: BROUGHT + 4 }, (_, index) => `Letter ${index} of the harbour office.`);

test('of many documents the nearest come, with their vectors, and the note tells of the others', async () => {
  const second = await secondOf(texts);
  const wanted = second.ids[7] ?? '';
  expect(await second.away()).toEqual(second.ids);
  const queryVector = question(texts[7] ?? '');
  const note = await second.elsewhere.bring({ documentIds: [], queryVector });
  const away = await second.away();
  expect(away).toHaveLength(4);
  expect(away).not.toContain(wanted);
  expect(note).toBe('4 of 9 documents are not on this computer yet and were searched on the server, by meaning alone.');
  const { search } = second.library.database;
  const [best] = await search.vectors({
    vector: vectorOf(texts[7] ?? ''),
    fingerprint: testEmbedder.fingerprint,
    documents: [],
    limit: 1,
  });
  expect(best).toMatchObject({ documentId: wanted });
});

test('of a scope nothing else comes, and a scope that is small comes without being asked about', async () => {
  const second = await secondOf(texts);
  const scope = second.ids.slice(2, 4);
  const note = await second.elsewhere.bring({ documentIds: scope, queryVector: null });
  expect(note).toBeNull();
  expect(await second.away()).toEqual(second.ids.filter((id) => !scope.includes(id)));
  expect(second.connection.requests).not.toContain('nearest');
});

test('without a vector of the question a large library is not searched there, and that is told', async () => {
  const second = await secondOf(texts);
  const note = await second.elsewhere.bring({ documentIds: [], queryVector: null });
  expect(note).toBe('9 of 9 documents are not on this computer yet and were not searched.');
});

test('documents without vectors there are told of as not searched', async () => {
  const second = await secondOf(texts, {}, { embedded: (index) => index < 7 });
  const note = await second.elsewhere.bring({ documentIds: [], queryVector: question(texts[1] ?? '') });
  expect(note).toBe(
    '4 of 9 documents are not on this computer yet: 2 were searched on the server, by meaning alone, 2 not at all.',
  );
});

test('a document that cannot come keeps no other back', async () => {
  let failed = 0;
  const second = await secondOf(texts.slice(0, 3), {
    before: (request) => {
      if (request !== 'chunks' || failed > 0) return;
      failed += 1;
      throw new AppError('remote-damaged', 'It cannot be read.');
    },
  });
  const { brought, late } = await second.bring('Letter');
  expect([brought.length, late.length, failed]).toEqual([2, 1, 1]);
  expect(await second.away()).toEqual(late);
});

test('what came before the time was over counts', async () => {
  const ends = new AbortController();
  let asked = 0;
  const second = await secondOf(texts.slice(0, 4), {
    before: (request) => {
      if (request === 'chunks' && (asked += 1) === 3) ends.abort();
      ends.signal.throwIfAborted();
    },
  });
  const { brought, late } = await second.bring('Letter', ends.signal);
  expect(brought.length).toBeGreaterThan(0);
  expect(late.length).toBeGreaterThan(0);
  expect(await second.away()).toEqual(late);
});

test('a round and a question that want the same document get its rows once', async () => {
  const second = await secondOf(texts.slice(0, 2));
  const [passages] = second.sync.steps;
  const [{ brought }] = await Promise.all([second.bring('Letter'), passages?.pull(context()), second.bring('Letter')]);
  expect(brought).toEqual(second.ids.slice(0, 2));
  expect(second.connection.requests.filter((request) => request === 'chunks')).toHaveLength(2);
  expect(await second.away()).toEqual([]);
});

test('a document that is here, or that no computer has read, is not elsewhere', async () => {
  const second = await secondOf(texts.slice(0, 2));
  const { library, ids } = second;
  const here = await fillDocument(library, ['The ferry.']);
  await library.database.parts.setRegister(ids[0] ?? '', 'reading', null);
  const found = await library.database.parts.elsewhere([], testEmbedder.fingerprint);
  expect(found).toEqual({ total: 3, documents: [{ documentId: ids[1], hasVectors: true }] });
  expect(await library.database.parts.elsewhere([here.id], null)).toEqual({ total: 1, documents: [] });
  expect(await library.database.parts.elsewhere([ids[1] ?? ''], null)).toEqual({
    total: 1,
    documents: [{ documentId: ids[1], hasVectors: false }],
  });
});

test('a server that says nothing, and one that cannot be reached, cost the budget at most', async () => {
  const { library } = await secondOf(texts);
  const told = '9 of 9 documents are not on this computer yet and were not searched.';
  const ways: readonly (() => Promise<BroughtNearest | null>)[] = [
    () => new Promise(() => undefined),
    () => Promise.reject(new AppError('remote-unreachable', 'Nobody answers.')),
    () => Promise.resolve(null),
  ];
  for (const bringNearest of ways) {
    const elsewhere = new Elsewhere({ database: library.database, sync: { bringNearest }, budget: 10 });
    expect(await elsewhere.bring({ documentIds: [], queryVector: question('Letter') })).toBe(told);
  }
  const stopped = new Elsewhere({
    database: library.database,
    sync: { bringNearest: ways[0] ?? fail },
    budget: 2 ** 30,
  });
  const signal = AbortSignal.abort();
  expect(await stopped.bring({ documentIds: [], queryVector: null, signal })).toBe(told);
});

function fail(): never {
  throw new Error('There is a first.');
}
