/**
 * The main job in real Electron: an empty window, a filing of 150 pages dropped on it, a question, a streamed answer, and
 * its citation opened on the page with the box on the right words. No account, no key, no network.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dropFiles,
  launchApp,
  screenshotBothThemes,
  seriousAxeViolations,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makeFiling, type Filing } from '../helpers/filing.ts';
import { ask, boxedText, waitForState } from '../helpers/window.ts';

let running: RunningApp;
let filing: Filing;

beforeAll(async () => {
  filing = await makeFiling({ pages: 150 });
  running = await launchApp();
});
afterAll(() => running.end());

test('the first start shows one sentence and one picture, and needs no form', async () => {
  const { page } = running;
  await page.getByTestId('empty-state').waitFor();
  expect(await page.getByTestId('empty-state').textContent()).toContain('Drop PDFs here. They stay on this computer.');
  expect(await page.locator('input:visible, textarea:visible').count()).toBe(0);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'library-empty');
});

test('a dropped filing shows its picture and its progress, and can be searched before its vectors are there', async () => {
  const { page } = running;
  const [path] = await writeFiles(running.dataFolder, [{ name: 'meridian-2023.pdf', bytes: filing.bytes }]);
  await dropFiles(page, [path ?? '']);
  await page.getByTestId('document-card').waitFor();
  await expect
    .poll(() => page.getByTestId('status-bar').textContent(), { timeout: 20_000 })
    .toMatch(/reading|page|index/i);
  await screenshotBothThemes(page, 'library-busy');
  await waitForState(page, ['embedding', 'ready']);
  expect(await page.getByTestId('document-card').textContent()).toContain(
    'Meridian Tidewater Corporation Annual Report 2023',
  );
  const picture = page.getByTestId('document-card').locator('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await waitForState(page, ['ready'], 90_000);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'library-ready');
});

test('an answer streams in, and each of its citations names the right page', async () => {
  const { page } = running;
  const fact = filing.facts.find(({ question }) => question.includes('Brevik shipyard'));
  if (!fact) throw new Error('the filing lacks the fact');
  const answer = await ask(page, fact.question);
  expect(await answer.textContent()).toContain(fact.answer);
  expect(await answer.getAttribute('data-state')).toBe('complete');
  const chip = answer.locator('li, p').filter({ hasText: fact.answer }).getByTestId('citation-chip').first();
  await chip.click();
  await page.getByTestId('page-pane').waitFor();
  await expect
    .poll(() => page.getByTestId('page-pane').textContent(), { timeout: 20_000 })
    .toContain(String(fact.page));
  await page.locator(`[data-page-number="${fact.page}"] [data-testid=citation-box]`).first().waitFor();
  await expect
    .poll(() => boxedText(page, fact.page), { timeout: 20_000 })
    .toContain(fact.sentence.split(' ').slice(0, 4).join(' '));
  expect(await boxedText(page, fact.page)).toContain(fact.answer);
  await screenshotBothThemes(page, 'answer-with-page');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('facts in tables and deep in the filing are found on their pages', async () => {
  const { page } = running;
  const wanted = [
    filing.facts.at(-1),
    filing.facts.find(({ question }) => question.startsWith('What was the revenue')),
  ];
  for (const fact of wanted) {
    if (!fact) throw new Error('the filing lacks the fact');
    const answer = await ask(page, fact.question);
    const chip = answer.locator('li, p').filter({ hasText: fact.answer }).getByTestId('citation-chip').first();
    await chip.click();
    await page.locator(`[data-page-number="${fact.page}"] [data-testid=citation-box]`).first().waitFor();
    await expect.poll(() => boxedText(page, fact.page), { timeout: 20_000 }).toContain(fact.answer);
  }
});

test('nothing left the computer, and the page reported no fault', async () => {
  expect(await running.page.getByTestId('status-bar').textContent()).toMatch(/nothing sent/i);
  expect(running.complaints.filter((line) => !isHeadlessNoise(line))).toEqual([]);
});

/** What Chromium says on a machine without a graphics card or a desktop session. */
function isHeadlessNoise(line: string): boolean {
  return /viz_main_impl|bus\.cc|gpu|vaapi|dri3|GLES|gl_/i.test(line);
}
