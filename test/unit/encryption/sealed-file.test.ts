/** Encrypted files: any length and any range come back, nothing else does. */
import { createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fileKeysOf,
  newFileKeys,
  paddedSize,
  PIECE_SIZE,
  sealedName,
  sealedSize,
  SealedReader,
  SealedWriter,
  type FileKey,
  type FileKind,
} from '../../../electron/encryption/sealed-file.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const HEADER = 72;
const filesKey = randomBytes(32);
let folder: string;
let remove: () => void;
let count = 0;

beforeAll(() => void ({ folder, remove } = temporaryFolder()));
afterAll(() => remove());

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Writes in pieces of this size. */
async function seal(content: Uint8Array, kind: FileKind = 'original', step = 100_000): Promise<[string, FileKey]> {
  const path = join(folder, String((count += 1)));
  const keys = newFileKeys(filesKey);
  const writer = await SealedWriter.create(path, keys, kind);
  for (let at = 0; at < content.length; at += step) await writer.write(content.subarray(at, at + step));
  const contentHash = hashOf(content);
  await writer.finish(contentHash);
  await writer.close();
  return [path, { ...keys, kind, contentHash }];
}

/** As a start does: the keys come from the file. */
async function read(path: string, contentHash: string, kind: FileKind = 'original', key = filesKey): Promise<Buffer> {
  const reader = await SealedReader.open(path, { ...(await fileKeysOf(key, path)), kind, contentHash });
  try {
    return Buffer.from(await reader.read(0, reader.length));
  } finally {
    await reader.close();
  }
}

const nearBorders = fc
  .tuple(fc.constantFrom(0, 1, 2, 16, 17), fc.integer({ min: -40, max: 40 }))
  .map(([pieces, off]) => Math.max(0, pieces * PIECE_SIZE + off));
const lengths = fc.oneof(nearBorders, fc.integer({ min: 0, max: 300_000 }));

describe('what was written comes back', () => {
  // Catches: a last piece that is lost, a range that is shifted by a piece, padding that is taken for content.
  it('whole and in any range, however it was written', async () => {
    const ranges = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 200_000 })),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1_000, max: 400_000 }), ranges, async (length, step, wanted) => {
        const content = randomBytes(length);
        const [path, key] = await seal(content, 'original', step);
        expect((await readFile(path)).length).toBe(sealedSize(length));
        expect((await read(path, key.contentHash)).equals(content)).toBe(true);
        const reader = await SealedReader.open(path, key);
        expect(reader.length).toBe(length);
        for (const [share, size] of wanted) {
          const start = Math.floor(share * length);
          const got = Buffer.from(await reader.read(start, size));
          expect(got.equals(content.subarray(start, start + size))).toBe(true);
        }
        await reader.close();
      }),
      { numRuns: 60 },
    );
  });

  // Catches: a change of the format by which older libraries can't be read any more.
  it('in the format that is written down', async () => {
    const content = randomBytes(PIECE_SIZE + 1_000);
    const [path, { contentHash }] = await seal(content);
    const file = await readFile(path);
    expect(file.subarray(0, 16).toString('latin1')).toBe(`QUIREBLB\u0001\u0001${'\0'.repeat(6)}`);
    const open = (label: string, nonce: number, stated: Buffer, sealed: Buffer): Buffer => {
      const key = Buffer.from(hkdfSync('sha256', filesKey, file.subarray(16, 48), label, 32));
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce.toString(16).padStart(24, '0'), 'hex'));
      decipher.setAAD(stated).setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    };
    const stated = file.subarray(0, 48);
    const length = open('header', 0, Buffer.concat([stated, Buffer.from(contentHash, 'hex')]), file.subarray(48, 72));
    expect(length.readBigUInt64LE()).toBe(BigInt(content.length));
    const border = HEADER + PIECE_SIZE + 16;
    const first = open('chunks', 0, stated, file.subarray(HEADER, border));
    const second = open('chunks', 1, stated, file.subarray(border));
    const padding = Buffer.alloc(paddedSize(content.length) - content.length);
    expect(Buffer.concat([first, second]).equals(Buffer.concat([content, padding]))).toBe(true);
  });
});

