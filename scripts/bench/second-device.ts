/**
 * A second computer of a library of 200 documents: how long until it can search all of them by words and by vectors,
 * against the time that reading and embedding them takes.
 *
 * The first document is a real filing, read and embedded here and sent by a first computer. The others are put on the
 * servers beside it: its rows, each with words of its own, so that no two have a vector in common. The second computer is
 * a whole one, signed in over TLS to a real Postgres with pgvector and to a bucket that checks signatures.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBucket } from '../../electron/adapters/s3/blob-store.ts';
import { openRemoteParts } from '../../electron/adapters/postgres/remote-parts.ts';
import { PostgresRemoteStore } from '../../electron/adapters/postgres/remote-store.ts';
import type { Core } from '../../electron/core/core.ts';
import type { JsonValue, StoredEmbedder } from '../../electron/db/database.ts';
import { register, type Entity } from '../../electron/sync/entity.ts';
import type { BlobStore } from '../../electron/sync/ports/blob-store.ts';
import { copyDocuments, type CopiedDocument, type CopySource } from './copied-documents.ts';
import { withFolder } from './core.ts';
import { atLeast, atMost, withoutLimit, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';
import { account, openComputer, startSyncPlace, syncRound, type SyncPlace } from './sync-place.ts';

const FILING = 'LOCKHEEDMARTIN_2021_10K.pdf';
const DOCUMENTS = 200;
const CHUNKS = 50_000;
/** The issue's: usable in under 1/20 of the time that ingesting took. */
const LIMIT = 20;
/** Bytes of the files that stand for the copies' originals. */
const FILE_SIZE = 100_000;
/** Milliseconds between two looks at how far it is. */
const LOOK = 100;

/** A filing as it was read here. */
interface Read extends CopySource {
  readonly documentId: string;
  readonly embedder: StoredEmbedder;
  readonly seconds: number;
}

/** Needs what `npm run bench` sets up: QUIRE_TEST_POSTGRES names the server's programs. */
export async function run(): Promise<BenchResult[]> {
  const place = await startSyncPlace();
  try {
    return await withFolder(async (folder) => {
      const read = await firstComputer(place, folder);
      const filled = performance.now();
      const vectors = await fillServers(place, read, folder);
      await place.administrator.query('VACUUM ANALYZE');
      console.log(`servers filled in ${((performance.now() - filled) / 1_000).toFixed(0)} s`);
      return secondComputer(place, read, vectors, folder);
    });
  } finally {
    await place.close();
  }
}

/** Reads the filing, and sends it. */
async function firstComputer(place: SyncPlace, folder: string): Promise<Read> {
  const core = await openComputer(place, join(folder, 'first'));
  await core.resume();
  const started = performance.now();
  await core.ingest.add([join(evaluationFolder(), 'pdfs', FILING)]);
  await core.settled();
  const seconds = (performance.now() - started) / 1_000;
  await core.sync.turnOn(account.password);
  await syncRound(core);
  const { parts, embedders } = core.database;
  const [document] = await parts.documents(null, 1);
  const embedder = await embedders.active();
  if (!document?.localReading || !embedder) throw new Error('The filing was not read.');
  const { documentId, localReading } = document;
  const pages = (await parts.pages(documentId, localReading, 0, 10_000)) ?? [];
  const rows = (await parts.chunks(documentId, localReading, -1, 100_000)) ?? [];
  const found = await parts.vectors(
    embedder.fingerprint,
    rows.map(({ contentHash }) => contentHash),
  );
  const vectors = new Map(found.map(({ contentHash, vector }) => [nameOf(contentHash), vector]));
  const chunks = rows.flatMap((row) => {
    const vector = vectors.get(nameOf(row.contentHash));
    return vector ? [{ ...row, vector }] : [];
  });
  await core.close();
  return { documentId, pages, chunks, embedder, seconds };
}

/** Puts the copies on both servers; answers with their vectors by the hash of their texts. */
async function fillServers(place: SyncPlace, read: Read, folder: string): Promise<ReadonlyMap<string, Float32Array>> {
  const [user] = await place.session.query<{ id: string }>('SELECT id::text FROM quire.users');
  if (!user) throw new Error('Nobody signed in.');
  const deviceId = '00000000-0000-4000-8000-000000000001';
  const store = new PostgresRemoteStore(place.session, user.id);
  await store.greet({ id: deviceId, name: 'bench', platform: 'linux', appVersion: '0' });
  const remote = openRemoteParts({ session: place.session, userId: user.id, deviceId });
  const bucket = openBucket(place.remotes.bucket, place.secretAccessKey, user.id);
  const files = join(folder, 'files');
  await mkdir(files);
  const vectors = new Map<string, Float32Array>();
  const { fingerprint, dimensions } = read.embedder;
  for (const document of copyDocuments(read, DOCUMENTS - 1, (CHUNKS - read.chunks.length) / (DOCUMENTS - 1))) {
    const reading = `${document.id.slice(0, -1)}0`;
    await remote.putChunks(document.id, reading, document.chunks);
    await remote.putPages(document.id, reading, document.pages);
    await remote.putVectors({ fingerprint, dimensions }, document.chunks);
    for (const { contentHash, vector } of document.chunks) vectors.set(nameOf(contentHash), vector);
    const file = await putFile(bucket, files, document);
    await remote.putFile({ ...file, kind: 'original', documentId: document.id });
    await store.push(deviceId, [entityOf(document, reading, file, fingerprint)]);
  }
  bucket.close();
  return vectors;
}

