/** Opening a library file: new, old, from the future, damaged. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { fromSqliteError } from '../../../electron/db/connection.ts';
import { LibraryLock } from '../../../electron/db/library-lock.ts';
import { migrations } from '../../../electron/db/migrations/index.ts';
import type { Migration } from '../../../electron/db/migrations/index.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { AppError } from '../../../shared/errors.ts';
import { addDocument, temporaryFolder, testEmbedder } from '../../helpers/library.ts';

let folder: string;
let path: string;
let remove: () => void;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, 'library.db');
});
afterEach(() => remove());

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Without the file that locks are held on, which is empty and stays. */
const libraryFiles = (): string[] => readdirSync(folder).filter((name) => name !== 'library.lock');

async function fillLibrary(): Promise<string> {
  const database = await openDatabase({ path });
  const id = await addDocument(database, ['alpha beta', 'gamma delta'], { embedder: testEmbedder });
  await database.close();
  return id;
}

async function refusal(): Promise<AppError> {
  const error: unknown = await openDatabase({ path }).then(
    (database) => database.close().then(() => null),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('a new library', () => {
  it('has write-ahead logging, linked rows, 16 KiB pages and sqlite-vec', () => {
    const connection = openConnection({ path });
    const pragma = (name: string): unknown => connection.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('page_size')).toBe(16_384);
    expect(pragma('auto_vacuum')).toBe(2);
    expect(pragma('user_version')).toBe(migrations.length);
    expect(connection.prepare('SELECT vec_version()').pluck().get()).toMatch(/^v0\./);
    connection.close();
  });

  // Catches: a log that is left beside the file, which a copied library.db would then lack.
  it('is one file once it is closed', async () => {
    await fillLibrary();
    expect(libraryFiles()).toEqual(['library.db']);
  });

  it('says so when its folder cannot be had', async () => {
    path = join(folder, 'missing', 'library.db');
    expect((await refusal()).message).toContain('missing');
  });
});

describe('migrations', () => {
  const addColumn: Migration = (connection) => {
    connection.exec('ALTER TABLE documents ADD COLUMN rating INTEGER NOT NULL DEFAULT 3');
  };
  const version = (): unknown => {
    const connection = new Sqlite(path, { readonly: true });
    const found = connection.pragma('user_version', { simple: true });
    connection.close();
    return found;
  };

  it('bring a library with rows to the next version, and leave a copy of the one before', async () => {
    const id = await fillLibrary();
    const connection = openConnection({ path, migrations: [...migrations, addColumn] });
    expect(connection.prepare('SELECT rating, chunk_count FROM documents WHERE id = ?').get(id)).toEqual({
      rating: 3,
      chunk_count: 2,
    });
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
    connection.close();
    expect(version()).toBe(migrations.length + 1);
    const copy = openConnection({ path: `${path}.v${migrations.length}.backup` });
    expect(copy.prepare('SELECT id FROM documents').pluck().all()).toEqual([id]);
    expect(copy.pragma('user_version', { simple: true })).toBe(migrations.length);
    copy.close();
  });

  // Catches: a window that stands still for seconds and says nothing, or that tells of updates where there are none.
  it('are told of before they begin, for a library that holds something', async () => {
    let told = 0;
    const onUpdate = (): void => void (told += 1);
    await (await openDatabase({ path, onUpdate })).close();
    await (await openDatabase({ path, onUpdate })).close();
    expect(told).toBe(0);
    const older = join(folder, 'older.db');
    openConnection({ path: older, migrations: migrations.slice(0, -1) }).close();
    await (await openDatabase({ path: older, onUpdate })).close();
    expect(told).toBe(1);
  });

  // Catches: backups that pile up, one for each version there ever was.
  it('keep one copy only', async () => {
    await fillLibrary();
    openConnection({ path, migrations: [...migrations, addColumn] }).close();
    openConnection({ path, migrations: [...migrations, addColumn, () => undefined] }).close();
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.backup'))).toEqual([
      `library.db.v${migrations.length + 1}.backup`,
    ]);
  });

  // Catches: "nothing of it is left", while a copy from before the update has all of its text.
  it('the copy goes with the first deletion', async () => {
    const id = await fillLibrary();
    const old = `${path}.v${migrations.length - 1}.backup`;
    copyFileSync(path, old);
    const database = await openDatabase({ path });
    expect(existsSync(old)).toBe(true);
    expect((await database.documents.delete([id])).left).toEqual([]);
    expect(existsSync(old)).toBe(false);
    await database.close();
  });

  it('the copy goes after a week', async () => {
    await fillLibrary();
    const old = `${path}.v${migrations.length - 1}.backup`;
    copyFileSync(path, old);
    const weekAgo = new Date(Date.now() - 7.1 * 24 * 3_600_000);
    openConnection({ path }).close();
    expect(existsSync(old)).toBe(true);
    utimesSync(old, weekAgo, weekAgo);
    openConnection({ path }).close();
    expect(existsSync(old)).toBe(false);
  });

  // Catches: half a migration kept, with the version of the whole.
  it('leave everything as it was when one fails', async () => {
    await fillLibrary();
    const failing: Migration = (connection) => {
      addColumn(connection);
      throw new Error('no');
    };
    expect(() => openConnection({ path, migrations: [...migrations, failing] })).toThrow(/no/);
    const connection = openConnection({ path });
    expect(
      connection.prepare(`SELECT count(*) FROM pragma_table_info('documents') WHERE name = 'rating'`).pluck().get(),
    ).toBe(0);
    connection.close();
    expect(version()).toBe(migrations.length);
  });

  it('refuse to break links between rows', async () => {
    await fillLibrary();
    const breaking: Migration = (connection) => connection.exec('DELETE FROM documents');
    expect(() => openConnection({ path, migrations: [...migrations, breaking] })).toThrow(/would break/);
    const connection = openConnection({ path });
    expect(connection.prepare('SELECT count(*) FROM documents').pluck().get()).toBe(1);
    connection.close();
  });
});

