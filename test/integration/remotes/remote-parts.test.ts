/** Pages, chunks, vectors and the list of files on a real Postgres (PGlite), and what a deletion leaves of them: nothing. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vectorTable } from '../../../electron/adapters/postgres/remote-vectors.ts';
import type { FileRow, VectorSpace } from '../../../electron/sync/ports/remote-parts.ts';
import type { JsonValue } from '../../../electron/db/database.ts';
import {
  deletedAt,
  entityAt,
  startRemoteLibrary,
  type RemoteAccount,
  type RemoteLibrary,
} from '../../helpers/remote-library.ts';
import { addDocumentTo, chunk, hash, page, vectorOf } from '../../helpers/remote-rows.ts';

let library: RemoteLibrary;
let account: RemoteAccount;
let space: VectorSpace;

beforeAll(async () => {
  library = await startRemoteLibrary();
});
beforeEach(async () => {
  account = await library.join();
  await account.parts.nameBucket(bucket, label);
  space = { fingerprint: `model-${randomUUID()}`, dimensions: 4 };
});
afterAll(() => library.close());

/** As `BlobStore.name` and `label`. */
const [bucket, label] = ['b'.repeat(32), '“files” at s3.example.com'];
const [formerBucket, formerLabel] = ['f'.repeat(32), '“old” at s3.example.com'];

/** A file of a document, named by its text. */
function file(documentId: string, text: string, kind: FileRow['kind'] = 'original'): FileRow {
  return {
    address: createHash('sha256').update(text).digest('hex'),
    kind,
    documentId,
    contentHash: 'c',
    size: 5_000_000_000,
    sealed: true,
  };
}

const push = (...changes: Parameters<typeof account.store.push>[1]): Promise<readonly number[]> =>
  account.store.push(account.device.id, changes).then(({ sequences }) => sequences);

function addDocument(id: string, texts: readonly string[], reading = 'r1', at = 1): Promise<void> {
  return addDocumentTo(account, space, { id, texts, reading, at });
}

describe('a reading', () => {
  test('comes back as it was, in pages', async () => {
    const pages = [page(1), page(2, { confidence: null }), page(3, { confidence: 87.5, hasText: false })];
    const chunks = [chunk(0), chunk(1), chunk(2)];
    await account.parts.putPages('d1', 'r1', pages);
    await account.parts.putChunks('d1', 'r1', chunks);
    expect(await account.parts.countReading('d1', 'r1')).toEqual({ pages: 3, chunks: 3 });
    expect(await account.parts.pages('d1', 'r1', 0, 2)).toEqual(pages.slice(0, 2));
    expect(await account.parts.pages('d1', 'r1', 2, 2)).toEqual(pages.slice(2));
    expect(await account.parts.chunks('d1', 'r1', -1, 2)).toEqual(chunks.slice(0, 2));
    expect(await account.parts.chunks('d1', 'r1', 1, 2)).toEqual(chunks.slice(2));
  });

  test('put again stays as it is', async () => {
    await account.parts.putChunks('d1', 'r1', [chunk(0)]);
    await account.parts.putChunks('d1', 'r1', [chunk(0, 'other'), chunk(1)]);
    expect(await account.parts.chunks('d1', 'r1', -1, 9)).toEqual([chunk(0), chunk(1)]);
  });

  test('with what Postgres keeps in no text has a sign of the same length in its place', async () => {
    await account.parts.putPages('d1', 'r1', [page(1, { text: 'a\0b \ud800c 😀' })]);
    expect((await account.parts.pages('d1', 'r1', 0, 1))[0]?.text).toBe('a\ufffdb \ufffdc 😀');
  });

  test('of a deleted document is not written any more, by another device that did not know', async () => {
    await push(deletedAt(1, 'document', 'd1'));
    await account.parts.putPages('d1', 'r1', [page(1)]);
    await account.parts.putChunks('d1', 'r1', [chunk(0)]);
    await account.parts.putVectors(space, [{ contentHash: hash('text 0'), vector: vectorOf('angle 0') }]);
    expect(Object.values(await account.parts.leftOf('d1')).filter((rows) => rows > 0)).toEqual([]);
  });

  test('goes when another took its place, with vectors that nothing else uses', async () => {
    await addDocument('d1', ['angle 1', 'angle 2'], 'old');
    await addDocument('d2', ['angle 2'], 'r');
    await addDocument('d1', ['angle 3'], 'new', 2);
    await account.parts.dropOtherReadings('d1', 'new');
    expect(await account.parts.countReading('d1', 'old')).toEqual({ pages: 0, chunks: 0 });
    expect(await account.parts.countReading('d1', 'new')).toEqual({ pages: 1, chunks: 1 });
    const hashes = ['angle 1', 'angle 2', 'angle 3'].map(hash);
    expect(await sorted(account.parts.haveVectors(space, hashes))).toEqual(await sorted(hashes.slice(1)));
  });
});

