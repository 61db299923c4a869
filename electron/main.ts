/** Start-up order, nothing else. */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app, shell, type BrowserWindow } from 'electron';
import { LOCAL_ACCOUNT, type SessionState } from '../shared/accounts.ts';
import { toAppError } from '../shared/errors.ts';
import { channels } from '../shared/channels.ts';
import type { DocumentSummary } from '../shared/domain.ts';
import type { EventMap, EventName } from '../shared/events.ts';
import type { RequestName } from '../shared/requests/index.ts';
import { readOpenAccount } from './accounts/account-folder.ts';
import { keychainOf } from './accounts/account-keychain.ts';
import type { AccountsService } from './accounts/accounts-service.ts';
import { createKeychain } from './adapters/keychain.ts';
import { relaunchForUtf8 } from './app/character-set.ts';
import { createDesktop } from './app/desktop.ts';
import { log, logError, startLog } from './app/log.ts';
import { installMenu } from './app/menu.ts';
import { filesFromArguments } from './app/open-with.ts';
import { bundled, dataFolder, libraryFolder } from './app/paths.ts';
import { registerScheme, serveApp } from './app/protocol.ts';
import { reviveWindow } from './app/revive.ts';
import { hardenSession, isTrustedSender } from './app/security.ts';
import { showStartError } from './app/start-error.ts';
import { createWindow } from './app/window.ts';
import type { Backend, BackendOptions } from './backend.ts';
import type { Core } from './core/core.ts';
import { dispatch } from './ipc/dispatch.ts';
import { accountHandlers, isAccountRequest } from './ipc/handlers/accounts.ts';
import { windowErrorHandlers } from './ipc/handlers/window-errors.ts';
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
/** What the window shows: whose library, if any. */
let shown: { readonly state: SessionState['state']; readonly accountId: string | null } | null = null;
let endStreams: () => void = () => undefined;
let closeAccounts: () => Promise<void> = () => Promise.resolve();
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
const openEvents: ReadonlySet<EventName> = new Set(['session.changed', 'app.command']);

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

interface Served {
  /** For the window's first frame; null when the library has to be opened for it. */
  readonly firstList: Promise<readonly DocumentSummary[] | null>;
  readonly accounts: Promise<AccountsService>;
  readonly backend: Promise<Backend>;
}

/** Everything that the window may ask for; it waits for the backend itself, so that the page loads meanwhile. */
function serveWindow({ firstList, accounts, backend }: Served): void {
  const windowErrors = windowErrorHandlers(log());
  let isOpen = false;
  // A library that can't be opened is told where the backend is opened.
  backend.then(() => (isOpen = true)).catch(() => undefined);
  serveApp({
    rendererFolder: bundled('renderer'),
    thumbnailFile: async (contentHash) => {
      const accountId = (await accounts).openAccountId;
      return accountId === null ? null : new BlobStore(libraryFolder(accountId)).thumbnail(contentHash);
    },
    documentFile: async (id) => {
      const core = (await accounts).openAccountId === null ? null : await (await backend).ready();
      const document = (await core?.database.documents.get(id)) ?? null;
      return core && document && core.blobs.file(document.contentHash, document.format);
    },
  });
  registerRouter({
    dispatch: (request) =>
      dispatch(request, {
        verify: async (token) => (await accounts).verify(token),
        handlersFor: async (name, caller) => {
          if (name === 'window.reportError') return windowErrors;
          if (caller === null || isAccountRequest(name)) return accountHandlers(await accounts);
          // Once the library is open, the first list may be out of date.
          const first = name === FIRST_REQUEST && !isOpen ? await firstList : null;
          if (first) return { [FIRST_REQUEST]: () => Promise.resolve(first) };
          return (await backend).handlersFor(caller);
        },
      }),
    isTrusted: isTrustedSender,
    onError: logError,
  });
  endStreams = registerStreams({
    attach: async (ticket, listener) => {
      const streamId = (await accounts).redeemTicket(ticket);
      const core = streamId === null ? null : await (await backend).ready();
      return streamId && core
        ? (core.writing.attach(streamId, listener) ?? core.chat.attach(streamId, listener))
        : null;
    },
    isTrusted: isTrustedSender,
    onError: logError,
  });
}

/**
 * Opens the library. With a first list this waits for the first frame and its pictures, which the backend's modules and
 * threads would hold up: together they keep every core of a small machine busy for as long as the window takes.
 */
async function openBackendBehind(firstList: Served['firstList'], options: OpenedBehind): Promise<Backend> {
  if (await firstList) {
    await windowShown();
    await setTimeout(PICTURES_WAIT);
  }
  const { openBackend } = await import('./backend.ts');
  const backend = openBackend({
    ...options,
    emit,
    begin,
    onReplaced: (kept) =>
      void showReplaced(kept).catch((error: unknown) => logError('library replaced', toAppError(error))),
    onLost: showStartError,
  });
  if (startAccount === LOCAL_ACCOUNT) await backend.open(LOCAL_ACCOUNT);
  return backend;
}

type OpenedBehind = Pick<BackendOptions, 'desktop' | 'keychainOf' | 'administratorLimits'>;

/** Takes up what the last run left unfinished, behind the window's first frame. */
async function begin(core: Core): Promise<void> {
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
  let load: () => void = () => undefined;
  const isLoading = new Promise<void>((resolve) => (load = resolve));
  const firstList = isLoading.then(async () => {
    if (startAccount !== LOCAL_ACCOUNT) return null;
    const { readFirstList } = await import('./db/first-list.ts');
    return readFirstList(join(libraryFolder(LOCAL_ACCOUNT), 'library.db'));
  });
  const keychain = createKeychain();
  const accounts = isLoading.then(async () => {
    const { AccountsService } = await import('./accounts/accounts-service.ts');
    return new AccountsService({
      dataFolder: dataFolder(),
      keychain,
      library: {
        // At the start the local library is on its way, and the window's first frame does not wait for it.
        open: async (id) =>
          id === LOCAL_ACCOUNT && id === startAccount && !opened ? undefined : (await backend).open(id),
        close: async () => (await backend).closeLibrary(),
      },
      openBrowser: (url) => shell.openExternal(url),
      onChange: showSession,
      onError: logError,
    });
  });
  const backend: Promise<Backend> = openBackendBehind(firstList, {
    desktop,
    keychainOf: (accountId) => keychainOf(keychain, accountId),
    administratorLimits: async (accountId) => (await accounts).limitsOf(accountId),
  });
  // A library that can't be opened is told below; until then nobody may take it for unhandled.
  backend.catch(() => undefined);
  serveWindow({ firstList, accounts, backend });
  openWindow();
  load();
  void windowShown().then(() =>
    installMenu({ send: (command) => emit('app.command', { command }), reload: () => window?.webContents.reload() }),
  );
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
    Promise.race([closing.close().finally(closeAccounts), setTimeout(LONGEST_CLOSE)])
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
