/** A library in a folder of its own whose statements run in this process, as the steps of sync see it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../electron/db/connection.ts';
import type { Database, NewChunk, StoredPage } from '../../electron/db/database.ts';
import { writeStored } from '../../electron/encryption/stored-file.ts';
import { BlobStore, type FileStoreKeys } from '../../electron/pipeline/blobs.ts';
import { openConnection } from '../../electron/db/open.ts';
import { createStore } from '../../electron/db/store.ts';
import { makeChunk, makePage, temporaryFolder, testEmbedder, vectorOf } from './library.ts';

/** Everything of a library but its end. */
export type OpenLibrary = Omit<Database, 'close'>;

export interface PartsLibrary {
  readonly folder: string;
  readonly connection: Connection;
  readonly database: OpenLibrary;
  close(): void;
}

export function openPartsLibrary(): PartsLibrary {
  const { folder: root, remove } = temporaryFolder();
  const folder = join(root, 'library');
  mkdirSync(folder);
  const connection = openConnection({ path: join(folder, 'library.db') });
  const database = asynchronous(createStore(connection));
  return {
    folder,
    connection,
    database,
    close() {
      connection.close();
      remove();
    },
  };
}

/** The store's groups as promises, as they are when a thread serves them. */
function asynchronous(store: object): OpenLibrary {
  const groups = Object.entries(store).map(([name, group]) => [
    name,
    Object.fromEntries(
      Object.entries(group as object).map(([method, call]) => [
        method,
        async (...parameters: readonly unknown[]): Promise<unknown> => {
          // Another request may come in between.
          await Promise.resolve();
          return structuredClone(await (call as (...given: readonly unknown[]) => unknown)(...parameters));
        },
      ]),
    ),
  ]);
  return Object.fromEntries(groups) as OpenLibrary;
}

export interface FilledDocument {
  readonly id: string;
  readonly contentHash: string;
}

export interface FilledOptions {
  readonly id?: string;
  /** Pages, by number, that have no text of their own, with what recognition made of them; null: nothing. */
  readonly scans?: Readonly<Record<number, { readonly text: string; readonly confidence: number } | null>>;
  /** False: chunked, and without vectors. */
  readonly embedded?: boolean;
  /** The original's bytes: its hash and size. */
  readonly bytes?: Uint8Array;
}

/** Adds a document as reading does: a page and a chunk for each text, recognised pages, vectors. */
export async function fillDocument(
  { database }: Pick<PartsLibrary, 'database'>,
  texts: readonly string[],
  { id = randomUUID(), scans = {}, embedded = true, bytes }: FilledOptions = {},
): Promise<FilledDocument> {
  const contentHash = createHash('sha256')
    .update(bytes ?? id)
    .digest('hex');
  const path = `/home/someone/${id}.pdf`;
  const size = bytes?.length ?? 1000;
  await database.documents.insert({ id, contentHash, path, title: id, format: 'pdf', size, addedAt: 1_000 });
  await readText({ database }, id, texts, scans);
  if (embedded) await embedDocument({ database }, id);
  return { id, contentHash };
}

/** Puts an original and the picture of its first page into the library's folder, as ingest does. */
export async function keepFiles(
  { folder, database }: PartsLibrary,
  { id, contentHash }: FilledDocument,
  bytes: Uint8Array,
  { keys = null, picture }: { readonly keys?: FileStoreKeys | null; readonly picture?: Uint8Array } = {},
): Promise<void> {
  const files = new BlobStore(folder, keys);
  await files.prepare();
  const inbox = join(folder, `${id}.pdf`);
  await writeFile(inbox, bytes);
  const copy = await files.copy(inbox, 'pdf');
  await copy.keep();
  await copy.discard();
  await rm(inbox);
  if (!picture) return;
  await writeStored(files.newThumbnail(contentHash), picture);
  await database.documents.setInfo(id, { hasThumbnail: true });
}

