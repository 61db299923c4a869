/**
 * Every screen with the keys alone: nothing here clicks. What has the focus shows it at every stop, and it is not lost when
 * what had it closes or goes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp, writeFiles, type RunningApp } from '../helpers/app.ts';
import { heronPage, makeBook } from '../helpers/book.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { keyboardOf, type Keyboard } from '../helpers/keyboard.ts';
import { chooseInDialog, waitForState } from '../helpers/window.ts';

const grid = '[data-testid=library-grid]';
const composer = '[data-testid=composer]';
const slow = { timeout: 30_000 };
let running: RunningApp;
let page: Page;
let keys: Keyboard;

beforeAll(async () => {
  running = await launchApp();
  page = running.page;
  keys = keyboardOf(page);
  const files = [
    { name: 'river.pdf', bytes: (await makeBook({ pages: 90 })).bytes },
    { name: 'crane.pdf', bytes: await makeLetter() },
    { name: 'notes.md', bytes: '# Ferry notes\n\nThe ferry to Brevik leaves at 06:40 on weekdays.\n' },
  ];
  await chooseInDialog(running.app, await writeFiles(running.dataFolder, files));
  await page.getByTestId('empty-state').waitFor();
});
afterAll(() => running.end());

const pane = () => page.getByTestId('page-pane');
const cards = () => page.getByTestId('document-card');
const open = (selector: string) => page.locator(selector).waitFor(slow);
const gone = (selector: string) => page.locator(selector).waitFor({ state: 'detached', ...slow });

/** Runs an action of the palette. */
async function runAction(words: string): Promise<void> {
  await keys.press('Control+k');
  await keys.expectFocus('[data-testid=palette] input');
  await keys.type(words);
  await page.getByTestId('palette').getByText(new RegExp(words, 'i')).first().waitFor(slow);
  await keys.press('Enter');
  await gone('[data-testid=palette]');
}

/** Walks the library to the card of a title. */
async function walkTo(title: string): Promise<void> {
  await keys.press('Home');
  const active = async () =>
    page.evaluate((wanted) => {
      const id = document.querySelector(wanted)?.getAttribute('aria-activedescendant');
      return document.getElementById(id ?? '')?.textContent ?? '';
    }, grid);
  for (let step = 0; step < 5 && !(await active()).includes(title); step += 1) await keys.press('ArrowRight');
  expect(await active()).toContain(title);
  await keys.expectFocus(grid);
}

test('the empty library: Tab shows where it is at every stop, and files are added', async () => {
  await keys.tabTo('[data-testid=empty-state] button');
  await keys.tabTo('header button, [role=banner] button, [data-testid=account-menu]', 'Shift+Tab');
  await keys.press('Control+o');
  await cards().nth(2).waitFor(slow);
  await waitForState(page, ['ready', 'embedding']);
  // What had the focus went with the empty library, or stands still.
  await keys.tabTo(grid);
});

test('the library: chosen, tagged and turned back, renamed, filtered, sorted', async () => {
  await walkTo('The harbour crane');
  await keys.press('t');
  await keys.expectFocus('[data-testid=shelves-dialog] input');
  await keys.type('Cranes');
  await keys.press('Enter');
  await page
    .getByTestId('shelves-dialog')
    .getByRole('checkbox', { name: /Cranes/, checked: true })
    .waitFor(slow);
  await keys.press('ArrowDown');
  await keys.expectFocus('[data-testid=shelves-dialog] [role=checkbox]');
  await keys.press('Escape');
  await gone('[data-testid=shelves-dialog]');
  await keys.expectFocus(grid);
  await page.getByTestId('toast').getByText('Undo').waitFor(slow);
  await keys.press('Control+z');
  await page
    .getByRole('navigation', { name: 'Library' })
    .getByText('Cranes')
    .waitFor({ state: 'detached', ...slow });
  await keys.expectFocus(grid);

  await keys.press('F2');
  await keys.expectFocus('[role=dialog] input');
  await keys.press('Escape');
  await keys.expectFocus(grid);
  await keys.press('i');
  await keys.expectFocus('[data-testid=details-dialog]');
  await keys.press('Enter');
  await gone('[data-testid=details-dialog]');
  await keys.expectFocus(grid);
  await keys.press('Shift+F10');
  await keys.expectFocus('[role=menu]');
  await keys.press('ArrowDown', 'Escape');
  await keys.expectFocus(grid);

  await keys.press('Control+f');
  await keys.expectFocus('[data-testid=library-filter]');
  await keys.type('ferry');
  await expect.poll(() => cards().count()).toBe(1);
  await keys.press('Escape', 'Escape');
  await keys.expectFocus(grid);
  await keys.tabTo('[aria-label^="Sorted by"]', 'Shift+Tab');
  await keys.press('Enter');
  await keys.expectFocus('[role=menu]');
  await keys.press('Escape');
  await keys.expectFocus('[aria-label^="Sorted by"]');
  await keys.tabTo('[role=radio]');
  await keys.press('ArrowRight');
  await expect.poll(() => page.locator(grid).getAttribute('data-layout')).toBe('list');
  await keys.press('ArrowLeft');
  await expect.poll(() => page.locator(grid).getAttribute('data-layout')).toBe('grid');
});

