/**
 * A scan in real Electron: dropped, recognised page by page in sight of the person, asked about, and its citation opened
 * on the page with the box on the right place. No network.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dropFiles,
  launchApp,
  removeDataFolder,
  screenshotBothThemes,
  seriousAxeViolations,
  writeFiles,
  type RunningApp,
} from '../helpers/app.ts';
import { makePlacedLetter, makeScanned } from '../helpers/fixtures.ts';
import { scan } from '../helpers/scans.ts';
import { ask, waitForState } from '../helpers/window.ts';

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
});
afterAll(async () => {
  await running.close();
  await removeDataFolder(running.dataFolder);
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
