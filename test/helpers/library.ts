/** Libraries in temporary folders, and made-up documents to fill them with. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database, StoredPage } from '../../electron/db/database.ts';
import type { EmbedderIdentity, NewChunk } from '../../electron/db/search-types.ts';

/** A temporary folder, removed by the function that comes with it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'quire-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface TestLibrary {
  readonly database: Database;
  readonly path: string;
  close(): Promise<void>;
}

export async function openTestLibrary(): Promise<TestLibrary> {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'library.db');
  const database = await openDatabase({ path });
  return {
    database,
    path,
    async close() {
      await database.close();
      remove();
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function makePage(number: number, text = `Page ${number}`): StoredPage {
  const geometry = new Uint8Array([number % 256, 1, 2, 3]);
  return { number, width: 612, height: 792, rotation: 0, text, geometry, hasText: text !== '', source: 'pdfium' };
}

export function makeChunk(ordinal: number, text: string, page = ordinal + 1): NewChunk {
  return {
    ordinal,
    page,
    pageEnd: page,
    ranges: [{ page, start: 0, end: text.length }],
    text,
    contextText: 'Annual report',
    searchTerms: '',
    headingPath: ['Part I', 'Business'],
    boxes: [{ page, x0: 72.125, y0: 100.1, x1: 540, y1: 112.7 }],
    tokenCount: Math.ceil(text.length / 4),
    contentHash: hashOf(text),
  };
}

export const testEmbedder: EmbedderIdentity = { fingerprint: 'test/8', kind: 'built-in', model: 'test', dimensions: 8 };

/** A vector that depends on the text alone. */
export function vectorOf(text: string, dimensions = testEmbedder.dimensions): Float32Array {
  const bytes = createHash('sha512').update(text).digest();
  return Float32Array.from({ length: dimensions }, (_, index) => (bytes[index % bytes.length] ?? 0) - 127.5);
}

/** Adds a document with a page and a chunk per text; with vectors when the embedder is given. */
export async function addDocument(
  database: Database,
  texts: readonly string[],
  options: { readonly name?: string; readonly embedder?: EmbedderIdentity } = {},
): Promise<string> {
  const id = randomUUID();
  const name = options.name ?? `${id}.pdf`;
  await database.documents.insert({
    id,
    contentHash: hashOf(id),
    path: `/home/someone/${name}`,
    title: name,
    format: 'pdf',
    size: 1000,
    addedAt: Date.now(),
  });
  const total = texts.length;
  await database.documents.setState(id, 'extracting', { done: 0, total });
  const pages = texts.map((text, index) => makePage(index + 1, text));
  await database.pages.put(id, pages, { done: total, total });
  await database.documents.setState(id, 'chunking');
  await database.chunks.begin(id);
  await database.chunks.append(
    id,
    texts.map((text, index) => makeChunk(index, text)),
  );
  await database.chunks.finish(id);
  if (options.embedder) {
    await database.embedders.register(options.embedder);
    await embedAll(database, id, options.embedder);
    await database.documents.setState(id, 'ready');
  }
  return id;
}

export async function embedAll(database: Database, documentId: string, embedder: EmbedderIdentity): Promise<void> {
  const pending = await database.vectors.pending(documentId, embedder.fingerprint, 10_000);
  await database.vectors.put(
    documentId,
    embedder.fingerprint,
    pending.map(({ contentHash, text }) => ({ contentHash, vector: vectorOf(text, embedder.dimensions) })),
  );
}
