/** Full-text and vector search on a real library, and retrieval over both. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import type { TermGroup } from '../../../electron/db/search-types.ts';
import { retrieve } from '../../../electron/pipeline/retrieve.ts';
import { widenHits } from '../../../electron/pipeline/retrieve-widen.ts';
import { addDocument, openTestLibrary, testEmbedder, vectorOf } from '../../helpers/library.ts';
import type { TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
});
afterEach(async () => library.close());

const { fingerprint } = testEmbedder;

async function findText(groups: readonly TermGroup[], documents: readonly string[] = []): Promise<string[]> {
  const weights = { context: 1, body: 1, terms: 1 };
  const found = await database.search.text({ groups, documents, limit: 10, weights, maxDocumentFrequency: 1 });
  return (await database.chunks.get(found.map(({ chunkId }) => chunkId))).map(({ text }) => text);
}

async function findVector(text: string, documents: readonly string[] = [], limit = 3): Promise<string[]> {
  const found = await database.search.vectors({ vector: vectorOf(text), fingerprint, documents, limit });
  return (await database.chunks.get(found.map(({ chunkId }) => chunkId))).map((chunk) => chunk.text);
}

describe('full-text search', () => {
  it('knows stems, accents, numbers with separators, and the context of a passage', async () => {
    const id = await addDocument(database, [
      'Revenues grew to $1,577 million',
      'Der Überschuss sank',
      'R&D and U.S. sales',
    ]);
    expect(await findText([{ terms: ['revenue'] }])).toEqual(['Revenues grew to $1,577 million']);
    expect(await findText([{ terms: ['uberschuss'] }])).toEqual(['Der Überschuss sank']);
    expect(await findText([{ terms: ['1577', '1,577'] }])).toEqual(['Revenues grew to $1,577 million']);
    expect(await findText([{ terms: ['r&d'] }])).toEqual(['R&D and U.S. sales']);
    expect(await findText([{ terms: ['annual'] }], [id])).toHaveLength(3);
  });

  // Catches: what a person types being read as FTS5 syntax, which throws or, worse, means something else.
  it.each([
    '"',
    '""',
    'a"b',
    "'",
    '*',
    'word*',
    'NEAR(a b, 5)',
    'a AND',
    'OR',
    'NOT a',
    '(',
    'body : word',
    '{body context} : word',
    '^word',
    'a + b',
    '-word',
    'a\0b',
    '\u{1F600}',
    '%',
    ';DROP TABLE chunks',
    '\\',
    '\ud800',
  ])('takes %j for nothing but words', async (question) => {
    await addDocument(database, ['a word like any other']);
    const { hits } = await retrieve(database, question, { k: 5 });
    expect(hits.length).toBeLessThanOrEqual(1);
    expect(await findText([{ terms: [question] }])).toBeInstanceOf(Array);
  });

  // Catches: a filter applied after the best of the whole library were taken.
  it('does not starve a small document beside a large one', async () => {
    const large = Array.from({ length: 400 }, (_, index) => `target target target number ${index}`);
    await addDocument(database, large, { embedder: testEmbedder });
    const small = await addDocument(database, ['one target among other words', 'nothing here'], {
      embedder: testEmbedder,
    });
    await addDocument(
      database,
      large.map((text) => `more ${text}`),
      { embedder: testEmbedder },
    );
    expect(await findText([{ terms: ['target'] }], [small])).toEqual(['one target among other words']);
    expect(await findVector(large[0] ?? '', [small])).toHaveLength(2);
    const { hits } = await retrieve(database, 'target', {
      documents: [small],
      k: 5,
      queryVector: { vector: vectorOf('target'), fingerprint },
    });
    expect(hits.map(({ documentId }) => documentId)).toEqual([small, small]);
  });

  it('finds nothing in a document that does not exist, and nothing for no words', async () => {
    await addDocument(database, ['target'], { embedder: testEmbedder });
    expect(await findText([{ terms: ['target'] }], ['nobody'])).toEqual([]);
    expect(await findVector('target', ['nobody'])).toEqual([]);
    expect(await findText([])).toEqual([]);
    expect(await findText([{ terms: ['?!'] }])).toEqual([]);
  });

  it('no longer finds what was deleted', async () => {
    const id = await addDocument(database, ['unique words'], { embedder: testEmbedder });
    await addDocument(database, ['other words'], { embedder: testEmbedder });
    expect(await findVector('unique words', [], 1)).toEqual(['unique words']);
    await database.documents.delete([id]);
    expect(await findText([{ terms: ['words'] }])).toEqual(['other words']);
    expect(await findVector('unique words', [], 1)).toEqual(['other words']);
  });
});

describe('vector search', () => {
  // Catches: a matrix in memory that does not follow what is stored and deleted after it was loaded.
  it('follows the library, and finds the same with and without the matrix', async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `passage ${index}`);
    const first = await addDocument(database, texts.slice(0, 100), { embedder: testEmbedder });
    await database.search.warm();
    expect(await findVector('passage 7', [], 1)).toEqual(['passage 7']);
    const second = await addDocument(database, texts.slice(100, 200), { embedder: testEmbedder });
    expect(await findVector('passage 150', [], 1)).toEqual(['passage 150']);
    await database.documents.delete([first]);
    expect(await findVector('passage 7', [], 1)).not.toEqual(['passage 7']);
    await addDocument(database, texts.slice(200), { embedder: testEmbedder });
    await database.maintenance.releaseMemory();
    for (const text of ['passage 120', 'passage 250', 'anything else']) {
      const [all, one] = [await findVector(text, [], 200), await findVector(text, [second], 100)];
      expect(all).toHaveLength(200);
      expect(all.filter((found) => one.includes(found))).toEqual(one);
    }
  });

  it('gives every chunk that has the text, each with its own place', async () => {
    const first = await addDocument(database, ['shared', 'x'], { embedder: testEmbedder });
    const second = await addDocument(database, ['y', 'shared', 'shared'], { embedder: testEmbedder });
    const found = await database.search.vectors({ vector: vectorOf('shared'), fingerprint, documents: [], limit: 3 });
    expect(found.map(({ documentId, ordinal, page }) => [documentId, ordinal, page])).toEqual([
      [first, 0, 1],
      [second, 1, 2],
      [second, 2, 3],
    ]);
    expect(found.map(({ score }) => score.toFixed(4))).toEqual(['1.0000', '1.0000', '1.0000']);
  });

  it('finds nothing with a model that has no vectors, and refuses a vector of the wrong size', async () => {
    await addDocument(database, ['x'], { embedder: testEmbedder });
    const query = { documents: [], limit: 3 };
    expect(await database.search.vectors({ ...query, vector: vectorOf('x', 4), fingerprint: 'unknown' })).toEqual([]);
    await expect(database.search.vectors({ ...query, vector: vectorOf('x', 4), fingerprint })).rejects.toMatchObject({
      code: 'internal',
    });
  });
});

describe('retrieve', () => {
  const queryVector = (text: string) => ({ vector: vectorOf(text), fingerprint });

  it('fuses both arms and tells how each found what', async () => {
    await addDocument(database, ['green apples', 'red pears', 'blue plums'], {
      embedder: testEmbedder,
      name: 'fruit.pdf',
    });
    const { hits, mode, note } = await retrieve(database, 'apples', { k: 3, queryVector: queryVector('green apples') });
    expect({ mode, note }).toEqual({ mode: 'hybrid', note: null });
    expect(hits).toHaveLength(3);
    expect(hits[0]).toMatchObject({
      rank: 1,
      text: 'green apples',
      title: 'fruit.pdf',
      path: '/home/someone/fruit.pdf',
      page: 1,
      headingPath: ['Part I', 'Business'],
      boxes: [{ page: 1, x0: 72.125, y0: 100.1, x1: 540, y1: 112.7 }],
      textRank: 1,
      vectorRank: 1,
    });
    expect(hits[0]?.bm25).toBeLessThan(0);
    expect(hits[0]?.cosine).toBeCloseTo(1, 4);
    expect(hits[1]).toMatchObject({ rank: 2, textRank: null, bm25: null });
  });

  // Catches: no answer at all, or a silent one, where the embedder does not run.
  it('goes on with words alone without a vector, and says so', async () => {
    await addDocument(database, ['green apples', 'red pears'], { embedder: testEmbedder });
    const { hits, mode, note } = await retrieve(database, 'pears', { k: 3 });
    expect(hits.map(({ text }) => text)).toEqual(['red pears']);
    expect(mode).toBe('text');
    expect(note).toMatch(/words only/);
    expect((await retrieve(database, 'pears', { k: 3, mode: 'text' })).note).toBeNull();
  });

  it('searches what has no vectors yet by words, and says how much', async () => {
    await addDocument(database, ['green apples', 'red pears'], { embedder: testEmbedder });
    await addDocument(database, ['late apples']);
    const { hits, note } = await retrieve(database, 'apples', { k: 3, queryVector: queryVector('green apples') });
    expect(hits.map(({ text }) => text)).toContain('late apples');
    expect(note).toMatch(/1 of 3 passages/);
  });

  it('can be told to use one arm', async () => {
    await addDocument(database, ['green apples', 'red pears'], { embedder: testEmbedder });
    const { hits, mode } = await retrieve(database, 'pears', {
      k: 1,
      mode: 'vector',
      queryVector: queryVector('green apples'),
    });
    expect(mode).toBe('vector');
    expect(hits).toMatchObject([{ text: 'green apples', textRank: null }]);
  });

  it('gives the same text of two documents once', async () => {
    await addDocument(database, ['same words'], { embedder: testEmbedder });
    await addDocument(database, ['same words'], { embedder: testEmbedder });
    const { hits } = await retrieve(database, 'words', { k: 5, queryVector: queryVector('same words') });
    expect(hits).toHaveLength(1);
  });

  it('widens to the neighbours in the same document', async () => {
    const texts = ['before it', 'the needle', 'after it', 'far away'];
    await addDocument(database, texts);
    const { hits } = await retrieve(database, 'needle', { k: 1 });
    const [passage] = await widenHits(database, hits, 1_000);
    expect(passage?.chunks.map(({ text }) => text)).toEqual(['before it', 'the needle', 'after it']);
  });
});