describe('a library that is held', () => {
  // Catches: a lock that is kept by a closed library, or by one that was refused.
  it('is refused to a second holder, shared with others, and free again once it is closed', async () => {
    const first = await openDatabase({ path, exclusive: true });
    for (let round = 0; round < 2; round += 1) {
      await expect(openDatabase({ path, exclusive: true })).rejects.toMatchObject({
        code: 'library-in-use',
        message: expect.stringContaining(folder) as string,
        retryable: false,
      });
    }
    const shared = await openDatabase({ path });
    await shared.settings.set('a', 1);
    expect(await first.settings.get('a')).toBe(1);
    await first.close();
    const second = await openDatabase({ path, exclusive: true });
    expect(await second.settings.get('a')).toBe(1);
    await shared.close();
    await second.close();
    expect(libraryFiles()).toEqual(['library.db']);
  });

  // Catches: a lock that outlives the attempt to open what turns out to be unusable.
  it('is free again after it could not be opened', async () => {
    await fillLibrary();
    const whole = readFileSync(path);
    truncateSync(path, 10_000);
    await expect(openDatabase({ path, exclusive: true })).rejects.toMatchObject({ code: 'database-damaged' });
    writeFileSync(path, whole);
    await (await openDatabase({ path, exclusive: true })).close();
  });

  // Catches: a command line of a newer version that changes the schema under the app.
  it('is not migrated by one that shares it', async () => {
    const holder = await openDatabase({ path, exclusive: true });
    const newer = { path, migrations: [...migrations, () => undefined] };
    expect(() => openConnection(newer)).toThrow(expect.objectContaining({ code: 'library-in-use' }) as Error);
    await holder.close();
    const connection = openConnection(newer);
    expect(connection.pragma('user_version', { simple: true })).toBe(migrations.length + 1);
    // Only while it migrated.
    const lock = new LibraryLock({ path });
    lock.acquire();
    lock.release();
    connection.close();
  });
});

describe('a library that cannot be used', () => {
  // Catches: an older Quire that writes its own rows into a schema it does not know.
  it('from the future is refused and not touched', async () => {
    await fillLibrary();
    const connection = new Sqlite(path);
    connection.pragma('journal_mode = DELETE');
    connection.pragma(`user_version = ${migrations.length + 5}`);
    connection.close();
    const before = digest(path);
    const error = await refusal();
    expect(error.code).toBe('database-from-the-future');
    expect(error.message).toContain(path);
    expect(error.hint).not.toBe('');
    expect(digest(path)).toBe(before);
    expect(libraryFiles()).toEqual(['library.db']);
  });

  it.each([
    ['no database at all', () => writeFileSync(path, 'x'.repeat(20_000))],
    [
      'a schema that is overwritten',
      () => {
        const bytes = readFileSync(path);
        bytes.fill(0xff, 100, 16_384);
        writeFileSync(path, bytes);
      },
    ],
    ['a file cut off', () => truncateSync(path, 10_000)],
  ])('with %s is damaged, and left as it is', async (_name, damage) => {
    await fillLibrary();
    damage();
    const before = digest(path);
    const error = await refusal();
    expect(error.code).toBe('database-damaged');
    expect(error.message).toContain(path);
    expect(error.hint).not.toBe('');
    expect(digest(path)).toBe(before);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  // Catches: damage that shows only when a page is read, reported as an internal error.
  it('damaged further inside says so where it is read', async () => {
    const id = await fillLibrary();
    const bytes = readFileSync(path);
    const page = 16_384;
    for (let at = 3 * page; at + page <= bytes.length; at += page) bytes.fill(0xff, at, at + 200);
    writeFileSync(path, bytes);
    const error: unknown = await openDatabase({ path })
      .then(async (database) => {
        try {
          await database.pages.read(id, 1, 2);
          await database.chunks.range(id, 0, 2);
        } finally {
          await database.close();
        }
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'database-damaged' });
  });

  it('on a full disk is told apart', () => {
    const connection = openConnection({ path });
    connection.pragma(`max_page_count = ${Number(connection.pragma('page_count', { simple: true })) + 2}`);
    const fill = connection.prepare(`INSERT INTO settings (key, value) VALUES ('a', ?)`);
    let thrown: unknown;
    try {
      fill.run('x'.repeat(1_000_000));
    } catch (error) {
      thrown = error;
    }
    connection.close();
    expect(fromSqliteError(thrown, path)).toMatchObject({ code: 'disk-full', retryable: true });
  });
});
