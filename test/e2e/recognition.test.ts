/**
 * A scan in real Electron: dropped, recognised page by page in sight of the person, asked about, and its citation opened
 * on the page with the box on the right place. No network.
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
import { makePlacedLetter, makeScanned } from '../helpers/fixtures.ts';
import { startPackageRegistry, type PackageRegistry } from '../helpers/package-registry.ts';
import { scan } from '../helpers/scans.ts';
import { answerRequests, ask, waitForState } from '../helpers/window.ts';

let running: RunningApp;
let registry: PackageRegistry;
let isStalling = false;

beforeAll(async () => {
  registry = await startPackageRegistry(['deu', 'fra'], { stalls: () => isStalling });
  running = await launchApp({
    environment: { QUIRE_LANGUAGE_DATA_REGISTRY: registry.url },
    arguments: ['--js-flags=--expose-gc'],
  });
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(async () => {
  await running.end();
  await registry.close();
});

const chapters = Array.from(
  { length: 3 },
  (_, i) =>
    `Chapter ${i + 1} tells of quay ${i + 1}. ` +
    `The bollards of quay ${i + 1} were cast in Brevik and hold ${40 + i} tonnes each. `.repeat(12),
);

test('a scan shows that its pages are being recognised, and is ready with how sure that was', async () => {
  const { page } = running;
  const letter = await makePlacedLetter('The slewing ring of the crane', [
    'The crane in the eastern harbour was inspected on 12 February. Its slewing ring is worn by 4.2 millimetres.',
    ...chapters,
    ...chapters,
  ]);
  const paths = await writeFiles(running.dataFolder, [
    { name: 'scanned letter.pdf', bytes: await scan(letter.bytes) },
    { name: 'photograph.pdf', bytes: await makeScanned(1) },
  ]);
  await dropFiles(page, paths);
  const card = page.getByTestId('document-card').filter({ hasText: 'scanned letter' });
  await expect.poll(() => card.textContent(), { timeout: 60_000 }).toMatch(/Recognising page \d of \d/);
  await expect.poll(() => page.getByTestId('status-bar').textContent()).toMatch(/Recognising/);
  expect(await card.getAttribute('data-state')).not.toBe('ready');
  await screenshotBothThemes(page, 'recognition-busy');
  await waitForState(page, ['ready', 'failed'], 110_000);
  expect(await card.getAttribute('data-state')).toBe('ready');
  expect(await card.textContent()).toMatch(/\d pages? recognised \(\d+ % sure\)/);
  // A picture without a word is not ready with nothing in it.
  const photograph = page.getByTestId('document-card').filter({ hasText: 'photograph' });
  expect(await photograph.getAttribute('data-state')).toBe('failed');
  expect(await photograph.textContent()).toMatch(/recognised/);
  await screenshotBothThemes(page, 'recognition-ready');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('a question is answered from the scan, and the citation marks the words on the picture', async () => {
  const { page } = running;
  const answer = await ask(page, 'How worn is the slewing ring?');
  expect(await answer.textContent()).toContain('4.2 millimetres');
  await answer.getByTestId('citation-chip').first().click();
  const box = page.locator('[data-page-number="1"] [data-testid=citation-box]').first();
  await box.waitFor({ timeout: 20_000 });
  const place = await box.boundingBox();
  const sheet = await page.locator('[data-page-number="1"]').first().boundingBox();
  if (!place || !sheet) throw new Error('nothing is marked');
  // The sentence stands in the second and third line of the letter, between the margins.
  const top = (place.y - sheet.y) / sheet.height;
  expect(top).toBeGreaterThan(0.1);
  expect(top).toBeLessThan(0.2);
  await screenshotBothThemes(page, 'recognition-cited');
  expect(await seriousAxeViolations(page)).toEqual([]);
});

test('a page whose text is doubtful says so above it', async () => {
  const { app, page } = running;
  const sheet = page.locator('[data-page-number="1"]').first();
  expect(await sheet.getByTestId('page-doubtful').count()).toBe(0);
  await answerRequests(app, { 'viewer.recognisedText': { lines: [], isDoubtful: true } });
  await page.getByTestId('pages').focus();
  await page.keyboard.press('r');
  await sheet.getByTestId('page-doubtful').waitFor({ timeout: 20_000 });
  await screenshotBothThemes(page, 'recognition-doubtful');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await answerRequests(app, {});
  for (let turn = 0; turn < 3; turn += 1) await page.keyboard.press('r');
  await sheet.getByTestId('page-doubtful').waitFor({ state: 'detached' });
});

test('words on the picture are selected with the mouse, and copied with their page', async () => {
  const { app, page } = running;
  const words = page.locator('[data-page-number="1"] [data-testid=text-layer][data-complete=true] span');
  const first = words.filter({ hasText: /^Its / }).first();
  await first.waitFor({ timeout: 20_000 });
  const last = words.filter({ hasText: /^ring/ }).nth(1);
  const from = await first.boundingBox();
  const to = await last.boundingBox();
  if (!from || !to) throw new Error('the words have no place');
  await page.mouse.move(from.x + 1, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width - 1, to.y + to.height / 2, { steps: 12 });
  await page.mouse.up();
  await page.getByTestId('selection-bar').waitFor();
  await screenshotBothThemes(page, 'recognition-selected');
  await page.getByTestId('copy-citation').click();
  await expect
    .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^“Its slewing ring.*” \(.*, p\. 1\)$/);
});

test('a language is fetched when it is asked for, and the scan recognised again in it', async () => {
  const { page } = running;
  await page.getByRole('button', { name: /^All documents/ }).click();
  const card = page.getByTestId('document-card').filter({ hasText: 'scanned letter' });
  await card.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Recognise again…' }).click();
  const dialog = page.getByTestId('recognise-dialog');
  await dialog.getByRole('checkbox', { name: 'English' }).waitFor();
  expect(await dialog.getByRole('checkbox', { name: 'English' }).getAttribute('aria-checked')).toBe('true');
  // Opening a list of languages asks nobody for anything.
  expect(registry.asked).toEqual([]);
  await dialog.getByRole('searchbox', { name: 'Find a language' }).fill('germ');
  await dialog.getByRole('button', { name: 'Download German' }).click();
  const german = dialog.getByRole('checkbox', { name: 'German' });
  await expect.poll(() => german.getAttribute('aria-checked'), { timeout: 30_000 }).toBe('true');
  await dialog.getByRole('searchbox', { name: 'Find a language' }).fill('');
  await screenshotBothThemes(page, 'recognise-again');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Recognise', exact: true }).click();
  await expect.poll(() => card.textContent(), { timeout: 60_000 }).toMatch(/recognising page/i);
  await expect.poll(() => card.textContent(), { timeout: 110_000 }).toMatch(/\d pages? recognised/);
  await card.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Details' }).click();
  await page.getByTestId('details-dialog').getByText('Read as German and English').waitFor();
  await page.keyboard.press('Escape');
});

/** An abort that only the garbage collector keeps from arriving has to arrive. */
const collectGarbage = () =>
  running.app.evaluate(async () => {
    if (!globalThis.gc) throw new Error('the garbage collector is out of reach');
    for (let turn = 0; turn < 4; turn += 1) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

const openScans = async () => {
  const { page } = running;
  await page.keyboard.press('Control+,');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Scans' }).click();
  await dialog.getByRole('checkbox', { name: 'English' }).waitFor();
  return dialog;
};

test('a download is cancelled, also in a dialog that was closed meanwhile, and a language that is here removed', async () => {
  const { page } = running;
  isStalling = true;
  let dialog = await openScans();
  await dialog.getByRole('button', { name: 'Download French' }).focus();
  await page.keyboard.press('Enter');
  const cancel = () => dialog.getByRole('button', { name: 'Cancel the download of French' });
  await cancel().waitFor();
  await screenshotBothThemes(page, 'settings-scans-downloading');
  expect(await seriousAxeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  dialog = await openScans();
  await cancel().waitFor();
  await collectGarbage();
  await cancel().focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Download French' }).waitFor();
  // What the person stopped is no failure.
  expect(await dialog.getByRole('alert').count()).toBe(0);
  isStalling = false;
  await page.keyboard.press('Enter');
  const french = dialog.getByRole('checkbox', { name: 'French' });
  await expect.poll(() => french.getAttribute('aria-checked'), { timeout: 30_000 }).toBe('true');
  await expect.poll(() => french.evaluate((row) => row === document.activeElement)).toBe(true);

  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const download = dialog.getByRole('button', { name: 'Download French' });
  await expect.poll(() => download.evaluate((row) => row === document.activeElement)).toBe(true);
  expect(await french.count()).toBe(0);
  expect(await dialog.getByRole('checkbox', { name: 'English' }).getAttribute('aria-checked')).toBe('true');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('without a network the settings say so, and what is here stays', async () => {
  const { page } = running;
  await registry.close();
  const dialog = await openScans();
  await dialog.getByRole('checkbox', { name: 'German' }).waitFor();
  await dialog.getByRole('searchbox', { name: 'Find a language' }).fill('fren');
  await dialog.getByRole('button', { name: 'Download French' }).click();
  await dialog.getByRole('alert').getByText('French could not be downloaded.').waitFor({ timeout: 30_000 });
  await dialog.getByRole('searchbox', { name: 'Find a language' }).fill('');
  await dialog.getByRole('checkbox', { name: 'German' }).click();
  await expect.poll(() => dialog.getByRole('checkbox', { name: 'German' }).getAttribute('aria-checked')).toBe('true');
  await screenshotBothThemes(page, 'settings-scans');
  expect(await seriousAxeViolations(page)).toEqual([]);
});
