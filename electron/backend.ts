/** What is behind the window: the library, and the handlers of the window's requests. */
import type { EventMap, EventName } from '../shared/events.ts';
import { createKeychain } from './adapters/keychain.ts';
import { logError } from './app/log.ts';
import { bundled, libraryFolder, modelDirectory } from './app/paths.ts';
import { createUtilityHostLauncher } from './app/utility-host.ts';
import { openCore, type Core } from './core/core.ts';
import type { Desktop } from './ipc/desktop.ts';
import { dispatch } from './ipc/dispatch.ts';
import { chatHandlers } from './ipc/handlers/chat.ts';
import { importHandlers } from './ipc/handlers/imports.ts';
import { libraryHandlers } from './ipc/handlers/library.ts';
import { shelfHandlers } from './ipc/handlers/shelves.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { viewerHandlers } from './ipc/handlers/viewer.ts';

export interface Backend {
  readonly core: Core;
  /** Carries out a request of the window; throws as `ipc/dispatch.ts` says. */
  dispatch(name: unknown, params: unknown): Promise<unknown>;
}

export interface BackendOptions {
  readonly desktop: Desktop;
  /** Tells the window. */
  readonly emit: <Name extends EventName>(name: Name, detail: EventMap[Name]) => void;
}

/** Opens the library. Errors: as `openCore`. */
export async function openBackend({ desktop, emit }: BackendOptions): Promise<Backend> {
  const core = await openCore({
    folder: libraryFolder(),
    launcher: createUtilityHostLauncher({
      entry: bundled('electron', 'pipeline-host.js'),
      environment: { QUIRE_MODEL_DIR: modelDirectory() },
    }),
    keychain: createKeychain(),
    onLibraryChange: (event) => emit('library.changed', event),
    onStatusChange: (status) => emit('status.changed', status),
    onConversationChange: (conversationId) => emit('conversations.changed', { conversationId }),
    onError: logError,
    ...(process.env['QUIRE_STALL_LIMIT'] ? { stallLimit: Number(process.env['QUIRE_STALL_LIMIT']) } : {}),
  });
  const handlers = {
    ...libraryHandlers(core, desktop),
    ...importHandlers(core),
    ...viewerHandlers(core),
    ...chatHandlers(core, desktop, (conversationId) => emit('conversations.changed', { conversationId })),
    ...shelfHandlers(core, () => emit('shelves.changed', {})),
    ...settingsHandlers(core, desktop),
  };
  return { core, dispatch: (name, params) => dispatch(handlers, name, params) };
}
