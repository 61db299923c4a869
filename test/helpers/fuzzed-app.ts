/**
 * The app without Electron for a fuzz: the real router, dispatch and backend on a real library, with a double of the
 * desktop around it. The file of tests mocks `electron` and what is Electron's alone in electron/app.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Caller } from '../../electron/accounts/caller.ts';
import { openBackend, type Backend } from '../../electron/backend.ts';
import type { Core } from '../../electron/core/core.ts';
import type { Desktop } from '../../electron/ipc/desktop.ts';
import { dispatch } from '../../electron/ipc/dispatch.ts';
import { registerRouter } from '../../electron/ipc/router.ts';
import type { Keychain } from '../../electron/pipeline/ports/keychain.ts';
import { noLimits } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import type { Result } from '../../shared/requests/index.ts';

/** What `ipcMain.handle` was given. */
export type Listener = (event: null, ...sent: readonly unknown[]) => Promise<Result<unknown>>;

export interface FuzzedApp {
  readonly backend: Backend;
  /** Of the session that is open. */
  readonly token: string;
  /** Folder of files that requests may name and dialogs choose. */
  readonly inbox: string;
  /** Addresses that were given to the system's browser. */
  readonly opened: readonly string[];
  /** Addresses beyond this computer that were to be fetched; none was. */
  readonly fetched: readonly string[];
  /** The library that is open; waits for one that replaces another. */
  core(): Promise<Core>;
  /** Sees to it that there are documents and conversations to ask about. */
  refill(): Promise<void>;
  close(): Promise<void>;
}

const account: Caller = { accountId: 'local', sessionId: 'fuzz', isAdministrator: true };
const token = 'the token of this session';
const notes = [
  ['crane.md', '# Crane\n\nThe harbour crane has a worn ring.\n\n## Ring\n\nIt was replaced in March 2024.\n'],
  ['moorings.txt', 'The ferry Alvine lies at the northern mooring. Its rope is 40 m long.\n'],
  ['tides.md', '| Day | High |\n| --- | --- |\n| Monday | 3.4 m |\n| Tuesday | 3.6 m |\n'],
  ['empty.txt', ''],
  ['not-a.pdf', 'This is no PDF.'],
] as const;

/** @param folder Of all data. */
export async function openFuzzedApp(folder: string): Promise<FuzzedApp> {
  const inbox = join(folder, 'inbox');
  await mkdir(inbox, { recursive: true });
  for (const [name, text] of notes) await writeFile(join(inbox, name), text);
  const opened: string[] = [];
  const fetched = refuseNetwork();
  const backend = openBackend({
    desktop: desktopDouble(folder, inbox, opened),
    keychainOf: memoryKeychain,
    administratorLimits: () => Promise.resolve(noLimits),
    proveOwner: () => Promise.reject(new AppError('forbidden', 'No account is open.')),
    emailOf: () => Promise.resolve(null),
    emit: (_name, detail) => void structuredClone(detail),
    begin: async (core) => {
      await core.resume();
      core.watched.start();
    },
    onReplaced: () => undefined,
    onLost: (error) => {
      throw error;
    },
  });
  await backend.open(account.accountId, null);
  registerRouter({
    dispatch: (request) =>
      dispatch(request, {
        verify: (given) =>
          given === token
            ? Promise.resolve(account)
            : Promise.reject(new AppError('unauthenticated', 'There is no session.')),
        handlersFor: (_name, caller) => backend.handlersFor(caller ?? account),
      }),
    isTrusted: () => true,
    onError: () => undefined,
  });
  const core = async (): Promise<Core> => {
    const present = await backend.ready();
    if (!present) throw new Error('No library is open any more.');
    return present;
  };
  return {
    backend,
    token,
    inbox,
    opened,
    fetched,
    core,
    async refill() {
      const { database, imports, chat } = await core();
      if ((await database.documents.ids()).length < 2) await imports.add([inbox]);
      const { total } = await database.conversations.list({ limit: 1 });
      if (total === 0) await chat.ask(null, 'Which ring is worn?', { documentIds: [], collectionId: null });
    },
    close: () => backend.closeLibrary(),
  };
}

/** Dialogs are dismissed or answered in turn. */
export function desktopDouble(folder: string, inbox: string, opened: string[]): Desktop {
  const backup = join(folder, 'backup.zip');
  const chosen = turns<readonly string[]>([[], [inbox], [join(inbox, 'gone')], [join(inbox, 'crane.md')]]);
  const backups = turns([null, join(inbox, 'not-a.pdf'), backup]);
  const targets = turns([null, backup]);
  const saves = turns([true, false]);
  return {
    dataFolder: folder,
    chooseFiles: () => Promise.resolve(chosen()),
    chooseBackup: () => Promise.resolve(backups()),
    chooseBackupTarget: () => Promise.resolve(targets()),
    showInFolder: () => undefined,
    openFile: () => Promise.resolve(),
    openExternal: (url) => Promise.resolve(void opened.push(url)),
    saveFile: async ({ fileName, make }) => {
      if (!saves()) return null;
      await make();
      return fileName;
    },
    printPdf: () => Promise.resolve(new Uint8Array(1)),
    setTheme: () => undefined,
    info: () => ({ version: '1.2.3', electron: '', chromium: '', platform: 'linux x64' }),
  };
}

function turns<T>(values: readonly [T, ...T[]]): () => T {
  let turn = 0;
  return () => values[turn++ % values.length] ?? values[0];
}

export function memoryKeychain(): Keychain {
  const keys = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(keys.get(name) ?? null),
    set: (name, key) => Promise.resolve(void keys.set(name, key)),
    delete: (name) => Promise.resolve(void keys.delete(name)),
  };
}

/** Whatever settings are made up, nothing leaves this computer. */
function refuseNetwork(): readonly string[] {
  const asked: string[] = [];
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return fetch(input, init);
    asked.push(url.href);
    return Promise.reject(new TypeError('fetch failed', { cause: new Error('There is no network.') }));
  });
  return asked;
}

/** Of files that a request names, those outside of the inbox become one that is not there: nothing else is read in. */
export function within(inbox: string, path: unknown): unknown {
  return typeof path === 'string' && !path.startsWith(inbox) && existsSync(path) ? join(inbox, 'outside') : path;
}
