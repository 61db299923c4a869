/** What nobody caught in a host or a thread is in the log when it is gone, without the words of the error. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_FOLDER_VARIABLE } from '../../electron/logging/logger.ts';
import { temporaryFolder } from '../helpers/library.ts';

const script = new URL('../fixtures/crashing-process.ts', import.meta.url).pathname;

// Catches: a host that died, of which nobody ever learns why; and a document's text in the file that tells it.
test.each([
  ['host', 1, { where: 'host', code: 'uncaught-exception', error: { name: 'TypeError' } }],
  ['thread', 0, { where: 'thread', code: 'uncaught-exception', error: { name: 'RangeError' } }],
])('in a %s', async (kind, expectedCode, expected) => {
  const { folder, remove } = temporaryFolder();
  const logs = join(folder, 'logs');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, kind], {
    env: { ...process.env, [LOG_FOLDER_VARIABLE]: logs },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(expectedCode);
  const text = await readFile(join(logs, 'quire.log'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ level: 'error', ...expected });
  expect(text).not.toMatch(/ferryman|crowns/);
  remove();
});
