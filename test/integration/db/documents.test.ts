/** Documents, their journal, and what is left of them when they are deleted. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import type { Database } from '../../../electron/db/database.ts';
import { readDocuments } from '../../../electron/db/read-documents.ts';
import { deletionCheck } from '../../../electron/db/queries/deletion-check.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  addDocument,
  embedAll,
  hashOf,
  makeChunk,
  makePage,
  openTestLibrary,
  testEmbedder,
  vectorOf,
} from '../../helpers/library.ts';
import type { TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
let database: Database;

beforeEach(async () => {
  library = await openTestLibrary();
  database = library.database;
});
afterEach(async () => library.close());

const newDocument = (content: string = randomUUID()) => ({
  id: randomUUID(),
  contentHash: hashOf(content),
  path: 'C:\\Users\\me\\Report 2022.pdf',
  title: 'Report 2022',
  format: 'pdf' as const,
  size: 12,
  addedAt: 1_700_000_000_000,
});

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

/** Rows of every table, read past the store. */
function rowCounts(path: string): Record<string, number> {
  const connection = new Sqlite(path, { readonly: true });
  const tables = connection
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all();
  const counts = tables
    // The index's own trees shrink only as it merges; its row count is that of docsize.
    .filter((name) => !['chunk_index', 'chunk_index_data', 'chunk_index_idx', 'chunk_index_config'].includes(name))
    .map((name) => [name, connection.prepare<[], number>(`SELECT count(*) FROM ${name}`).pluck().get() ?? -1] as const);
  connection.close();
  return Object.fromEntries(counts);
}

describe('adding', () => {
  it('gives a queued document with its file name, whatever the separator', async () => {
    const { document, duplicate } = await database.documents.insert(newDocument());
    expect(duplicate).toBe(false);
    expect(document).toMatchObject({ fileName: 'Report 2022.pdf', state: 'queued', searchable: false, error: null });
    expect(await database.documents.get(document.id)).toEqual(document);
  });

  // Catches: the same bytes ingested twice, under two names.
  it('answers the same bytes with the document that has them', async () => {
    const first = newDocument('same');
    await database.documents.insert(first);
    const second = await database.documents.insert({ ...newDocument('same'), path: '/other/name.pdf' });
    expect(second.duplicate).toBe(true);
    expect(second.document.id).toBe(first.id);
    expect(await database.documents.list()).toHaveLength(1);
    expect((await database.documents.findByHash(first.contentHash))?.id).toBe(first.id);
  });

  // Catches: two drops of one file at the same moment, both told that theirs is the first.
  it('lets one of many at the same time win', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => database.documents.insert(newDocument('same'))));
    expect(outcomes.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  });
});

describe('reading them', () => {
  // Catches: a part of the list in another order, a document that was deleted on the way taking the others along.
  it('answers ids, names and hashes of all, and several documents by their ids', async () => {
    const { documents } = database;
    const added = [];
    for (let index = 0; index < 501; index += 1) added.push({ ...newDocument(), addedAt: index });
    for (const each of added) await documents.insert(each);
    const newestFirst = added.map(({ id }) => id).reverse();
    const [first, gone = ''] = newestFirst;
    expect(await documents.ids()).toEqual(newestFirst);
    expect((await documents.names())[0]).toEqual({ id: first, title: 'Report 2022', fileName: 'Report 2022.pdf' });
    expect(new Set(await documents.contentHashes('all'))).toEqual(new Set(added.map((each) => each.contentHash)));
    await documents.setInfo(gone, { hasThumbnail: true });
    expect(await documents.contentHashes('pictured')).toEqual([]);
    await documents.setState(gone, 'ready');
    expect(await documents.contentHashes('pictured')).toEqual([added.at(-2)?.contentHash]);
    await documents.delete([gone]);
    expect(await readDocuments(documents, newestFirst)).toEqual(await documents.list());
  });
});

