/** What a person does in the window, in the steps that several end-to-end tests share. */
import type { ElectronApplication, Locator, Page } from 'playwright-core';
import type { ErrorInfo } from '../../shared/errors.ts';
import { dropFiles, writeFiles, type FixtureFile, type RunningApp } from './app.ts';

/** Waits until there is a document card and all of them are in one of these states. */
export async function waitForState(page: Page, states: readonly string[], timeout = 180_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const cards = [...document.querySelectorAll('[data-testid=document-card]')];
      return cards.length > 0 && cards.every((card) => wanted.includes(card.getAttribute('data-state') ?? ''));
    },
    states,
    { timeout },
  );
}

/** Drops files on the empty library and waits until each is a document in one of these states. */
export async function fillLibrary(
  { page, dataFolder }: Pick<RunningApp, 'page' | 'dataFolder'>,
  files: readonly FixtureFile[],
  { states = ['ready'], timeout = 180_000 }: { readonly states?: readonly string[]; readonly timeout?: number } = {},
): Promise<void> {
  await page.getByTestId('empty-state').waitFor();
  await dropFiles(page, await writeFiles(dataFolder, files));
  await page
    .getByTestId('document-card')
    .nth(files.length - 1)
    .waitFor({ timeout });
  await waitForState(page, states, timeout);
}

/** Opens the conversation view when the library is shown. */
export async function openConversation(page: Page): Promise<void> {
  if (await page.getByTestId('composer').isVisible()) return;
  await page.getByTestId('new-conversation').click();
  await page.getByTestId('composer').waitFor();
}

export async function newConversation(page: Page): Promise<void> {
  await page.getByTestId('new-conversation').click();
  await page.getByTestId('composer').waitFor();
}

/** Opens Settings on who writes answers. */
export async function openAnswerSettings(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+,');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.waitFor();
  await dialog.getByRole('tab', { name: 'Answers' }).click();
  return dialog;
}

/** Chooses a model and types where it is; nothing holds before it is tested. */
export async function fillServer(dialog: Locator, baseUrl: string): Promise<void> {
  await dialog.getByRole('radio', { name: 'Write with a model' }).click();
  await dialog.getByLabel('Server address').fill(baseUrl);
  await dialog.getByLabel('Model', { exact: true }).fill('test-chat');
}

/** Has answers written by a server that wants no key. */
export async function useServer(page: Page, baseUrl: string): Promise<void> {
  const dialog = await openAnswerSettings(page);
  await fillServer(dialog, baseUrl);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByTestId('test-result').getByText('It answers').waitFor({ timeout: 15_000 });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}

/** Sends a question and does not wait for its answer. */
export async function send(page: Page, question: string): Promise<void> {
  await openConversation(page);
  await page.getByTestId('composer').fill(question);
  await page.keyboard.press('Enter');
}

/** Asks in the open conversation (or a new one) and answers with the newest answer when it has ended. */
export async function ask(page: Page, question: string, timeout = 60_000): Promise<Locator> {
  await openConversation(page);
  const answers = page.locator('[data-testid=message][data-role=assistant]');
  const before = await answers.count();
  await send(page, question);
  const answer = answers.nth(before);
  await answer.waitFor({ timeout });
  await page.waitForFunction(
    (index) => {
      const all = document.querySelectorAll('[data-testid=message][data-role=assistant]');
      const state = all[index]?.getAttribute('data-state');
      return state !== undefined && state !== 'streaming';
    },
    before,
    { timeout },
  );
  return answer;
}

/** The words of pdf.js's text layer that the citation's boxes on a page cover, by their middle: what a reader sees marked. */
export async function boxedText(page: Page, pageNumber: number): Promise<string> {
  return page.evaluate((number) => {
    const shown = document.querySelector(`[data-page-number="${number}"]`);
    const boxes = [...(shown?.querySelectorAll('[data-testid=citation-box]') ?? [])].map((box) =>
      box.getBoundingClientRect(),
    );
    const layer = shown?.querySelector('[data-testid=text-layer]');
    if (!layer) return '';
    const words: string[] = [];
    const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const match of (node.textContent ?? '').matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const place = range.getBoundingClientRect();
        const x = (place.left + place.right) / 2;
        const y = (place.top + place.bottom) / 2;
        if (boxes.some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom))
          words.push(match[0]);
      }
    }
    return words.join(' ');
  }, pageNumber);
}

/** The next dialogs of the system that ask for files or folders answer with these. */
export async function chooseInDialog(app: ElectronApplication, paths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...filePaths] });
  }, paths);
}

/** The next dialogs of the system that ask where to save answer with this. */
export async function saveInDialog(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

/** From now on main answers these requests of the window with these values or errors, and all others itself; some late. */
export async function answerRequests(
  app: ElectronApplication,
  values: Readonly<Record<string, unknown>>,
  /** Milliseconds by name. */
  delays: Readonly<Record<string, number>> = {},
  errors: Readonly<Record<string, ErrorInfo>> = {},
): Promise<void> {
  const given = { answers: values, delays, errors };
  await app.evaluate(({ ipcMain }, { answers, delays: late, errors: failing }) => {
    type Handler = (event: unknown, name: string, ...rest: readonly unknown[]) => unknown;
    // Electron tells a handler to nobody; this is where it keeps them.
    const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, Handler> })._invokeHandlers;
    const kept = globalThis as unknown as { ownHandler?: Handler };
    kept.ownHandler ??= handlers.get('quire:request');
    const { ownHandler } = kept;
    if (!ownHandler) throw new Error('main answers no requests');
    handlers.set('quire:request', async (event, name, ...rest) => {
      if (name in late) await new Promise((resolve) => setTimeout(resolve, late[name]));
      if (name in failing) return { ok: false, error: failing[name] };
      return name in answers ? { ok: true, value: answers[name] } : ownHandler(event, name, ...rest);
    });
  }, given);
}

/** Begins to measure how long the window and the main process are kept from answering. */
export async function watchPauses({ app, page }: Pick<RunningApp, 'app' | 'page'>): Promise<void> {
  await page.evaluate(() => {
    const longest = { value: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.value = Math.max(longest.value, duration);
    }).observe({ type: 'longtask' });
    Object.assign(window, { longestTask: longest });
  });
  await app.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    Object.assign(globalThis, { loopDelay: delay });
  });
}

/** The longest since `watchPauses`, in milliseconds. */
export async function longestPauses({
  app,
  page,
}: Pick<RunningApp, 'app' | 'page'>): Promise<{ window: number; main: number }> {
  const inWindow = await page.evaluate(
    () => (window as unknown as { longestTask: { value: number } }).longestTask.value,
  );
  const inMain = await app.evaluate(
    () => (globalThis as unknown as { loopDelay: { max: number } }).loopDelay.max / 1_000_000,
  );
  return { window: Math.round(inWindow), main: Math.round(inMain) };
}

/** Runs an action of the palette by words of its title. */
export async function runFromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+K');
  const field = page.getByPlaceholder(/search or ask/i);
  await field.fill(words);
  await page.getByTestId('palette').getByText(new RegExp(words, 'i')).first().waitFor();
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
}
