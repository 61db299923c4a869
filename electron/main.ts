/** The order of the start, and the one window that it leads to: what it is told, begun anew with, and ends with. */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app, shell, type BrowserWindow } from 'electron';
import { LOCAL_ACCOUNT, type SessionState } from '../shared/accounts.ts';
import { toAppError } from '../shared/errors.ts';
import { channels } from '../shared/channels.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import { accountFolder, readOpenAccount } from './accounts/account-folder.ts';
import { keychainOf } from './accounts/account-keychain.ts';
import { createKeychain } from './adapters/keychain.ts';
import { PatientKeychain } from './adapters/patient-keychain.ts';
import { bringToFront } from './app/bring-to-front.ts';
import { relaunchForUtf8 } from './app/character-set.ts';
import { createDesktop } from './app/desktop.ts';
import { FirstPictures } from './app/first-pictures.ts';
import { logError, startLog } from './app/log.ts';
import { installMenu } from './app/menu.ts';
import { filesFromArguments } from './app/open-with.ts';
import { dataFolder } from './app/paths.ts';
import { registerScheme } from './app/protocol.ts';
import { reviveWindow } from './app/revive.ts';
import { hardenSession } from './app/security.ts';
import { serveWindow, type ServeWindowOptions } from './app/serve-window.ts';
import { showStartError } from './app/start-error.ts';
import { createWindow } from './app/window.ts';
import type { Backend, BackendOptions } from './backend.ts';
import type { Swapped } from './core/backups.ts';
import type { Core } from './core/core.ts';

/** Milliseconds until the first frame. */
const LONGEST_WAIT_FOR_WINDOW = 3_000;
/** Milliseconds. */
const LONGEST_CLOSE = 5_000;

let window: BrowserWindow | null = null;
let opened: Backend | null = null;
let quitting = false;
/** What the window shows: whose library, if any. */
let shown: { readonly state: SessionState['state']; readonly accountId: string | null } | null = null;
let endStreams: () => void = () => undefined;
let closeAccounts: () => Promise<void> = () => Promise.resolve();
const firstPictures = new FirstPictures();
/** Whose library was open when the app ended. */
const startAccount = readOpenAccount(dataFolder());
/** Files that were opened with Quire before it was ready. */
const waitingFiles = filesFromArguments(process.argv, process.cwd());

function emit<Name extends EventName>(name: Name, detail: EventMap[Name]): void {
  // SECURITY: who sits before a locked window learns nothing of what goes on behind it.
  if (shown !== null && shown.state !== 'open' && !openEvents.has(name)) return;
  if (!window || window.isDestroyed() || window.webContents.isCrashed()) return;
  window.webContents.send(channels.event, name, detail);
}

/** What is told without a session, too. */
const openEvents: ReadonlySet<EventName> = new Set([
  'session.changed',
  'keychain.changed',
  'encryption.changed',
  'app.command',
]);

/** What was opened with Quire waits until there is a library that it can go into, and somebody to whom it belongs. */
function addFiles(paths: readonly string[]): void {
  waitingFiles.push(...paths);
  if (waitingFiles.length === 0 || !opened || shown?.state !== 'open') return;
  addAndTell(opened, waitingFiles.splice(0)).catch((error: unknown) => logError('open with', toAppError(error)));
}

/** Nobody asked for these files in the window, so it is told what became of them. */
async function addAndTell(backend: Backend, paths: readonly string[]): Promise<void> {
  const core = await backend.ready();
  if (!core) return void waitingFiles.push(...paths);
  const outcomes = await core.imports.add(paths);
  const contents = window?.webContents;
  if (contents?.isLoading()) await once(contents, 'did-finish-load');
  emit('library.added', { outcomes });
}

