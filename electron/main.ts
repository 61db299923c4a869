/** Start-up order, nothing else. */
import { once } from 'node:events';
import { join } from 'node:path';
import { app, type BrowserWindow } from 'electron';
import { toAppError } from '../shared/errors.ts';
import { channels } from '../shared/channels.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import { createKeychain } from './adapters/keychain.ts';
import { createDesktop } from './app/desktop.ts';
import { logError } from './app/log.ts';
import { installMenu } from './app/menu.ts';
import { filesFromArguments } from './app/open-with.ts';
import { bundled, dataFolder, LOCAL_ACCOUNT, modelDirectory } from './app/paths.ts';
import { registerScheme, serveApp } from './app/protocol.ts';
import { hardenSession, isTrustedSender } from './app/security.ts';
import { showStartError } from './app/start-error.ts';
import { createUtilityHostLauncher } from './app/utility-host.ts';
import { createWindow } from './app/window.ts';
import { openCore, type Core } from './core/core.ts';
import type { Desktop } from './ipc/desktop.ts';
import { chatHandlers } from './ipc/handlers/chat.ts';
import { libraryHandlers } from './ipc/handlers/library.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { registerRouter } from './ipc/router.ts';
import { registerStreams } from './ipc/streams.ts';

let window: BrowserWindow | null = null;
let core: Core | null = null;
/** Files that were opened with Quire before it was ready. */
const waitingFiles = filesFromArguments(process.argv, process.cwd());

function emit<Name extends EventName>(name: Name, detail: EventMap[Name]): void {
  if (window && !window.isDestroyed()) window.webContents.send(channels.event, name, detail);
}

function addFiles(paths: readonly string[]): void {
  if (paths.length === 0) return;
  if (!core) waitingFiles.push(...paths);
  else addAndTell(core, paths).catch((error: unknown) => logError('open with', toAppError(error)));
}

/** Nobody asked for these files in the window, so it is told what became of them. */
async function addAndTell(opened: Core, paths: readonly string[]): Promise<void> {
  const outcomes = await opened.ingest.add(paths);
  const contents = window?.webContents;
  if (contents?.isLoading()) await once(contents, 'did-finish-load');
  emit('library.added', { outcomes });
}

function openWindow(): void {
  window = createWindow();
  window.on('closed', () => {
    window = null;
  });
}

/** Everything that the window may ask for; it waits for the core itself, so that the page loads meanwhile. */
function serveWindow(opening: Promise<Core>, desktop: Desktop): void {
  serveApp({
    rendererFolder: bundled('renderer'),
    thumbnailFile: async (contentHash) => (await opening).blobs.thumbnail(contentHash),
    documentFile: async (id) => {
      const { blobs, database } = await opening;
      const document = await database.documents.get(id);
      return document && blobs.file(document.contentHash, document.format);
    },
  });
  registerRouter({
    handlers: opening.then((opened) => ({
      ...libraryHandlers(opened, desktop),
      ...chatHandlers(opened, (conversationId) => emit('conversations.changed', { conversationId })),
      ...settingsHandlers(opened, desktop),
    })),
    isTrusted: isTrustedSender,
    onError: logError,
  });
}

async function start(): Promise<void> {
  const opening = openCore({
    folder: join(dataFolder(), 'accounts', LOCAL_ACCOUNT),
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
  // A library that can't be opened is told below; until then nobody may take it for unhandled.
  opening.catch(() => undefined);
  await app.whenReady();
  hardenSession();
  const desktop = createDesktop(() => window, dataFolder());
  serveWindow(opening, desktop);
  openWindow();
  installMenu((command) => emit('app.command', { command }));
  core = await opening;
  desktop.setTheme(core.settings.current.theme);
  registerStreams({ chat: core.chat, isTrusted: isTrustedSender });
  await core.resume();
  addFiles(waitingFiles.splice(0));
}

registerScheme();
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, argv, folder) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    addFiles(filesFromArguments(argv, folder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    addFiles([path]);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (core && !window) openWindow();
  });
  app.on('will-quit', (event) => {
    const closing = core;
    if (!closing) return;
    core = null;
    event.preventDefault();
    closing
      .close()
      .catch((error: unknown) => logError('quit', toAppError(error)))
      .finally(() => app.quit());
  });
  start().catch((error: unknown) => showStartError(toAppError(error)));
} else {
  app.quit();
}
