/** A library under a key: what lies on the disk, and what is refused. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { connect } from '../../../electron/db/connection.ts';
import type { Database } from '../../../electron/db/database.ts';
import { readFileVersion } from '../../../electron/db/file-header.ts';
import { LibraryLock } from '../../../electron/db/library-lock.ts';
import { migrations } from '../../../electron/db/migrations/index.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { addDocument, temporaryFolder, testEmbedder, vectorOf } from '../../helpers/library.ts';

const PAGE = 16_384;
const SECRET = 'The lease of the lighthouse ends on the third of October';

let folder: string;
let path: string;
let key: Uint8Array;
let remove: () => void;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, 'library.db');
  key = new Uint8Array(randomBytes(32));
});
afterEach(() => remove());

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const files = (): string[] => readdirSync(folder).filter((name) => name !== 'library.lock');

/** Files of the folder in which any 20 characters of the text can be read. */
function filesThatTell(text = SECRET): string[] {
  const runs = Array.from({ length: text.length - 19 }, (_, from) => text.slice(from, from + 20));
  return files().filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return runs.some((run) => bytes.includes(run) || bytes.includes(Buffer.from(run, 'utf16le')));
  });
}

const texts = Array.from(
  { length: 60 },
  (_, index) => `${SECRET}, says passage ${index}. ${'More words. '.repeat(40)}`,
);

async function fill(database: Database): Promise<string> {
  return addDocument(database, texts, { embedder: testEmbedder });
}

async function fillLibrary(): Promise<string> {
  const database = await openDatabase({ path, key });
  const id = await fill(database);
  await database.close();
  return id;
}

describe('an encrypted library', () => {
  // Catches: a log, a temporary file or an index of words that is written in plain.
  it('has no 20 characters of its text in any file, while it is open and after', async () => {
    const database = await openDatabase({ path, key });
    await fill(database);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(100_000);
    expect(filesThatTell()).toEqual([]);
    await database.close();
    expect(files()).toEqual(['library.db']);
    expect(filesThatTell()).toEqual([]);
    // The search finds what a plain library shows.
    const plain = await openDatabase({ path: join(folder, 'plain.db') });
    await fill(plain);
    await plain.close();
    expect(filesThatTell()).toEqual(['plain.db']);
  });

  it('searches words and vectors, checks itself and stays what it was', async () => {
    const id = await fillLibrary();
    const database = await openDatabase({ path, key });
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    expect(await database.maintenance.quickCheck('chunks')).toEqual([]);
    expect(await database.maintenance.figures()).toMatchObject({ schemaVersion: migrations.length, pageSize: PAGE });
    expect((await database.chunks.range(id, 0, 60)).map(({ text }) => text)).toEqual(texts);
    const weights = { context: 1, body: 1, terms: 1 };
    const words = { groups: [{ terms: ['lighthouse'] }], documents: [], limit: 100, weights, maxDocumentFrequency: 1 };
    expect(await database.search.text(words)).toHaveLength(60);
    const { fingerprint } = testEmbedder;
    const near = { vector: vectorOf(texts[7] ?? ''), fingerprint, documents: [], limit: 1 };
    expect(await database.search.vectors(near)).toMatchObject([{ documentId: id, ordinal: 7 }]);
    await database.close();
  });

  it('has the pragmas of a plain one, and no temporary files', () => {
    const connection = openConnection({ path, key });
    const pragma = (name: string): unknown => connection.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('page_size')).toBe(PAGE);
    expect(pragma('auto_vacuum')).toBe(2);
    expect(pragma('temp_store')).toBe(2);
    connection.close();
    const reader = connect({ path, key, readonly: true, timeout: 0 });
    expect(reader.pragma('temp_store', { simple: true })).toBe(2);
    reader.close();
  });

  // Catches: a second SQLite in the process, whose locks the first does not see (POSIX locks do not hold within one).
  it('keeps other connections of the process out, in whichever thread', async () => {
    const database = await openDatabase({ path, key, exclusive: true });
    const lock = new LibraryLock({ path });
    expect(() => lock.acquire()).toThrow(expect.objectContaining({ code: 'library-in-use' }) as Error);
    await database.close();
    const mine = connect({ path, key, timeout: 0 });
    mine.pragma('journal_mode = WAL');
    mine.exec('BEGIN IMMEDIATE');
    const theirs = connect({ path, key, timeout: 0 });
    expect(() => theirs.exec('BEGIN IMMEDIATE')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }) as Error);
    theirs.close();
    mine.close();
  });

  // Catches: a copy from before an update that holds all text in plain.
  it('is copied encrypted before an update', async () => {
    const id = await fillLibrary();
    openConnection({ path, key, migrations: [...migrations, () => undefined] }).close();
    const copy = `${path}.v${migrations.length}.backup`;
    expect(existsSync(copy)).toBe(true);
    expect(filesThatTell()).toEqual([]);
    const opened = openConnection({ path: copy, key });
    expect(opened.prepare('SELECT id FROM documents').pluck().all()).toEqual([id]);
    opened.close();
    expect(() => openConnection({ path: copy })).toThrow(
      expect.objectContaining({ code: 'database-damaged' }) as Error,
    );
  });

  // Catches: a format of one's own, which no other program could open when this one is no more.
  it('is in SQLCipher 4’s format: its first page opens by the published construction', async () => {
    await fillLibrary();
    expect(readFileVersion(path, key)).toBe(migrations.length);
  });
});

