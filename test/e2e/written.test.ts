/** Written pieces in real Electron: quoted and by a model, stopped, failing, gone on with, found, exported, deleted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshot, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { bookmarkLines, bookmarksOf } from '../helpers/bookmarks.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { startOpenAiServer, type ChatRequestBody, type OpenAiServer } from '../helpers/openai-server.ts';
import { boxedText, fillLibrary, saveInDialog, useServer } from '../helpers/window.ts';

let running: RunningApp;
let server: OpenAiServer;
const slow = { timeout: 60_000 };

beforeAll(async () => {
  server = await startOpenAiServer({ reply: writer });
  running = await launchApp();
  const files = [
    { name: 'crane.pdf', bytes: await makeLetter() },
    { name: 'filing.pdf', bytes: (await makeFiling({ pages: 30 })).bytes },
  ];
  await fillLibrary(running, files, { states: ['ready', 'embedding'], timeout: 90_000 });
}, 120_000);
afterAll(async () => {
  await running.end();
  await server.close();
});

/** Notes the first sentences of a part; writes the piece from them. */
function writer(body: ChatRequestBody): string {
  const content = body.messages.at(-1)?.content ?? '';
  const passages = [...content.matchAll(/<passage number="(\d+)"[^>]*>\n([\s\S]*?)\n<\/passage>/g)];
  const said = passages.slice(0, 3).map(([, number, text = '']) => {
    const sentence = /^[\s\S]{20,160}?(?:[.!?](?=\s|$)|\n|$)/.exec(text)?.[0] ?? text.slice(0, 100);
    return `- ${sentence.replace(/\s+/g, ' ').trim()} [${number}]`;
  });
  const notes = [...content.matchAll(/<notes[^>]*>\n([\s\S]*?)\n<\/notes>/g)];
  return [...said, ...notes.map(([, text = '']) => text.split('\n').slice(0, 2).join('\n'))].join('\n');
}

const piece = (): Locator => running.page.getByTestId('piece');
const rows = (): Locator => running.page.getByTestId('piece-row');

async function showLibrary(page: Page): Promise<void> {
  await page.getByTestId('section-all').click();
  await page.getByTestId('library-grid').waitFor();
}

/** Opens the dialog for a document with the keyboard. */
async function writeAbout(title: RegExp): Promise<Locator> {
  const { page } = running;
  await showLibrary(page);
  await page.getByTestId('document-card').filter({ hasText: title }).first().click();
  await page.keyboard.press('w');
  const dialog = page.getByTestId('write-dialog');
  await dialog.waitFor();
  await expect.poll(() => dialog.getByTestId('write-estimate').textContent(), slow).not.toMatch(/Counting/);
  return dialog;
}

async function ended(state: string): Promise<void> {
  await expect.poll(() => piece().getAttribute('data-state'), slow).toBe(state);
}

test('the empty list says how one begins', async () => {
  const { page } = running;
  await page.getByTestId('section-written').click();
  await page.getByTestId('written-empty').waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-empty');
});

test('without a model: own sentences with pages that open on their words; a prompt of one’s own says what it needs', async () => {
  const { page } = running;
  let dialog = await writeAbout(/Meridian/);
  expect(await dialog.getByTestId('write-estimate').textContent()).toMatch(/Nothing leaves/);
  await dialog.getByTestId('kind-prompt').click();
  await dialog.getByTestId('needs-model').waitFor();
  expect(await dialog.getByTestId('start-writing').isDisabled()).toBe(true);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'write-dialog-needs-model');
  await dialog.getByRole('button', { name: 'Open settings' }).click();
  await page.getByTestId('settings-dialog').waitFor();
  await page.keyboard.press('Escape');
  dialog = await writeAbout(/Meridian/);
  await dialog.getByTestId('kind-summary').click();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'write-dialog');
  await dialog.getByTestId('start-writing').click();
  await ended('complete');
  const chips = piece().getByTestId('citation-chip');
  expect(await chips.count()).toBeGreaterThan(2);
  expect(await chips.first().textContent()).toMatch(/^p\. \d+$/);
  await chips.first().click();
  await page.getByTestId('citation-box').first().waitFor(slow);
  const pageNumber = Number(/\d+/.exec((await chips.first().textContent()) ?? '')?.[0]);
  await expect.poll(() => boxedText(page, pageNumber), slow).not.toBe('');
  expect(await piece().getByTestId('piece-origin').textContent()).toMatch(/nothing left this computer/i);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-piece');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 900, height: 600 });
  await screenshot(page, 'written-piece-900');
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('the figures stand in tables, each row with its page', async () => {
  const dialog = await writeAbout(/Meridian/);
  await dialog.getByTestId('kind-figures').click();
  await dialog.getByTestId('start-writing').click();
  await ended('complete');
  const row = piece().getByRole('row').filter({ hasText: 'Revenue' }).first();
  expect(await row.getByTestId('citation-chip').count()).toBe(1);
  expect(await seriousAxeViolations(running.page)).toEqual([]);
  await screenshotBothThemes(running.page, 'written-figures');
});