/** Reads a document's text (anew), as ingest does. */
export async function readText(
  { database }: Pick<PartsLibrary, 'database'>,
  id: string,
  texts: readonly string[],
  scans: NonNullable<FilledOptions['scans']> = {},
): Promise<void> {
  const total = texts.length;
  const pages = texts.map((text, index): StoredPage => makePage(index + 1, index + 1 in scans ? '' : text));
  await database.documents.setState(id, 'extracting', { done: 0, total });
  await database.pages.put(id, pages, { done: total, total });
  await database.documents.setInfo(id, { pageCount: total });
  await database.recognition.plan(id);
  for (const [number, scan] of Object.entries(scans)) {
    const page = { ...makePage(Number(number), scan?.text ?? ''), source: 'ocr', hasText: true } as const;
    await database.recognition.put(id, {
      number: Number(number),
      page: scan ? page : null,
      confidence: scan?.confidence ?? null,
      language: null,
      languages: ['eng'],
    });
  }
  await database.documents.setState(id, 'chunking');
  await database.chunks.begin(id);
  const shown = texts.map((text, index) => scans[index + 1]?.text ?? text);
  const chunks = shown.map((text, index): NewChunk => makeChunk(index, text));
  for (let at = 0; at < chunks.length; at += 600) await database.chunks.append(id, chunks.slice(at, at + 600));
  await database.chunks.finish(id);
}

export async function embedDocument({ database }: Pick<PartsLibrary, 'database'>, id: string): Promise<void> {
  await database.embedders.register(testEmbedder);
  const pending = await database.vectors.pending(id, testEmbedder.fingerprint, 100_000);
  await database.vectors.put(
    id,
    testEmbedder.fingerprint,
    pending.map(({ contentHash, text }) => ({ contentHash, vector: vectorOf(text) })),
  );
  await database.documents.setState(id, 'ready');
}

/**
 * Brings what lists show of documents, and the registers that name their parts, from one library to another, as their
 * entities do.
 */
export function exchangeEntities(from: PartsLibrary, to: PartsLibrary): void {
  const rows = from.connection
    .prepare<[], Record<string, string | number | null>>(
      'SELECT id, content_hash, path, title, format, size, page_count, added_at FROM documents',
    )
    .all();
  const insert = to.connection.prepare(
    `INSERT INTO documents (id, content_hash, path, title, format, size, page_count, added_at, updated_at, state, remote_only)
     VALUES (:id, :content_hash, :path, :title, :format, :size, :page_count, :added_at, :added_at, 'queued', 1)
     ON CONFLICT DO NOTHING`,
  );
  const registers = from.connection
    .prepare<[], { id: string; name: string; value: string }>(
      'SELECT id, name, value FROM sync_parts JOIN documents ON key = document_key',
    )
    .all();
  const put = to.connection.prepare(
    `INSERT INTO sync_parts (document_key, name, value) SELECT key, :name, :value FROM documents WHERE id = :id
     ON CONFLICT (document_key, name) DO UPDATE SET value = excluded.value`,
  );
  to.connection.transaction(() => {
    for (const row of rows) insert.run(row);
    for (const row of registers) put.run(row);
  })();
}

/** What of a document must be the same in two libraries, with its full-text rows and vectors. */
export function contentsOf({ connection }: PartsLibrary, id: string): unknown {
  const key = connection.prepare<[string], number>('SELECT key FROM documents WHERE id = ?').pluck().get(id);
  const all = (query: string): unknown[] => connection.prepare<[{ key: number }]>(query).all({ key: key ?? 0 });
  const ofKey = 'id BETWEEN :key << 20 AND (:key << 20) | 1048575';
  return {
    document: all(
      `SELECT page_count, text_pages, chunk_count, embedded_chunks, searchable, state, progress_done, progress_total,
         ocr_total, ocr_done, ocr_pages, ocr_confidence, ocr_doubtful FROM documents WHERE key = :key`,
    ),
    pages: all(
      `SELECT number, width, height, rotation, has_text, source, text, geometry FROM pages
       WHERE document_key = :key ORDER BY number`,
    ),
    recognitions: all(
      'SELECT number, confidence, error, waiting FROM recognitions WHERE document_key = :key ORDER BY number',
    ),
    chunks: all(
      `SELECT ordinal, text_key, page, page_end, token_count, content_hash, ranges, heading_path, boxes, context_text,
         search_terms, text FROM chunks WHERE ${ofKey} ORDER BY id`,
    ),
    vectors: all(
      `SELECT text_key, fingerprint, vector FROM vectors JOIN embedders ON embedders.key = embedder_key
       WHERE text_key IN (SELECT text_key FROM chunks WHERE ${ofKey}) ORDER BY text_key, fingerprint`,
    ),
    fullText: all(`SELECT id & 1048575 AS ordinal, sz FROM chunk_index_docsize WHERE ${ofKey} ORDER BY id`),
  };
}
