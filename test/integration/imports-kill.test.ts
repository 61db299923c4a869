/** A folder of a thousand files, its import killed three times on the way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore } from '../../electron/core/core.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { modelEnvironment } from '../helpers/models.ts';
import { makeFolderOfNotes } from '../helpers/notes.ts';

const importer = fileURLToPath(new URL('../fixtures/importing-process.ts', import.meta.url));
const FILES = 1_000;

/** Imports until there are so many documents, then kills the process and its hosts. */
async function importUntil(folder: string, inbox: string, count: number): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', importer, folder, inbox], {
    // A group of its own, so that one signal kills it with its hosts.
    detached: true,
    env: { ...process.env, ...modelEnvironment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= count && child.pid !== undefined && !child.killed) process.kill(-child.pid, 'SIGKILL');
  }
  const [code] = (await ended) as [number | null];
  // It did not end by itself.
  expect(code).toBeNull();
}

// Catches: files that were dropped and are never read, because nobody drops them again; documents that are there twice.
test(
  'three kills lose no file of a thousand, add none twice and leave nothing over',
  { timeout: 600_000 },
  async () => {
    const { folder: root, remove } = temporaryFolder();
    const folder = join(root, 'library');
    const inbox = await makeFolderOfNotes(join(root, 'many'), FILES);
    // Early, in its middle, and near its end: while files are copied, read, and made vectors of.
    for (const count of [100, 450, 900]) await importUntil(folder, inbox, count);

    const core = await openCore({
      keys: null,
      folder,
      launcher: createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: modelEnvironment }),
      keychain: createEnvironmentKeychain({}),
      onError: (where, error) => expect.unreachable(`${where}: ${error.message}`),
    });
    expect(core.imports.summary).toMatchObject({ total: FILES, active: true });
    await core.resume();
    await core.settled();
    const documents = await core.database.documents.list();
    expect(documents).toHaveLength(FILES);
    expect(new Set(documents.map(({ fileName }) => fileName)).size).toBe(FILES);
    expect(documents.filter(({ state }) => state !== 'ready')).toEqual([]);
    expect(documents.filter(({ embeddedChunks, chunkCount }) => embeddedChunks !== chunkCount)).toEqual([]);
    expect(await core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    expect((await readdir(join(folder, 'blobs'))).sort()).toEqual(
      documents.map(({ contentHash }) => `${contentHash}.txt`).sort(),
    );
    await core.close();
    remove();
  },
);
