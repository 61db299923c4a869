/** Restores of backups that are not whole: what loses nothing is repaired and told, what can't be trusted is refused by name. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../electron/db/client.ts';
import { connect } from '../../electron/db/connection.ts';
import { swapLibrary } from '../../electron/backup/swap.ts';
import {
  backUp,
  changed,
  entryOf,
  inspect,
  unpack,
  verify,
  useBackedUpLibrary,
  folder,
  library,
} from '../helpers/backup.ts';

useBackedUpLibrary();

const local = () => join(folder, 'local');

/** Restores into `<folder>/local`; answers with what it said. */
async function restored(file: string): Promise<readonly string[]> {
  const notes = await unpack(file, local());
  await swapLibrary(local());
  return notes;
}

/** A backup of a library that a statement damaged. */
async function damagedBy(statement: string): Promise<string> {
  const damaged = join(folder, 'damaged');
  await restored(library.good);
  await rename(local(), damaged);
  damage(damaged, statement);
  const file = join(folder, 'damaged.zip');
  await backUp(damaged, file);
  await rm(damaged, { recursive: true });
  return file;
}

function damage(of: string, statement: string): void {
  const connection = connect({ path: join(of, 'library.db'), timeout: 0 });
  connection.unsafeMode();
  connection.pragma('foreign_keys = OFF');
  connection.exec(statement);
  connection.close();
}

const key = "(SELECT key FROM documents WHERE format = 'pdf')";

it.each([
  ['a counter that is one off', 'UPDATE documents SET chunk_count = chunk_count - 1', /^Passages were counted again/],
  ['a count of vectors', 'UPDATE documents SET embedded_chunks = 0', /^Vectors were counted again, in 2/],
  ['a count of pages', 'UPDATE documents SET text_pages = 9', /^Pages with text were counted again/],
  [
    'an orphan passage',
    `INSERT INTO chunks (id, text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes,
       context_text, search_terms, text) SELECT (999 << 20), 7, page, page_end, token_count, content_hash, ranges,
       heading_path, boxes, context_text, search_terms, text FROM chunks LIMIT 1`,
    /^1 passages without a document/,
  ],
  [
    'an orphan vector',
    `INSERT INTO vectors (key, embedder_key, text_key, vector)
     SELECT (SELECT next_key + 3 FROM vector_state), embedder_key, 12345, vector FROM vectors LIMIT 1`,
    /^1 vectors that no passage uses/,
  ],
  [
    'an orphan page',
    `INSERT INTO pages (document_key, number, width, height, rotation, has_text, source, text, geometry)
     SELECT 999, number, width, height, rotation, has_text, source, text, geometry FROM pages LIMIT 1`,
    /^1 rows of pages/,
  ],
  [
    'an index of words without a row',
    'DELETE FROM chunk_index WHERE rowid IN (SELECT id FROM chunks)',
    /^The indexes of words were made anew/,
  ],
  ['a row too many in it', "INSERT INTO chunk_index (rowid, body) VALUES (77, 'crane')", /^The indexes of words were/],
  ['a file marked for removal', 'INSERT INTO pending_file_deletions SELECT content_hash FROM documents', /are kept/],
  ['a conversation that ends nowhere', 'UPDATE conversations SET leaf_key = 999', /^1 conversations end in/],
])('repairs %s, says so, and everything is found as before', async (_name, statement, says) => {
  const notes = await restored(await damagedBy(statement));
  expect(notes).toContainEqual(expect.stringMatching(says));
  const database = await openDatabase({ path: join(local(), 'library.db'), exclusive: true });
  try {
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    const here = library.test.core.database;
    const summaries = async (of: typeof database) =>
      (await of.documents.list()).map(({ id, title, chunkCount, embeddedChunks, textPages, searchable }) => ({
        ...{ id, title, chunkCount, embeddedChunks, textPages, searchable },
      }));
    expect(await summaries(database)).toEqual(await summaries(here));
    const weights = { context: 1, body: 1, terms: 1 };
    const query = { groups: [{ terms: ['alvine'] }], documents: [], limit: 5, weights, maxDocumentFrequency: 1 };
    expect(await database.search.text(query)).toEqual(await here.search.text(query));
    expect(await database.messages.list(library.conversationId)).toEqual(
      await here.messages.list(library.conversationId),
    );
  } finally {
    await database.close();
  }
});

const lastChunk = `(SELECT max(id) FROM chunks WHERE document_key = ${key})`;

// Catches: a count that is lowered to what is left, so that nobody learns of the passages that are gone.
it.each([
  ['between others', `UPDATE chunks SET id = id + 3 WHERE id = ${lastChunk}`],
  ['at the end', `DELETE FROM chunks WHERE id = ${lastChunk}`],
])('has passages made again where one is missing %s', async (_name, statement) => {
  const notes = await restored(await damagedBy(statement));
  expect(notes).toContainEqual(expect.stringMatching(/^Passages are made again from the pages, in 1 documents/));
  expect(await states()).toContain('pdf chunking');
});

