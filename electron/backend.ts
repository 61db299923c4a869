/** What is behind the window: the library of the account that is open, and the handlers of the window's requests. */
import { dirname, join } from 'node:path';
import { LOCAL_ACCOUNT, type Limits } from '../shared/accounts.ts';
import { AppError, toAppError } from '../shared/errors.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import { accountFolder } from './accounts/account-folder.ts';
import type { Caller } from './accounts/caller.ts';
import { log, logEnvironment, logError } from './app/log.ts';
import { bundled, dataFolder, modelEnvironment } from './app/paths.ts';
import { createUtilityHostLauncher } from './app/utility-host.ts';
import { Backups, type Swapped } from './core/backups.ts';
import { openCore, type Core } from './core/core.ts';
import { optionsOfEnvironment } from './core/core-options.ts';
import type { LibraryKeys } from './encryption/library-keys.ts';
import type { Keychain } from './pipeline/ports/keychain.ts';
import type { Desktop } from './ipc/desktop.ts';
import type { Handlers } from './ipc/dispatch.ts';
import { backupHandlers } from './ipc/handlers/backup.ts';
import { chatHandlers } from './ipc/handlers/chat.ts';
import { folderHandlers } from './ipc/handlers/folders.ts';
import { healthHandlers } from './ipc/handlers/health.ts';
import { importHandlers } from './ipc/handlers/imports.ts';
import { libraryHandlers } from './ipc/handlers/library.ts';
import { recognitionHandlers } from './ipc/handlers/recognition.ts';
import { remoteHandlers } from './ipc/handlers/remotes.ts';
import { shelfHandlers } from './ipc/handlers/shelves.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { syncHandlers } from './ipc/handlers/sync.ts';
import { usageHandlers } from './ipc/handlers/usage.ts';
import { viewerHandlers } from './ipc/handlers/viewer.ts';
import { writtenHandlers } from './ipc/handlers/written.ts';

export interface Backend {
  /** The library that is open; null while none is. */
  readonly core: Core | null;
  /**
   * Makes an account's library the one that is open; nothing when it is. Errors: as `openCore`.
   * @param keys Of an encrypted library; null for a plain one. They stay the caller's, who clears them once it is closed.
   */
  open(accountId: string, keys: LibraryKeys | null): Promise<void>;
  /** Closes the library that is open, if one is; at the end of the app, too. */
  closeLibrary(): Promise<void>;
  /** The library when it can be worked with: not while one is replaced by another. Null when none is open. */
  ready(): Promise<Core | null>;
  /** Who answers the requests of an account. Throws `unauthenticated` when its library is not the one that is open. */
  handlersFor(caller: Caller): Promise<Partial<Handlers>>;
}

export interface BackendOptions {
  readonly desktop: Desktop;
  /** Entries of one account in the system's keychain. */
  readonly keychainOf: (accountId: string) => Keychain;
  /** What an account may spend, as its computer's administrator says. */
  readonly administratorLimits: (accountId: string) => Promise<Limits>;
  /** Errors: `wrong-credentials`, `too-many-attempts`, `forbidden`. */
  readonly proveOwner: (accountId: string, password: string) => Promise<{ readonly email: string }>;
  /** The present e-mail of an account; null when there is none. */
  readonly emailOf: (accountId: string) => Promise<string | null>;
  /** Tells the window. */
  readonly emit: <Name extends EventName>(name: Name, detail: EventMap[Name]) => void;
  /** Takes up what the last run left, each time that a library was opened. */
  readonly begin: (core: Core) => Promise<void>;
  /**
   * Everything that the window shows may have changed: a restore put another library in the place of the open one.
   * @param swapped Nothing is kept when the same one was opened again.
   */
  readonly onReplaced: (swapped: Swapped) => void;
  /** No library is open any more, and none can be opened: nothing is left but to say so and end. */
  readonly onLost: (error: AppError) => void;
}

interface OpenLibrary {
  readonly accountId: string;
  readonly keys: LibraryKeys | null;
  readonly core: Core;
  readonly handlers: Partial<Handlers>;
}

/** Milliseconds. */
const UPDATE_TOLD_EVERY = 500;

