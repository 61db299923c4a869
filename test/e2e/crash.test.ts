/** The window's process dies, or one part of the window can't be drawn, in real Electron: nothing stays blank. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { answerRequests, ask, fillLibrary } from '../helpers/window.ts';

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await fillLibrary(running, [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
    { name: 'keeper.txt', bytes: 'The lighthouse keeper writes every evening.\n' },
  ]);
});
afterAll(() => running.end());

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });

/** Kills the window's process the way a fault in it would, and resolves when it is gone. */
async function crash(): Promise<void> {
  await running.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents) throw new Error('there is no window');
    const gone = new Promise((resolve) => contents.once('render-process-gone', resolve));
    contents.forcefullyCrashRenderer();
    await gone;
  });
}

/** Playwright takes a page whose process died for lost, so the window is asked through main. */
function inWindow<T>(script: string): Promise<T> {
  return running.app.evaluate(async ({ BrowserWindow }, source) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents || contents.isCrashed() || contents.isLoading()) return null;
    // A page that dies meanwhile never answers.
    const patience = new Promise((resolve) => setTimeout(resolve, 2_000, null));
    return Promise.race([contents.executeJavaScript(source), patience]);
  }, script) as Promise<T>;
}

const cards = () => inWindow<number>(`document.querySelectorAll('[data-testid=document-card]').length`);
const toasts = () =>
  inWindow<string[]>(`[...document.querySelectorAll('[data-testid=toast]')].map((toast) => toast.textContent)`);

/** Reloads the window as its menu does. */
async function reload(): Promise<void> {
  await running.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents) throw new Error('there is no window');
    const loaded = new Promise<void>((resolve) => contents.once('did-finish-load', () => resolve()));
    contents.reload();
    await loaded;
  });
}

/** Tells main that the window hangs. */
const hang = () => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('unresponsive'));

/** The dialogs that main asks with are answered with these, in order; one more stays until it is withdrawn. */
async function answerDialogs(...responses: number[]): Promise<void> {
  await running.app.evaluate(({ dialog }, answers) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((...parameters: unknown[]) => {
      const { message, signal } = parameters.at(-1) as { message: string; signal?: AbortSignal };
      asked.push(message);
      const response = answers.shift();
      if (response !== undefined) return Promise.resolve({ response, checkboxChecked: false });
      return new Promise((resolve) => {
        // Answered in the last moment, as badly as can be.
        signal?.addEventListener('abort', () => resolve({ response: 1, checkboxChecked: false }));
      });
    }) as typeof dialog.showMessageBox;
  }, responses);
}
/** What they asked so far. */
const asked = () => running.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);

// Catches: one error while drawing, which without a boundary takes the whole window away.
test('a part that can’t be drawn says so in its place, the rest works, and it can be shown again', async () => {
  const { page } = running;
  await answerRequests(running.app, { 'library.readPages': [{ number: 1, text: null }] });
  await card('keeper').click();
  await page.keyboard.press('Enter');
  const failed = page.getByTestId('part-failed');
  await failed.waitFor();
  expect(await failed.textContent()).toMatch(/The page can’t be shown\..*nothing in the library is lost/);
  await screenshotBothThemes(page, 'part-failed');
  expect(await seriousAxeViolations(page)).toEqual([]);
  // The rest: the library is shown beside it, and a question is answered.
  await page.keyboard.press('Control+2');
  await card('The harbour crane').waitFor();
  expect(await failed.isVisible()).toBe(true);
  await answerRequests(running.app, {});
  await failed.getByRole('button', { name: 'Show it again' }).click();
  await page.getByTestId('page').getByText('writes every evening').waitFor();
  await ask(page, 'How many days does the work on the crane take?');
});

// Catches: the page that the window broke at opened again: where the documents come after the window was drawn, or later.
test('a page that was open when the window’s process died stays closed: at once, reloaded, and at the next start', async () => {
  await running.page.getByTestId('section-all').click();
  await running.page.getByTestId('page').getByText('writes every evening').waitFor();
  // It is one that a start opens.
  await running.page.reload();
  await running.page.getByTestId('page').getByText('writes every evening').waitFor();

  await answerRequests(running.app, {}, { 'library.listDocuments': 1_000 });
  await crash();
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
  const pages = () => inWindow<number>(`document.querySelectorAll('[data-testid=page-pane]').length`);
  const kept = () => inWindow<unknown>(`JSON.parse(localStorage.getItem('quire.place'))`);
  const closed = { view: { kind: 'library', section: 'all' }, documentId: null, isAlone: false };
  expect(await kept()).toEqual(closed);
  expect(await pages()).toBe(0);
  await answerRequests(running.app, {});
  await reload();
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
  expect(await kept()).toEqual(closed);
  expect(await pages()).toBe(0);

  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  await card('keeper').waitFor({ timeout: 60_000 });
  expect(await kept()).toEqual(closed);
  expect(await pages()).toBe(0);
});

// Catches: nobody listening to render-process-gone, which leaves a blank window until Quire is quit.
test('a window whose process died comes back with its library, and says so once', async () => {
  // It begins where it ended.
  await running.page.getByTestId('section-all').click();
  await crash();
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
  await expect.poll(toasts).toEqual([expect.stringMatching(/stopped working and was opened anew.*Nothing .* is lost/)]);
  await reload();
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
  expect(await toasts()).toEqual([]);
});

test('one that does not answer is opened anew when the person wants that', async () => {
  await answerDialogs(0, 1);
  await hang();
  await expect.poll(asked).toEqual(['Quire’s window does not answer.']);
  expect(await toasts()).toEqual([]);
  await hang();
  await expect.poll(toasts, { timeout: 60_000 }).toHaveLength(1);
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
});

// Catches: a question about a process that is gone, which ends the healthy one when it is answered.
test('whether to wait is no longer asked once the process is gone', async () => {
  await answerDialogs();
  await hang();
  await expect.poll(asked).toHaveLength(1);
  await crash();
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
  // The next one that hangs is asked about again.
  await hang();
  await expect.poll(asked).toHaveLength(2);
});

// Catches: a page that crashes whenever it is opened, reloaded for ever.
test('one that dies again and again is opened anew only when the person wants that', async () => {
  await answerDialogs(0);
  // Each of them as soon as the one before was answered; three happened already.
  for (let crashes = 0; crashes < 4 && (await asked()).length === 0; crashes += 1) {
    await crash();
    const isOver = async () => (await cards()) === 2 || (await asked()).length > 0;
    await expect.poll(isOver, { timeout: 60_000 }).toBe(true);
  }
  expect(await asked()).toEqual(['Quire’s window keeps stopping.']);
  await expect.poll(cards, { timeout: 60_000 }).toBe(2);
});