// Catches: a document that stays ready with the pages that are left of it.
it('has the original read again where pages are missing, and refuses where it is missing too', async () => {
  const lastPage = `DELETE FROM pages WHERE document_key = ${key}
    AND number = (SELECT max(number) FROM pages WHERE document_key = ${key})`;
  const file = await damagedBy(lastPage);
  expect(await restored(file)).toContainEqual(expect.stringMatching(/^1 documents are read again: pages/));
  expect(await states()).toContain('pdf queued');

  const lost = join(folder, 'lost');
  await restored(library.good);
  await rename(local(), lost);
  await rm(join(lost, library.entries.find(({ name }) => name.endsWith('.pdf'))?.name ?? ''));
  damage(lost, lastPage);
  const without = join(folder, 'lost.zip');
  await backUp(lost, without);
  await expect(restored(without)).rejects.toThrow('1 documents lack pages that were read');
});

const ask = `INSERT INTO messages (id, conversation_key, role, state, created_at, text)
  SELECT '00000000-0000-4000-8000-000000000000', conversation_key, 'user', 'complete', 1, 'Why?' FROM messages`;

// Catches: messages that go because what they belong to went, and a conversation that ends earlier without a word.
it.each([
  ['a conversation', 'DELETE FROM conversations', 'What 1 rows of messages belong to is lost'],
  [
    'a message that an index still has',
    `${ask}; CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'messages_by_conversation';
     PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'messages_by_conversation';
     PRAGMA writable_schema = RESET; DELETE FROM messages WHERE text = 'Why?';
     PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept; PRAGMA writable_schema = RESET`,
    'Rows of messages are lost that its index messages_by_conversation still has',
  ],
  ['its last message', `${ask}; DELETE FROM messages WHERE text <> 'Why?'`, 'end in a message of another or none'],
])('refuses a library that lost %s', async (_name, statement, says) => {
  const file = await damagedBy(statement);
  await expect(restored(file)).rejects.toMatchObject({
    code: 'backup-damaged',
    message: expect.stringContaining(says) as string,
  });
  expect(existsSync(local())).toBe(false);
});

async function states(): Promise<readonly string[]> {
  const database = await openDatabase({ path: join(local(), 'library.db'), exclusive: true });
  const found = (await database.documents.list()).map(({ format, state }) => `${format} ${state}`);
  await database.close();
  return found;
}

it('restores without pictures that are missing or damaged, and the next start draws them again', async () => {
  const thumbnail = entryOf(library.entries, 'thumbs/').name;
  const missing = await changed(folder, library.entries, (list) => list.filter(({ name }) => name !== thumbnail));
  const flipped = await changed(folder, library.entries, (list) =>
    list.map((entry) => (entry.name === thumbnail ? { ...entry, bytes: withFlippedByte(entry.bytes) } : entry)),
  );
  for (const file of [missing, flipped]) {
    // A check still tells of it: the backup is not as it was written.
    expect((await verify(file)).problems).toEqual([expect.stringContaining(thumbnail) as string]);
    await inspect(file);
    expect(await restored(file)).toEqual(['Pictures of first pages that were missing or damaged are drawn again: 1.']);
    expect(existsSync(join(local(), thumbnail))).toBe(false);
    await rm(local(), { recursive: true });
  }
  const { test } = library;
  const before = await readFile(join(test.folder, thumbnail));
  await rm(join(test.folder, thumbnail));
  await test.restart();
  await expect.poll(() => existsSync(join(test.folder, thumbnail)), { timeout: 30_000 }).toBe(true);
  expect(await readFile(join(test.folder, thumbnail))).toEqual(before);
  expect((await test.core.database.documents.list()).find(({ format }) => format === 'pdf')?.hasThumbnail).toBe(true);
  expect(test.errors).toEqual([]);
}, 60_000);

it('names the document whose original is damaged or was lost, and refuses the first', async () => {
  const pdf = entryOf(library.entries, 'blobs/').name;
  const flipped = await changed(folder, library.entries, (list) =>
    list.map((entry) => (entry.name === pdf ? { ...entry, bytes: withFlippedByte(entry.bytes) } : entry)),
  );
  const name = pdf.endsWith('.pdf') ? 'crane.pdf' : 'notes.md';
  await expect(restored(flipped)).rejects.toMatchObject({
    code: 'backup-damaged',
    message: expect.stringContaining(`${pdf} is damaged`) as string,
  });
  await expect(restored(flipped)).rejects.toThrow(`It is the original of “${name}”`);

  await restored(library.good);
  const lost = join(folder, 'lost');
  await rename(local(), lost);
  await rm(join(lost, pdf));
  const file = join(folder, 'lost.zip');
  await backUp(lost, file);
  expect(await restored(file)).toEqual([
    `The original of “${name}” was missing when this backup was made. Its text is there.`,
  ]);
});

function withFlippedByte(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  const at = Math.floor(flipped.length / 2);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}
