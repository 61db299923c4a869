/** Vectors on a real Postgres (PGlite), a table for each embedder, and the search through them, with and without index. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vectorTable } from '../../../electron/adapters/postgres/remote-vectors.ts';
import type { ChunkRow, VectorSpace } from '../../../electron/sync/ports/remote-parts.ts';
import { entityAt, startRemoteLibrary, type RemoteAccount, type RemoteLibrary } from '../../helpers/remote-library.ts';
import { addDocumentTo, chunk, hash, vectorOf } from '../../helpers/remote-rows.ts';

let library: RemoteLibrary;
let account: RemoteAccount;
let space: VectorSpace;

beforeAll(async () => {
  library = await startRemoteLibrary();
});
beforeEach(async () => {
  account = await library.join();
  space = { fingerprint: `model-${randomUUID()}`, dimensions: 4 };
});
afterAll(() => library.close());

const push = (...changes: Parameters<typeof account.store.push>[1]): Promise<readonly number[]> =>
  account.store.push(account.device.id, changes).then(({ sequences }) => sequences);

function addDocument(id: string, texts: readonly string[], reading = 'r1', at = 1): Promise<void> {
  return addDocumentTo(account, space, { id, texts, reading, at });
}

describe('vectors', () => {
  test('come back to the last bit, and only those that are there', async () => {
    const vector = new Float32Array([Math.PI, -1e-7, 1 / 3, 12345.678]);
    await account.parts.putChunks('d1', 'r1', [chunk(0)]);
    await account.parts.putVectors(space, [{ contentHash: hash('text 0'), vector }]);
    const asked = [hash('text 0'), hash('missing')];
    expect(await account.parts.haveVectors(space, asked)).toEqual([hash('text 0')]);
    expect(await account.parts.vectors(space, asked)).toEqual([{ contentHash: hash('text 0'), vector }]);
  });

  test('hang on whole hashes, too', async () => {
    const contentHash = createHash('sha256').update('whole').digest();
    await account.parts.putChunks('d1', 'r1', [{ ...chunk(0), contentHash }, chunk(1)]);
    const rows = [
      { contentHash, vector: vectorOf('angle 1') },
      { contentHash: hash('text 1'), vector: vectorOf('angle 2') },
    ];
    await account.parts.putVectors(space, rows);
    const found = await account.parts.vectors(space, [contentHash, hash('text 1')]);
    expect(found.sort((a, b) => b.contentHash.length - a.contentHash.length)).toEqual(rows);
  });

  test('of texts that no chunk has are left out', async () => {
    await account.parts.putVectors(space, [{ contentHash: hash('nothing'), vector: vectorOf('angle 1') }]);
    expect(await account.parts.haveVectors(space, [hash('nothing')])).toEqual([]);
  });

  test('of an embedder that nobody has used are none, and make no table', async () => {
    expect(await account.parts.haveVectors(space, [hash('x')])).toEqual([]);
    expect(await account.parts.vectors(space, [hash('x')])).toEqual([]);
    expect(await account.parts.nearest(space, vectorOf('angle 1'), { limit: 3 })).toEqual([]);
    const [table] = await library.session.query<{ made: string | null }>(`SELECT to_regclass($1)::text AS made`, [
      `quire.${vectorTable(space.fingerprint)}`,
    ]);
    expect(table?.made).toBeNull();
  });

  test('of two embedders are kept apart', async () => {
    const other = { fingerprint: `${space.fingerprint}-2`, dimensions: 2 };
    await account.parts.putChunks('d1', 'r1', [chunk(0)]);
    await account.parts.putVectors(space, [{ contentHash: hash('text 0'), vector: vectorOf('angle 0') }]);
    expect(await account.parts.haveVectors(other, [hash('text 0')])).toEqual([]);
    await account.parts.putVectors(other, [{ contentHash: hash('text 0'), vector: new Float32Array([1, 2]) }]);
    expect(await account.parts.vectors(other, [hash('text 0')])).toMatchObject([{ vector: new Float32Array([1, 2]) }]);
  });

  test('of the same embedder cannot have two lengths', async () => {
    await account.parts.openVectors(space);
    const { parts } = await account.another();
    await expect(parts.openVectors({ ...space, dimensions: 5 })).rejects.toThrow();
  });

  test.each([
    [384, 'vector_cosine_ops'],
    [3_072, 'halfvec_cosine_ops'],
    [5_000, null],
  ])('with %i dimensions have the index %s, and are found', async (dimensions, operators) => {
    const large = { fingerprint: `large-${randomUUID()}`, dimensions };
    const texts = ['near', 'far'];
    await account.parts.putChunks(
      'd1',
      'r1',
      texts.map((text, at) => chunk(at, text)),
    );
    const [near, far] = [new Float32Array(dimensions).fill(1), new Float32Array(dimensions).fill(-1)];
    await account.parts.putVectors(large, [
      { contentHash: hash('near'), vector: near },
      { contentHash: hash('far'), vector: far },
    ]);
    // So many that HNSW would be asked, were there an index.
    await push(entityAt(1, 'document', 'd1', { reading: { id: 'r1', pages: 1, chunks: 1_000_000 } }));
    const found = await account.parts.nearest(large, near, { limit: 2 });
    expect(found.map(({ chunk: { text } }) => text)).toEqual(texts);
    const [index] = await library.session.query<{ operators: string }>(
      `SELECT o.opcname AS operators FROM pg_index i JOIN pg_opclass o ON o.oid = i.indclass[0]
        WHERE i.indrelid = $1::regclass AND NOT i.indisprimary`,
      [`quire.${vectorTable(large.fingerprint)}`],
    );
    expect(index?.operators ?? null).toBe(operators);
  });

  test.each(['', 'x'.repeat(501)])('of a fingerprint that is none (%#) get no table', async (fingerprint) => {
    await expect(account.parts.openVectors({ fingerprint, dimensions: 4 })).rejects.toThrow();
  });
});

describe('the nearest chunks', () => {
  const angles = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, at) => `angle ${from + at}`);
  const texts = (found: readonly { readonly chunk: ChunkRow }[]): string[] => found.map((one) => one.chunk.text);

  // All ways of searching must agree: all compared, and through the index, each looked up or against a set of hashes.
  test.each([
    ['exactly', 0, 0],
    ['through the index', 1_000_000, 0],
    ['through the index, of a narrow scope', 6_000, 100_000],
  ])('come %s, in order, with their cosines', async (_how, more, counted) => {
    await addDocument('d1', angles(0, 30));
    await addDocument('d2', ['angle 5', ...angles(30, 60)]);
    await library.session.query(`UPDATE pg_class SET reltuples = $2 WHERE relname = $1`, [
      vectorTable(space.fingerprint),
      counted,
    ]);
    await push(entityAt(9, 'document', 'd1', { reading: { id: 'r1', pages: 1, chunks: 30 + more } }));
    const question = vectorOf('angle 4.6');
    const all = await account.parts.nearest(space, question, { limit: 4 });
    expect(texts(all)).toEqual(['angle 5', 'angle 5', 'angle 4', 'angle 6']);
    expect(all.map(({ documentId }) => documentId)).toEqual(['d1', 'd2', 'd1', 'd1']);
    expect(all[0]?.cosine).toBeCloseTo(Math.cos((0.4 * Math.PI) / 180), 6);
    expect(all[0]?.chunk).toEqual(chunk(5, 'angle 5'));
    expect(texts(await account.parts.nearest(space, question, { limit: 2, within: ['d2'] }))).toEqual([
      'angle 5',
      'angle 30',
    ]);
    expect(texts(await account.parts.nearest(space, question, { limit: 2, without: ['d1'] }))).toEqual([
      'angle 5',
      'angle 30',
    ]);
    expect(await account.parts.nearest(space, question, { limit: 2, within: [] })).toEqual([]);
    expect(texts(await account.parts.nearest(space, question, { limit: 1, within: ['d2'], without: ['d2'] }))).toEqual(
      [],
    );
  });

  test.each([0, 1_000_000])('are of readings that a document names now (%i)', async (more) => {
    await addDocument('d1', angles(0, 3), 'old');
    await addDocument('d1', angles(40, 43), 'new', 2);
    await push(entityAt(3, 'document', 'd1', { reading: { id: 'new', pages: 1, chunks: 3 + more } }));
    // Written, and not named yet.
    await account.parts.putChunks('d2', 'r', [chunk(0, 'angle 2')]);
    expect(texts(await account.parts.nearest(space, vectorOf('angle 1'), { limit: 9 }))).toEqual(angles(40, 43));
  });

  test('are found among many that are left out', async () => {
    await addDocument('d1', angles(0, 350));
    await addDocument('d2', ['angle 180.5', 'angle 181.5']);
    await push(entityAt(9, 'document', 'd2', { reading: { id: 'r1', pages: 1, chunks: 1_000_000 } }));
    const found = await account.parts.nearest(space, vectorOf('angle 0'), { limit: 2, without: ['d1'] });
    expect(texts(found).sort()).toEqual(['angle 180.5', 'angle 181.5']);
  });

  test('are those of this account', async () => {
    await addDocument('d1', ['angle 1']);
    const other = await library.join();
    await other.parts.openVectors(space);
    expect(await other.parts.nearest(space, vectorOf('angle 1'), { limit: 3 })).toEqual([]);
  });
});
