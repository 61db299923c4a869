/** Files on their way to the bucket: what was sealed comes back, and nothing else does. */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFileKeys, PIECE_SIZE, SealedReader, sealedSize } from '../../../electron/encryption/sealed-file.ts';
import { writeStored } from '../../../electron/encryption/stored-file.ts';
import { blobAddress, blobKeysOf, openSealed, sealFile } from '../../../electron/sync/sealing.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const blobKey = randomBytes(32);
const keys = blobKeysOf(blobKey);
/** Of a sealed piece. */
const STEP = PIECE_SIZE + 16;
const HEADER = 72;
let folder: string;
let remove: () => void;
let count = 0;

beforeAll(() => void ({ folder, remove } = temporaryFolder()));
afterAll(() => remove());

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const fresh = (): string => join(folder, String((count += 1)));

async function sealed(content: Uint8Array) {
  const [path, target] = [fresh(), fresh()];
  await writeFile(path, content);
  return { target, ...(await sealFile({ path, key: null }, target, keys)) };
}

/** The code of what it rejects with; null when it does not. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (thrown: unknown) => (thrown as { code?: unknown }).code,
  );
}

const nearBorders = fc
  .tuple(fc.constantFrom(0, 1, 2, 16, 17), fc.integer({ min: -20, max: 20 }))
  .map(([pieces, off]) => Math.max(0, pieces * PIECE_SIZE + off));

describe('what was sealed', () => {
  // Catches: a last slice that is lost, padding that is taken for content, a size or hash that is told wrongly.
  it('comes back whole, whatever its length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearBorders, fc.integer({ min: 0, max: 3_000_000 })), async (length) => {
        const content = randomBytes(length);
        const { target, contentHash, sha256, size } = await sealed(content);
        const bytes = await readFile(target);
        expect([contentHash, sha256, size]).toEqual([hashOf(content), hashOf(bytes), bytes.length]);
        expect(size).toBe(sealedSize(length));
        const plain = fresh();
        expect(await openSealed(target, plain, keys, contentHash)).toEqual({ size: length });
        expect((await readFile(plain)).equals(content)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  // Catches: a salt that is not random, by which equal files could be recognised, or a nonce be used twice.
  it('is other bytes at each sealing, under the same address', async () => {
    const content = randomBytes(100_000);
    const [one, other] = [await sealed(content), await sealed(content)];
    expect(one.sha256).not.toBe(other.sha256);
    expect(blobAddress(one.contentHash, keys)).toBe(blobAddress(other.contentHash, keys));
  });

  // Catches: an encrypted library whose files would be sent under two layers, or come back in the clear.
  it('goes from and to files that the library encrypts itself', async () => {
    const content = randomBytes(200_000);
    const contentHash = hashOf(content);
    const ofLibrary = randomBytes(32);
    const source = { path: fresh(), key: { ...newFileKeys(ofLibrary), kind: 'original' as const, contentHash } };
    await writeStored(source, content);
    const target = fresh();
    expect((await sealFile(source, target, keys)).contentHash).toBe(contentHash);
    const [back, targetKeys] = [fresh(), newFileKeys(ofLibrary)];
    await openSealed(target, back, keys, contentHash, { targetKeys });
    expect((await readFile(back)).includes(content.subarray(0, 32))).toBe(false);
    const reader = await SealedReader.open(back, { ...targetKeys, kind: 'original', contentHash });
    expect(Buffer.from(await reader.read(0, reader.length)).equals(content)).toBe(true);
    await reader.close();
  });
});

describe('what was not sealed so', () => {
  // Catches: a bit, a cut or an exchange that whoever runs the bucket makes and nobody sees.
  it('is refused, and leaves no file', async () => {
    const content = randomBytes(3 * PIECE_SIZE + 500);
    const { target, contentHash } = await sealed(content);
    const bytes = await readFile(target);
    const tries = async (changed: Uint8Array, hash = contentHash): Promise<unknown> => {
      const [path, plain] = [fresh(), fresh()];
      await writeFile(path, changed);
      const code = await codeOf(openSealed(path, plain, keys, hash));
      expect((await readdir(folder)).filter((name) => join(folder, name).startsWith(plain))).toEqual([]);
      return code;
    };
    const piece = (index: number): Buffer => bytes.subarray(HEADER + index * STEP, HEADER + (index + 1) * STEP);
    const other = await readFile((await sealed(randomBytes(content.length))).target);
    expect({
      cutByAPiece: await tries(bytes.subarray(0, HEADER + 3 * STEP)),
      cutToTheHeader: await tries(bytes.subarray(0, HEADER)),
      empty: await tries(bytes.subarray(0, 0)),
      longer: await tries(Buffer.concat([bytes, bytes.subarray(0, 1)])),
      reordered: await tries(
        Buffer.concat([bytes.subarray(0, HEADER), piece(1), piece(0), bytes.subarray(HEADER + 2 * STEP)]),
      ),
      anotherFile: await tries(other),
      withAPieceOfAnother: await tries(
        Buffer.concat([
          bytes.subarray(0, HEADER),
          other.subarray(HEADER, HEADER + STEP),
          bytes.subarray(HEADER + STEP),
        ]),
      ),
      anotherHash: await tries(bytes, hashOf(randomBytes(3))),
    }).toEqual(
      Object.fromEntries(
        [
          ...['cutByAPiece', 'cutToTheHeader', 'empty', 'longer', 'reordered', 'anotherFile'],
          ...['withAPieceOfAnother', 'anotherHash'],
        ].map((name) => [name, 'remote-damaged']),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length * 8 - 1 }), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await tries(changed)).toBe('remote-damaged');
      }),
      { numRuns: 60 },
    );
  });

  // Catches: a picture in an original's place, and another account's key that opens it.
  it('is refused under another key and as another kind', async () => {
    const { target, contentHash } = await sealed(randomBytes(10));
    const others = blobKeysOf(randomBytes(32));
    expect(await codeOf(openSealed(target, fresh(), others, contentHash))).toBe('remote-damaged');
    expect(await codeOf(openSealed(target, fresh(), keys, contentHash, { kind: 'picture' }))).toBe('remote-damaged');
  });
});

describe('sealing', () => {
  // Catches: a stop that nobody heeds, and a half-written file that stays.
  it('stops when it is told to, and leaves nothing', async () => {
    const path = fresh();
    await writeFile(path, randomBytes(100));
    const target = fresh();
    const signal = AbortSignal.abort();
    expect(await codeOf(sealFile({ path, key: null }, target, keys, { signal }))).toBe('cancelled');
    expect((await readdir(folder)).filter((name) => join(folder, name).startsWith(target))).toEqual([]);
  });

  // Catches: a change of the derivation, after which no computer finds what another one stored.
  it('names files as it is written down', () => {
    const contentHash = hashOf(Buffer.from('content'));
    const names = Buffer.from(hkdfSync('sha256', blobKey, Buffer.alloc(0), 'names of blobs', 32));
    const expected = createHmac('sha256', names).update(contentHash, 'hex').digest('hex');
    expect(blobAddress(contentHash, keys)).toBe(expected);
    expect(blobAddress(contentHash, null)).toBe(contentHash);
  });
});
