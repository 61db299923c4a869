/** Conversations in real Electron: why an answer says what it says, branches, search, pin, archive, undo, export, restart. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { bookmarkLines, bookmarksOf } from '../helpers/bookmarks.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import { ask, fillLibrary, newConversation, saveInDialog, useServer } from '../helpers/window.ts';

let running: RunningApp;
let server: OpenAiServer;

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter() }]);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

const items = (): Locator => running.page.getByTestId('conversation-item');

/** `· 1.2 s · free`: how long an answer took, and for how much. */
const tookAndCost = /· [\d.]+ m?s · (free|cost unknown|\$)/;

const lastAnswer = (): Locator => running.page.locator('[data-testid=message][data-role=assistant]').last();

test('an answer of the documents themselves explains itself: passages, ranks, and that nothing left', async () => {
  const { page } = running;
  await newConversation(running.page);
  const answer = await ask(page, 'How many days does the work on the crane take?');
  await answer.getByTestId('explain').click();
  const dialog = page.getByTestId('trace-dialog');
  await dialog.getByTestId('trace-passages').waitFor();
  expect(await dialog.getByTestId('trace-sent').textContent()).toContain('Nothing left this computer.');
  expect(await dialog.getByTestId('trace-passage').count()).toBeGreaterThan(0);
  expect(await dialog.textContent()).toContain('no model wrote it');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'trace-extractive');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('with a model it shows the prompt as it was sent; the palette opens it, a passage opens its page', async () => {
  const { page } = running;
  await useServer(running.page, server.baseUrl);
  server.setReply(() => 'The work on the crane takes nine days [1].');
  await newConversation(running.page);
  const answer = await ask(page, 'How long does the work on the crane take?');
  // Catches: time and cost that show only after the conversation was opened anew.
  await expect.poll(() => answer.getByTestId('answer-figures').textContent()).toMatch(tookAndCost);
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').getByRole('combobox').fill('why these');
  await page.keyboard.press('Enter');
  const dialog = page.getByTestId('trace-dialog');
  await dialog.getByTestId('trace-passages').waitFor();
  expect(await dialog.getByTestId('trace-sent').textContent()).toMatch(
    /the model runs on it[\s\S]*test-chat[\s\S]*reported/,
  );
  await dialog.getByTestId('trace-prompt').locator('summary').click();
  const sent = server.requests.findLast(({ path }) => path.endsWith('/chat/completions'))?.body as {
    messages: { content: string }[];
  };
  expect(await dialog.getByTestId('trace-prompt').locator('pre').last().textContent()).toBe(
    sent.messages.at(-1)?.content,
  );
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'trace-provider');
  await page.setViewportSize({ width: 900, height: 600 });
  await screenshotBothThemes(page, 'trace-provider-small');
  await page.setViewportSize({ width: 1280, height: 820 });
  await dialog.getByTestId('trace-passage').first().getByRole('button').click();
  await page.getByTestId('page-pane').waitFor();
  expect(await dialog.isVisible()).toBe(false);
  await page.keyboard.press('Escape');
});

test('an edited question is a branch; the first stays reachable, also after a restart', async () => {
  const { page } = running;
  server.setReply(() => 'The other answer [1].');
  const question = page.locator('[data-testid=message][data-role=user]').first();
  await question.hover();
  await question.getByTestId('edit-question').click();
  await page.getByTestId('question-editor').locator('textarea').fill('Who does the work on the crane?');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'question-edit');
  await page.keyboard.press('Enter');
  const answer = page.locator('[data-testid=message][data-role=assistant]').first();
  await expect.poll(() => answer.textContent(), { timeout: 20_000 }).toContain('The other answer');
  await expect.poll(() => answer.getAttribute('data-state')).toBe('complete');
  expect(await page.getByTestId('branches').textContent()).toContain('2/2');
  // What is no longer in sight is not gone, and the way back is told.
  const told = page.getByTestId('toast').filter({ hasText: 'begins branch 2 of 2' });
  expect(await told.textContent()).toContain('stays: ‹ 1/2 ›');
  await told.getByRole('button', { name: 'Back' }).click();
  await expect.poll(() => answer.textContent()).toContain('nine days');
  expect(await page.getByTestId('branches').textContent()).toContain('1/2');
  await answer.hover();
  expect(await answer.getByTestId('answer-figures').textContent()).toMatch(tookAndCost);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'conversation-branches');
});

test('a search finds words inside messages of any branch, and opens the one that has them', async () => {
  const { page } = running;
  await page.getByTestId('search-conversations').click();
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('other answ');
  const hit = page.getByTestId('conversation-hit').first();
  await hit.waitFor();
  expect(await hit.textContent()).toContain('The other answer');
  await screenshotBothThemes(page, 'conversation-search');
  await hit.click();
  await expect.poll(() => page.getByTestId('branches').textContent()).toContain('2/2');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.getByTestId('filter-time').click();
  await page.getByRole('menuitemcheckbox', { name: 'Last 7 days' }).click();
  expect(await items().count()).toBe(1);
  await page.getByTestId('filter-document').click();
  await page.getByRole('checkbox').nth(1).click();
  await expect.poll(() => items().count()).toBe(1);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'conversation-filters');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'End search' }).click();
  await expect.poll(() => items().count()).toBe(2);
});

