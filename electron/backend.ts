/** What is behind the window: the library, and the handlers of the window's requests. */
import { dirname, join } from 'node:path';
import { toAppError, type AppError } from '../shared/errors.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import { createKeychain } from './adapters/keychain.ts';
import { logError } from './app/log.ts';
import { bundled, dataFolder, libraryFolder, modelEnvironment } from './app/paths.ts';
import { createUtilityHostLauncher } from './app/utility-host.ts';
import { Backups } from './core/backups.ts';
import { openCore, type Core } from './core/core.ts';
import type { Desktop } from './ipc/desktop.ts';
import { dispatch } from './ipc/dispatch.ts';
import { backupHandlers } from './ipc/handlers/backup.ts';
import { chatHandlers } from './ipc/handlers/chat.ts';
import { folderHandlers } from './ipc/handlers/folders.ts';
import { importHandlers } from './ipc/handlers/imports.ts';
import { libraryHandlers } from './ipc/handlers/library.ts';
import { recognitionHandlers } from './ipc/handlers/recognition.ts';
import { shelfHandlers } from './ipc/handlers/shelves.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { usageHandlers } from './ipc/handlers/usage.ts';
import { viewerHandlers } from './ipc/handlers/viewer.ts';
import { writtenHandlers } from './ipc/handlers/written.ts';

export interface Backend {
  /** The one that is open now: a restore replaces it. */
  readonly core: Core;
  /** Carries out a request of the window; throws as `ipc/dispatch.ts` says. */
  dispatch(name: unknown, params: unknown): Promise<unknown>;
  /** Resolves when `core` can be worked with: not while a library is being replaced. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface BackendOptions {
  readonly desktop: Desktop;
  /** Tells the window. */
  readonly emit: <Name extends EventName>(name: Name, detail: EventMap[Name]) => void;
  /**
   * Everything that the window shows may have changed.
   * @param kept The name of the library that was put aside; null when the same one was opened again.
   */
  readonly onReplaced: (kept: string | null) => void;
  /** No library is open any more, and none can be opened: nothing is left but to say so and end. */
  readonly onLost: (error: AppError) => void;
}

/** Opens the library. Errors: as `openCore`. */
export async function openBackend({ desktop, emit, onReplaced, onLost }: BackendOptions): Promise<Backend> {
  let core = await open();
  let handlers = handlersOf(core);
  /** Resolves when requests can be answered: not while a library is being replaced. */
  let ready: Promise<unknown> = Promise.resolve();
  const backups = new Backups({
    core: () => core,
    appVersion: desktop.info().version,
    onTask: (task) => emit('backup.changed', { task }),
    async replaceLibrary(swap) {
      const work = replace(swap);
      // Its failure is told by the backup's task, and by `onLost`; requests only wait for its end.
      ready = work.catch(() => undefined);
      await work;
    },
  });

  async function replace(swap: () => Promise<string | null>): Promise<void> {
    let kept: string | null = null;
    const { bytesSent } = core.status.current;
    try {
      await core.close();
      kept = await swap();
    } finally {
      core = await open().catch((thrown: unknown) => {
        const error = toAppError(thrown);
        onLost(error);
        throw error;
      });
      handlers = handlersOf(core);
      // They left this computer since Quire was started, whichever library they were of.
      core.status.addBytesSent(bytesSent);
      desktop.setTheme(core.settings.current.theme);
      await core.resume();
      core.watched.start();
      onReplaced(kept);
    }
  }

  return {
    get core() {
      return core;
    },
    async dispatch(name, params) {
      await ready;
      return dispatch({ ...handlers, ...backupHandlers(backups, desktop) }, name, params);
    },
    async ready() {
      await ready;
    },
    async close() {
      await backups.close();
      await ready;
      await core.close();
    },
  };

  function open(): Promise<Core> {
    return openCore({
      folder: libraryFolder(),
      // Kept libraries lie beside the open one, and what a restore unpacks.
      ownFolder: dirname(libraryFolder()),
      launcher: createUtilityHostLauncher({
        entry: bundled('electron', 'pipeline-host.js'),
        environment: modelEnvironment(),
      }),
      keychain: createKeychain(),
      // Beside the libraries: a restore replaces one of them whole.
      languageFolder: join(dataFolder(), 'languages'),
      onLibraryChange: (event) => emit('library.changed', event),
      onStatusChange: (status) => emit('status.changed', status),
      onFoldersChange: () => emit('folders.changed', {}),
      onConversationChange: (conversationId) => emit('conversations.changed', { conversationId }),
      onPieceChange: (pieceId) => emit('written.changed', { pieceId }),
      onError: logError,
      ...(process.env['QUIRE_LANGUAGE_DATA_REGISTRY']
        ? { languageRegistry: process.env['QUIRE_LANGUAGE_DATA_REGISTRY'] }
        : {}),
      ...(process.env['QUIRE_STALL_LIMIT'] ? { stallLimit: Number(process.env['QUIRE_STALL_LIMIT']) } : {}),
    });
  }

  function handlersOf(core: Core) {
    return {
      ...libraryHandlers(core, desktop),
      ...importHandlers(core),
      ...folderHandlers(core, desktop),
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
    };
  }
}