/** Another library is open: the window begins anew, and says what became of the one before. */
async function showReplaced({ kept, note }: Swapped): Promise<void> {
  const contents = window?.webContents;
  if (!contents) return;
  contents.reload();
  await once(contents, 'did-finish-load');
  if (kept !== null) emit('library.replaced', { kept, note });
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

/** The window begins anew with what may be shown now. */
function showSession(state: SessionState['state'], accountId: string | null): void {
  const before = shown;
  shown = { state, accountId };
  if (before === null) return addFiles([]);
  if (before.state === state && before.accountId === accountId) return;
  endStreams();
  emit('session.changed', { state });
  // SECURITY: nothing of the account before stays in the page's memory.
  window?.webContents.reload();
}

/**
 * Opens the library. With a first list this waits for the first frame and its pictures, which the backend's modules and
 * threads would hold up: together they keep every core of a small machine busy for as long as the window takes.
 */
async function openBackendBehind(firstList: ServeWindowOptions['firstList'], options: OpenedBehind): Promise<Backend> {
  const list = await firstList;
  if (list) await windowShown();
  if (list?.length) await firstPictures.settled();
  const { openBackend } = await import('./backend.ts');
  const backend = openBackend({
    ...options,
    emit,
    begin: takeUp,
    onReplaced: (swapped) =>
      void showReplaced(swapped).catch((error: unknown) => logError('library replaced', toAppError(error))),
    onLost: showStartError,
  });
  if (startAccount === LOCAL_ACCOUNT) await backend.open(LOCAL_ACCOUNT, null);
  return backend;
}

type OpenedBehind = Pick<BackendOptions, 'desktop' | 'keychainOf' | 'administratorLimits' | 'proveOwner' | 'emailOf'>;

/** Takes up what the last run left unfinished, behind the window's first frame. */
async function takeUp(core: Core): Promise<void> {
  await windowShown();
  if (quitting) return;
  await core.resume();
  addFiles([]);
  if (!quitting) core.watched.start();
}

async function start(): Promise<void> {
  await app.whenReady();
  hardenSession();
  const desktop = createDesktop(() => window, dataFolder());
  // Until the page asks, main has enough to do with the page itself.
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const firstList = begun.then(async () => {
    if (startAccount !== LOCAL_ACCOUNT) return null;
    const { readFirstList } = await import('./db/first-list.ts');
    return readFirstList(join(accountFolder(dataFolder(), LOCAL_ACCOUNT), 'library.db'));
  });
  const keychain = new PatientKeychain(createKeychain(), (isAsking) => emit('keychain.changed', { isAsking }));
  const accounts = begun.then(async () => {
    const { AccountsService } = await import('./accounts/accounts-service.ts');
    return new AccountsService({
      dataFolder: dataFolder(),
      keychain,
      library: {
        // At the start the local library is on its way, and the window's first frame does not wait for it.
        open: async (id, keys) =>
          id === LOCAL_ACCOUNT && id === startAccount && !opened ? undefined : (await backend).open(id, keys),
        close: async () => (await backend).closeLibrary(),
      },
      browser: { open: (url) => shell.openExternal(url), onReturn: () => bringToFront(window) },
      onChange: showSession,
      onTurning: (task) => emit('encryption.changed', { task }),
      sync: async () => (await backend).core?.sync ?? null,
      onError: logError,
    });
  });
  const backend: Promise<Backend> = openBackendBehind(firstList, {
    desktop,
    keychainOf: (accountId) => keychainOf(keychain, accountId),
    administratorLimits: async (accountId) => (await accounts).limitsOf(accountId),
    proveOwner: async (accountId, password) => (await accounts).proveOwner(accountId, password),
    emailOf: async (accountId) => (await accounts).emailOf(accountId),
  });
  // A library that can't be opened is told below; until then nobody may take it for unhandled.
  backend.catch(() => undefined);
  endStreams = serveWindow({ firstList, firstPictures, accounts, backend, onRequest: begin, onError: logError });
  openWindow();
  void windowShown().then(() => {
    begin();
    installMenu({ send: (command) => emit('app.command', { command }), reload: () => window?.webContents.reload() });
  });
  opened = await backend;
  closeAccounts = async () => (await accounts).close();
  addFiles([]);
  const { lockWhenIdle } = await import('./app/idle-lock.ts');
  lockWhenIdle(await accounts);
}

registerScheme();
if (relaunchForUtf8()) {
  // This process ends; the one that it started has the window.
} else if (app.requestSingleInstanceLock()) {
  startLog();
  app.on('second-instance', (_event, argv, folder) => {
    bringToFront(window);
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
    Promise.race([closing.closeLibrary().finally(closeAccounts), setTimeout(LONGEST_CLOSE)])
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