describe('an encrypted library is refused, and left as it is,', () => {
  const refusal = (wanted: Partial<Record<'key', Uint8Array | null>>, code: string): void => {
    const before = digest(path);
    const beside = files();
    expect(() => openConnection({ path, ...wanted })).toThrow(expect.objectContaining({ code }) as Error);
    expect(digest(path)).toBe(before);
    expect(files()).toEqual(beside);
  };

  it('with another key, and says so', async () => {
    await fillLibrary();
    refusal({ key: new Uint8Array(randomBytes(32)) }, 'wrong-key');
    await expect(openDatabase({ path, key: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'wrong-key',
      message: expect.stringContaining(path) as string,
    });
  });

  it('without a key', async () => {
    await fillLibrary();
    refusal({}, 'database-damaged');
  });

  // Catches: somebody's plain file in the place of the encrypted one, which would be read and written on as it is.
  it('when a plain one lies in its place', () => {
    openConnection({ path }).close();
    refusal({ key }, 'wrong-key');
  });

  it('with a key of another length', () => {
    expect(() => openConnection({ path, key: new Uint8Array(16) })).toThrow(
      expect.objectContaining({ code: 'internal' }) as Error,
    );
  });

  it('from the future', () => {
    const connection = openConnection({ path, key });
    connection.pragma(`user_version = ${migrations.length + 5}`);
    connection.close();
    refusal({ key }, 'database-from-the-future');
  });

  it('cut off within its first page', async () => {
    await fillLibrary();
    truncateSync(path, PAGE - 1);
    refusal({ key }, 'wrong-key');
  });

  it.each([
    ['a bit', (bytes: Buffer) => (bytes[100] = (bytes[100] ?? 0) ^ 1)],
    ['the salt', (bytes: Buffer) => (bytes[3] = (bytes[3] ?? 0) ^ 1)],
    ['the code of the page', (bytes: Buffer) => (bytes[PAGE - 1] = (bytes[PAGE - 1] ?? 0) ^ 1)],
  ])('with %s of its first page changed', async (_name, change) => {
    await fillLibrary();
    const bytes = readFileSync(path);
    change(bytes);
    writeFileSync(path, bytes);
    refusal({ key }, 'wrong-key');
  });
});

describe('what was changed further inside is damaged, not read', () => {
  const swap = (bytes: Buffer, from: number, to: number): void => {
    const kept = Buffer.from(bytes.subarray(from * PAGE, (from + 1) * PAGE));
    bytes.copy(bytes, from * PAGE, to * PAGE, (to + 1) * PAGE);
    kept.copy(bytes, to * PAGE);
  };

  it.each([
    [
      'a bit of every page',
      (bytes: Buffer) => {
        for (let at = PAGE + 500; at < bytes.length; at += PAGE) bytes[at] = (bytes[at] ?? 0) ^ 1;
      },
    ],
    [
      'pages in each other’s place',
      (bytes: Buffer) => {
        for (let page = 2; (page + 2) * PAGE <= bytes.length; page += 2) swap(bytes, page, page + 1);
      },
    ],
  ])('%s', async (_name, change) => {
    const id = await fillLibrary();
    const bytes = readFileSync(path);
    change(bytes);
    writeFileSync(path, bytes);
    const error: unknown = await openDatabase({ path, key })
      .then(async (database) => {
        try {
          await database.pages.read(id, 1, 60);
          await database.chunks.range(id, 0, 60);
        } finally {
          await database.close();
        }
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'database-damaged' });
  });

  // Catches: an old page of the same library that is taken for the present one where it lies elsewhere.
  it('a page of another library under the same key', async () => {
    const id = await fillLibrary();
    const other = join(folder, 'other.db');
    const second = await openDatabase({ path: other, key });
    await fill(second);
    await second.close();
    const mixed = readFileSync(path);
    readFileSync(other).copy(mixed, 5 * PAGE, 5 * PAGE, 20 * PAGE);
    writeFileSync(path, mixed);
    const error: unknown = await openDatabase({ path, key })
      .then(async (database) => {
        try {
          await database.pages.read(id, 1, 60);
          await database.chunks.range(id, 0, 60);
          return await database.maintenance.integrity();
        } finally {
          await database.close();
        }
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'database-damaged' });
  });
});
