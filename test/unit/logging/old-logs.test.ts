/** The logs of before they moved go; what somebody else keeps there stays. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeOldLogs } from '../../../electron/logging/old-logs.ts';
import { temporaryFolder } from '../../helpers/library.ts';

let root: ReturnType<typeof temporaryFolder>;
let folder: string;
beforeEach(async () => {
  root = temporaryFolder();
  folder = join(root.folder, 'logs');
  await mkdir(folder);
  for (const name of ['quire.log', 'quire.log.1']) await writeFile(join(folder, name), '{"message":"my-letter.pdf"}');
});
afterEach(() => root.remove());

test('they go with their folder, and nothing is amiss when they are gone', async () => {
  await removeOldLogs(folder);
  expect(existsSync(folder)).toBe(false);
  await removeOldLogs(folder);
});

test('what else is there stays', async () => {
  await writeFile(join(folder, 'other.txt'), 'mine');
  await removeOldLogs(folder);
  expect(await readdir(folder)).toEqual(['other.txt']);
});