test('a document is read alone: scrolled, gone through, found in, zoomed, outlined, and left for the library', async () => {
  await keys.tabTo(grid);
  await walkTo('The book of the river');
  await keys.press('Enter');
  await page.locator('[data-testid=page-canvas][data-drawn=true]').first().waitFor(slow);
  await keys.expectFocus('[data-testid=page-pane]');
  const top = () => page.getByTestId('pages').evaluate(({ scrollTop }) => scrollTop);
  await keys.press('PageDown');
  await expect.poll(top).toBeGreaterThan(100);
  await keys.press('Control+g');
  await keys.expectFocus('[data-testid=page-number]');
  await keys.type(String(heronPage));
  await keys.press('Enter');
  await expect.poll(() => pane().getAttribute('data-page'), slow).toBe(String(heronPage));
  // The page was asked for to be read: the next keys are its own.
  await keys.expectFocus('[data-testid=pages]');
  await keys.press('ArrowRight');
  await expect.poll(() => pane().getAttribute('data-page'), slow).toBe(String(heronPage + 1));
  await keys.press('Control+f');
  await keys.expectFocus('[data-testid=find-field]');
  await keys.type('heron');
  await expect.poll(() => page.getByTestId('find-count').textContent(), slow).toMatch(/^\d+ of \d+/);
  await keys.press('Enter', 'Escape');
  await keys.expectFocus('[data-testid=pages]');
  const zoom = async () => parseInt((await page.getByTestId('zoom').textContent()) ?? '', 10);
  const before = await zoom();
  await keys.press('+');
  await expect.poll(zoom).toBeGreaterThan(before);
  await keys.press('-', 'w', 'o');
  await open('[data-testid=outline]');
  await keys.tabTo('[data-testid=outline]', 'Shift+Tab');
  await keys.press('ArrowDown', 'ArrowDown', 'Enter');
  await keys.press('o');
  await gone('[data-testid=outline]');
  await keys.expectFocus('[data-testid=page-pane]');
  await keys.press('t', 't');
  await keys.expectFocus('[data-testid=page-pane]');
  await keys.tabTo('[data-testid=viewer-more]', 'Shift+Tab');
  await keys.press('Enter');
  await keys.expectFocus('[role=menu]');
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=viewer-more]');
  await keys.press('Control+2');
  await open(grid);
  await keys.expectFocus('[data-testid=page-pane]');
  await keys.press('Escape');
  await expect.poll(() => pane().count()).toBe(0);
  await keys.expectFocus(grid);
  expect(await page.locator(grid).getAttribute('aria-activedescendant')).not.toBeNull();
});

test('the text of all documents is searched, a page opened, and left for the results', async () => {
  await keys.press('Control+Shift+f');
  await keys.expectFocus('[data-testid=search-field]');
  await keys.type('ferry');
  await page.getByTestId('search-result').first().waitFor(slow);
  await keys.press('ArrowDown', 'Enter');
  await pane().waitFor(slow);
  await keys.expectFocus('[data-testid=search-view]');
  await keys.press('Escape');
  await expect.poll(() => pane().count()).toBe(0);
  await keys.expectFocus('[data-testid=search-view]');
});

test('a question is asked, its citations are walked with j and k, and Escape leads back to the text', async () => {
  await keys.press('Control+n');
  await keys.expectFocus(composer);
  await keys.type('How many days does the work on the crane take, and when does the ferry to Brevik leave?');
  await keys.press('Enter');
  await page.locator('[data-testid=message][data-role=assistant][data-state=complete]').waitFor(slow);
  await keys.expectFocus(composer);
  await keys.tabTo('[data-testid=citation-chip]', 'Shift+Tab');
  await keys.press('Enter');
  await open('[data-testid=citation-strip]');
  const shown = () =>
    page.locator('[data-testid=citation-chip][aria-pressed=true]').first().getAttribute('data-number');
  const numbers = new Set<string | null>([await shown()]);
  for (const key of ['k', 'k', 'k', 'j', 'j']) {
    await keys.press(key);
    numbers.add(await shown());
    await keys.expectFocus('[data-testid=conversation], [data-testid=page-pane]');
  }
  expect(numbers.size).toBeGreaterThan(1);
  await keys.tabTo('[data-testid=pages]');
  // What was passed over tells its name, and Escape would be its own.
  await expect.poll(() => page.locator('[role=tooltip], [data-testid=citation-card]').count()).toBe(0);
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=citation-chip]');
  await keys.press('Escape');
  await expect.poll(() => pane().count()).toBe(0);
  await keys.expectFocus('[data-testid=citation-chip]');
  await keys.press('Control+Shift+y');
  await keys.expectFocus('[role=dialog]');
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=citation-chip]');
});