describe('the journal', () => {
  it('resumes from the first page that is not stored, after the library was closed', async () => {
    const { document } = await database.documents.insert(newDocument());
    await database.documents.setState(document.id, 'extracting', { done: 0, total: 10 });
    await database.pages.put(document.id, [makePage(1), makePage(2), makePage(3, '')], { done: 3, total: 10 });
    await database.pages.put(document.id, [makePage(5)], { done: 4, total: 10 });
    await database.close();
    database = await openDatabase({ path: library.path });
    const [unfinished] = await database.documents.listUnfinished();
    expect(unfinished).toMatchObject({
      id: document.id,
      state: 'extracting',
      textPages: 3,
      progress: { done: 4, total: 10 },
    });
    expect(await database.pages.next(document.id)).toBe(4);
    await database.close();
  });

  // Catches: a page read again after a restart counted, or stored, twice.
  it('replaces a page that is stored again', async () => {
    const { document } = await database.documents.insert(newDocument());
    await database.pages.put(document.id, [makePage(1, ''), makePage(2)], { done: 2, total: 2 });
    await database.pages.put(document.id, [makePage(1, 'now with text')], { done: 2, total: 2 });
    expect(await database.pages.readText(document.id, 1, 2)).toEqual([
      { number: 1, text: 'now with text', hasText: true },
      { number: 2, text: 'Page 2', hasText: true },
    ]);
    expect((await database.documents.get(document.id))?.textPages).toBe(2);
    expect(await database.pages.read(document.id, 2, 2)).toEqual([makePage(2)]);
  });

  it('keeps a failure with the step to retry from, and clears it on retry', async () => {
    const { document } = await database.documents.insert(newDocument());
    const error = new AppError('pipeline-hung', 'It hung.', { hint: 'Try again.', retryable: true }).toInfo();
    await database.documents.fail(document.id, error, 'chunking');
    expect(await database.documents.get(document.id)).toMatchObject({ state: 'failed', error });
    expect(await database.documents.listUnfinished()).toEqual([]);
    expect(await database.documents.retry(document.id)).toMatchObject({ state: 'chunking', error: null });
  });

  it('does not let a title found in the file undo a rename', async () => {
    const { document } = await database.documents.insert(newDocument());
    await database.documents.setInfo(document.id, { title: 'From the file', author: 'A. Author', pageCount: 9 });
    expect(await database.documents.get(document.id)).toMatchObject({
      title: 'From the file',
      author: 'A. Author',
      pageCount: 9,
    });
    await database.documents.rename(document.id, 'Mine');
    await database.documents.setInfo(document.id, { title: 'From the file', language: 'en', author: null });
    expect(await database.documents.get(document.id)).toMatchObject({
      title: 'Mine',
      language: 'en',
      author: null,
      pageCount: 9,
    });
  });

  // Catches: chunks of a chunking that was cut short left beside those of the next one.
  it('begins chunking anew after it was cut short', async () => {
    const { document } = await database.documents.insert(newDocument());
    await database.chunks.begin(document.id);
    await database.chunks.append(document.id, [makeChunk(0, 'one'), makeChunk(1, 'two')], { done: 2, total: 4 });
    expect((await database.documents.get(document.id))?.searchable).toBe(false);
    await database.chunks.begin(document.id);
    await database.chunks.append(document.id, [makeChunk(0, 'one'), makeChunk(1, 'zwei'), makeChunk(2, 'three')]);
    expect(await database.chunks.finish(document.id)).toEqual({ done: 0, total: 3 });
    expect(await database.documents.get(document.id)).toMatchObject({
      searchable: true,
      chunkCount: 3,
      state: 'embedding',
    });
    expect((await database.chunks.range(document.id, 0, 9)).map(({ text }) => text)).toEqual(['one', 'zwei', 'three']);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  // Catches: every recognised page costing the vectors of the whole document.
  it('keeps the vectors of texts that come again, also after a chunking that was cut short, and drops the others', async () => {
    const id = await addDocument(database, ['one', 'two', 'three'], { embedder: testEmbedder });
    await database.chunks.begin(id);
    await database.chunks.append(id, [makeChunk(0, 'one')]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    await database.chunks.begin(id);
    await database.chunks.append(id, [makeChunk(0, 'one'), makeChunk(1, 'page between'), makeChunk(2, 'three')]);
    expect(await database.chunks.finish(id)).toEqual({ done: 2, total: 3 });
    expect(rowCounts(library.path)).toMatchObject({ vectors: 2, kept_vectors: 0 });
    expect((await database.vectors.pending(id, testEmbedder.fingerprint, 9)).map(({ text }) => text)).toEqual([
      'page between',
    ]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('deletes the vectors of a document that is being chunked again', async () => {
    const id = await addDocument(database, ['one', 'two'], { embedder: testEmbedder });
    await database.chunks.begin(id);
    await database.documents.delete([id]);
    expect(rowCounts(library.path)).toMatchObject({ vectors: 0, kept_vectors: 0, chunks: 0 });
  });

  it('gives chunks back as they were', async () => {
    const id = await addDocument(database, ['first text', 'second text']);
    const chunks = await database.chunks.range(id, 0, 1);
    const { id: chunkId, documentId, ...chunk } = chunks[1] ?? expect.fail('no second chunk');
    expect(documentId).toBe(id);
    expect(chunk).toEqual(makeChunk(1, 'second text'));
    expect((await database.chunks.get([chunkId, 999_999, chunks[0]?.id ?? 0])).map(({ text }) => text)).toEqual([
      'second text',
      'first text',
    ]);
  });

  it('refuses what names no document', async () => {
    for (const attempt of [
      database.documents.setState('nobody', 'ready'),
      database.pages.put('nobody', [makePage(1)], { done: 1, total: 1 }),
      database.chunks.append('nobody', [makeChunk(0, 'x')]),
      database.vectors.pending('nobody', 'test/8', 1),
    ]) {
      expect(await rejection(attempt)).toMatchObject({ code: 'not-found' });
    }
  });
});

describe('vectors', () => {
  it('are made once for a text that stands in two documents', async () => {
    const first = await addDocument(database, ['shared', 'only first'], { embedder: testEmbedder });
    const second = await addDocument(database, ['only second', 'shared', 'shared']);
    expect(await database.documents.get(second)).toMatchObject({ chunkCount: 3, embeddedChunks: 2 });
    const pending = await database.vectors.pending(second, testEmbedder.fingerprint, 10);
    expect(pending.map(({ text }) => text)).toEqual(['only second']);
    expect(await database.vectors.documentsLacking(testEmbedder.fingerprint)).toEqual([second]);
    await embedAll(database, second, testEmbedder);
    expect(await database.documents.get(second)).toMatchObject({ embeddedChunks: 3, progress: { done: 3, total: 3 } });
    expect(await database.vectors.documentsLacking(testEmbedder.fingerprint)).toEqual([]);
    expect(await database.vectors.progress(testEmbedder.fingerprint)).toEqual({ done: 5, total: 5 });
    expect(rowCounts(library.path)['vectors']).toBe(3);
    expect(await database.documents.describeDeletion([first])).toMatchObject({ chunks: 2, vectors: 1 });
  });

  // Catches: the sharing document losing its vectors when the other one goes.
  it('stay while any document uses them', async () => {
    const first = await addDocument(database, ['shared', 'only first'], { embedder: testEmbedder });
    const second = await addDocument(database, ['shared'], { embedder: testEmbedder });
    await database.documents.delete([first]);
    expect(rowCounts(library.path)).toMatchObject({ vectors: 1, chunks: 1 });
    const found = await database.search.vectors({
      vector: vectorOf('shared'),
      fingerprint: testEmbedder.fingerprint,
      documents: [],
      limit: 5,
    });
    expect(found).toMatchObject([{ documentId: second }]);
    expect(found[0]?.score).toBeCloseTo(1, 5);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  // Catches: a second model's vectors searched before all are there, or counted as the first one's.
  it('of another model are built beside the first and take over when told to', async () => {
    const other = { ...testEmbedder, fingerprint: 'other/4', dimensions: 4 };
    const id = await addDocument(database, ['one', 'two'], { embedder: testEmbedder });
    expect(await database.embedders.register(other)).toMatchObject({ active: false });
    expect(await database.vectors.documentsLacking(other.fingerprint)).toEqual([id]);
    const pending = await database.vectors.pending(id, other.fingerprint, 1);
    const vectors = pending.map(({ contentHash, text }) => ({ contentHash, vector: vectorOf(text, 4) }));
    expect(await database.vectors.put(id, other.fingerprint, vectors)).toEqual({ done: 1, total: 2 });
    expect((await database.documents.get(id))?.embeddedChunks).toBe(2);
    await database.embedders.activate(other.fingerprint);
    expect((await database.documents.get(id))?.embeddedChunks).toBe(1);
    expect(await database.search.coverage([])).toEqual({ fingerprint: 'other/4', progress: { done: 1, total: 2 } });
    await database.embedders.activate(other.fingerprint, { dropOthers: true });
    expect((await database.embedders.list()).map(({ fingerprint }) => fingerprint)).toEqual(['other/4']);
    expect(rowCounts(library.path)['vectors']).toBe(1);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('of the wrong size or with no number in them are refused', async () => {
    const id = await addDocument(database, ['one'], { embedder: testEmbedder });
    for (const vector of [new Float32Array(7), new Float32Array(8).fill(Number.NaN)]) {
      const attempt = database.vectors.put(id, testEmbedder.fingerprint, [{ contentHash: hashOf('one'), vector }]);
      expect(await rejection(attempt)).toMatchObject({ code: 'provider-bad-response' });
    }
  });
});

describe('deleting', () => {
  it('leaves no byte of the text in the file, its log included', async () => {
    const secret = 'the harbour master keeps two ledgers';
    const ids: string[] = [];
    for (const words of ['the first one', secret, 'the last one']) {
      const { document } = await database.documents.insert(newDocument());
      ids.push(document.id);
      const texts = Array.from({ length: 60 }, (_, index) => `${words} ${index} `.repeat(40));
      const pages = texts.map((text, index) => makePage(index + 1, text));
      await database.pages.put(document.id, pages, { done: 60, total: 60 });
      await database.chunks.begin(document.id);
      const chunks = texts.map((text, index) => makeChunk(index, text));
      await database.chunks.append(document.id, chunks);
      await database.chunks.finish(document.id);
    }
    const bytes = (): string =>
      [library.path, `${library.path}-wal`].map((path) => readFileSync(path).toString('latin1')).join('');
    expect(bytes()).toContain(secret);
    await database.documents.delete([ids[1] ?? '']);
    await expect.poll(bytes).not.toContain(secret);
    expect(bytes()).toContain('the first one 59');
  });

  it('leaves no row in any table, and journals the files', async () => {
    const empty = rowCounts(library.path);
    const ids = [
      await addDocument(database, ['a b', 'c d', 'shared'], { embedder: testEmbedder }),
      await addDocument(database, ['e f', 'shared'], { embedder: testEmbedder }),
    ];
    const described = await database.documents.describeDeletion(ids);
    expect(described).toEqual({
      ...{ documents: 2, pages: 5, chunks: 5, vectors: 4, files: 2, citations: 0, pieces: 0, prompts: 0 },
    });
    const { counts, contentHashes, left } = await database.documents.delete([...ids, 'nobody']);
    expect(counts).toEqual(described);
    expect(left).toEqual([]);
    expect(rowCounts(library.path)).toEqual({ ...empty, embedders: 1, pending_file_deletions: 2 });
    expect([...contentHashes].sort()).toEqual(ids.map(hashOf).sort());
    expect(await database.files.pendingDeletions()).toEqual(ids.map(hashOf).sort());
    await database.files.confirmDeleted(contentHashes);
    expect(await database.files.pendingDeletions()).toEqual([]);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  // Catches: a check that finds nothing because it looks at nothing.
  it('finds what a deletion left: rows of every table that hangs on documents, passages, full-text rows, vectors', async () => {
    const id = await addDocument(database, ['one', 'two'], { embedder: testEmbedder });
    await database.close();
    const connection = new Sqlite(library.path);
    const gone = { key: 1, id, contentHash: hashOf(id), textKeys: '[]' };
    const check = deletionCheck(connection);
    expect(check([gone])).toEqual([
      '1 documents',
      '2 passages',
      '2 full-text rows',
      '2 rows of pages',
      '5 rows of document_stages',
    ]);
    const textKeys = connection.prepare('SELECT json_group_array(text_key) FROM chunks').pluck().get() as string;
    connection.pragma('foreign_keys = OFF');
    connection.exec('DELETE FROM chunks; DELETE FROM documents; DELETE FROM pages; DELETE FROM document_stages');
    expect(check([{ ...gone, textKeys }])).toEqual(['2 full-text rows', '2 vectors']);
    expect(check([{ ...gone, key: 2, id: 'other' }])).toEqual([]);
    connection.close();
  });

  // Catches: the file of a document that was added again removed at the next start.
  it('takes a file off the journal when its bytes are added again', async () => {
    const document = newDocument('again');
    await database.documents.insert(document);
    await database.documents.delete([document.id]);
    await database.documents.insert(newDocument('again'));
    expect(await database.files.pendingDeletions()).toEqual([]);
  });

  it('gives the space back to the disk', async () => {
    const texts = Array.from({ length: 400 }, (_, index) => `passage ${index} ${'word '.repeat(300)}`);
    const pages = (): number => {
      const connection = new Sqlite(library.path, { readonly: true });
      const count = Number(connection.pragma('page_count', { simple: true }));
      connection.close();
      return count;
    };
    const empty = pages();
    const id = await addDocument(database, texts);
    const used = pages() - empty;
    expect(used).toBeGreaterThan(50);
    await database.documents.delete([id]);
    await expect.poll(() => pages() - empty, { timeout: 5_000 }).toBeLessThan(used / 4);
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });
});

describe('integrity', () => {
  // Catches: a check that finds nothing because it looks at nothing.
  it('finds each kind of orphan and each wrong count', async () => {
    await addDocument(database, ['one', 'two'], { embedder: testEmbedder });
    await database.close();
    const connection = new Sqlite(library.path);
    connection.pragma('foreign_keys = OFF');
    connection.exec(`
      DELETE FROM chunk_index WHERE rowid = 1 << 20;
      INSERT INTO chunks (id, text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes,
          context_text, search_terms, text)
        SELECT 99 << 20, text_key, 1, 1, 1, content_hash, '[]', '[]', x'', '', '', '' FROM chunks LIMIT 1;
      INSERT INTO chunk_index (rowid, context, body, terms) VALUES (99 << 20, '', '', '');
      INSERT INTO chunk_index (rowid, context, body, terms) VALUES (77, 'a', 'b', 'c');
      INSERT INTO vectors (embedder_key, text_key, vector) VALUES (1, 4711, x'00');
      INSERT INTO pages (document_key, number, width, height, rotation, has_text, source, text, geometry)
        VALUES (99, 1, 1, 1, 0, 1, 'text', '', x'');
      INSERT INTO pending_file_deletions SELECT content_hash FROM documents;
      UPDATE documents SET chunk_count = 9, embedded_chunks = 9, text_pages = 9;
    `);
    connection.close();
    database = await openDatabase({ path: library.path });
    const { ok, problems } = await database.maintenance.integrity();
    await database.close();
    expect(ok).toBe(false);
    expect(problems).toEqual([
      'A row of pages points to no row of documents.',
      '1 chunks have no document.',
      '1 chunks have no full-text row.',
      '1 full-text rows have no chunk.',
      '1 vectors have no chunk.',
      '1 vectors are not of the size of their model.',
      '1 documents count their chunks wrongly.',
      '1 documents count their vectors wrongly.',
      '1 documents count their pages with text wrongly.',
      '1 searchable documents lack a chunk in their row of chunks.',
      '1 vectors have a key that is still to be given.',
      '1 files of documents are marked for removal.',
    ]);
  });
});
