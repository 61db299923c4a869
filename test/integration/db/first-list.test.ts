/** The list that the window's first frame is drawn from: right, or none. */
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFirstList } from '../../../electron/db/first-list.ts';
import { hashOf, openTestLibrary, type TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;

async function insert(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await library.database.documents.insert({
      id: `document-${index}`,
      contentHash: hashOf(`${index}`),
      path: `/files/${index}.pdf`,
      title: `Title ${index}`,
      format: 'pdf',
      size: 10,
      addedAt: index,
    });
  }
}

beforeEach(async () => {
  library = await openTestLibrary();
});

afterEach(() => library.close());

test('is what the open library lists', async () => {
  await insert(3);
  expect(readFirstList(library.path)).toEqual(await library.database.documents.list());
  expect(readFirstList(library.path)).toHaveLength(3);
});

test('is none, and makes no file, where there is no library', () => {
  const path = join(dirname(library.path), 'none.db');
  expect(readFirstList(path)).toBeNull();
  expect(existsSync(path)).toBe(false);
});

test('is none for a library of another format, a damaged one, and one that would hold the window up', async () => {
  await insert(1_001);
  expect(readFirstList(library.path)).toBeNull();
  const other = join(dirname(library.path), 'other.db');
  const connection = new Sqlite(other);
  connection.pragma('user_version = 99');
  connection.close();
  expect(readFirstList(other)).toBeNull();
  writeFileSync(other, 'This is no database, but it is longer than the header of one. '.repeat(20));
  expect(readFirstList(other)).toBeNull();
  truncateSync(other, 0);
  expect(readFirstList(other)).toBeNull();
});

test('is none after a crash that left a long log to be read through', async () => {
  await insert(1);
  const log = `${library.path}-wal`;
  expect(existsSync(log)).toBe(true);
  truncateSync(log, 4_000_001);
  expect(readFirstList(library.path)).toBeNull();
});
