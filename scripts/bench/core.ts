/** A core on a folder of its own, for benchmarks that need no window, and to fill the library of those that do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore, type Core } from '../../electron/core/core.ts';
import type { CoreOptions } from '../../electron/core/core-options.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { makeLetter } from '../../test/helpers/fixtures.ts';

export async function openBenchCore(folder: string, options: Partial<CoreOptions> = {}): Promise<Core> {
  return openCore({
    folder,
    keys: null,
    launcher: createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: {} }),
    keychain: createEnvironmentKeychain({}),
    onError: (where, error) => console.error(where, error),
    ...options,
  });
}

/** The library's folder in the data folder of an app. */
export function libraryOf(dataFolder: string): string {
  return join(dataFolder, 'data', 'accounts', 'local');
}

/** Has a library read and embed so many letters of one page. */
export async function addLetters(library: string, count: number): Promise<void> {
  await withFolder(async (folder) => {
    const core = await openBenchCore(library);
    const files: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const file = join(folder, `letter-${index}.pdf`);
      await writeFile(file, await makeLetter(`Letter ${index}`));
      files.push(file);
    }
    await core.resume();
    await core.ingest.add(files);
    await core.settled();
    await core.close();
  });
}

/** Runs with a temporary folder and removes it. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
