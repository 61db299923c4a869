/**
 * Real chunks of real filings with their vectors, as Quire itself reads and embeds them.
 *
 * Reading all of them takes some minutes, so the library is kept in .cache/bench; it is made anew when the embedder or
 * the filings are others.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database, StoredEmbedder } from '../../electron/db/database.ts';
import type { ChunkRow, PageRow, VectorRow } from '../../electron/sync/ports/remote-parts.ts';
import { openBenchCore } from './core.ts';
import { evaluationFolder, pdfsIn } from './sets.ts';

export interface Filing {
  readonly pages: readonly PageRow[];
  readonly chunks: readonly (ChunkRow & VectorRow)[];
}

export interface Filings {
  readonly filings: readonly Filing[];
  readonly embedder: StoredEmbedder;
}

const root = join(import.meta.dirname, '..', '..');
/** Filings whose rows are read at a time. */
const AT_ONCE = 100;

/** All filings of the evaluation's folder; the first time after minutes. */
export async function readFilings(): Promise<Filings> {
  const pdfs = await pdfsIn(join(evaluationFolder(), 'pdfs'));
  const names = pdfs.map((pdf) => basename(pdf)).join('\n');
  const kept = join(root, '.cache', 'bench', `filings-${createHash('sha256').update(names).digest('hex').slice(0, 8)}`);
  if (!existsSync(kept)) await ingest(pdfs, kept);
  const database = await openDatabase({ path: join(kept, 'library.db') });
  try {
    return await readLibrary(database);
  } finally {
    await database.close();
  }
}

async function ingest(pdfs: readonly string[], kept: string): Promise<void> {
  const folder = `${kept}.part-${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    console.log(`reading and embedding ${pdfs.length} filings; they are kept for the next time`);
    const core = await openBenchCore(folder);
    await core.resume();
    await core.ingest.add([...pdfs]);
    await core.settled();
    await core.close();
    // The files themselves are not needed again.
    await rm(join(folder, 'blobs'), { recursive: true, force: true });
    await rename(folder, kept);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function readLibrary({ parts, embedders }: Database): Promise<Filings> {
  const embedder = await embedders.active();
  if (!embedder) throw new Error('The filings have no vectors.');
  const filings: Filing[] = [];
  for (const { documentId, localReading } of await parts.documents(null, AT_ONCE)) {
    if (localReading === null) continue;
    const pages = (await parts.pages(documentId, localReading, 0, 10_000)) ?? [];
    const chunks = (await parts.chunks(documentId, localReading, -1, 100_000)) ?? [];
    const hashes = chunks.map(({ contentHash }) => contentHash);
    const rows = await parts.vectors(embedder.fingerprint, hashes);
    const vectors = new Map(rows.map(({ contentHash, vector }) => [nameOf(contentHash), vector]));
    const whole = chunks.flatMap((chunk) => {
      const vector = vectors.get(nameOf(chunk.contentHash));
      return vector ? [{ ...chunk, vector }] : [];
    });
    if (whole.length !== chunks.length) throw new Error('A chunk of a filing has no vector.');
    filings.push({ pages, chunks: whole });
  }
  return { filings, embedder };
}

function nameOf(contentHash: Uint8Array): string {
  return Buffer.from(contentHash).toString('hex');
}
