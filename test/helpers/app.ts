/** Starts the built app in real Electron under Playwright, with a data folder of its own, and drives it as a person would. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import AxeBuilder from '@axe-core/playwright';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

export const repositoryRoot = join(import.meta.dirname, '..', '..');
const outputFolder = join(repositoryRoot, 'test', 'output');

/** Electron's executable; set by `npm test` and `npm run bench`, which set up what they run. */
export function electronPath(): string {
  const path = process.env['QUIRE_ELECTRON_PATH'];
  if (!path) throw new Error('QUIRE_ELECTRON_PATH is not set: run this through `npm test -- e2e` or `npm run bench`.');
  return path;
}

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Process id of the main process. */
  readonly pid: number;
  /** What the page and the main process complained of. */
  readonly complaints: string[];
  close(): Promise<void>;
  /** Closes it, and nothing is left of it. */
  end(): Promise<void>;
  /** SIGKILL to the whole tree of processes, as a crash or a power cut would. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  /** To start again on the same data. */
  readonly dataFolder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  /** False: resolves before the window is drawn, for who waits for something else of it. */
  readonly untilDrawn?: boolean;
}

export async function makeDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'quire-e2e-'));
}

/** Arguments and environment of Electron for a data folder. */
export function launchCommand(dataFolder: string, options: LaunchOptions = {}) {
  return {
    args: [
      repositoryRoot,
      `--user-data-dir=${join(dataFolder, 'electron')}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(options.arguments ?? []),
    ],
    env: {
      ...(process.env as Record<string, string>),
      // Else it would start itself anew, out of reach, where the tests are run without a locale.
      LC_ALL: 'C.UTF-8',
      QUIRE_DATA_DIR: join(dataFolder, 'data'),
      ...options.environment,
    },
  };
}

export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const dataFolder = options.dataFolder ?? (await makeDataFolder());
  const complaints: string[] = [];
  const app = await _electron.launch({ executablePath: electronPath(), ...launchCommand(dataFolder, options) });
  const child = app.process();
  child.stderr?.on('data', (text: Buffer) => {
    for (const line of text.toString().split('\n'))
      if (/\b(error|uncaught|unhandled)\b/i.test(line)) complaints.push(line);
  });
  const page = await app.firstWindow();
  page.on('pageerror', (error) => complaints.push(`page: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  if (options.untilDrawn !== false) await windowDrawn(page);
  return {
    app,
    page,
    dataFolder,
    pid: child.pid ?? 0,
    complaints,
    close: () => app.close(),
    end: async () => {
      await app.close();
      await removeDataFolder(dataFolder);
    },
    kill: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const pids: number[] = await app.evaluate(({ app: electron }) =>
        electron.getAppMetrics().map((metric) => metric.pid),
      );
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch (error) {
          // It may have gone with its parent.
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      }
      await exited;
    },
  };
}

/** Waits until the window shows a library, the way into one, or why it can't: from then on it hears keys. */
export async function windowDrawn(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const shown = document.querySelector('#root')?.firstElementChild;
      return shown !== undefined && shown !== null && shown.getAttribute('aria-busy') !== 'true';
    },
    undefined,
    { timeout: 60_000 },
  );
}

/** Waits until the window is drawn and does not begin anew, as it does with another account. */
export async function windowSettled({ app, page }: Pick<RunningApp, 'app' | 'page'>): Promise<void> {
  const isLoading = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.webContents.isLoading()));
  const deadline = performance.now() + 60_000;
  while (await isLoading()) {
    if (performance.now() > deadline) throw new Error('The window has been loading for a minute.');
    await delay(20);
  }
  await windowDrawn(page);
}

export async function removeDataFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

export interface FixtureFile {
  readonly name: string;
  readonly bytes: Uint8Array | string;
}

