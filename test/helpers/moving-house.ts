/** Two places that an account can live in, each with a Postgres and a bucket, and an account with something of everything. */
import { createHash, randomUUID } from 'node:crypto';
import { openAccountRows } from '../../electron/adapters/postgres/account-rows.ts';
import { openPostgres } from '../../electron/adapters/postgres/connection.ts';
import { openBucket } from '../../electron/adapters/s3/blob-store.ts';
import type { CopySides } from '../../electron/sync/copy/copy-account.ts';
import { databaseRemoteSchema, type Remotes } from '../../shared/remotes.ts';
import { startBucketServer, type BucketServer } from './bucket-server.ts';
import { startPglite, type TestPostgres } from './pglite-server.ts';
import { deletedAt, entityAt, startRemoteLibrary, type RemoteAccount, type RemoteLibrary } from './remote-library.ts';

export interface House {
  readonly postgres: TestPostgres;
  readonly bucket: BucketServer;
  readonly remotes: Remotes;
  readonly password: string;
  readonly secretAccessKey: string;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** May do everything: whose prefix it is comes with the account. */
const user = { accessKeyId: 'QUIREMOVER', secretAccessKey: 'the secret key of the mover', prefix: '' };

async function houseOf(postgres: TestPostgres): Promise<House> {
  const bucket = await startBucketServer({ users: [user] });
  const { host, port, database, password } = postgres;
  return {
    postgres,
    bucket,
    remotes: {
      database: databaseRemoteSchema.parse({ host, port, database, user: postgres.user, tls: 'off' }),
      bucket: bucket.remote(user),
    },
    password,
    secretAccessKey: user.secretAccessKey,
  };
}

export interface OldHouse extends House {
  readonly library: RemoteLibrary;
}

export async function startOldHouse(): Promise<OldHouse> {
  const library = await startRemoteLibrary();
  return { ...(await houseOf(library.server)), library };
}

/** An empty database, without Quire's schema. */
export async function startNewHouse(): Promise<House> {
  return houseOf(await startPglite());
}

/** Both sides of a copy; to be closed. */
export function sidesOf(from: House, to: House): CopySides {
  const rows = ({ remotes, password }: House) =>
    openAccountRows(openPostgres(remotes.database, password, { connections: 1 }));
  const blobs = ({ remotes, secretAccessKey }: House, userId: string) => {
    if (!remotes.bucket) throw new Error('This house has no bucket.');
    return openBucket(remotes.bucket, secretAccessKey, userId);
  };
  return {
    from: rows(from),
    to: rows(to),
    buckets: (userId) => ({ from: blobs(from, userId), to: blobs(to, userId) }),
  };
}

export interface Furnished {
  readonly account: RemoteAccount;
  /** Keys of its objects in the bucket, in order. */
  readonly keys: readonly string[];
  /** The table of its vectors' embedder. */
  readonly fingerprint: string;
}

const chunksOf = 100;

/** Three documents of 100 chunks with vectors and files, a conversation, tags with NULs, a deletion, a second device. */
export async function furnish({ library, bucket }: OldHouse): Promise<Furnished> {
  const account = await library.join();
  const fingerprint = `embedder-${randomUUID()}`;
  const keys: string[] = [];
  const file = async (documentId: string, kind: 'original' | 'thumbnail', bytes: Buffer) => {
    const address = hashOf(bytes);
    const key = `${account.userId}/blobs/${address}`;
    await bucket.write(key, bytes);
    keys.push(key);
    const of = { address, size: bytes.length, contentHash: address, sealed: false };
    await account.parts.putFile({ ...of, kind, documentId });
    return { ...of, objectHash: address, documentHash: address };
  };
  for (const name of ['a', 'b', 'c']) {
    const id = `${name}-${randomUUID()}`;
    await account.parts.putPages(id, 'r1', [pageOf(1), pageOf(2)]);
    const chunks = Array.from({ length: chunksOf }, (_, ordinal) => chunkOf(ordinal, `${id} ${ordinal} ü\\ "quoted"`));
    await account.parts.putChunks(id, 'r1', chunks);
    await account.parts.putVectors(
      { fingerprint, dimensions: 4 },
      chunks.map(({ contentHash, ordinal }) => ({
        contentHash,
        vector: new Float32Array([Math.cos(ordinal), Math.sin(ordinal), 1 / 3, 0]),
      })),
    );
    await account.store.push(account.device.id, [
      entityAt(1, 'document', id, {
        title: `Title of ${name} \0 \ud800`,
        reading: { id: 'r1', pages: 2, chunks: chunksOf },
        [`vectors:${fingerprint}`]: { count: chunksOf, reading: 'r1' },
        file: await file(id, 'original', Buffer.from(`the file of ${id}`.repeat(500))),
        thumbnail: await file(id, 'thumbnail', Buffer.from(`the picture of ${id}`)),
      }),
    ]);
  }
  await account.store.push(account.device.id, [
    entityAt(2, 'conversation', randomUUID(), { title: 'What now?' }),
    entityAt(2, 'message', randomUUID(), { message: { text: 'Nothing.' } }),
    deletedAt(3, 'document', `gone-${randomUUID()}`),
  ]);
  await account.another();
  return { account, keys: keys.sort(), fingerprint };
}

function pageOf(number: number) {
  const geometry = Buffer.from([number, 0, 255]);
  const size = { width: 595.28, height: 841.89, rotation: 0 };
  return {
    number,
    ...size,
    hasText: true,
    source: 'content',
    text: `page ${number}\n\t{}`,
    geometry,
    confidence: null,
  };
}

function chunkOf(ordinal: number, text: string) {
  return {
    ordinal,
    page: ordinal,
    pageEnd: ordinal,
    tokenCount: 20,
    contentHash: createHash('sha256').update(text).digest(),
    ranges: '[[0,1]]',
    headingPath: '["A\\u0000"]',
    boxes: Buffer.from([1, 2, 3]),
    contextText: '',
    searchTerms: 'terms',
    text,
  };
}

/** All rows of an account by table, as the database itself shows them; the role is left out. */
export async function rowsOf(
  { postgres }: House,
  userId: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows: tables } = await postgres.pglite.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'quire'::regnamespace AND relkind = 'r'
      AND relname <> 'meta' ORDER BY relname`,
  );
  const all: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const { rows } = await postgres.pglite.query<{ row: string }>(
      `SELECT t::text AS row FROM quire.${name} t WHERE ${name === 'users' ? 'id' : 'user_id'} = $1 ORDER BY 1`,
      [userId],
    );
    if (rows.length > 0) all[name] = rows.map(({ row }) => row);
  }
  return all;
}