test('pin, archive and delete; a deletion can be undone', async () => {
  const { page } = running;
  const older = items().nth(1);
  const title = (await older.textContent()) ?? '';
  await older.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pin to the top' }).click();
  await expect.poll(() => items().first().textContent()).toContain(title);
  await items().first().focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => items().count()).toBe(1);
  await screenshotBothThemes(page, 'conversation-undo');
  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => items().count()).toBe(2);
  await items().nth(1).click();
  await page.getByTestId('conversation-menu').click();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'conversation-menu');
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect.poll(() => items().count()).toBe(1);
  await page.getByTestId('search-conversations').click();
  await page.getByTestId('filter-archived').click();
  await expect.poll(() => page.getByTestId('conversation-list').textContent()).toContain('Archive');
  await expect.poll(() => items().count()).toBe(1);
  await items().first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Take out of the archive' }).click();
  await page.getByRole('button', { name: 'End search' }).click();
  await expect.poll(() => items().count()).toBe(2);
});

// Catches: the menu and the palette's entries of the open conversation, gone with its line in the list.
test('the open conversation keeps its menu and its place in the palette when the list does not show it', async () => {
  const { page } = running;
  await items().filter({ hasText: 'How long' }).click();
  await page.getByTestId('search-conversations').click();
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('nothing has these words');
  await expect.poll(() => items().count()).toBe(0);
  const menuHas = async (name: string): Promise<boolean> => {
    await page.getByTestId('conversation-menu').click();
    const rename = page.getByRole('menuitem', { name: 'Rename…' });
    await rename.waitFor();
    const has = await page.getByRole('menuitem', { name, exact: true }).isVisible();
    await page.keyboard.press('Escape');
    // Before it is gone, a click would close it instead of opening it again.
    await rename.waitFor({ state: 'hidden' });
    return has;
  };
  await page.getByTestId('conversation-menu').click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect.poll(() => menuHas('Take out of the archive')).toBe(true);
  await page.keyboard.press('Control+k');
  const palette = page.getByTestId('palette');
  await palette.getByRole('combobox').fill('take it out');
  // The line that Enter picks is marked a moment after what was typed has found it.
  await palette.locator('[aria-selected=true]', { hasText: 'Archive this conversation, or take it out' }).waitFor();
  await page.keyboard.press('Enter');
  await palette.waitFor({ state: 'hidden' });
  const isArchived = async () =>
    (await mainRequest(page, 'conversations.list', { archived: true })).conversations.length > 0;
  await expect.poll(isArchived).toBe(false);
  await page.getByTestId('toast').filter({ hasText: 'is among the conversations again' }).first().waitFor();
  // Neither title is in the list now; one is found by its name, one by what was said in it.
  await page.getByTestId('new-conversation').click();
  for (const [typed, line] of [
    ['how long', 'How long does the work'],
    ['other answer', 'The other answer'],
  ] as const) {
    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').fill(typed);
    await palette.getByRole('option').filter({ hasText: line }).waitFor();
    await screenshotBothThemes(page, `palette-${typed.replace(' ', '-')}`);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('other answer');
  await palette.getByRole('option').filter({ hasText: 'The other answer' }).click();
  await expect.poll(() => lastAnswer().textContent()).toContain('The other answer');
  await page.getByRole('button', { name: 'End search' }).click();
  await expect.poll(() => items().count()).toBe(2);
});

// Catches: a draft, or the reason why a question was not taken, that shows in another conversation or is lost.
test('what is written stays in its conversation, with the reason why it was not taken', async () => {
  const { page } = running;
  const composer = page.getByTestId('composer');
  const conversation = page.getByTestId('conversation');
  const [first, second] = [items().first(), items().nth(1)];
  const conversationId = await first.getAttribute('data-conversation-id');
  // Its collection is emptied, and must not be asked as the whole library.
  if (!conversationId) throw new Error('there is nothing to ask');
  const documentIds = (await mainRequest(page, 'library.listDocuments', {})).map(({ id }) => id);
  const { collectionId } = await mainRequest(page, 'shelves.createCollection', { name: 'Emptied', documentIds });
  await mainRequest(page, 'conversations.setScope', { conversationId, documentIds: [], collectionId });
  await mainRequest(page, 'shelves.takeOutOfCollection', { collectionId, documentIds });
  await first.click();
  await composer.fill('What is in it?');
  await page.keyboard.press('Enter');
  const refusal = conversation.getByRole('alert');
  await refusal.waitFor();
  const reason = (await refusal.textContent()) ?? '';
  expect(reason).toContain('empty');
  expect(await composer.inputValue()).toBe('What is in it?');
  await second.click();
  await expect.poll(() => composer.inputValue()).toBe('');
  expect(await refusal.count()).toBe(0);
  await composer.fill('half a thought');
  await page.getByTestId('section-all').click();
  await first.click();
  await expect.poll(() => composer.inputValue()).toBe('What is in it?');
  expect(await refusal.textContent()).toBe(reason);
  await second.click();
  await expect.poll(() => composer.inputValue()).toBe('half a thought');
  await page.getByTestId('new-conversation').click();
  await expect.poll(() => composer.inputValue()).toBe('');
  await second.click();
  await composer.fill('');
});

test('a conversation is saved as Markdown, JSON and PDF, each with its sources', async () => {
  const { page } = running;
  await items().filter({ hasText: 'How long' }).click();
  const files = new Map<string, Buffer>();
  for (const [kind, name] of [
    ['Markdown', 'out.md'],
    ['JSON', 'out.json'],
    ['PDF', 'out.pdf'],
  ] as const) {
    const path = join(running.dataFolder, name);
    await saveInDialog(running.app, path);
    await page.getByTestId('conversation-menu').click();
    await page.getByRole('menuitem', { name: `Export as ${kind}…` }).click();
    await page
      .getByTestId('toast')
      .filter({ hasText: `Saved ${name}.` })
      .waitFor();
    files.set(kind, await readFile(path));
  }
  await saveInDialog(running.app, join(running.dataFolder, 'palette.json'));
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').getByRole('combobox').fill('export json');
  await page.keyboard.press('Enter');
  await page.getByTestId('toast').filter({ hasText: 'Saved palette.json.' }).waitFor();
  expect(files.get('Markdown')?.toString()).toMatch(/\[1\] \*\*.+\*\*, p\. 1: “/);
  const json = JSON.parse(files.get('JSON')?.toString() ?? '') as {
    allMessages: { id: string; parentId: string | null; text: string }[];
    messages: { citations?: { title: string; page: number; quote: string }[] }[];
  };
  expect(json.messages.at(-1)?.citations?.[0]).toMatchObject({ page: 1 });
  // The branch that is not shown is there, too.
  expect(json.allMessages.length).toBe(json.messages.length + 2);
  expect(json.allMessages.map(({ text }) => text).join()).toMatch(/nine days[\s\S]*The other answer/);
  expect(files.get('PDF')?.subarray(0, 5).toString()).toBe('%PDF-');
  expect(files.get('PDF')?.length).toBeGreaterThan(5_000);
  const bookmarks = bookmarkLines(await bookmarksOf(join(running.dataFolder, 'out.pdf')));
  expect(bookmarks.filter((line) => line.includes('crane')).length).toBeGreaterThan(1);
});

test('all of it is there after a restart, and what was deleted is gone', async () => {
  const { page } = running;
  await items().first().focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => items().count()).toBe(1);
  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  await expect.poll(() => items().count(), { timeout: 20_000 }).toBe(1);
  await items().first().click();
  await running.page.getByTestId('citation-chip').first().click();
  await running.page.locator('[data-page-number="1"] [data-testid=citation-box]').first().waitFor();
  await running.page.getByTestId('explain').first().click();
  await running.page.getByTestId('trace-passage').first().waitFor();
});