describe('files', () => {
  test('are listed by document', async () => {
    const [original, thumbnail] = [file('d1', 'pdf'), file('d1', 'picture', 'thumbnail')];
    for (const one of [original, thumbnail, original]) await account.parts.putFile(one);
    expect(await account.parts.files('d1')).toEqual([original, thumbnail]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
  });

  test('of a deleted document are to be removed, unless another names the same', async () => {
    await account.parts.putFile(file('d1', 'own'));
    await account.parts.putFile(file('d1', 'shared'));
    await account.parts.putFile(file('d2', 'shared'));
    await push(entityAt(1, 'document', 'd1', {}), deletedAt(2, 'document', 'd1'));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([file('d1', 'own').address]);
    await account.parts.confirmRemoved(bucket, [file('d1', 'own').address]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
    await push(deletedAt(3, 'document', 'd2'));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([file('d1', 'shared').address]);
  });

  test('listed for a document that was deleted meanwhile are to be removed', async () => {
    await push(deletedAt(1, 'document', 'd1'));
    await account.parts.putFile(file('d1', 'late'));
    expect(await account.parts.files('d1')).toEqual([]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([file('d1', 'late').address]);
  });

  test('that another took the place of go, and those whose name is still on its way stay', async () => {
    const names = (text: string): JsonValue => ({ address: file('d1', text).address, size: 1 });
    for (const text of ['first', 'second', 'on its way']) await account.parts.putFile(file('d1', text));
    await push(entityAt(1, 'document', 'd1', { file: names('first') }));
    await push(entityAt(3, 'document', 'd1', { file: names('second') }));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([file('d1', 'first').address]);
    // One that comes too late loses, and its object goes.
    await account.parts.putFile(file('d1', 'late'));
    await push(entityAt(2, 'document', 'd1', { file: names('late') }));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual(
      [file('', 'first'), file('', 'late')].map((one) => one.address).sort(),
    );
    const left = (await account.parts.files('d1')).map(({ address }) => address);
    expect(left).toEqual([file('', 'second'), file('', 'on its way')].map((one) => one.address).sort());
  });

  test('are removed by one device at a time, and nobody lists what is just going', async () => {
    const { parts: other } = await account.another();
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    const address = file('d1', 'pdf').address;
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([address]);
    expect(await other.filesToRemove(bucket, 9)).toEqual([]);
    // The same device may have been killed: it goes on at once.
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([address]);
    await expect(other.putFile(file('d2', 'pdf'))).rejects.toMatchObject({ code: 'remote-busy', retryable: true });
    await account.parts.confirmRemoved(bucket, [address]);
    await other.putFile(file('d2', 'pdf'));
    expect(await other.files('d2')).toEqual([file('d2', 'pdf')]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
  });

  test('that a device began to remove and did not go on with are another’s after a quarter of an hour', async () => {
    const { parts: other } = await account.another();
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    const claimed = await account.parts.filesToRemove(bucket, 9);
    await library.session.query(
      `UPDATE quire.object_removals SET claimed_at = claimed_at - interval '16 minutes' WHERE user_id = $1`,
      [account.userId],
    );
    expect(await other.filesToRemove(bucket, 9)).toEqual(claimed);
    // What the first one says now is of no account.
    await account.parts.confirmRemoved(bucket, claimed);
    expect(await other.filesToRemove(bucket, 9)).toEqual(claimed);
  });

  test('wanted again before anybody removes them stay', async () => {
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    await account.parts.putFile(file('d2', 'pdf'));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
  });
});

describe('several buckets', () => {
  const { address } = file('d1', 'pdf');

  test('what is deleted is to be removed from each, and confirmed by who looked in that one alone', async () => {
    const { parts: other } = await account.another();
    await other.nameBucket(formerBucket, formerLabel);
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([address]);
    expect(await other.filesToRemove(formerBucket, 9)).toEqual([address]);
    await account.parts.confirmRemoved(bucket, [address]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
    // The proof says where nobody looked yet.
    const left = Object.entries(await account.parts.leftOf('d1')).filter(([, rows]) => rows > 0);
    expect(left).toEqual([[`bucket ${formerLabel}`, 1]]);
    // This computer has nothing to say of that one.
    await account.parts.confirmRemoved(formerBucket, [address]);
    expect(await account.parts.leftOf('d1')).toMatchObject({ [`bucket ${formerLabel}`]: 1 });
    await other.confirmRemoved(formerBucket, [address]);
    expect(Object.values(await account.parts.leftOf('d1')).every((rows) => rows === 0)).toBe(true);
  });

  test('what was to be removed before a bucket was named is looked for there, too', async () => {
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    await account.parts.nameBucket(formerBucket, formerLabel);
    expect(await account.parts.filesToRemove(formerBucket, 9)).toEqual([address]);
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([address]);
  });

  test('what was put down by a Quire that knew of one bucket alone goes to the first that is named', async () => {
    const other = await library.join();
    await other.parts.putFile(file('d1', 'pdf'));
    await other.store.push(other.device.id, [deletedAt(1, 'document', 'd1')]);
    expect(await other.parts.leftOf('d1')).toMatchObject({ object_removals: 1 });
    await other.parts.nameBucket(bucket, label);
    expect(await other.parts.filesToRemove(bucket, 9)).toEqual([address]);
    await other.parts.confirmRemoved(bucket, [address]);
    expect(Object.values(await other.parts.leftOf('d1')).every((rows) => rows === 0)).toBe(true);
  });

  test('a removal that died in a bucket that nobody can reach keeps no file from being added again for good', async () => {
    await account.parts.nameBucket(formerBucket, formerLabel);
    await account.parts.putFile(file('d1', 'pdf'));
    await push(deletedAt(1, 'document', 'd1'));
    await account.parts.filesToRemove(formerBucket, 9);
    await expect(account.parts.putFile(file('d2', 'pdf'))).rejects.toMatchObject({ code: 'remote-busy' });
    await library.session.query(
      `UPDATE quire.object_removals SET claimed_at = claimed_at - interval '16 minutes' WHERE user_id = $1`,
      [account.userId],
    );
    await account.parts.putFile(file('d2', 'pdf'));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([]);
    expect(await account.parts.filesToRemove(formerBucket, 9)).toEqual([]);
  });

  test('a file stays listed as long as a register names it in another bucket', async () => {
    await account.parts.putFile(file('d1', 'pdf'));
    const value = { address, size: 1 };
    await push(entityAt(1, 'document', 'd1', { file: value, [`file:${formerBucket}`]: value }));
    await push(entityAt(2, 'document', 'd1', { file: null }));
    expect(await account.parts.files('d1')).toHaveLength(1);
    await push(entityAt(3, 'document', 'd1', { [`file:${formerBucket}`]: null }));
    expect(await account.parts.filesToRemove(bucket, 9)).toEqual([address]);
  });
});

describe('a deletion', () => {
  test('leaves nothing of the document in any table, and all of the others', async () => {
    await addDocument('d1', ['angle 1', 'angle 2', 'angle 3']);
    await addDocument('d2', ['angle 3', 'angle 4']);
    await account.parts.putFile(file('d1', 'pdf'));
    const before = await account.parts.leftOf('d1');
    const table = vectorTable(space.fingerprint);
    expect(before).toMatchObject({ documents: 1, pages: 1, chunks: 3, files: 1, object_removals: 0, [table]: 3 });
    await push(deletedAt(5, 'document', 'd1'));
    expect(await account.parts.leftOf('d1')).toMatchObject({ object_removals: 0, [`bucket ${label}`]: 1 });
    await account.parts.confirmRemoved(bucket, await account.parts.filesToRemove(bucket, 9));
    expect(Object.entries(await account.parts.leftOf('d1')).filter(([, rows]) => rows > 0)).toEqual([]);
    expect(await account.parts.leftOf('d2')).toMatchObject({ documents: 1, pages: 1, chunks: 2, [table]: 2 });
    // By the catalogue: no column of any table still has the document's id, but for the tombstone and its change.
    expect(await tablesWith('d1')).toEqual(['changes', 'tombstones']);
  });

  test('of a document that was merged into another takes its parts along', async () => {
    await addDocument('d1', ['angle 1']);
    await push(deletedAt(5, 'document', 'd1', 'd0'));
    expect(Object.values(await account.parts.leftOf('d1')).filter((rows) => rows > 0)).toEqual([]);
  });
});

test('sizes tell rows and bytes of each table', async () => {
  await addDocument('d1', ['angle 1', 'angle 2']);
  const sizes = new Map((await account.parts.sizes()).map(({ table, rows, bytes }) => [table, { rows, bytes }]));
  expect(sizes.get('chunks')?.rows).toBe(2);
  expect(sizes.get('chunks')?.bytes).toBeGreaterThan(40);
  // Each with four floats, four bytes of pgvector's own and one with the length.
  expect(sizes.get(vectorTable(space.fingerprint))).toEqual({ rows: 2, bytes: 42 });
  expect(sizes.get('messages')).toEqual({ rows: 0, bytes: 0 });
});

test('a signal ends reading and writing', async () => {
  const cancel = new AbortController();
  cancel.abort();
  const { signal } = cancel;
  await account.parts.openVectors(space);
  const all = [
    account.parts.putChunks('d1', 'r1', [chunk(0)], signal),
    account.parts.chunks('d1', 'r1', -1, 9, signal),
    account.parts.vectors(space, [hash('x')], signal),
    account.parts.putFile(file('d1', 'x'), signal),
  ];
  for (const one of await Promise.allSettled(all)) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  }
  expect(await account.parts.countReading('d1', 'r1')).toEqual({ pages: 0, chunks: 0 });
});

/** Tables of this account that name a text anywhere. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await library.session.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id'
      WHERE c.relnamespace = 'quire'::regnamespace AND c.relkind = 'r' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await library.session.query<{ rows: number }>(
      `SELECT count(*) AS rows FROM quire.${name} t WHERE user_id = $1 AND to_json(t)::text LIKE $2`,
      [account.userId, `%"${text}"%`],
    );
    if (row?.rows) found.push(name);
  }
  return found;
}

async function sorted(hashes: readonly Uint8Array[] | Promise<readonly Uint8Array[]>): Promise<string[]> {
  return (await hashes).map((one) => Buffer.from(one).toString('hex')).sort();
}