test('conversations are found, opened, renamed, deleted and brought back', async () => {
  await runAction('New conversation');
  await keys.expectFocus(composer);
  await keys.type('Who wrote the letter?');
  await keys.press('Enter');
  const rows = page.getByTestId('conversation-item');
  await expect.poll(() => rows.count(), slow).toBe(2);
  await page.locator('[data-testid=message][data-role=assistant][data-state=complete]').waitFor(slow);
  await keys.tabTo('[data-testid=conversation-item]', 'Shift+Tab');
  await keys.press('Enter');
  await keys.expectFocus(composer);
  await keys.tabTo('[data-testid=conversation-item]', 'Shift+Tab');
  await keys.press('F2');
  await keys.expectFocus('[role=dialog] input');
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=conversation-item]');
  await keys.press('Shift+F10');
  await keys.expectFocus('[role=menu]');
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=conversation-item]');
  // The one that does not show, so that nothing else takes the focus.
  await keys.tabTo('[data-testid=conversation-item]:not([aria-current])', 'Shift+Tab');
  await keys.press('Delete');
  await expect.poll(() => rows.count(), slow).toBe(1);
  await keys.expectFocus('[data-testid=conversation-item]');
  await keys.press('Control+z');
  await expect.poll(() => rows.count(), slow).toBe(2);
  await keys.expectFocus('[data-testid=conversation-item]');
  await keys.tabTo('[data-testid=search-conversations]', 'Shift+Tab');
  await keys.press('Enter');
  await keys.expectFocus('[data-testid=conversation-list] input');
  await keys.type('crane');
  await page.getByTestId('conversation-hit').first().waitFor(slow);
  await keys.press('Escape');
  await keys.expectFocus('[data-testid=conversation-list]');
});

test('a piece is written, left for the list, opened, renamed, deleted and brought back', async () => {
  await runAction('Show library');
  await keys.expectFocus(grid);
  await walkTo('The book of the river');
  await keys.press('w');
  await keys.expectFocus('[data-testid=write-dialog]');
  await expect.poll(() => page.getByTestId('write-estimate').textContent(), slow).not.toMatch(/Counting/);
  await keys.tabTo('[data-testid=start-writing]');
  await keys.press('Enter');
  await page.locator('[data-testid=piece][data-state=complete]').waitFor(slow);
  await keys.expectFocus('[data-region=main]');
  await runAction('what was written');
  const row = '[data-testid=piece-row]';
  await keys.expectFocus(row);
  await keys.press('F2');
  await keys.expectFocus('[role=dialog] input');
  await keys.press('Escape');
  await keys.expectFocus(row);
  await keys.press('Delete');
  await gone(row);
  // Nothing is left to press in the list: the focus goes to its line in the sidebar.
  await keys.expectFocus('[data-testid=section-written]');
  await keys.press('Control+z');
  await open(row);
  await keys.tabTo(row);
  await keys.press('Enter');
  await keys.expectFocus('[data-region=main]');
});

test('usage and settings: every tab, and back to where one was', async () => {
  await runAction('Usage and limits');
  await keys.expectFocus('[data-testid=usage-view] [role=tab]');
  await keys.press('ArrowRight', 'Enter');
  await page.getByRole('tab', { name: 'Calls', selected: true }).waitFor(slow);
  await keys.press('Control+,');
  await keys.expectFocus('[data-testid=settings-dialog]');
  await keys.tabTo('[data-testid=settings-dialog] [role=tab]');
  const tabs = page.getByTestId('settings-dialog').getByRole('tab');
  for (let index = 0; index < (await tabs.count()); index += 1) {
    await keys.expectFocus('[role=tab][aria-selected=true]');
    // Once round what the tab holds, and back to it.
    await keys.tabTo('[aria-label="Close settings"]');
    await keys.tabTo('[role=tab][aria-selected=true]');
    await keys.press('ArrowDown');
  }
  await keys.press('Escape');
  await gone('[data-testid=settings-dialog]');
  await keys.expectFocus('[data-testid=usage-view] [role=tab]');
  await keys.tabTo('[data-testid=leave-usage]', 'Shift+Tab');
  await keys.press('Enter');
  await keys.expectFocus('[data-region=main]');
});

test('a document is deleted, and then the last of them', async () => {
  await runAction('Show library');
  await keys.expectFocus(grid);
  await walkTo('Ferry notes');
  for (let left = 2; left >= 0; left -= 1) {
    await keys.press('Delete');
    await keys.expectFocus('[data-testid=delete-dialog]');
    await expect.poll(() => page.getByTestId('deletion-counts').textContent(), slow).not.toMatch(/Counting/);
    await keys.tabTo('[data-testid=delete-dialog] footer button:last-child');
    await keys.press('Enter');
    await gone('[data-testid=delete-dialog]');
    await expect.poll(() => cards().count(), slow).toBe(left);
    if (left === 0) break;
    await keys.expectFocus(grid);
    await keys.press('Home');
  }
  await keys.expectFocus('[data-testid=empty-state]');
  expect(running.complaints.filter((complaint) => /^(page|console):/.test(complaint))).toEqual([]);
});
