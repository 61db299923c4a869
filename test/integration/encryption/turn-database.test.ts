/** A key that is put on a database, changed, or taken off; what kills leave is in turn-library.test.ts. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { connect } from '../../../electron/db/connection.ts';
import { isUnderKey } from '../../../electron/db/file-header.ts';
import { settleDatabase, turnDatabase } from '../../../electron/encryption/turn-database.ts';
import { addDocument, temporaryFolder, testEmbedder } from '../../helpers/library.ts';

const SECRET = 'The lease of the lighthouse ends on the third of October';
const keyOf = (): Uint8Array => new Uint8Array(randomBytes(32));

let folder: string;
let path: string;
let remove: () => void;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, 'library.db');
});
afterEach(() => remove());

const files = (): string[] => readdirSync(folder).filter((name) => name !== 'library.lock');
const told = (): string[] => files().filter((name) => readFileSync(join(folder, name)).includes(SECRET.slice(4, 24)));

async function fillLibrary(key: Uint8Array | null): Promise<string> {
  const database = await openDatabase({ path, key });
  const texts = Array.from({ length: 40 }, (_, index) => `${SECRET}, says passage ${index}. ${'More. '.repeat(60)}`);
  const id = await addDocument(database, texts, { embedder: testEmbedder });
  await database.close();
  return id;
}

async function expectWhole(key: Uint8Array | null, id: string): Promise<void> {
  expect(isUnderKey(path, key)).toBe(true);
  expect(files()).toEqual(['library.db']);
  const database = await openDatabase({ path, key });
  expect((await database.documents.list()).map((document) => document.id)).toEqual([id]);
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  await database.close();
  const connection = connect({ path, key, readonly: true, timeout: 0 });
  expect(connection.pragma('page_size', { simple: true })).toBe(16_384);
  expect(connection.pragma('auto_vacuum', { simple: true })).toBe(2);
  connection.close();
}

const directions: readonly (readonly [string, Uint8Array | null, Uint8Array | null])[] = [
  ['put on', null, keyOf()],
  ['changed', keyOf(), keyOf()],
  ['taken off', keyOf(), null],
];

describe.each(directions)('a key is %s', (_name, from, to) => {
  it('with nothing of the library lost, and no plain text left when there is a key', async () => {
    const id = await fillLibrary(from);
    await turnDatabase({ path, from, to });
    await expectWhole(to, id);
    expect(told()).toEqual(to ? [] : ['library.db']);
    // A second time there is nothing to do.
    const before = readFileSync(path);
    await turnDatabase({ path, from, to });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  // Catches: what another connection has written meanwhile, lost with the old file.
  it('while nobody else can write to it', async () => {
    const id = await fillLibrary(from);
    const other = connect({ path, key: from, timeout: 0 });
    other.prepare('SELECT count(*) FROM documents').get();
    await expect(turnDatabase({ path, from, to })).rejects.toMatchObject({ code: 'library-in-use' });
    other.close();
    await turnDatabase({ path, from, to });
    await expectWhole(to, id);
  });
});

// Catches: a copy that a kill cut off, taken for a whole one because it has the name.
it('half a copy is made anew', async () => {
  const id = await fillLibrary(null);
  const key = keyOf();
  writeFileSync(`${path}.turning`, randomBytes(50_000));
  await turnDatabase({ path, from: null, to: key });
  await expectWhole(key, id);
});

it('a database under neither key is refused and stays as it is', async () => {
  await fillLibrary(keyOf());
  const before = readFileSync(path);
  await expect(turnDatabase({ path, from: keyOf(), to: null })).rejects.toMatchObject({ code: 'wrong-key' });
  await expect(turnDatabase({ path, from: null, to: keyOf() })).rejects.toMatchObject({ code: 'database-damaged' });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(files()).toEqual(['library.db']);
});

it('without a database there is nothing to do', async () => {
  await turnDatabase({ path, from: null, to: keyOf() });
  await settleDatabase(path);
  expect(existsSync(path)).toBe(false);
});
