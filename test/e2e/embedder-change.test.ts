/** A change of embedder in the window: what it takes is told first, how far it is meanwhile, and the way back works. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import { fillLibrary } from '../helpers/window.ts';

let running: RunningApp;
let server: OpenAiServer;
const secretWord = 'Alvine';

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  const notes = Array.from(
    { length: 100 },
    (_, index) =>
      `## Berth ${index}\n\n${`The ferry ${secretWord} lies at berth ${index} when the tide allows it. `.repeat(12)}\n`,
  );
  await fillLibrary(running, [{ name: 'berths.md', bytes: `# Berths\n\n${notes.join('\n')}` }], { timeout: 90_000 });
});
afterAll(async () => {
  await running.end();
  await server.close();
});

const dialog = () => running.page.getByTestId('settings-dialog');
const sentOfTheLibrary = () => server.requests.filter(({ body }) => JSON.stringify(body).includes(secretWord)).length;

async function offerServer(): Promise<void> {
  await dialog().getByRole('radio', { name: 'Another server' }).click();
  await dialog().getByLabel('Server address').fill(server.baseUrl);
  await dialog().getByLabel('Model', { exact: true }).fill('test-embedding');
  await dialog().getByRole('button', { name: 'Test and use' }).click();
  await dialog().getByTestId('embedder-offer').waitFor();
}

test('what a change takes is told before a word of the library is sent', async () => {
  const { page } = running;
  await page.keyboard.press('Control+,');
  await dialog().getByRole('tab', { name: 'Search' }).click();
  await offerServer();
  const offer = dialog().getByTestId('embedder-offer');
  await expect.poll(() => offer.textContent(), { timeout: 30_000 }).toMatch(/\d+ passages, about [\d,]+ tokens/);
  expect(await offer.textContent()).toMatch(/Timeabout \d+/);
  expect(await offer.textContent()).toContain('On this computer, free');
  expect(await offer.textContent()).toContain('all-MiniLM-L6-v2');
  expect(sentOfTheLibrary()).toBe(0);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'embedder-offer');
  await offer.getByRole('button', { name: 'Keep what there is' }).click();
  await offer.waitFor({ state: 'detached' });
  expect(sentOfTheLibrary()).toBe(0);
});

test('it is told how far it is, can be cancelled, and then nothing has changed', async () => {
  const { page } = running;
  await dialog().getByRole('button', { name: 'Test and use' }).click();
  const offer = dialog().getByTestId('embedder-offer');
  await expect.poll(() => offer.textContent(), { timeout: 30_000 }).toContain('On this computer, free');
  // It answers its first requests and then takes all and answers none: the middle of the work.
  server.fail({ kind: 'hang' }, undefined, 7);
  await offer.getByRole('button', { name: 'Change', exact: true }).click();
  const progress = dialog().getByTestId('embedder-progress');
  await progress.waitFor({ timeout: 30_000 });
  await expect.poll(() => progress.textContent(), { timeout: 30_000 }).toMatch(/\d+ of \d+ passages/);
  await page.getByTestId('rebuild-status').waitFor();
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'embedder-progress');
  await progress.getByRole('button', { name: 'Cancel and go back' }).click();
  await progress.waitFor({ state: 'detached', timeout: 30_000 });
  await expect
    .poll(() => dialog().getByRole('radio', { name: 'Built-in model' }).getAttribute('aria-checked'))
    .toBe('true');
  await page.getByTestId('rebuild-status').waitFor({ state: 'detached' });
  server.recover();
});

test('accepted, it goes through, in a small window too', async () => {
  const { page, app } = running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
  await offerServer();
  const offer = dialog().getByTestId('embedder-offer');
  await expect.poll(() => offer.textContent(), { timeout: 30_000 }).toContain('On this computer, free');
  await screenshotBothThemes(page, 'embedder-offer-small');
  await offer.getByRole('button', { name: 'Change', exact: true }).click();
  await offer.waitFor({ state: 'detached' });
  await expect.poll(sentOfTheLibrary, { timeout: 30_000 }).toBeGreaterThan(0);
  const [document] = await mainRequest(page, 'library.listDocuments', {});
  const model = async () =>
    (await mainRequest(page, 'library.getDetails', { documentId: document?.id ?? '' })).embedder?.model;
  await expect.poll(model, { timeout: 30_000 }).toBe('test-embedding');
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
