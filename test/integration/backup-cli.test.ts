/** Backup, check and restore on the command line, beside an open library and in the way of one. */
import { mkdir, readdir, readFile, rename, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { removeStale } from '../../electron/backup/staging.ts';
import { LibraryLock } from '../../electron/db/library-lock.ts';
import { commandLine, saying } from '../helpers/command-line.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { flipByte } from '../helpers/zip.ts';

// Processes that start from source take their time on a busy machine.
vi.setConfig({ testTimeout: 150_000 });

const { folder, remove } = temporaryFolder();
const data = join(folder, 'data');
const library = join(data, 'accounts', 'local');
const { start, outcomeOf, quire } = commandLine(folder, data);
/** A folder that a backup of this process would work in. */
const alive = `backup-${process.pid}-0123abcd.tmp`;
const elsewhere = commandLine(folder, join(folder, 'elsewhere'));

beforeAll(async () => {
  await mkdir(data, { recursive: true });
  await writeFile(join(folder, 'note.md'), '# Moorings\n\nThe ferry Alvine lies at the northern mooring.\n');
  expect((await quire('ingest', 'note.md')).code).toBe(0);
});
afterAll(remove);

test('a library that another has open is backed up, checked, and restored on a machine that has none', async () => {
  const lock = new LibraryLock({ path: join(library, 'library.db') });
  lock.acquire();
  try {
    const made = await quire('backup', 'b.zip');
    expect(made).toMatchObject({ code: 0, errors: '' });
    expect(made.lines.at(-1)).toMatchObject({ type: 'backup', fileName: 'b.zip', counts: { documents: 1 } });
    expect(made.lines.filter(({ type }) => type === 'progress').length).toBeGreaterThan(0);
    // Only the one who has it open may have it replaced.
    expect(await quire('restore', 'b.zip')).toMatchObject({
      code: 1,
      lines: [{ type: 'restoring' }, { type: 'error', error: { code: 'library-in-use' } }],
    });
  } finally {
    lock.release();
  }
  const checked = await quire('verify-backup', 'b.zip');
  expect(checked.code).toBe(0);
  expect(checked.lines.at(-1)).toMatchObject({ type: 'verified', ok: true });

  const restored = await elsewhere.quire('restore', 'b.zip');
  expect(restored.code).toBe(0);
  expect(restored.lines.at(-1)).toMatchObject({ type: 'restored', kept: null });
  expect(await readdir(join(folder, 'elsewhere', 'accounts'))).toEqual(['local']);
  const found = await elsewhere.quire('search', 'the ferry Alvine', '--k', '1');
  expect(found.lines[0]).toMatchObject({ type: 'hit', title: 'Moorings' });

  expect((await elsewhere.quire('restore', 'b.zip')).lines.at(-1)).toMatchObject({
    kept: expect.stringMatching(/^library-before-restore-/) as string,
  });
});

test('a damaged backup answers 1 with its entry, and replaces nothing', async () => {
  expect((await quire('backup', 'damaged.zip')).code).toBe(0);
  await flipByte(join(folder, 'damaged.zip'), 5_000);
  const checked = await quire('verify-backup', 'damaged.zip');
  expect(checked.code).toBe(1);
  expect(checked.lines.find(({ type }) => type === 'problem')).toMatchObject({
    problem: expect.stringContaining('library.db is damaged') as string,
  });
  expect(await quire('restore', 'damaged.zip')).toMatchObject({ code: 1 });
  expect((await quire('list')).lines).toHaveLength(1);
  expect(await readdir(join(data, 'accounts'))).toEqual(['local']);
});

test('Ctrl+C ends a backup and leaves nothing; what a killed one left goes at the next start', async () => {
  const child = start('backup', 'stopped.zip', '--json');
  const ended = outcomeOf(child);
  await saying(child, '"progress"');
  child.kill('SIGINT');
  const { code } = await ended;
  const names = await readdir(folder);
  // It may have been whole by then; half of it is never there.
  expect(names.filter((name) => name.includes('.part'))).toEqual([]);
  if (code !== 0) expect(names).not.toContain('stopped.zip');
  expect((await readdir(library)).filter((name) => name.startsWith('backup-'))).toEqual([]);

  const dead = `backup-${child.pid ?? 0}-0123abcd.tmp`;
  await mkdir(join(library, dead));
  await mkdir(join(library, alive));
  await removeStale(library);
  expect((await readdir(library)).filter((name) => name.endsWith('.tmp'))).toEqual([alive]);
});

// Catches: half a file under the backup's name, or one that nobody removes from a disk that is full already.
test('says that there is no room, before and while it writes, and leaves nothing', async () => {
  // What a full disk and one of too small files say alike: this byte was not written.
  const limited = commandLine(folder, data, 40_000);
  const elsewhereLimited = commandLine(folder, join(folder, 'nowhere'), 40_000);
  const disk = join(folder, 'small');
  await mkdir(disk);
  const full = { code: 1, error: 'disk-full' };
  const outcome = async (ran: ReturnType<typeof quire>) => {
    const { code, lines } = await ran;
    return { code, error: (lines.at(-1)?.['error'] as { code?: string } | undefined)?.code };
  };
  await withLargeBlob(150_000_000, async () => {
    expect(await outcome(limited.quire('backup', join(disk, 'full.zip')))).toEqual(full);
    expect(await readdir(disk)).toEqual([]);
    expect((await readdir(library)).filter((name) => name.endsWith('.tmp') && name !== alive)).toEqual([]);
    expect((await quire('backup', 'large.zip')).code).toBe(0);
  });
  expect(await outcome(elsewhereLimited.quire('restore', 'large.zip'))).toEqual(full);
  expect(await readdir(join(folder, 'nowhere', 'accounts'))).toEqual(['local']);
  expect(await readdir(join(folder, 'nowhere', 'accounts', 'local'))).not.toContain('library.db');
  const { bavail, bsize } = await statfs(disk);
  await withLargeBlob(bavail * bsize + 1_000_000_000, async () => {
    expect(await outcome(quire('backup', join(disk, 'full.zip')))).toEqual(full);
    expect(await readdir(disk)).toEqual([]);
  });
});

/** The library's original has so many bytes meanwhile, of which the disk keeps none. */
async function withLargeBlob(bytes: number, work: () => Promise<void>): Promise<void> {
  const [name] = await readdir(join(library, 'blobs'));
  const blob = join(library, 'blobs', name ?? '');
  const before = await readFile(blob);
  try {
    await truncate(blob, bytes);
    await work();
  } finally {
    await writeFile(blob, before);
  }
}

// Catches: gigabytes of half a backup on the person's disk for ever; a sweep that takes a file of theirs along.
test('half a backup that a kill left beside its target goes with the next start, and nothing beside it', async () => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const theirs = ['mine.zip.part', 'mine.zip.0123abcd.part', 'killed.zip'];
  for (const name of theirs) await writeFile(join(disk, name), 'of the person');
  const halves = async () => (await readdir(disk)).filter((name) => !theirs.includes(name));
  // Large enough that writing it takes a while.
  await withLargeBlob(1_500_000_000, async () => {
    const child = start('backup', join(disk, 'killed.zip'), '--json');
    const ended = outcomeOf(child);
    await expect.poll(halves, { timeout: 60_000, interval: 5 }).toHaveLength(1);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  });
  expect(await halves()).toEqual([expect.stringMatching(/^killed\.zip\.[0-9a-f]{8}\.part$/)]);

  // Its disk is not connected at the next start: it goes with the one after that.
  await rename(disk, `${disk}.away`);
  expect((await quire('ingest', 'note.md')).code).toBe(0);
  await rename(`${disk}.away`, disk);
  expect(await halves()).toHaveLength(1);
  expect((await quire('ingest', 'note.md')).code).toBe(0);
  expect((await readdir(disk)).sort()).toEqual([...theirs].sort());
  for (const name of theirs) expect((await readFile(join(disk, name))).toString()).toBe('of the person');
  expect((await readdir(library)).filter((name) => name.endsWith('.tmp') && name !== alive)).toEqual([]);
});
