/** Proven quotes in real Electron: a wrong number is flagged where it stands, the chips tell, a restart keeps it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { useProvider } from '../helpers/main-request.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import { ask, fillLibrary, send } from '../helpers/window.ts';

let running: RunningApp;
let server: OpenAiServer;

const paragraphs = [
  'The work on the crane takes nine days and costs 12,500 euros. Payment is due on July 1, 2022.',
  'The harbour authority of Bergen has not approved the night shift.',
  'Nordkai AS supplies the steel ropes, and its fitters check the brakes of the hoist before the crane is handed over.',
];

const reply = [
  'The work on the crane takes **nine days** and costs 15,200 euros [1]. Payment is due on 1 July 2022 [1].',
  '',
  '- The harbour authority of Bergen has approved the night shift. [1]',
  '- The work on the crane costs 1,389 euros a day [1].',
  '- The bridge is painted by the city each spring. Nordkai AS supplies the steel ropes [1].',
  '',
  'In all that makes 777 euros a day.',
].join('\n');

beforeAll(async () => {
  server = await startOpenAiServer();
  running = await launchApp();
  const bytes = await makeLetter('Offer for the crane', paragraphs);
  await fillLibrary(running, [{ name: 'crane.pdf', bytes }]);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

test('quotes of the documents themselves are supported, said in one calm line', async () => {
  const { page } = running;
  const answer = await ask(page, 'How long does the work on the crane take?');
  expect(await answer.getByTestId('verification-summary').textContent()).toMatch(
    /^(?:Quoted word for word, checked|\d+ quotes, each checked)$/,
  );
  await answer.locator('[data-testid=verdict][data-verdict=supported]').first().waitFor({ state: 'attached' });
  expect(await answer.getByTestId('unsupported').count()).toBe(0);
  await screenshotBothThemes(page, 'verification-supported');
});

test('no word moves when a verdict comes', async () => {
  const { page } = running;
  await useProvider(page, server.baseUrl);
  server.setTokensPerSecond(25);
  server.setReply(() => `${reply.split('\n')[0] ?? ''} ${'And so the text goes on and on. '.repeat(6)}`);
  await page.getByTestId('new-conversation').click();
  await send(page, 'How long does the work on the crane take?');
  const answer = page.locator('[data-testid=message][data-role=assistant]').last();
  const place = () => answer.locator('strong').first().boundingBox();
  const chip = () => answer.getByTestId('citation-chip').first().boundingBox();
  await answer.getByTestId('citation-chip').first().waitFor({ timeout: 20_000 });
  const [wordsBefore, chipBefore] = [await place(), await chip()];
  await answer.getByTestId('flagged').first().waitFor({ timeout: 20_000 });
  expect([await place(), await chip()]).toEqual([wordsBefore, chipBefore]);
  expect(await answer.getAttribute('data-state')).toBe('streaming');
  await page.getByTestId('stop').click();
  server.setTokensPerSecond(2_000);
});

test('a wrong number is flagged in its place; what the passage denies is seen, and told by its chip', async () => {
  const { page } = running;
  server.setReply(() => reply);
  await page.getByTestId('new-conversation').click();
  const answer = await ask(page, 'How long does the work on the crane take?');
  expect(await answer.getByTestId('verification-summary').textContent()).toMatch(
    /^2 of 6 sentences proven · 1 in part · 3 not supported · 3 numbers stand in no cited passage/,
  );
  expect(await answer.getByTestId('flagged').allTextContents()).toEqual([
    '15,200 (stands in no cited passage)',
    '1,389 (calculated, stands in no cited passage)',
    '777 (stands in no cited passage)',
  ]);
  expect((await answer.getByTestId('unsupported').allTextContents()).join('')).toContain(
    'has approved the night shift',
  );
  const verdicts = await answer
    .getByTestId('citation-chip')
    .evaluateAll((chips) => chips.map((chip) => chip.getAttribute('data-verdict')));
  expect(verdicts.slice(0, 3)).toEqual(['unsupported', 'supported', 'unsupported']);
  expect(await answer.getByTestId('citation-chip').first().getAttribute('aria-label')).toMatch(
    /Not supported: “15,200” stands in no cited passage/,
  );
  await screenshotBothThemes(page, 'verification');
  expect(await seriousAxeViolations(page)).toEqual([]);

  // By keyboard: the number's own reason, then the chip with its passage.
  await answer.getByTestId('flagged').first().focus();
  await expect.poll(() => page.getByRole('tooltip').textContent()).toContain('15,200');
  await screenshotBothThemes(page, 'verification-tooltip');
  // A sentence that only a later citation covers has no chip: its last word tells.
  const covered = answer.locator('[data-testid=unsupported][tabindex="0"]');
  expect(await covered.textContent()).toMatch(/^spring \(Not supported: the passage does not say this\./);
  await covered.focus();
  await expect.poll(() => page.getByRole('tooltip').textContent()).toContain('Not supported');
  await screenshotBothThemes(page, 'verification-covered');
  await answer.getByTestId('citation-chip').nth(2).hover();
  await page.getByTestId('verdict-line').waitFor();
  expect(await page.getByTestId('verdict-line').textContent()).toBe('Not supported: the passage says the opposite.');
  await screenshotBothThemes(page, 'verification-card');
});

test('a restart keeps the verdicts', async () => {
  await running.close();
  running = await launchApp({ dataFolder: running.dataFolder });
  const { page } = running;
  await page.getByTestId('conversation-item').first().click();
  const answer = page.locator('[data-testid=message][data-role=assistant]').last();
  await screenshotBothThemes(page, 'verification-restarted');
  await answer.getByTestId('flagged').first().waitFor({ timeout: 8_000 });
  expect(await answer.getByTestId('flagged').count()).toBe(3);
  expect(running.complaints.filter((line) => /^(?:page|console):/.test(line))).toEqual([]);
});