/** The register `file`. */
type FileValue = Awaited<ReturnType<typeof putFile>>;

async function putFile(bucket: BlobStore, folder: string, { id }: CopiedDocument) {
  const bytes = Buffer.alloc(FILE_SIZE, `%PDF-1.4 ${id} `);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const path = join(folder, contentHash);
  await writeFile(path, bytes);
  const { size } = await bucket.put(contentHash, path, contentHash);
  const hashes = { contentHash, objectHash: contentHash, documentHash: contentHash };
  return { address: contentHash, size, ...hashes, sealed: false, bucket: bucket.name };
}

function entityOf(document: CopiedDocument, reading: string, file: FileValue, fingerprint: string): Entity {
  const { id, title, pages, chunks } = document;
  const documentHash = file.documentHash;
  const values: Readonly<Record<string, JsonValue>> = {
    content: { hash: documentHash, size: file.size, format: 'pdf', fileName: `${title}.pdf` },
    title: { title, renamed: false },
    info: { author: null, language: 'en', pageCount: pages.length, addedAt: 1 },
    [register.file]: file,
    [register.reading]: { id: reading, pages: pages.length, chunks: chunks.length, documentHash },
    [register.vectors(fingerprint)]: { count: chunks.length, reading },
  };
  const registers = Object.entries(values).map(([name, value]) => {
    return [name, { stamp: '1700000000000000-aaaaaaaa', seen: 0, value }] as const;
  });
  return { kind: 'document', id, registers: Object.fromEntries(registers), tombstone: null };
}

async function secondComputer(
  place: SyncPlace,
  read: Read,
  vectors: ReadonlyMap<string, Float32Array>,
  folder: string,
): Promise<BenchResult[]> {
  const core = await openComputer(place, join(folder, 'second'));
  await core.resume();
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1_000;
  await core.sync.turnOn(account.password);
  const listed = await reached(core, ({ length }) => length === DOCUMENTS, since);
  const byWords = await reached(core, (all) => all.every(({ chunkCount }) => chunkCount > 0), since);
  const searchable = await reached(core, (all) => all.every(({ state }) => state === 'ready'), since);
  await syncRound(core);
  const whole = since();
  const documents = await core.database.documents.list();
  const chunks = documents.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
  const made = await vectorsMadeHere(core, read.embedder, vectors);
  const files = place.bucket.requests.filter(({ operation }) => operation === 'GetObject').length;
  await core.close();
  const ingested = (read.seconds / read.chunks.length) * chunks;
  const rate = `${FILING}: ${read.chunks.length} chunks read and embedded in ${read.seconds.toFixed(1)} s, so that ${chunks} take ${ingested.toFixed(0)} s`;
  return [
    atLeast(
      'second device, from signing in to searching by words and vectors, against ingesting',
      ingested / searchable,
      LIMIT,
      'x',
      `${documents.length} documents, ${chunks} chunks in ${searchable.toFixed(1)} s (lists ${listed.toFixed(1)} s, by words ${byWords.toFixed(1)} s); ${rate}; PostgreSQL with TLS and a bucket on 127.0.0.1`,
    ),
    atMost('vectors that the second device made itself', made, 0, 'vectors', `of ${vectors.size} that were compared`),
    withoutLimit(
      'second device, with all pages and files',
      whole,
      's',
      `${documents.reduce((sum, { pageCount }) => sum + pageCount, 0)} pages with their geometry, ${files} objects`,
    ),
  ];
}

type Listed = Awaited<ReturnType<Core['database']['documents']['list']>>;

/** Seconds until the library's list is as it is to be. */
async function reached(core: Core, isThere: (all: Listed) => boolean, since: () => number): Promise<number> {
  for (;;) {
    const all = await core.database.documents.list();
    if (all.length === DOCUMENTS && isThere(all)) return since();
    const { error } = core.sync.status;
    if (error) throw new Error(error.message);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** The copies' vectors are those of other words than they have, so that one which was made here is another. */
async function vectorsMadeHere(
  core: Core,
  { fingerprint }: StoredEmbedder,
  vectors: ReadonlyMap<string, Float32Array>,
): Promise<number> {
  const hashes = [...vectors.keys()].map((name) => Buffer.from(name, 'hex'));
  let same = 0;
  for (let at = 0; at < hashes.length; at += 1_000) {
    for (const row of await core.database.parts.vectors(fingerprint, hashes.slice(at, at + 1_000))) {
      const sent = vectors.get(nameOf(row.contentHash));
      if (sent?.every((value, index) => value === row.vector[index])) same += 1;
    }
  }
  return vectors.size - same;
}

function nameOf(contentHash: Uint8Array): string {
  return Buffer.from(contentHash).toString('hex');
}