/** Writes files into a folder below the app's data folder and answers their paths. */
export async function writeFiles(folder: string, files: readonly FixtureFile[]): Promise<string[]> {
  const target = join(folder, 'files');
  await mkdir(target, { recursive: true });
  return Promise.all(
    files.map(async ({ name, bytes }) => {
      await writeFile(join(target, name), bytes);
      return join(target, name);
    }),
  );
}

/** Drops files on the window, in real drag events. */
export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  await giveFiles(page, paths, ['dragenter', 'dragover', 'drop']);
}

/** Pastes files that were copied elsewhere. */
export async function pasteFiles(page: Page, paths: readonly string[]): Promise<void> {
  await giveFiles(page, paths, ['paste']);
}

/**
 * Real File objects with real paths (of an input element, the one way a test has to make them), in real events to what
 * is in the middle of the window.
 */
async function giveFiles(page: Page, paths: readonly string[], types: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.id = 'test-file-source';
    input.style.display = 'none';
    document.body.append(input);
  });
  await page.locator('#test-file-source').setInputFiles([...paths]);
  await page.evaluate((names) => {
    const input = document.querySelector<HTMLInputElement>('#test-file-source');
    if (!input?.files) throw new Error('there are no files');
    const transfer = new DataTransfer();
    for (const file of input.files) transfer.items.add(file);
    const target = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2) ?? document.body;
    const options = { bubbles: true, cancelable: true };
    for (const name of names) {
      target.dispatchEvent(
        name === 'paste'
          ? new ClipboardEvent(name, { ...options, clipboardData: transfer })
          : new DragEvent(name, { ...options, dataTransfer: transfer }),
      );
    }
    input.remove();
  }, types);
}

/**
 * Drags files and folders from outside over the middle of the window and lets them go there: what the browser itself gets
 * from the desktop, so that a folder is one, which no input element could hold.
 */
export async function dropPaths(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const [x, y] = await page.evaluate(() => [window.innerWidth / 2, window.innerHeight / 2]);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: x ?? 0, y: y ?? 0, data });
  await session.detach();
}

/** Writes test/output/screens/<name>.png, to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(join(outputFolder, 'screens'), { recursive: true });
  await page.screenshot({ path: join(outputFolder, 'screens', `${name}.png`) });
}

/** Brings to its end what fades or moves, as waiting for it would; what turns for ever goes on. */
async function faded(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A change of theme is drawn in the next frame; its fading begins there.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    // What lies in a closed part of the page is not drawn, and its fading never ends.
    const isShown = (effect: AnimationEffect | null): boolean =>
      !(effect instanceof KeyframeEffect) || effect.target?.checkVisibility() !== false;
    const fading = document
      .getAnimations()
      .filter(
        ({ playState, effect }) =>
          playState === 'running' && effect?.getComputedTiming().endTime !== Infinity && isShown(effect),
      );
    for (const animation of fading) animation.finish();
    await Promise.allSettled(fading.map(({ finished }) => finished));
  });
}

/** The same screen in both themes. */
export async function screenshotBothThemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A picture in between shows neither theme.
    await faded(page);
    await screenshot(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** What of axe depends on the colours: all that differs between the themes. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** axe itself, of the version that its builder goes with. */
const axeSource = createRequire(import.meta.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js');

/** Puts axe into the page where it is not yet: the builder would twice for each look, which takes longer than the look. */
async function ensureAxe(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    if (await frame.evaluate(() => 'axe' in window)) continue;
    await frame.evaluate(await readFile(axeSource, 'utf8'));
  }
}

/** What axe finds that is serious or critical, in the light and in the dark; empty when all is well. */
export async function seriousAxeViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The contrast of what is half faded is nobody's.
    await faded(page);
    await ensureAxe(page);
    // Electron has no second page for axe to finish its work in.
    const axe = new AxeBuilder({ page, axeSource: 'undefined' }).setLegacyMode(true);
    // Of what passed it need not tell every place.
    axe.options({ resultTypes: ['violations'] });
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(colourRules)).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      found.push(`${id} (${colorScheme}): ${nodes.map((node) => node.html).join(' | ')}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
