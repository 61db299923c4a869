/** Backups that are damaged, hostile or of another Quire: refused in a sentence, and nothing of them is kept. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { connect } from '../../electron/db/connection.ts';
import { migrations } from '../../electron/db/migrations/index.ts';
import { changed, entryOf, inspect, restore, verify, useBackedUpLibrary, folder, library } from '../helpers/backup.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { flipByte, writeZip, type ZipEntry } from '../helpers/zip.ts';

// Each look at a backup starts a thread from source.
vi.setConfig({ testTimeout: 120_000 });

useBackedUpLibrary();

function withManifest(change: (manifest: Record<string, unknown>) => Record<string, unknown>): Promise<string> {
  return changed(folder, library.entries, (list) =>
    list.map((entry) =>
      entry.name === 'manifest.json'
        ? { ...entry, bytes: Buffer.from(JSON.stringify(change(JSON.parse(entry.bytes.toString()) as never))) }
        : entry,
    ),
  );
}
it('names the database or original that is damaged, and restores nothing of it', async () => {
  for (const kind of ['library.db', 'blobs/']) {
    const file = await changed(folder, library.entries, (list) =>
      list.map((entry) => {
        if (!entry.name.startsWith(kind)) return entry;
        const bytes = Buffer.from(entry.bytes);
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
        return { ...entry, bytes };
      }),
    );
    const name = entryOf(library.entries, kind).name;
    expect((await verify(file)).problems.join('\n')).toContain(`${name} is damaged`);
    await expect(restore(file, folder)).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining(name) as string,
    });
    const lacking = await changed(folder, library.entries, (list) => list.filter((entry) => entry.name !== name));
    expect((await verify(lacking)).problems).toEqual([`${name} is missing.`]);
    await expect(inspect(lacking)).rejects.toMatchObject({
      message: expect.stringContaining(`${name} is missing`) as string,
    });
  }
  // Nothing of any of them was left.
  expect((await readdir(folder)).filter((name) => !name.endsWith('.zip'))).toEqual([]);
});

it('finds a flipped bit anywhere in the file, or is the same backup without it', async () => {
  const size = (await stat(library.good)).size;
  const file = join(folder, 'flipped.zip');
  let found = 0;
  const steps = 16;
  for (let step = 0; step < steps; step += 1) {
    await copyFile(library.good, file);
    await flipByte(file, Math.floor(((step + 0.5) * size) / steps));
    try {
      if ((await verify(file)).problems.length > 0) found += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^backup-/) as string });
      found += 1;
    }
  }
  // Bits of the zip's own headers that nobody reads (times, the second copy of a size) may change.
  expect(found).toBeGreaterThanOrEqual(steps - 2);
});

it('refuses what is no backup, or half of one, in a sentence', async () => {
  const half = join(folder, 'half.zip');
  await copyFile(library.good, half);
  await truncate(half, Math.floor((await stat(library.good)).size / 2));
  const pdf = join(folder, 'letter.pdf');
  await writeFile(pdf, await makeLetter());
  const other = join(folder, 'other.zip');
  await writeZip(other, [{ name: 'readme.txt', bytes: Buffer.from('hello') }]);
  for (const file of [half, pdf, other]) {
    await expect(inspect(file)).rejects.toMatchObject({ code: 'backup-damaged' });
    await expect(verify(file)).rejects.toMatchObject({ code: 'backup-damaged' });
  }
  await expect(inspect(join(folder, 'gone.zip'))).rejects.toMatchObject({ code: 'file-not-found' });
});

it('refuses a backup of a newer Quire, by its own format and by its database’s', async () => {
  for (const file of [
    await withManifest((manifest) => ({ ...manifest, formatVersion: 3, entries: 'in another way' })),
    await withManifest((manifest) => ({ ...manifest, schemaVersion: migrations.length + 1 })),
  ]) {
    await expect(inspect(file)).rejects.toMatchObject({
      code: 'backup-from-the-future',
      hint: expect.stringContaining('newest Quire') as string,
    });
  }
  await expect(
    inspect(await withManifest((manifest) => ({ ...manifest, byteOrder: 'big-endian' }))),
  ).rejects.toMatchObject({ code: 'backup-damaged' });
});

// Catches: a plain backup that brings keys of its own, or files that no sweep takes, into the library.
it('refuses entries of an encrypted library in a backup that is not', async () => {
  for (const name of ['keys.json', `blobs/${'a'.repeat(64)}`]) {
    const entries = [{ name, bytes: 5, sha256: 'b'.repeat(64) }];
    await expect(inspect(await withManifest((manifest) => ({ ...manifest, entries })))).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining('entries.0.name') as string,
    });
  }
});

const outside = (name: string): ZipEntry => ({ name, bytes: Buffer.from('owned') });

it.each([
  ['a folder above', outside('../../owned.txt')],
  ['a folder above within', outside('blobs/../../owned.txt')],
  ['an absolute path', outside('/tmp/owned.txt')],
  ['a drive', outside('C:/owned.txt')],
  ['a backslash', outside('blobs\\..\\owned.txt')],
  ['a file of another kind', outside('library.lock')],
  ['another spelling', outside('LIBRARY.DB')],
])('refuses %s', async (_name, entry) => {
  const file = await changed(folder, library.entries, (list) => [entry, ...list]);
  await expect(restore(file, folder)).rejects.toMatchObject({
    code: 'backup-damaged',
    message: expect.stringContaining('foreign entry') as string,
  });
  expect((await readdir(folder)).filter((name) => !name.endsWith('.zip'))).toEqual([]);
  expect(existsSync(join(dirname(folder), 'owned.txt'))).toBe(false);
});

it('refuses links, a name that is there twice, and what no manifest lists', async () => {
  const link = await changed(folder, library.entries, (list) =>
    list.map((entry) => (entry.name.startsWith('blobs/') ? { ...entry, mode: 0o120777 } : entry)),
  );
  await expect(restore(link, folder)).rejects.toMatchObject({
    message: expect.stringContaining('no plain file') as string,
  });
  const twice = await changed(folder, library.entries, (list) => [entryOf(list, 'blobs/'), ...list]);
  await expect(restore(twice, folder)).rejects.toMatchObject({ message: expect.stringContaining('twice') as string });
  const unlisted = await changed(folder, library.entries, (list) => [outside(`blobs/${'a'.repeat(64)}.pdf`), ...list]);
  await expect(restore(unlisted, folder)).rejects.toMatchObject({
    message: expect.stringContaining('not listed') as string,
  });
});

it('refuses what unpacks to more than is stated, whoever states it', async () => {
  const bomb = Buffer.alloc(50_000_000);
  const packed = await changed(folder, library.entries, (list) =>
    list.map((entry) => (entry.name === 'library.db' ? { ...entry, bytes: bomb, compress: true } : entry)),
  );
  await expect(restore(packed, folder)).rejects.toMatchObject({
    message: expect.stringContaining('library.db') as string,
  });
  // The zip itself lies about the size, as does nothing that the manifest says.
  const lying = await readFile(packed);
  const size = entryOf(library.entries, 'library.db').bytes.length;
  for (let at = lying.indexOf('library.db'); at !== -1; at = lying.indexOf('library.db', at + 1)) {
    if (at >= 46 && lying.readUInt32LE(at - 46) === 0x02014b50) lying.writeUInt32LE(size, at - 46 + 24);
    if (at >= 30 && lying.readUInt32LE(at - 30) === 0x04034b50) lying.writeUInt32LE(size, at - 30 + 22);
  }
  await writeFile(packed, lying);
  await expect(restore(packed, folder)).rejects.toMatchObject({
    message: expect.stringContaining('library.db') as string,
  });
  expect((await readdir(folder)).filter((name) => !name.endsWith('.zip'))).toEqual([]);
});

// Catches: a database that runs somebody else's statements with each of ours, or that is not what its manifest says.
it('refuses a database with a foreign trigger, with broken rows, or another than was promised', async () => {
  const alter = async (statement: string): Promise<string> => {
    const path = join(folder, `${randomUUID()}.db`);
    await writeFile(path, entryOf(library.entries, 'library.db').bytes);
    const connection = connect({ path, timeout: 0 });
    connection.pragma('journal_mode = DELETE');
    connection.pragma('foreign_keys = OFF');
    connection.exec(statement);
    connection.close();
    const bytes = await readFile(path);
    await rm(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return changed(folder, library.entries, (list) =>
      list.map((entry) => {
        if (entry.name === 'library.db') return { ...entry, bytes };
        if (entry.name !== 'manifest.json') return entry;
        const manifest = JSON.parse(entry.bytes.toString()) as {
          entries: { name: string; bytes: number; sha256: string }[];
        };
        const listed = manifest.entries.map((each) =>
          each.name === 'library.db' ? { ...each, bytes: bytes.length, sha256 } : each,
        );
        return { ...entry, bytes: Buffer.from(JSON.stringify({ ...manifest, entries: listed })) };
      }),
    );
  };
  for (const [statement, says] of [
    ['CREATE TRIGGER evil AFTER INSERT ON settings BEGIN DELETE FROM documents; END', 'not Quire’s'],
    // A table that never ends when its rows are counted.
    [
      `DROP TABLE vectors; CREATE VIEW vectors AS
       WITH RECURSIVE endless(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM endless) SELECT number FROM endless`,
      'not Quire’s',
    ],
    ['DELETE FROM messages', 'not the one that its table of contents tells of'],
    [
      `UPDATE documents SET content_hash = '${'b'.repeat(64)}' WHERE format = 'pdf'`,
      `blobs/${'b'.repeat(64)}.pdf is missing`,
    ],
    // Paths of files that would be opened, or removed at the next start.
    [
      "UPDATE documents SET content_hash = '../../../secret' WHERE format = 'pdf'",
      'names in it that Quire never gives',
    ],
    ["INSERT INTO pending_file_deletions VALUES ('../../../secret')", 'names in it that Quire never gives'],
    ["UPDATE conversations SET id = '../../secret'", 'names in it that Quire never gives'],
  ] as const) {
    await expect(restore(await alter(statement), folder)).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining(says) as string,
    });
  }
  expect((await readdir(folder)).filter((name) => !name.endsWith('.zip'))).toEqual([]);
});