// Catches: an app that always opens on the library, wherever one was.
test('a restart opens what was open: the conversation with the page beside it, a shelf, and nothing that is gone', async () => {
  await running.page.keyboard.press('Escape');
  await running.page.getByTestId('trace-dialog').waitFor({ state: 'hidden' });
  const title = await running.page.getByTestId('conversation').getByRole('heading').first().textContent();
  const restart = async (): Promise<void> => {
    await running.close();
    running = await launchApp({ dataFolder: running.dataFolder });
  };
  await restart();
  await running.page.getByTestId('message').first().waitFor({ timeout: 20_000 });
  expect(await running.page.getByTestId('conversation').getByRole('heading').first().textContent()).toBe(title);
  await running.page.locator('[data-page-number="1"] [data-drawn=true]').first().waitFor({ timeout: 20_000 });
  await screenshotBothThemes(running.page, 'restarted-in-conversation');
  await running.page.getByTestId('section-favourites').click();
  await running.page.getByTestId('page-pane').getByRole('button', { name: 'Close page' }).click();
  await restart();
  await running.page.getByRole('heading', { name: 'Favourites' }).waitFor({ timeout: 20_000 });
  expect(await running.page.getByTestId('page-pane').count()).toBe(0);
  // A library of before, put back by hand, has neither.
  await running.page.evaluate(() => {
    const gone = '5f0c1f3e-0d5c-4c0e-9a63-6a5d1f2b7c11';
    const view = { kind: 'conversation', conversationId: gone };
    localStorage.setItem('quire.place', JSON.stringify({ view, documentId: gone, isAlone: true }));
  });
  await restart();
  await running.page.getByTestId('document-card').first().waitFor({ timeout: 20_000 });
  expect(await running.page.getByTestId('page-pane').count()).toBe(0);
});
