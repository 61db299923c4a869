/** What models cost, in real Electron against a real server on loopback: the screen, its limits, its prices and its file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Budget, CallKind, UsageCall, UsageFigures, UsageRow, UsageSummary } from '../../shared/usage.ts';
import { launchApp, screenshot, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { citingReply, startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import {
  answerRequests,
  ask,
  fillLibrary,
  newConversation,
  runFromPalette,
  saveInDialog,
  useServer,
} from '../helpers/window.ts';

let running: RunningApp;
let server: OpenAiServer;
const slow = { timeout: 60_000 };
const sizes = [
  { width: 900, height: 600 },
  { width: 1440, height: 900 },
] as const;

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter() }]);
}, 120_000);
afterAll(async () => {
  await running.end();
  await server.close();
});

const view = (): Locator => running.page.getByTestId('usage-view');
const rows = (): Locator => running.page.getByTestId('usage-row');

async function openTab(name: string): Promise<void> {
  await view().getByRole('tab', { name }).click();
}

/** Opens the screen anew, so that it asks anew. */
async function openUsage(): Promise<void> {
  if (await view().isVisible()) await running.page.getByTestId('leave-usage').click();
  await runFromPalette(running.page, 'usage and limits');
  await view().waitFor();
}

/** As small and as large as one looks at it, light and dark; nothing scrolls sideways, and axe finds nothing. */
async function look(name: string): Promise<void> {
  const { page } = running;
  // What was said of the step before covers what is looked at.
  await page.evaluate(() => {
    for (const close of document.querySelectorAll<HTMLElement>('[data-testid=toast] [aria-label=Dismiss]'))
      close.click();
  });
  for (const size of sizes) {
    await page.setViewportSize(size);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
    const wide = await view().evaluate(
      (element) =>
        [...element.querySelectorAll('*')].filter(
          (inner) => inner.scrollWidth > inner.clientWidth + 1 && getComputedStyle(inner).overflowX === 'auto',
        ).length,
    );
    expect(wide).toBe(0);
    await screenshotBothThemes(page, `usage-${name}-${size.width}`);
  }
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
}