describe('sizes and names', () => {
  // Catches: a size that says which public PDF a file is, and padding that doubles a library.
  it('few sizes, at most an eighth more, none twice as likely to tell', () => {
    // Padmé as published, by bits.
    const published = (length: number): number => {
      const exponent = Math.floor(Math.log2(length));
      const mask = (1 << (exponent - (Math.floor(Math.log2(exponent)) + 1))) - 1;
      return (length + mask) & ~mask;
    };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 30 }), (length) => {
        const padded = paddedSize(length);
        expect(padded).toBe(published(length));
        expect(paddedSize(padded)).toBe(padded);
        expect(padded / length).toBeLessThan(1.125);
      }),
    );
    const sizes = new Set(Array.from({ length: 100_000 }, (_, index) => paddedSize(1_000_000 + index)));
    expect(sizes.size).toBeLessThan(10);
  });

  it('a name tells nothing without its key', () => {
    const hash = hashOf(Buffer.from('a public report'));
    const name = sealedName(filesKey, hash);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(name).toBe(sealedName(filesKey, hash));
    expect(name).not.toBe(sealedName(randomBytes(32), hash));
    expect(name).not.toContain(hash.slice(0, 8));
  });

  // Catches: two files of the same bytes that are seen to be the same, and a nonce that is used twice with a key.
  it('the same bytes are never encrypted the same way twice', async () => {
    const content = Buffer.alloc(200_000, 7);
    const [a, b] = [await readFile((await seal(content))[0]), await readFile((await seal(content))[0])];
    for (let at = 16; at + 32 <= a.length; at += 32) {
      expect(a.subarray(at, at + 32).equals(b.subarray(at, at + 32))).toBe(false);
    }
    // Nor two pieces of one.
    expect(a.subarray(HEADER, HEADER + 64).equals(a.subarray(HEADER + PIECE_SIZE + 16, HEADER + PIECE_SIZE + 80))).toBe(
      false,
    );
  });
});

describe('what was changed is refused', () => {
  const content = randomBytes(3 * PIECE_SIZE + 5_000);
  const contentHash = hashOf(content);
  let path: string;
  let file: Buffer;
  beforeAll(async () => {
    [path] = await seal(content);
    file = await readFile(path);
  });

  async function refused(bytes: Buffer): Promise<void> {
    await writeFile(path, bytes);
    await expect(read(path, contentHash)).rejects.toMatchObject({ code: 'file-changed' });
  }

  it('each byte of the header, and bits all over the rest', async () => {
    const places = [
      ...Array.from({ length: HEADER }, (_, at) => at),
      ...Array.from({ length: 200 }, () => HEADER + Math.floor(Math.random() * (file.length - HEADER))),
      file.length - 1,
    ];
    for (const at of places) {
      const bytes = Buffer.from(file);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
      await refused(bytes);
    }
  });

  it('cut, lengthened, emptied, made of something else', async () => {
    const sealed = PIECE_SIZE + 16;
    for (const length of [0, 1, 47, 48, HEADER - 1, HEADER, HEADER + sealed, HEADER + 2 * sealed, file.length - 1]) {
      await refused(file.subarray(0, length));
    }
    await refused(Buffer.concat([file, Buffer.alloc(1)]));
    await refused(Buffer.concat([file, Buffer.alloc(sealed)]));
    await refused(content);
    await refused(randomBytes(file.length));
  });

  it('pieces that were moved, or come from another file', async () => {
    const [otherPath] = await seal(content);
    const other = await readFile(otherPath);
    const at = (index: number): number => HEADER + index * (PIECE_SIZE + 16);
    const moved = Buffer.from(file);
    file.copy(moved, at(0), at(1), at(2));
    file.copy(moved, at(1), at(0), at(1));
    await refused(moved);
    for (const [from, to] of [
      [0, HEADER],
      [0, 48],
      [at(0), at(1)],
      [at(2), other.length],
    ] as const) {
      const mixed = Buffer.from(file);
      other.copy(mixed, from, from, to);
      await refused(mixed);
    }
  });

  // Catches: somebody who puts one document's file in the place of another's, or a picture in that of an original.
  it('a whole file in another’s place, as another kind, or of another library', async () => {
    await writeFile(path, file);
    expect((await read(path, contentHash)).equals(content)).toBe(true);
    const refusal = { code: 'file-changed' };
    await expect(read(path, hashOf(Buffer.from('another')))).rejects.toMatchObject(refusal);
    await expect(read(path, contentHash, 'picture')).rejects.toMatchObject(refusal);
    await expect(read(path, contentHash, 'original', randomBytes(32))).rejects.toMatchObject(refusal);
  });

  // Catches: a file of which half is handed out before the damaged piece is met.
  it('a range is handed out while its own pieces are whole, and no longer', async () => {
    const bytes = Buffer.from(file);
    const broken = HEADER + 2 * (PIECE_SIZE + 16) + 10;
    bytes.writeUInt8(bytes.readUInt8(broken) ^ 1, broken);
    await writeFile(path, bytes);
    const reader = await SealedReader.open(path, {
      ...(await fileKeysOf(filesKey, path)),
      kind: 'original',
      contentHash,
    });
    try {
      expect(Buffer.from(await reader.read(10, PIECE_SIZE)).equals(content.subarray(10, PIECE_SIZE + 10))).toBe(true);
      await expect(reader.read(PIECE_SIZE, PIECE_SIZE + 1)).rejects.toMatchObject({ code: 'file-changed' });
      await expect(reader.read(0, content.length)).rejects.toMatchObject({ code: 'file-changed' });
    } finally {
      await reader.close();
    }
  });
});

// Catches: a file that is still being added while the library is locked, and ends up under a key that everybody knows.
it('a key that was cleared encrypts and names nothing', () => {
  const cleared = new Uint8Array(32);
  expect(() => newFileKeys(cleared)).toThrow(/locked/);
  expect(() => sealedName(cleared, hashOf(Buffer.from('x')))).toThrow(/locked/);
});
