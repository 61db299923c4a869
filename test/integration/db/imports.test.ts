/** The journal of an import in the database. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addDocument, openTestLibrary, type TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;

beforeEach(async () => {
  library = await openTestLibrary();
});
afterEach(async () => library.close());

// Catches: a library that is called damaged, because a document went between being found and being noted.
it('a duplicate of a document that was deleted meanwhile leaves nothing in the journal', async () => {
  const { imports, documents, maintenance } = library.database;
  const id = await addDocument(library.database, ['alpha beta'], { name: 'a.pdf' });
  const [key = 0, other = 0] = await imports.begin(['/a.pdf', '/b.pdf']);
  await imports.settle(other, { state: 'duplicate', documentId: id, error: null });
  await documents.delete([id]);
  await imports.settle(key, { state: 'duplicate', documentId: id, error: null });
  expect(await maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(await imports.list()).toEqual([]);
});

// Catches: an import that starts again with the states of documents that it did not add, or without those of its own.
it('knows the states of the documents that it added', async () => {
  const { imports } = library.database;
  await addDocument(library.database, ['alpha beta'], { name: 'other.pdf' });
  const own = await addDocument(library.database, ['gamma delta'], { name: 'own.pdf' });
  const [key = 0] = await imports.begin(['/own.pdf', '/waits.pdf']);
  await imports.settle(key, { state: 'added', documentId: own, error: null });
  const state = (await library.database.documents.get(own))?.state;
  expect(await imports.documentStates()).toEqual([[own, state]]);
});