test('by a model: part by part, stopped in the middle, and gone on with', async () => {
  const { page } = running;
  await useServer(page, server.baseUrl);
  server.setTokensPerSecond(40);
  const dialog = await writeAbout(/Meridian/);
  expect(await dialog.getByTestId('write-estimate').textContent()).toMatch(/parts, then put together/);
  await dialog.getByTestId('kind-key-points').click();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'write-dialog-model');
  await dialog.getByTestId('start-writing').click();
  const progress = piece().getByTestId('piece-progress');
  await expect.poll(() => progress.textContent(), slow).toMatch(/Part [2-9] of \d+/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-busy');
  await progress.getByTestId('stop-piece').click();
  await ended('stopped');
  expect(await piece().textContent()).toMatch(/finished parts? kept/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-stopped');
  server.setTokensPerSecond(5_000);
  await piece().getByTestId('go-on').click();
  await ended('complete');
  expect(await piece().getByTestId('citation-chip').count()).toBeGreaterThan(1);
  await piece().getByText('What was sent').click();
  expect(await piece().getByTestId('trace-sent').textContent()).toMatch(/to take notes on a part/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-sent');
});

test('a failure is told where it is, with a way on; leaving the page does not end a piece', async () => {
  const { page } = running;
  server.fail({ kind: 'status', status: 401 });
  const dialog = await writeAbout(/harbour crane/);
  await dialog.getByTestId('kind-prompt').click();
  await dialog.getByRole('textbox').fill('Who pays, and how much?');
  await dialog.getByTestId('start-writing').click();
  await ended('failed');
  expect(await piece().getByRole('alert').textContent()).toMatch(/key/i);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-failed');
  server.recover();
  server.setReply(() => `The insurance bears 31,000 euros [1]. ${'It is said in the letter. '.repeat(40)}`);
  server.setTokensPerSecond(60);
  await piece().getByTestId('go-on').click();
  await expect.poll(() => piece().textContent(), slow).toContain('It is said');
  await page.getByTestId('back-to-written').click();
  await expect.poll(() => rows().first().getAttribute('data-state'), slow).toBe('writing');
  server.setReply(writer);
  await rows().first().click();
  await ended('complete');
  expect(await piece().textContent()).toContain('31,000');
});

test('selected text is written about alone', async () => {
  const { page } = running;
  await showLibrary(page);
  await page
    .getByTestId('document-card')
    .filter({ hasText: /harbour crane/ })
    .first()
    .dblclick();
  const text = page.locator('[data-page-number="1"] [data-testid=text-layer]');
  await expect.poll(() => text.textContent(), slow).toContain('nine days');
  await text.evaluate((layer) => window.getSelection()?.selectAllChildren(layer));
  await page.getByTestId('write-selection').click();
  const dialog = page.getByTestId('write-dialog');
  await dialog.waitFor();
  expect(await dialog.getByTestId('write-subject').textContent()).toMatch(/text that you selected on p\. 1 of/);
  await expect.poll(() => dialog.getByTestId('write-estimate').textContent(), slow).not.toMatch(/Counting/);
  await screenshot(page, 'write-dialog-selection');
  await dialog.getByTestId('kind-summary').click();
  await dialog.getByTestId('start-writing').click();
  await ended('complete');
  expect(await piece().getByRole('heading').first().textContent()).toMatch(/^Summary of p\. 1 of/);
  await page.getByRole('button', { name: 'Close page' }).first().click();
});

test('the list finds, filters, renames, exports, writes again, and deletes with an undo', async () => {
  const { page, dataFolder } = running;
  await page.getByTestId('section-written').click();
  await expect.poll(() => rows().count(), slow).toBe(5);
  await screenshotBothThemes(page, 'written-list');
  await page.getByTestId('written-search').fill('CRANE');
  await expect.poll(() => rows().count()).toBe(2);
  await page.getByTestId('filter-kind').click();
  await page.getByRole('menuitemcheckbox', { name: 'Own prompt' }).click();
  await expect.poll(() => rows().count()).toBe(1);
  expect(await page.getByTestId('written-count').textContent()).toBe('1 of 5 pieces');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.getByTestId('written-search').fill('no such words');
  await page.getByTestId('written-none').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect.poll(() => rows().count()).toBe(5);
  await page.getByTestId('filter-model').click();
  await page.getByRole('menuitemcheckbox', { name: 'Quoted, no model' }).click();
  await expect.poll(() => rows().count()).toBe(2);
  await page.getByTestId('filter-model').click();
  await page.getByRole('menuitemcheckbox', { name: 'Any writer' }).click();
  // Any document of the library, also one that no loaded piece is about.
  await page.getByTestId('filter-about').click();
  const choices = page.getByLabel('The document that pieces are about');
  await choices.getByLabel('Find a document').fill('crane');
  await choices.getByRole('checkbox').first().waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'written-about');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await choices.waitFor({ state: 'hidden' });
  await expect.poll(() => page.getByTestId('written-count').textContent()).toMatch(/^\d of 5 pieces$/);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect.poll(() => rows().count()).toBe(5);

  const own = rows().filter({ hasText: 'Own prompt' });
  await own.focus();
  await page.keyboard.press('F2');
  await page.getByLabel('Title').fill('Who pays for the crane');
  await page.keyboard.press('Enter');
  const renamed = rows().filter({ hasText: 'Who pays for the crane' });
  await renamed.waitFor();
  const path = join(dataFolder, 'piece.md');
  await saveInDialog(running.app, path);
  await renamed.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Export as Markdown…' }).click();
  await page.getByText('Saved piece.md.').waitFor(slow);
  const markdown = await readFile(path, 'utf8');
  expect(markdown).toMatch(/^# Who pays for the crane/);
  expect(markdown).toMatch(/\[1\] \*\*.*\*\*, p\. 1: “/);

  await renamed.focus();
  await page.keyboard.press('Delete');
  await renamed.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await renamed.waitFor();
  await renamed.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Write again' }).click();
  await ended('complete');
  await page.getByTestId('back-to-written').click();
  await expect.poll(() => rows().count(), slow).toBe(6);
});

// Catches: a piece that is lost with the app, begun anew, or sent on without anybody's asking.
test('killed in the middle: interrupted after the next start, nothing is sent by itself, and it goes on', async () => {
  server.setTokensPerSecond(40);
  const dialog = await writeAbout(/Meridian/);
  await dialog.getByTestId('kind-outline').click();
  await dialog.getByTestId('start-writing').click();
  await expect.poll(() => piece().getByTestId('piece-progress').textContent(), slow).toMatch(/Part [3-9] of \d+/);
  await running.kill();
  running = await launchApp({ dataFolder: running.dataFolder });
  await running.page.getByTestId('section-written').click();
  await expect.poll(() => rows().first().getAttribute('data-state'), slow).toBe('interrupted');
  const sent = server.requests.length;
  await rows().first().click();
  await ended('interrupted');
  expect(await piece().textContent()).toMatch(/finished parts? kept/);
  expect(server.requests.length).toBe(sent);
  server.setTokensPerSecond(5_000);
  await piece().getByTestId('go-on').click();
  await ended('complete');
});

// Catches: an outline whose PDF has none, so that nobody can go by it.
test('an outline that is saved as a PDF is its bookmarks', async () => {
  const { page, dataFolder } = running;
  server.setReply(() => '- Business [1]\n  - Wind: turbines off the coast [1]\n- Risk factors [2]');
  await page.getByTestId('write-again').click();
  await expect.poll(() => piece().textContent(), slow).toContain('turbines off the coast');
  await ended('complete');
  const path = join(dataFolder, 'outline.pdf');
  await saveInDialog(running.app, path);
  await page.getByTestId('piece-menu').click();
  await page.getByRole('menuitem', { name: 'Export as PDF…' }).click();
  await page.getByText('Saved outline.pdf.').waitFor(slow);
  const [title, ...lines] = bookmarkLines(await bookmarksOf(path));
  expect(title).toMatch(/^Outline of/);
  expect(lines).toEqual(['  Business', '    Wind', '  Risk factors']);
  server.setReply(writer);
});

test('a document that is deleted says how many pieces go with it; the rest is there after a restart', async () => {
  const { page } = running;
  await showLibrary(page);
  await page
    .getByTestId('document-card')
    .filter({ hasText: /harbour crane/ })
    .first()
    .click();
  await page.keyboard.press('Delete');
  const dialog = page.getByTestId('delete-dialog');
  await expect.poll(() => dialog.getByTestId('deletion-counts').textContent(), slow).toMatch(/3 written pieces/);
  await screenshot(page, 'delete-with-pieces');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByTestId('section-written').click();
  await expect.poll(() => rows().count(), slow).toBe(5);
  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  await running.page.getByTestId('section-written').click();
  await expect.poll(() => rows().count(), slow).toBe(5);
  await rows().last().click();
  await ended('complete');
  expect(await piece().getByTestId('citation-chip').count()).toBeGreaterThan(2);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
