/**
 * A large library as the version before sync left it: its schema from the migrations of then, its rows in plain SQL.
 * Documents are pages, chunks and vectors of real filings, told apart by their hashes; the conversations are made up.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../../electron/db/connection.ts';
import { migrations } from '../../electron/db/migrations/index.ts';
import { openConnection } from '../../electron/db/open.ts';
import { textKeyOf } from '../../electron/db/queries/text-keys.ts';
import { CHUNKS_A_DOCUMENT, type CopiedDocument } from './copied-documents.ts';
import type { StoredEmbedder } from '../../electron/db/database.ts';

/** The last one before sync. */
export const BEFORE_SYNC = 16;
const EXCHANGES = 2;
/** Of an answer: passages that it cites, and those that were looked at for it. */
const CITED = 3;
const CONSIDERED = 12;
const ANSWER =
  'The filing states the figure in its consolidated statements, and the notes say how it came about. '.repeat(8);

export interface OldLibraryOptions {
  readonly path: string;
  readonly documents: Iterable<CopiedDocument>;
  readonly embedder: StoredEmbedder;
  readonly conversations: number;
}

/** Makes the file; it must not be there. */
export function makeOldLibrary({ path, documents, embedder, conversations }: OldLibraryOptions): void {
  const connection = openConnection({ path, migrations: migrations.slice(0, BEFORE_SYNC) });
  try {
    connection
      .prepare('INSERT INTO embedders (key, fingerprint, kind, model, dimensions, active) VALUES (1, ?, ?, ?, ?, 1)')
      .run(embedder.fingerprint, embedder.kind, embedder.model, embedder.dimensions);
    const ids: string[] = [];
    const addDocument = documentInsert(connection);
    for (const document of documents) {
      ids.push(document.id);
      addDocument(document, ids.length);
    }
    connection.exec('UPDATE vector_state SET next_key = (SELECT coalesce(max(key), 0) + 1 FROM vectors)');
    addConversations(connection, ids, conversations);
  } finally {
    connection.close();
  }
}

function documentInsert(connection: Connection): (document: CopiedDocument, key: number) => void {
  const document = connection.prepare(
    `INSERT INTO documents (key, id, content_hash, path, title, format, size, page_count, text_pages, chunk_count,
      embedded_chunks, searchable, state, added_at, updated_at)
      VALUES (?, ?, ?, '/filings/' || ?, ?, 'pdf', 1000000, ?, ?, ?, ?, 1, 'ready', ?, 1)`,
  );
  const page = connection.prepare(
    `INSERT INTO pages (document_key, number, width, height, rotation, has_text, source, text, geometry)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const chunk = connection.prepare(
    `INSERT INTO chunks (id, text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes,
      context_text, search_terms, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const words = connection.prepare(
    `INSERT INTO chunk_index (rowid, context, body, terms)
      SELECT id, context_text, text, search_terms FROM chunks WHERE document_key = ? ORDER BY id`,
  );
  const vector = connection.prepare(
    'INSERT INTO vectors (embedder_key, text_key, vector) VALUES (1, ?, ?) ON CONFLICT DO NOTHING',
  );
  return connection.transaction(({ id, title, pages, chunks }: CopiedDocument, key: number): void => {
    const contentHash = createHash('sha256').update(id).digest('hex');
    const { length } = chunks;
    const withText = pages.filter(({ hasText }) => hasText).length;
    document.run(key, id, contentHash, title, title, pages.length, withText, length, length, key);
    for (const { number, width, height, rotation, hasText, source, text, geometry } of pages) {
      page.run(key, number, width, height, rotation, Number(hasText), source, text, geometry);
    }
    for (const row of chunks) {
      const hash = Buffer.from(row.contentHash);
      const textKey = textKeyOf(hash.toString('hex'));
      chunk.run(
        ...[key * 2 ** 20 + row.ordinal, textKey, row.page, row.pageEnd, row.tokenCount, hash, row.ranges],
        ...[row.headingPath, row.boxes, row.contextText, row.searchTerms, row.text],
      );
      vector.run(textKey, Buffer.from(row.vector.buffer, row.vector.byteOffset, row.vector.byteLength));
    }
    words.run(key);
  });
}

function addConversations(connection: Connection, documentIds: readonly string[], count: number): void {
  const conversation = connection.prepare(
    `INSERT INTO conversations (key, id, title, document_ids, created_at, updated_at, leaf_key)
      VALUES (?, 'c' || ?, ?, '[]', ?, ?, ?)`,
  );
  const message = connection.prepare(
    `INSERT INTO messages (key, id, conversation_key, role, state, created_at, text, parent_key)
      VALUES (?, 'm' || ?, ?, ?, 'complete', ?, ?, ?)`,
  );
  const citation = connection.prepare(
    `INSERT INTO citations (message_key, number, document_id, chunk_id, title, page, boxes, quote)
      VALUES (?, ?, ?, ?, 'Filing', 1, x'00', 'the consolidated statements')`,
  );
  const trace = connection.prepare(`INSERT INTO message_traces (message_key, facts) VALUES (?, '{}')`);
  const passage = connection.prepare(
    `INSERT INTO trace_passages (message_key, rank, document_id, chunk_id, page, score) VALUES (?, ?, ?, ?, 1, 0.5)`,
  );
  const cite = (key: number, insert: (place: number, id: string, chunk: number) => void, places: number): void => {
    for (let place = 1; place <= places; place += 1) {
      const document = (key * 7 + place) % documentIds.length;
      insert(place, documentIds[document] ?? '', (document + 1) * 2 ** 20 + ((key + place) % CHUNKS_A_DOCUMENT));
    }
  };
  connection.transaction(() => {
    let key = 0;
    for (let number = 1; number <= count; number += 1) {
      conversation.run(number, number, `What does filing ${number} state?`, number, number, key + 2 * EXCHANGES);
      for (let turn = 0; turn < EXCHANGES; turn += 1) {
        key += 2;
        const question = key - 1;
        const before = turn === 0 ? null : question - 1;
        message.run(question, question, number, 'user', number, `What does it state in part ${turn}?`, before);
        message.run(key, key, number, 'assistant', number, `${ANSWER}${key}`, question);
        const answer = key;
        trace.run(answer);
        cite(answer, (place, id, chunk) => citation.run(answer, place, id, chunk), CITED);
        cite(answer, (place, id, chunk) => passage.run(answer, place, id, chunk), CONSIDERED);
      }
    }
  })();
}
