/**
 * A folder for one run of the tests: all that they write for a time lies in it, and goes with it, whatever a test that
 * failed or was killed has left.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes the folder, and removes it when the work has ended.
 *
 * @template T
 * @param {(folder: string, env: Record<string, string>) => Promise<T>} work `env` is for the programs of the run
 * @returns {Promise<T>}
 */
export async function withRunFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'quire-run-'));
  // PostgreSQL's own user goes through it, and sees nothing of it.
  chmodSync(folder, 0o711);
  const compiled = join(folder, 'compiled');
  mkdirSync(compiled);
  const names = ['TMPDIR', 'TEMP', 'TMP'];
  // Node keeps there what it compiled: hundreds of threads and processes of a run load the same source.
  const env = { ...Object.fromEntries(names.map((name) => [name, folder])), NODE_COMPILE_CACHE: compiled };
  try {
    return await work(folder, env);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
