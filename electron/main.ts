/** Start-up order, nothing else. */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app, type BrowserWindow } from 'electron';
import { toAppError } from '../shared/errors.ts';
import { channels } from '../shared/channels.ts';
import type { DocumentSummary } from '../shared/domain.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import type { RequestName } from '../shared/requests/index.ts';
import { relaunchForUtf8 } from './app/character-set.ts';
import { createDesktop } from './app/desktop.ts';
import { logError } from './app/log.ts';
import { installMenu } from './app/menu.ts';
import { filesFromArguments } from './app/open-with.ts';
import { bundled, dataFolder, libraryFolder } from './app/paths.ts';
import { registerScheme, serveApp } from './app/protocol.ts';
import { reviveWindow } from './app/revive.ts';
import { hardenSession, isTrustedSender } from './app/security.ts';
import { showStartError } from './app/start-error.ts';
import { createWindow } from './app/window.ts';
import type { Backend } from './backend.ts';
import type { Desktop } from './ipc/desktop.ts';
import { registerRouter } from './ipc/router.ts';
import { registerStreams } from './ipc/streams.ts';
import { BlobStore } from './pipeline/blobs.ts';

/** Milliseconds until the first frame. */
const LONGEST_WAIT_FOR_WINDOW = 3_000;
/** Milliseconds. */
const LONGEST_CLOSE = 5_000;
/** Milliseconds for the first pages' pictures, after the first frame. */
const PICTURES_WAIT = 200;
/** What the window asks first. */
const FIRST_REQUEST: RequestName = 'library.listDocuments';

let window: BrowserWindow | null = null;
let opened: Backend | null = null;
let quitting = false;
/** Files that were opened with Quire before it was ready. */
const waitingFiles = filesFromArguments(process.argv, process.cwd());

function emit<Name extends EventName>(name: Name, detail: EventMap[Name]): void {
  if (!window || window.isDestroyed() || window.webContents.isCrashed()) return;
  window.webContents.send(channels.event, name, detail);
}

function addFiles(paths: readonly string[]): void {
  if (paths.length === 0) return;
  if (!opened) waitingFiles.push(...paths);
  else addAndTell(opened, paths).catch((error: unknown) => logError('open with', toAppError(error)));
}

/** Nobody asked for these files in the window, so it is told what became of them. */
async function addAndTell(backend: Backend, paths: readonly string[]): Promise<void> {
  await backend.ready();
  const outcomes = await backend.core.imports.add(paths);
  const contents = window?.webContents;
  if (contents?.isLoading()) await once(contents, 'did-finish-load');
  emit('library.added', { outcomes });
}

/** Another library is open: the window begins anew, and says what became of the one before. */
async function showReplaced(kept: string | null): Promise<void> {
  const contents = window?.webContents;
  if (!contents) return;
  contents.reload();
  await once(contents, 'did-finish-load');
  if (kept !== null) emit('library.replaced', { kept });
}

function openWindow(): void {
  window = createWindow();
  reviveWindow(window);
  window.on('closed', () => {
    window = null;
  });
}

/** Resolves with the window's first frame, or its end. */
async function windowShown(): Promise<void> {
  if (!window || window.isVisible()) return;
  await Promise.race([once(window, 'show'), once(window, 'closed'), setTimeout(LONGEST_WAIT_FOR_WINDOW)]);
}

interface Served {
  /** For the window's first frame; null when the library has to be opened for it. */
  readonly firstList: Promise<readonly DocumentSummary[] | null>;
  readonly backend: Promise<Backend>;
}

/** Everything that the window may ask for; it waits for the backend itself, so that the page loads meanwhile. */
function serveWindow({ firstList, backend }: Served): void {
  const blobs = new BlobStore(libraryFolder());
  let isOpen = false;
  // A library that can't be opened is told where the backend is opened.
  backend.then(() => (isOpen = true)).catch(() => undefined);
  serveApp({
    rendererFolder: bundled('renderer'),
    thumbnailFile: (contentHash) => blobs.thumbnail(contentHash),
    documentFile: async (id) => {
      const document = await (await backend).core.database.documents.get(id);
      return document && blobs.file(document.contentHash, document.format);
    },
  });
  registerRouter({
    dispatch: async (name, params) => {
      // Once the library is open, the first list may be out of date.
      const first = name === FIRST_REQUEST && !isOpen ? await firstList : null;
      return first ?? (await backend).dispatch(name, params);
    },
    isTrusted: isTrustedSender,
    onError: logError,
  });
}

/**
 * Opens the library. With a first list this waits for the first frame and its pictures, which the backend's modules and
 * threads would hold up: together they keep every core of a small machine busy for as long as the window takes.
 */
async function openBackendBehind(firstList: Served['firstList'], desktop: Desktop): Promise<Backend> {
  if (await firstList) {
    await windowShown();
    await setTimeout(PICTURES_WAIT);
  }
  const { openBackend } = await import('./backend.ts');
  return openBackend({
    desktop,
    emit,
    onReplaced: (kept) =>
      void showReplaced(kept).catch((error: unknown) => logError('library replaced', toAppError(error))),
    onLost: showStartError,
  });
}

async function start(): Promise<void> {
  await app.whenReady();
  hardenSession();
  const desktop = createDesktop(() => window, dataFolder());
  let begin: () => void = () => undefined;
  const firstList = new Promise<void>((resolve) => (begin = resolve)).then(async () => {
    const { readFirstList } = await import('./db/first-list.ts');
    return readFirstList(join(libraryFolder(), 'library.db'));
  });
  const backend = openBackendBehind(firstList, desktop);
  // A library that can't be opened is told below; until then nobody may take it for unhandled.
  backend.catch(() => undefined);
  serveWindow({ firstList, backend });
  openWindow();
  begin();
  void windowShown().then(() =>
    installMenu({ send: (command) => emit('app.command', { command }), reload: () => window?.webContents.reload() }),
  );
  const library = await backend;
  opened = library;
  desktop.setTheme(library.core.settings.current.theme);
  registerStreams({
    attach: (id, listener) => {
      const { writing, chat } = library.core;
      return writing.attach(id, listener) ?? chat.attach(id, listener);
    },
    isTrusted: isTrustedSender,
  });
  await windowShown();
  if (!quitting) await library.core.resume();
  addFiles(waitingFiles.splice(0));
  if (!quitting) library.core.watched.start();
}

registerScheme();
if (relaunchForUtf8()) {
  // This process ends; the one that it started has the window.
} else if (app.requestSingleInstanceLock()) {
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
    if (opened && !window) openWindow();
  });
  app.on('will-quit', (event) => {
    quitting = true;
    const closing = opened;
    if (!closing) return;
    opened = null;
    event.preventDefault();
    // A host that hangs must not keep the app from ending; what was committed is safe either way.
    Promise.race([closing.close(), setTimeout(LONGEST_CLOSE)])
      .catch((error: unknown) => logError('quit', toAppError(error)))
      .finally(() => app.quit());
  });
  // Whoever quits at once interrupts the start; that is no error to show.
  start().catch((error: unknown) =>
    quitting ? logError('start', toAppError(error)) : showStartError(toAppError(error)),
  );
} else {
  app.quit();
}