/** What can stand behind the window; it opens no library by itself. */
export function openBackend(options: BackendOptions): Backend {
  const { desktop, keychainOf, emit, begin, onReplaced, onLost } = options;
  let library: OpenLibrary | null = null;
  /** What opens, closes or replaces the library, one after another; requests wait for its end. */
  let work: Promise<unknown> = Promise.resolve();
  const backups = new Backups({
    core: () => present().core,
    appVersion: desktop.info().version,
    onTask: (task) => emit('backup.changed', { task }),
    replaceLibrary: (swap) => alone(() => replace(swap)),
  });

  /** Runs when what was begun before is over, however that ended. */
  function alone<T>(run: () => Promise<T>): Promise<T> {
    const next = work.then(run);
    // Its failure is told by whoever asked for it.
    work = next.catch(() => undefined);
    return next;
  }

  function present(): OpenLibrary {
    if (!library) throw new AppError('interrupted', 'No library is open.', { retryable: true });
    return library;
  }

  async function start(accountId: string, keys: LibraryKeys | null): Promise<Core> {
    // SECURITY: messages name files.
    log().hideMessages(keys !== null);
    const core = await openTelling(accountId, keys);
    library = { accountId, keys, core, handlers: handlersOf(core) };
    desktop.setTheme(core.settings.current.theme);
    return core;
  }

  /** As long as the library is being updated, the window is told: its page may not be there yet when that begins. */
  async function openTelling(accountId: string, keys: LibraryKeys | null): Promise<Core> {
    let telling: NodeJS.Timeout | undefined;
    const tell = (): void => emit('library.updating', {});
    try {
      return await openLibrary(accountId, keys, () => {
        tell();
        telling ??= setInterval(tell, UPDATE_TOLD_EVERY);
      });
    } finally {
      clearInterval(telling);
    }
  }

  async function stop(): Promise<void> {
    const closing = library;
    if (!closing) return;
    library = null;
    await closing.core.close();
  }

  async function replace(swap: () => Promise<Swapped>): Promise<void> {
    let swapped: Swapped = { kept: null, note: null };
    const { accountId, keys, core } = present();
    const { bytesSent } = core.status.current;
    library = null;
    try {
      await core.close();
      swapped = await swap();
    } finally {
      const opened = await start(accountId, keys).catch((thrown: unknown) => {
        const error = toAppError(thrown);
        onLost(error);
        throw error;
      });
      // They left this computer since Quire was started, whichever library they were of.
      opened.status.addBytesSent(bytesSent);
      await begin(opened);
      onReplaced(swapped);
    }
  }

  return {
    get core() {
      return library?.core ?? null;
    },
    async open(accountId, keys) {
      if (library !== null && library.accountId !== accountId) await backups.close();
      await alone(async () => {
        if (library?.accountId === accountId) return;
        await stop();
        const core = await start(accountId, keys);
        // What is taken up then reports its own failures; the window need not wait for it.
        begin(core).catch((error: unknown) => logError('start', toAppError(error)));
      });
    },
    async closeLibrary() {
      // Before it is this one's turn: a restore that is under way waits for its own.
      await backups.close();
      await alone(stop);
    },
    async ready() {
      await work;
      return library?.core ?? null;
    },
    async handlersFor({ accountId }) {
      await work;
      // SECURITY: the session may have ended while the request waited.
      if (library?.accountId !== accountId) throw new AppError('unauthenticated', 'This account is not open.');
      return library.handlers;
    },
  };

  function openLibrary(accountId: string, keys: LibraryKeys | null, onUpdate: () => void): Promise<Core> {
    const folder = accountFolder(dataFolder(), accountId);
    return openCore({
      folder,
      keys,
      // Kept libraries lie beside the open one, and what a restore unpacks.
      ownFolder: dirname(folder),
      launcher: createUtilityHostLauncher({
        entry: bundled('electron', 'pipeline-host.js'),
        environment: { ...modelEnvironment(), ...logEnvironment(keys !== null) },
      }),
      accountId,
      keychain: keychainOf(accountId),
      administratorLimits: () => options.administratorLimits(accountId),
      // Beside the libraries: a restore replaces one of them whole.
      languageFolder: join(dataFolder(), 'languages'),
      onUpdate,
      onLibraryChange: (event) => emit('library.changed', event),
      onStatusChange: (status) => emit('status.changed', status),
      onFoldersChange: () => emit('folders.changed', {}),
      onConversationChange: (conversationId) => emit('conversations.changed', { conversationId }),
      onPieceChange: (pieceId) => emit('written.changed', { pieceId }),
      onRemoteTesting: (event) => emit('remotes.testing', event),
      ...(accountId === LOCAL_ACCOUNT
        ? {}
        : {
            proveOwner: (password) => options.proveOwner(accountId, password),
            ownerEmail: () => options.emailOf(accountId),
          }),
      appVersion: desktop.info().version,
      onSyncStatus: (status) => emit('sync.changed', status),
      onSyncDocuments: (documents) => emit('sync.documents', { documents }),
      onShelvesChange: () => emit('shelves.changed', {}),
      onError: logError,
      log: log(),
      ...optionsOfEnvironment(process.env),
    });
  }

  function handlersOf(core: Core) {
    return {
      ...libraryHandlers(core, desktop),
      ...importHandlers(core),
      ...folderHandlers(core, desktop),
      ...healthHandlers(core, desktop, log().folder),
      ...usageHandlers(core, desktop),
      ...viewerHandlers(core),
      ...writtenHandlers(core, desktop),
      ...chatHandlers(core, desktop, (conversationId) => emit('conversations.changed', { conversationId })),
      ...recognitionHandlers(core),
      ...shelfHandlers(
        core,
        () => emit('shelves.changed', {}),
        (conversationId) => emit('conversations.changed', { conversationId }),
      ),
      ...settingsHandlers(core, desktop),
      ...remoteHandlers(core),
      ...syncHandlers(core),
      ...backupHandlers(backups, desktop),
    };
  }
}
