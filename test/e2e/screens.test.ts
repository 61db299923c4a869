/**
 * Every screen as small and as large as it may be, light and dark (the other tests show them in between): pictures to be
 * looked at, nothing cut off or scrolled sideways, and nothing that axe finds.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  dropFiles,
  launchApp,
  screenshotBothThemes,
  seriousAxeViolations,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makeDamaged, makeEncrypted, makeLetter, makeTwoColumns } from '../helpers/fixtures.ts';
import { makeFiling } from '../helpers/filing.ts';
import { ask, newConversation, waitForState } from '../helpers/window.ts';

const sizes = [
  { width: 900, height: 600 },
  { width: 2560, height: 1440 },
] as const;

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(() => running.end());

/** What reaches beyond the window's width: the page itself must not scroll sideways. */
async function expectNothingCutOff(): Promise<void> {
  const widths = await running.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
}

async function look(name: string, at: readonly (typeof sizes)[number][] = sizes): Promise<void> {
  const { page } = running;
  for (const size of at) {
    await page.setViewportSize(size);
    await expectNothingCutOff();
    await screenshotBothThemes(page, `at-${size.width}-${name}`);
  }
  expect(await seriousAxeViolations(page), name).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('the empty library', () => look('empty'));

describe('with documents', () => {
  beforeAll(async () => {
    const { page, dataFolder } = running;
    const files = await writeFiles(dataFolder, [
      { name: 'crane.pdf', bytes: await makeLetter() },
      { name: 'filing.pdf', bytes: (await makeFiling({ pages: 12 })).bytes },
      { name: 'columns.pdf', bytes: await makeTwoColumns() },
      { name: 'notes.md', bytes: '# Ferry notes\n\nThe ferry to Brevik leaves at 06:40 on weekdays.\n' },
      { name: 'a rather long name of a file that was damaged on its way here.pdf', bytes: makeDamaged() },
      { name: 'locked.pdf', bytes: await makeEncrypted('secret') },
    ]);
    await dropFiles(page, files);
    await page.getByTestId('document-card').nth(5).waitFor();
    await waitForState(page, ['ready', 'failed']);
  });

  test('the library as a grid, and with documents chosen', async () => {
    await look('grid');
    await running.page.getByTestId('document-card').first().click();
    await look('grid-chosen');
    await running.page.keyboard.press('Escape');
  });

  test('the library as a list, its filter finding nothing', async () => {
    const { page } = running;
    await page.getByRole('radio', { name: 'List' }).click();
    await look('list');
    await page.getByTestId('library-filter').fill('nothing is called so');
    await look('list-nothing');
    await page.getByTestId('library-filter').fill('');
    await page.getByRole('radio', { name: 'Grid' }).click();
  });

  test('the details of a document that failed', async () => {
    const { page } = running;
    await page.getByTestId('document-card').filter({ hasText: 'rather long' }).click();
    await page.keyboard.press('i');
    await page.getByTestId('details-dialog').waitFor();
    await look('details');
    await page.keyboard.press('Escape');
  });

  test('search in all documents', async () => {
    const { page } = running;
    await page.keyboard.press('Control+Shift+f');
    await page.getByTestId('search-field').fill('the');
    await page.getByTestId('search-result').first().waitFor();
    await look('search');
  });

  test('a conversation that has not begun', async () => {
    await newConversation(running.page);
    await look('conversation-new');
  });

  test('a conversation, and beside its page', async () => {
    const { page } = running;
    await ask(page, 'How many days does the work on the crane take?');
    const answer = await ask(page, 'Which agreements with suppliers were expanded, and where?');
    await look('conversation');
    await answer.getByTestId('citation-chip').first().click();
    await page.getByTestId('citation-box').first().waitFor();
    await look('conversation-page');
  });

  test('the palette and the settings', async () => {
    const { page } = running;
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').getByRole('combobox').fill('crane');
    await page.getByTestId('palette-pages').waitFor();
    await look('palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+,');
    // Before it is there it has no tab, and none would be looked at.
    await page.getByTestId('settings-dialog').waitFor();
    const tabs = await page.getByRole('tab').allTextContents();
    expect(tabs.length).toBeGreaterThan(5);
    for (const tab of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      // The dialog is as wide in every larger window.
      await look(`settings-${tab.toLowerCase()}`, [sizes[0]]);
    }
    await page.keyboard.press('Escape');
  });
});
