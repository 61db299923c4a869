/** A backup of a small real library, and what its tests do with it. */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { swapLibrary } from '../../electron/backup/swap.ts';
import { inBackupThread, type ThreadOptions } from '../../electron/backup/thread.ts';
import type { LibraryKeys } from '../../electron/encryption/library-keys.ts';
import type { BackupSummary } from '../../shared/requests/backup.ts';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openTestCore, type TestCore } from './core.ts';
import { makeLetter } from './fixtures.ts';
import { temporaryFolder } from './library.ts';
import { emptyAnswer } from './message.ts';
import { readZip, writeZip, type ZipEntry } from './zip.ts';
import { wholeLibrary } from '../../shared/scope.ts';

export interface BackedUpLibrary {
  readonly test: TestCore;
  readonly conversationId: string;
  /** Its backup. */
  readonly good: string;
  readonly entries: readonly ZipEntry[];
}

/** Of the file of tests that called `useBackedUpLibrary`: the library that all of them share, and each one's own folder. */
export let library: BackedUpLibrary;
export let folder = '';

/** Opens the library before the first test of a file and closes it after the last; each test has an empty folder. */
export function useBackedUpLibrary(): void {
  let remove = (): void => undefined;
  beforeAll(async () => {
    library = await openBackedUpLibrary();
  });
  afterAll(() => library.test.close());
  beforeEach(() => void ({ folder, remove } = temporaryFolder()));
  afterEach(() => remove());
}

/** A PDF, a note and a conversation. */
async function openBackedUpLibrary(): Promise<BackedUpLibrary> {
  const test = await openTestCore();
  await test.core.ingest.add([
    await test.file('crane.pdf', await makeLetter('The harbour crane')),
    await test.file('notes.md', '# Moorings\n\nThe ferry Alvine lies at the northern mooring.\n'),
  ]);
  await test.settled();
  const { conversations, messages } = test.core.database;
  const conversationId = randomUUID();
  await conversations.create({ id: conversationId, title: 'Cranes', scope: wholeLibrary, createdAt: 1 });
  await messages.append({
    ...emptyAnswer,
    id: randomUUID(),
    conversationId,
    state: 'complete',
    text: 'The ring is worn.',
  });
  const good = join(dirname(test.folder), 'good.zip');
  await backUp(test.folder, good);
  return { test, conversationId, good, entries: await readZip(good) };
}

export function backUp(
  folder: string,
  file: string,
  options: ThreadOptions = {},
  keys: LibraryKeys | null = null,
): Promise<BackupSummary> {
  return inBackupThread((remote) => remote.write({ folder, file, keys, appVersion: '1.2.3' }), options);
}

export const verify = (file: string) => inBackupThread((remote) => remote.verify(file, null));
/** Of a backup that is not encrypted. */
export async function inspect(file: string): Promise<BackupSummary> {
  const { summary } = await inBackupThread((remote) => remote.inspect(file, null));
  if (!summary) throw new Error(`${file} is encrypted`);
  return summary;
}

/** What `restore` does first. */
export const unpack = (file: string, folder: string, options: ThreadOptions = {}): Promise<readonly string[]> =>
  inBackupThread((remote) => remote.unpack({ file, folder, from: null, to: null }), options);

/** Into `<folder>/local`, swapped in; answers with it. */
export async function restore(file: string, folder: string): Promise<string> {
  const target = join(folder, 'local');
  await unpack(file, target);
  await swapLibrary(target);
  return target;
}

/** A zip in the folder, of these entries with a change. */
export async function changed(
  folder: string,
  entries: readonly ZipEntry[],
  change: (list: ZipEntry[]) => readonly ZipEntry[],
): Promise<string> {
  const file = join(folder, `${randomUUID()}.zip`);
  await writeZip(file, change([...entries]));
  return file;
}

/** The first entry whose name begins so. */
export function entryOf(list: readonly ZipEntry[], kind: string): ZipEntry {
  const found = list.find(({ name }) => name.startsWith(kind));
  if (!found) throw new Error(`no ${kind}`);
  return found;
}
