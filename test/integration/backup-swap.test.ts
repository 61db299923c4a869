/** Swaps of libraries that fail or are interrupted: no library is ever lost by one. */
import type * as FileSystem from 'node:fs/promises';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  discardReady,
  finishSwap,
  listKept,
  putBack,
  readyFolder,
  returningFolder,
} from '../../electron/backup/swap.ts';
import { temporaryFolder } from '../helpers/library.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  return { ...real, rename: vi.fn(real.rename) };
});

const KEPT = 'library-before-restore-2026-01-02T03-04-05';
let parent = '';
let folder = '';
let remove = (): void => undefined;

beforeEach(async () => {
  ({ folder: parent, remove } = temporaryFolder());
  folder = join(parent, 'local');
  await makeLibrary(folder, 'present');
});
afterEach(() => {
  vi.mocked(rename).mockClear();
  remove();
});

async function makeLibrary(path: string, text: string): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, 'library.db'), text);
}

const textOf = (path: string): Promise<string> => readFile(join(path, 'library.db'), 'utf8');

// Catches: an earlier library that is deleted at the next start because Windows refused to move the present one.
it.each([
  ['the present library', 'local'],
  ['the earlier one', 'local.put-back'],
])('keeps the earlier library under its name when %s can’t be moved', async (_what, refused) => {
  await makeLibrary(join(parent, KEPT), 'earlier');
  const real = (await vi.importActual<typeof FileSystem>('node:fs/promises')).rename;
  let isRefused = true;
  vi.mocked(rename).mockImplementation((from, to) => {
    // Its way back to its name is open.
    if (isRefused && basename(String(from)) === refused) {
      isRefused = false;
      return Promise.reject(Object.assign(new Error('in use'), { code: 'EBUSY' }));
    }
    return real(from, to);
  });
  await expect(putBack(folder, KEPT)).rejects.toMatchObject({ code: 'file-unreadable' });
  await discardReady(folder);
  expect((await readdir(parent)).sort()).toEqual([KEPT, 'local']);
  expect(await textOf(join(parent, KEPT))).toBe('earlier');
  expect(await textOf(folder)).toBe('present');
});

it('keeps an earlier library that was on its way back when Quire was killed, and clears a restored one away', async () => {
  await makeLibrary(returningFolder(folder), 'earlier');
  await makeLibrary(readyFolder(folder), 'restored');
  finishSwap(folder);
  await discardReady(folder);
  const [kept, ...others] = await listKept(folder);
  expect(others).toEqual([]);
  expect(await textOf(join(parent, kept?.name ?? ''))).toBe('earlier');
  expect((await readdir(parent)).sort()).toEqual([kept?.name, 'local'].sort());
});

it('puts an earlier library in its place when Quire was killed between the two renames', async () => {
  await rename(folder, returningFolder(folder));
  finishSwap(folder);
  expect(await readdir(parent)).toEqual(['local']);
});
