/** Collections, tags, favourites and the times of reading, on a real library. */
import { randomUUID } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import { addDocument, openTestLibrary } from '../../helpers/library.ts';
import type { TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;
let first: string;
let second: string;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
  first = await addDocument(database, ['one'], { name: 'first.pdf' });
  second = await addDocument(database, ['two'], { name: 'second.pdf' });
});
afterEach(async () => library.close());

async function collection(name: string, documentIds: readonly string[] = []): Promise<string> {
  const id = randomUUID();
  await database.shelves.createCollection({ id, name, documentIds, createdAt: 1 });
  return id;
}

describe('collections', () => {
  it('hold documents, and a document can be in several', async () => {
    const filings = await collection('Filings', [first]);
    const contracts = await collection('Contracts');
    expect(await database.shelves.putIn(contracts, [first, second, randomUUID()])).toHaveLength(2);
    // What was in it before is not counted as changed, so that an undo does not take it out.
    expect(await database.shelves.putIn(filings, [first, second])).toEqual([second]);
    expect(await database.shelves.takeOut(filings, [first])).toEqual([first]);
    const { collections } = await database.shelves.list();
    expect(collections.map(({ name, documentIds }) => [name, [...documentIds].sort()])).toEqual([
      ['Contracts', [first, second].sort()],
      ['Filings', [second]],
    ]);
  });

  it('have names of their own, in whatever letters', async () => {
    const filings = await collection('Filings');
    await expect(collection('filings')).rejects.toMatchObject({ code: 'request-invalid' });
    await database.shelves.renameCollection(filings, 'FILINGS');
    await collection('Contracts');
    await expect(database.shelves.renameCollection(filings, 'contracts')).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await expect(database.shelves.renameCollection(randomUUID(), 'x')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('go without their documents', async () => {
    const filings = await collection('Filings', [first, second]);
    const { changed, conversationIds } = await database.shelves.deleteCollection(filings);
    expect([...changed].sort()).toEqual([first, second].sort());
    expect(conversationIds).toEqual([]);
    expect(await database.documents.list()).toHaveLength(2);
    expect((await database.shelves.list()).collections).toEqual([]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });
});

// Catches: an undo that brings back another collection of the same name, which no conversation follows.
it('a deleted collection comes back as the same one, and conversations follow it again', async () => {
  const [filings, contracts] = [await collection('Filings', [first]), await collection('Contracts', [second])];
  const ask = async (collectionId: string): Promise<string> => {
    const scope = { documentIds: [], collectionId };
    return (await database.conversations.create({ id: randomUUID(), title: 'Rent', scope, createdAt: 1 })).id;
  };
  const [follows, moved] = [await ask(filings), await ask(filings)];
  const { changed, conversationIds } = await database.shelves.deleteCollection(filings);
  expect([...conversationIds].sort()).toEqual([follows, moved].sort());
  await database.conversations.setScope(moved, { documentIds: [], collectionId: contracts });

  const again = { id: filings, name: 'Filings', documentIds: changed, createdAt: 2 };
  await database.shelves.restoreCollection(again, conversationIds);
  await database.shelves.restoreCollection(again, conversationIds);
  expect((await database.shelves.list()).collections).toContainEqual({
    id: filings,
    name: 'Filings',
    documentIds: [first],
  });
  await database.shelves.putIn(filings, [second]);
  const followed = await database.conversations.get(follows);
  expect(followed?.collectionId).toBe(filings);
  expect([...(followed?.documentIds ?? [])].sort()).toEqual([first, second].sort());
  // It was limited to another one meanwhile.
  expect((await database.conversations.get(moved))?.collectionId).toBe(contracts);
});

// Catches: an undo that gives a new collection in the meantime the same name twice.
it('a deleted collection does not come back beside another of its name', async () => {
  const filings = await collection('Filings', [first]);
  const { changed } = await database.shelves.deleteCollection(filings);
  await collection('filings');
  const again = { id: filings, name: 'Filings', documentIds: changed, createdAt: 2 };
  await expect(database.shelves.restoreCollection(again, [])).rejects.toMatchObject({ code: 'request-invalid' });
  expect((await database.shelves.list()).collections).toHaveLength(1);
});

describe('tags and favourites', () => {
  it('keep the letters that a tag has already', async () => {
    expect(await database.shelves.tag('Tax', [first])).toEqual([first]);
    expect(await database.shelves.tag('tax', [first, second])).toEqual([second]);
    const { tags } = await database.shelves.list();
    expect(tags.map(({ name, documentIds }) => [name, documentIds.length])).toEqual([['Tax', 2]]);
    expect(await database.shelves.untag('TAX', [first])).toEqual([first]);
  });

  const tagged = async () => {
    const { tags } = await database.shelves.list();
    return Object.fromEntries(tags.map(({ name, documentIds }) => [name, [...documentIds].sort()]));
  };

  it('get another name, or other letters', async () => {
    await database.shelves.tag('Tax', [first, second]);
    expect(await database.shelves.renameTag('tax', 'Taxes')).toMatchObject({
      changed: expect.arrayContaining([first]),
    });
    expect(await tagged()).toEqual({ Taxes: [first, second].sort() });
    expect(await database.shelves.renameTag('Taxes', 'TAXES')).toMatchObject({ gained: [] });
    expect(await tagged()).toEqual({ TAXES: [first, second].sort() });
    await expect(database.shelves.renameTag('gone', 'x')).rejects.toMatchObject({ code: 'not-found' });
  });

  // Catches: a merge that fails on documents with both tags, or whose undo takes the other tag from them.
  it('are merged into one that is there, and tell which documents that one is new to', async () => {
    await database.shelves.tag('Tax', [first]);
    await database.shelves.tag('levy', [first, second]);
    const { changed, gained } = await database.shelves.renameTag('levy', 'TAX');
    expect([[...changed].sort(), gained]).toEqual([[first, second].sort(), [second]]);
    expect(await tagged()).toEqual({ Tax: [first, second].sort() });
  });

  it('go from all of their documents, which stay', async () => {
    await database.shelves.tag('Tax', [first, second]);
    expect((await database.shelves.deleteTag('TAX')).sort()).toEqual([first, second].sort());
    expect(await tagged()).toEqual({});
    expect(await database.documents.list()).toHaveLength(2);
  });

  it('tell what changed', async () => {
    expect(await database.shelves.setFavourite([first], true)).toEqual([first]);
    expect(await database.shelves.setFavourite([first, second], true)).toEqual([second]);
    expect(await database.shelves.setFavourite([first], false)).toEqual([first]);
    expect((await database.shelves.list()).favourites).toEqual([second]);
  });
});

// Catches: rows of collections, tags, favourites or times that outlive their document.
it('nothing of it outlives its document', async () => {
  await collection('Filings', [first, second]);
  await database.shelves.tag('Tax', [first]);
  await database.shelves.setFavourite([first], true);
  await database.documents.delete([first]);
  const { collections, tags, favourites } = await database.shelves.list();
  expect(collections.map(({ documentIds }) => documentIds)).toEqual([[second]]);
  expect([tags, favourites]).toEqual([[], []]);
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  const file = new Sqlite(library.path, { readonly: true });
  const left = ['collection_documents', 'document_tags', 'favourites', 'document_stages'].map((table) =>
    file.prepare(`SELECT count(*) FROM ${table} WHERE document_key NOT IN (SELECT key FROM documents)`).pluck().get(),
  );
  file.close();
  expect(left).toEqual([0, 0, 0, 0]);
});

it('the times of each step are kept, and add up when a step is entered again', async () => {
  await database.documents.setState(first, 'ready');
  const stages = await database.documents.stages(first);
  expect(stages.map(({ stage }) => stage)).toEqual(['queued', 'extracting', 'chunking', 'embedding', 'ready']);
  expect(stages.slice(0, -1).every(({ finishedAt, startedAt }) => finishedAt !== null && finishedAt >= startedAt)).toBe(
    true,
  );
  expect(stages.at(-1)?.finishedAt).toBeNull();
  await database.documents.setState(first, 'embedding');
  const again = (await database.documents.stages(first)).find(({ stage }) => stage === 'embedding');
  expect(again).toMatchObject({ finishedAt: null, startedAt: stages[3]?.startedAt });
});
