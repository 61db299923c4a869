/** A core on a folder of its own, for benchmarks that need no window. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore, type Core, type CoreOptions } from '../../electron/core/core.ts';
import { workerEntry } from '../../electron/workers/entry.ts';

export async function openBenchCore(folder: string, options: Partial<CoreOptions> = {}): Promise<Core> {
  return openCore({
    folder,
    launcher: createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: {} }),
    keychain: createEnvironmentKeychain({}),
    onError: (where, error) => console.error(where, error),
    ...options,
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
