/** The one window: made hidden, restored to where it was, shown when its first frame is there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen, type Rectangle } from 'electron';
import { bundled } from './paths.ts';
import { APP_ORIGIN } from './security.ts';

const DEFAULT_SIZE = { width: 1280, height: 820 };
/** The background until the page paints: the tokens `--canvas` of the renderer, so that nothing flashes. */
const BACKGROUND = { light: '#f5f5f6', dark: '#161619' };

interface WindowState extends Rectangle {
  readonly maximized: boolean;
}

/** By hand, so that the window need not wait for a library of schemas to be loaded. */
function isWindowState(value: unknown): value is WindowState {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height, maximized } = value as Partial<Record<keyof WindowState, unknown>>;
  return (
    Number.isInteger(x) &&
    Number.isInteger(y) &&
    typeof width === 'number' &&
    width >= 400 &&
    typeof height === 'number' &&
    height >= 300 &&
    typeof maximized === 'boolean'
  );
}

const stateFile = (): string => join(app.getPath('userData'), 'window-state.json');

function readState(): WindowState | null {
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile(), 'utf8'));
    return isWindowState(state) && isOnAScreen(state) ? state : null;
  } catch {
    // There is none at the first start, and a broken one is not worth a message.
    return null;
  }
}

/** A window that was on a screen which is gone would open out of sight. */
function isOnAScreen(state: Rectangle): boolean {
  const area = screen.getDisplayMatching(state).workArea;
  return (
    state.x < area.x + area.width - 50 &&
    state.x + state.width > area.x + 50 &&
    state.y >= area.y - 10 &&
    state.y < area.y + area.height - 50
  );
}

function keepState(window: BrowserWindow): void {
  try {
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    mkdirSync(dirname(stateFile()), { recursive: true });
    writeFileSync(stateFile(), JSON.stringify(state));
  } catch (error) {
    // The place of a window is not worth keeping the app from closing.
    console.error(error);
  }
}

export function createWindow(): BrowserWindow {
  const state = readState();
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(state ? { x: state.x, y: state.y, width: state.width, height: state.height } : {}),
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Quire',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: bundled('preload', 'preload.cjs'),
      // SECURITY: the page runs in the sandbox, apart from the preload, without Node.
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => keepState(window));
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}
