/** A real core in a temporary folder: forked hosts, real engines, the real model. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openCore, type Core } from '../../electron/core/core.ts';
import type { CoreOptions } from '../../electron/core/core-options.ts';
import type { HostLauncher, HostProcess } from '../../electron/pipeline/ports/host-launcher.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import type { AppError } from '../../shared/errors.ts';
import { temporaryFolder } from './library.ts';
import { modelEnvironment } from './models.ts';

export interface TestCore {
  /** The one that is open now. */
  readonly core: Core;
  /** The library's folder. */
  readonly folder: string;
  /** Processes that were started, the newest last; those that ended stay in it. */
  readonly hosts: readonly HostProcess[];
  /** What was told of a document, one entry an announcement. */
  readonly seen: readonly DocumentSummary[];
  readonly errors: readonly AppError[];
  /** Writes a file beside the library and answers with its path. */
  file(name: string, bytes: Uint8Array | string): Promise<string>;
  /** Closes the core and opens another on the same library. */
  restart(): Promise<void>;
  /** Resolves when everything that was added is read and embedded. */
  settled(): Promise<void>;
  /** Resolves when a document is in a state; rejects after a minute. */
  until(id: string, reached: (document: DocumentSummary) => boolean): Promise<DocumentSummary>;
  /** Names of the library's stored copies and pictures. */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openTestCore(
  environment: Readonly<Record<string, string>> = {},
  options: Partial<
    Pick<
      CoreOptions,
      | 'keys'
      | 'administratorLimits'
      | 'keychain'
      | 'watch'
      | 'watchTimes'
      | 'languageRegistry'
      | 'ownFolder'
      | 'remoteTests'
      | 'onRemoteTesting'
      | 'proveOwner'
      | 'ownerEmail'
      | 'onSyncStatus'
      | 'onSyncDocuments'
    >
  > = {},
): Promise<TestCore> {
  const { folder: root, remove } = temporaryFolder();
  const folder = join(root, 'library');
  const inbox = join(root, 'inbox');
  await mkdir(inbox);
  const hosts: HostProcess[] = [];
  const seen: DocumentSummary[] = [];
  const errors: AppError[] = [];
  const forked = createForkedHostLauncher({
    entry: workerEntry('pipeline-host'),
    environment: { ...modelEnvironment, ...environment },
  });
  const launcher: HostLauncher = {
    launch() {
      const host = forked.launch();
      hosts.push(host);
      return host;
    },
  };
  const open = (): Promise<Core> =>
    openCore({
      folder,
      keys: null,
      launcher,
      keychain: createEnvironmentKeychain({}),
      onLibraryChange: ({ documents }) => void seen.push(...documents),
      onError: (_where, error) => void errors.push(error),
      ...options,
    });
  let core = await open();
  return {
    get core() {
      return core;
    },
    folder,
    hosts,
    seen,
    errors,
    async file(name, bytes) {
      const path = join(inbox, name);
      await writeFile(path, bytes);
      return path;
    },
    async restart() {
      await core.close();
      core = await open();
      await core.resume();
    },
    async settled() {
      await core.settled();
    },
    async until(id, reached) {
      const deadline = performance.now() + 60_000;
      for (;;) {
        const document = await core.database.documents.get(id);
        if (document && reached(document)) return document;
        if (performance.now() > deadline) throw new Error(`It stays ${JSON.stringify(document)}.`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async files() {
      return [...(await readdir(join(folder, 'blobs'))), ...(await readdir(join(folder, 'thumbs')))].sort();
    },
    async close() {
      await core.close();
      remove();
    },
  };
}
