/** The log's files: turned over by size, a few kept, written in batches, and never in the way. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile, rotation } from '../../../electron/logging/log-file.ts';
import { temporaryFolder } from '../../helpers/library.ts';

let folder = '';
let remove = (): void => undefined;
let failures: unknown[] = [];
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  failures = [];
});
afterEach(() => remove());

function logFile(options: { largest?: number; generations?: number; folder?: string } = {}): LogFile {
  return new LogFile({ folder, name: 'quire', patience: 5, onFailure: (error) => failures.push(error), ...options });
}

it.each([
  [0, 5_000, []],
  [10, 90, []],
  [10, 91, [2, 1, 0]],
])('a file of %i bytes with %i to come turns over %j', (size, added, expected) => {
  expect(rotation(size, added, 100, 3)).toEqual(expected);
});

it('keeps a few generations and no more, the newest in the present file', async () => {
  const log = logFile({ largest: 20, generations: 2 });
  for (const line of ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(15))) {
    log.write(line, true);
    await log.flush();
  }
  expect((await readdir(folder)).sort()).toEqual(['quire.1.log', 'quire.2.log', 'quire.log']);
  expect(await readFile(join(folder, 'quire.log'), 'utf8')).toBe(`${'e'.repeat(15)}\n`);
  expect(await readFile(join(folder, 'quire.2.log'), 'utf8')).toBe(`${'c'.repeat(15)}\n`);
});

it('writes lines in their order, whoever waits for them', async () => {
  const log = logFile();
  for (let index = 0; index < 50; index += 1) log.write(String(index), index % 7 === 0);
  await log.flush();
  const lines = (await readFile(join(folder, 'quire.log'), 'utf8')).trim().split('\n');
  expect(lines).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
});

it('has what waits on the disk before a process ends', async () => {
  const log = logFile();
  log.write('before', false);
  log.writeNow('last words');
  expect(await readFile(join(folder, 'quire.log'), 'utf8')).toBe('before\nlast words\n');
});

// Catches: memory that fills up behind a disk that takes nothing, and a failure that nobody hears of.
it('drops what is too much, says how much, and says what failed', async () => {
  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  const stuck = logFile({ folder: join(blocked, 'logs') });
  stuck.write('x', false);
  await stuck.flush();
  expect(failures).toHaveLength(1);
  const log = logFile({ folder: join(folder, 'there') });
  await mkdir(join(folder, 'there'));
  for (let index = 0; index < 2_500; index += 1) log.write('x', false);
  await log.flush();
  const lines = (await readFile(join(folder, 'there', 'quire.log'), 'utf8')).trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ code: 'dropped', lines: 500 });
});