describe('with a server on this computer', () => {
  test('before any model was asked it says what would be listed here', async () => {
    await openUsage();
    await view().getByTestId('usage-empty').waitFor();
    expect(await view().getByTestId('budget').getAttribute('data-level')).toBe('unlimited');
    await look('empty');
    await openTab('Calls');
    await view().getByTestId('calls-empty').waitFor();
  });

  test('Settings leads to it', async () => {
    const { page } = running;
    await page.keyboard.press('Control+,');
    const dialog = page.getByTestId('settings-dialog');
    await dialog.getByRole('tab', { name: 'Usage and limits' }).click();
    await dialog.getByTestId('budget').waitFor();
    expect(await seriousAxeViolations(page)).toEqual([]);
    await screenshotBothThemes(page, 'usage-settings');
    await dialog.getByRole('button', { name: 'Show usage' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await view().waitFor();
  });

  // Catches: calls that nobody counts, a document that is not named, a table and a chart that tell different things.
  test('an answer is listed: by day, model, kind and document, as a bar and as a call', async () => {
    const { page } = running;
    await useServer(page, server.baseUrl);
    await newConversation(page);
    await ask(page, 'How long does the work on the crane take?');
    await openUsage();
    await expect.poll(() => rows().count(), slow).toBe(1);
    expect(await view().getByTestId('usage-bar').count()).toBe(1);
    const group = async (by: string) => {
      await view().getByRole('radio', { name: by, exact: true }).click();
      await expect
        .poll(() => view().getByTestId('usage-table').locator('caption').textContent())
        .toMatch(new RegExp(by, 'i'));
      return rows().allTextContents();
    };
    expect((await group('Model')).join()).toContain('test-chat');
    expect((await group('Kind')).join()).toContain('Answer');
    expect((await group('Document')).join()).toMatch(/crane/i);
    await group('Day');
    // From the bar to its calls, by the keyboard alone.
    const bar = view().getByTestId('usage-chart').getByRole('button').last();
    await bar.focus();
    expect(await view().getByTestId('usage-readout').textContent()).toBe(await bar.getAttribute('aria-label'));
    await page.keyboard.press('Enter');
    await view().getByTestId('call-day').waitFor();
    const answer = view().locator('[data-testid=call-row][data-kind=answer]').first();
    await answer.waitFor();
    expect(await answer.textContent()).toContain('test-chat');
    await answer.getByRole('button').click();
    await page.getByTestId('composer').waitFor();
    expect(await page.getByTestId('conversation').textContent()).toContain('crane');
  });

  // Catches: a table, or a row of buttons, that reaches under the page.
  test('beside an open page it has less room, and nothing is cut off', async () => {
    const { page } = running;
    await page.getByTestId('citation-chip').first().click();
    await page.getByTestId('page-pane').waitFor();
    await openUsage();
    await page.setViewportSize({ width: 1040, height: 700 });
    for (const tab of ['Overview', 'Calls', 'Limits', 'Prices']) {
      await openTab(tab);
      await view().getByRole('tabpanel').waitFor();
      const widths = await view().evaluate((element) => [element.scrollWidth, element.clientWidth]);
      expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
      await screenshot(page, `usage-beside-${tab.toLowerCase()}`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'Hide page' }).click();
    await openTab('Overview');
  });

  test('every call goes into a file for a spreadsheet', async () => {
    await openUsage();
    const path = join(running.dataFolder, 'usage.csv');
    await saveInDialog(running.app, path);
    await view().getByTestId('export-usage').click();
    await running.page.getByText('Saved as usage.csv.').waitFor();
    const lines = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(1).join('\n')).toContain('test-chat');
  });

  // Catches: 1,50 taken for 150, a limit that is shown and does not hold, and a stop that nobody explains.
  test('a budget warns at 80 %, once, and at 100 % answers are quoted until it ends', async () => {
    const { page } = running;
    // So long that a part of what it took has room for another answer.
    server.setReply(() => 'Nobody knows how long the work on it takes. '.repeat(500));
    await newConversation(page);
    await ask(page, 'How long does the work on the crane take?');
    server.setReply(citingReply);
    await openUsage();
    await openTab('Limits');
    const form = view().getByTestId('limits-form');
    const tokens = form.getByLabel('Tokens a month');
    const save = form.getByRole('button', { name: 'Save limits' });
    await form.getByLabel('US dollars a month').fill('1,50');
    expect(await form.textContent()).toMatch(/with a point/);
    expect(await save.isDisabled()).toBe(true);
    await form.getByRole('button', { name: 'Undo changes' }).click();
    await form.getByLabel('Models on this computer count, too').check();
    await tokens.fill('1M');
    await save.click();
    await expect.poll(() => tokens.inputValue()).toBe('1,000,000');
    const meter = view().getByTestId('meter-tokens');
    const used = Number(/Tokens ([\d,]+) of/.exec((await meter.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
    expect(used).toBeGreaterThan(0);

    await tokens.fill(String(Math.floor(used / 0.85)));
    await save.click();
    await expect.poll(() => meter.getAttribute('data-level')).toBe('warning');
    const status = page.getByTestId('budget-status');
    await expect.poll(() => status.textContent(), slow).toMatch(/8[45] % of this month’s budget/);
    await look('limits-warning');
    await status.getByRole('button', { name: 'Do not warn again this month' }).click();
    await status.waitFor({ state: 'detached' });

    await tokens.fill(String(used));
    await save.click();
    await expect.poll(() => meter.getAttribute('data-level')).toBe('exceeded');
    await expect.poll(() => status.textContent(), slow).toMatch(/Budget used up until 1 /);
    await openTab('Overview');
    await look('exceeded');
    await newConversation(page);
    const before = server.requests.length;
    const answer = await ask(page, 'How long does the work on the crane take?');
    expect(server.requests.length).toBe(before);
    expect(await answer.getByTestId('answer-source').textContent()).toMatch(/quoted/i);
    const note = page.getByTestId('budget-note');
    await expect.poll(() => note.textContent(), slow).toMatch(/quoted.*until 1 /);
    expect(await seriousAxeViolations(page)).toEqual([]);
    await screenshotBothThemes(page, 'usage-composer');

    await note.getByRole('button', { name: 'Limits' }).click();
    await tokens.fill('');
    await save.click();
    await note.waitFor({ state: 'detached' });
    await status.waitFor({ state: 'detached' });
    await expect.poll(() => view().getByTestId('budget').getAttribute('data-level')).toBe('unlimited');
  });

  test('prices are added, changed, taken back, and refused where they make no sense', async () => {
    const { page } = running;
    await openUsage();
    await openTab('Prices');
    const own = view().locator('[data-testid=price-row][data-own=true]');
    const editor = view().getByTestId('price-editor');
    await view().getByTestId('add-price').click();
    await editor.getByLabel('Server').fill('https://models.example.org/v1');
    await editor.getByLabel('Model').fill('llama');
    await editor.getByLabel('$ per million in').fill('0,2');
    await page.keyboard.press('Enter');
    expect(await editor.textContent()).toMatch(/server’s name.*with a point.*Write 0/);
    await look('prices');
    await editor.getByLabel('Server').fill('models.example.org');
    await editor.getByLabel('$ per million in').fill('0.2');
    await editor.getByLabel('$ per million out').fill('0.3');
    await page.keyboard.press('Enter');
    await editor.waitFor({ state: 'detached' });
    expect(await own.allTextContents()).toEqual([expect.stringMatching(/llama.*Yours\$0\.20\$0\.30/)]);

    await view().getByRole('button', { name: 'Set your own price for gpt-5', exact: true }).click();
    await editor.getByLabel('$ per million out').fill('8');
    await editor.getByRole('button', { name: 'Save price' }).click();
    await expect.poll(() => own.count()).toBe(2);
    expect((await own.allTextContents()).join()).toContain('instead of $1.25 and $10.00');
    await view().getByRole('button', { name: 'Back to the list’s price of gpt-5' }).click();
    await expect.poll(() => own.count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(() => own.count()).toBe(2);
  });
});

const hour = 3_600_000;
const names = [
  'Annual report 2022',
  'Lease of the north pier',
  'Crane manual',
  'Minutes of the harbour board, November',
];

function figures(calls: number, cost: number | null, more: Partial<UsageFigures> = {}): UsageFigures {
  const [promptTokens, completionTokens] = [calls * 2_310, calls * 184];
  return { calls, promptTokens, completionTokens, cost, isCostPartial: false, isEstimated: false, ...more };
}

/** A month and more of somebody who asks every working day. */
function months(now: number): readonly UsageRow[] {
  return Array.from({ length: 80 }, (_, index) => new Date(now - (79 - index) * 24 * hour)).flatMap((date, index) => {
    if (date.getDay() % 6 === 0) return [];
    const two = (value: number) => String(value).padStart(2, '0');
    const key = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    const calls = 4 + ((index * 7) % 23);
    const more = { isCostPartial: index % 9 === 4, isEstimated: index % 11 === 3 };
    return [
      { key, label: key, host: null, special: null, ...figures(calls, index % 17 === 5 ? null : calls * 0.0312, more) },
    ];
  });
}

function summary(by: UsageSummary['by'], summaryRows: readonly UsageRow[]): UsageSummary {
  const calls = summaryRows.reduce((sum, row) => sum + row.calls, 0);
  return { by, rows: summaryRows, total: figures(calls, calls * 0.03, { isCostPartial: true, isEstimated: true }) };
}

function calls(now: number): readonly UsageCall[] {
  const kinds: readonly CallKind[] = ['answer', 'rewrite', 'embedding', 'piece', 'question', 'test'];
  return Array.from({ length: 100 }, (_, index) => {
    const isInterrupted = index === 3;
    const isFailed = index === 5;
    return {
      id: 1_000 - index,
      createdAt: now - index * 0.7 * hour,
      kind: kinds[index % kinds.length] ?? 'answer',
      host: index % 5 === 2 ? 'localhost:11434' : 'api.openai.com',
      model: index % 5 === 2 ? 'nomic-embed-text' : 'gpt-5-mini',
      isLocal: index % 5 === 2,
      promptTokens: 2_310 + index * 13,
      completionTokens: index % 3 === 2 ? 0 : 184,
      isEstimated: index % 4 === 1,
      cost: index % 5 === 2 ? 0 : index % 7 === 6 ? null : 0.0009 + index * 0.0001,
      duration: isInterrupted ? null : 1_400 + index * 31,
      outcome: isInterrupted ? 'interrupted' : isFailed ? 'failed' : 'complete',
      conversationId: index % 6 < 2 ? 'c' : null,
      conversationTitle: index % 6 < 2 ? 'Which segments lost sales in 2022?' : null,
      messageId: null,
      pieceId: index % 6 === 3 ? 'p' : null,
      pieceTitle: index % 6 === 3 ? 'Summary of the annual report 2022' : null,
      documents: index % 6 === 2 ? [{ id: 'd', title: names[0] ?? '' }] : [],
      deletedDocuments: index % 12 === 2 ? 1 : 0,
    };
  });
}

/** From now on main has so many calls, made of these in turns, and tells them from where it is asked. */
async function pageCalls(app: ElectronApplication, made: readonly UsageCall[], total: number): Promise<void> {
  await app.evaluate(
    ({ ipcMain }, { calls: few, total: all }) => {
      type Handler = (event: unknown, name: string, params: unknown, ...rest: readonly unknown[]) => unknown;
      const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, Handler> })._invokeHandlers;
      const before = handlers.get('quire:request');
      if (!before) throw new Error('main answers no requests');
      const asked: number[] = [];
      Object.assign(globalThis, { askedPages: asked });
      handlers.set('quire:request', (event, name, params, ...rest) => {
        if (name !== 'usage.calls') return before(event, name, params, ...rest);
        const { offset, limit } = params as { readonly offset: number; readonly limit: number };
        asked.push(offset);
        const page = Array.from({ length: Math.min(limit, all - offset) }, (_, index) => ({
          ...few[(offset + index) % few.length],
          id: all - offset - index,
        }));
        return { ok: true, value: { calls: page, total: all } };
      });
    },
    { calls: made, total },
  );
}

describe('with months of calls', () => {
  const now = Date.now();
  const date = new Date(now);
  const budget: Budget = {
    monthStart: new Date(date.getFullYear(), date.getMonth(), 1).getTime(),
    resetsAt: new Date(date.getFullYear(), date.getMonth() + 1, 1).getTime(),
    spent: { cost: 4.11, tokens: 812_345 },
    reserved: { cost: 0.05, tokens: 4_000 },
    callsWithoutPrice: 3,
    own: { monthlyCost: 10, monthlyTokens: 2_000_000, requestsPerMinute: 20 },
    administrator: { monthlyCost: 5, monthlyTokens: null, requestsPerMinute: null },
    monthlyCost: { value: 5, by: 'administrator' },
    monthlyTokens: { value: 2_000_000, by: 'own' },
    requestsPerMinute: { value: 20, by: 'own' },
    countsLocal: false,
    percentage: 83.2,
    level: 'warning',
  };
  const byDay = summary('day', months(now));
  const given = { 'usage.budget': budget, 'usage.summary': byDay, 'usage.calls': { calls: calls(now), total: 100 } };

  test('the screen shows where the month went, and what is not known', async () => {
    const { app, page } = running;
    await answerRequests(app, given);
    await openUsage();
    await view().getByRole('radio', { name: '90 days' }).click();
    await expect.poll(() => view().getByTestId('usage-bar').count()).toBe(byDay.rows.length);
    expect(await view().getByTestId('meter-cost').getAttribute('data-level')).toBe('warning');
    expect(await view().getByTestId('meter-cost').textContent()).toContain('Set by the administrator');
    expect(await view().getByTestId('usage-total').textContent()).toContain('at least');
    expect(await rows().filter({ hasText: 'unknown' }).count()).toBeGreaterThan(0);
    expect(await view().getByTestId('usage-legend').textContent()).toMatch(/estimated.*not known/);
    await look('full');
    // One stop of the Tab key; the arrow keys walk the bars.
    const bars = view().getByTestId('usage-chart').getByRole('button');
    expect(await view().getByTestId('usage-chart').locator('[tabindex="0"]').count()).toBe(1);
    await bars.last().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      await bars.nth(byDay.rows.length - 2).getAttribute('aria-label'),
    );
    expect(await seriousAxeViolations(page)).toEqual([]);
    await screenshotBothThemes(page, 'usage-walked');
    await view().getByRole('radio', { name: 'Tokens' }).click();
    expect(await seriousAxeViolations(page)).toEqual([]);
    await screenshotBothThemes(page, 'usage-tokens');
    await view().getByRole('radio', { name: 'Cost' }).click();
  });

  test('documents are told with those that are gone; calls with how they ended', async () => {
    const { app } = running;
    const documents = names.map((label, index) => ({
      ...{ key: `d${index}`, label, host: null, special: null },
      ...figures(120 - index * 31, (120 - index * 31) * 0.0312),
    }));
    const gone: readonly UsageRow[] = [
      { key: 'none', label: '', host: null, special: 'none', ...figures(21, 0.0041, { isEstimated: true }) },
      { key: 'deleted', label: '', host: null, special: 'deleted', ...figures(8, null) },
    ];
    await answerRequests(app, { ...given, 'usage.summary': summary('document', [...documents, ...gone]) });
    await openUsage();
    await view().getByRole('radio', { name: 'Document', exact: true }).click();
    await rows().filter({ hasText: 'Deleted documents' }).waitFor();
    await look('documents');
    await view().getByRole('radio', { name: 'Day', exact: true }).click();
    await openTab('Calls');
    await view().getByTestId('call-row').first().waitFor();
    // Only the rows in sight exist.
    expect(await view().getByTestId('call-row').count()).toBeLessThan(60);
    expect(await view().locator('[data-outcome=interrupted]').textContent()).toContain('at most');
    await look('calls');
    await openTab('Limits');
    await view().getByTestId('administrator-holds').waitFor();
    await look('limits');
  });

  // Catches: a list that ends with its first page, or asks for the same one for ever.
  test('many calls come a page at a time, as one scrolls to them', async () => {
    const { app } = running;
    await answerRequests(app, given);
    await pageCalls(app, calls(now), 250);
    await openUsage();
    await openTab('Calls');
    const table = view().getByTestId('call-table');
    await view().getByTestId('call-row').first().waitFor();
    expect(await view().getByTestId('call-count').textContent()).toBe('250 calls');
    const last = table.locator('[aria-rowindex="251"]');
    await expect
      .poll(async () => {
        await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return last.count();
      }, slow)
      .toBe(1);
    // Three pages: each was asked for once, and none after the last.
    expect(await app.evaluate(() => (globalThis as unknown as { askedPages: number[] }).askedPages)).toEqual([
      0, 100, 200,
    ]);
  });

  test('what can’t be read says so where it would be, and is tried again', async () => {
    const { app } = running;
    const error = {
      code: 'database-damaged',
      message: 'The ledger can’t be read.',
      hint: 'Restore a backup.',
      retryable: true,
    } as const;
    const errors = { 'usage.budget': error, 'usage.summary': error, 'usage.calls': error, 'usage.prices': error };
    await answerRequests(app, {}, {}, errors);
    await openUsage();
    // Once, though all of it fails.
    await view().getByRole('alert').waitFor();
    expect(await view().getByRole('alert').count()).toBe(1);
    await look('failed');
    for (const tab of ['Calls', 'Limits', 'Prices']) {
      await openTab(tab);
      await view().getByRole('alert').waitFor();
    }
    await answerRequests(app, {});
    await view().getByRole('button', { name: 'Retry' }).click();
    await view().getByTestId('price-table').waitFor();
  });

  test('nothing was complained of', () => {
    expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
  });
});
