/** Answers by a provider, in real Electron against a real server on loopback: streamed, stopped, failing, and without it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import {
  ask,
  boxedText,
  fillLibrary,
  fillServer,
  newConversation,
  openAnswerSettings,
  send,
} from '../helpers/window.ts';

const KEY = 'sk-test-7f3a';
let running: RunningApp;
let server: OpenAiServer;

beforeAll(async () => {
  server = await startOpenAiServer({ apiKey: KEY });
  running = await launchApp();
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter() }]);
});
afterEach(() => server.recover());
afterAll(async () => {
  await running.end();
  await server.close();
});

test('a provider is set up in Settings: its key goes into the keychain, Test says what is wrong and what is right', async () => {
  const { page } = running;
  const dialog = await openAnswerSettings(page);
  await fillServer(dialog, server.baseUrl);
  await dialog.getByRole('button', { name: 'Test' }).click();
  const result = dialog.getByTestId('test-result');
  await expect.poll(() => result.textContent(), { timeout: 15_000 }).toMatch(/key/i);
  await screenshotBothThemes(page, 'settings-test-failed');
  await dialog.getByLabel('Key', { exact: true }).fill(KEY);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect.poll(() => result.textContent(), { timeout: 15_000 }).toMatch(/It answers/);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'settings');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await page.getByTestId('status-bar').textContent()).toContain('test-chat');
});

test('an answer streams in with usage and citations that open on the page', async () => {
  const { page } = running;
  await newConversation(running.page);
  const answer = await ask(page, 'How long does the work on the crane take?');
  expect(await answer.getAttribute('data-state')).toBe('complete');
  expect(server.requests.some(({ path }) => path.endsWith('/chat/completions'))).toBe(true);
  expect(await answer.getByTestId('answer-source').textContent()).toMatch(/test-chat/);
  await answer.getByTestId('citation-chip').first().click();
  await page.locator('[data-page-number="1"] [data-testid=citation-box]').first().waitFor();
  await expect.poll(() => boxedText(page, 1), { timeout: 20_000 }).not.toBe('');
  // The server is on this computer: what goes to it has not left.
  expect(await page.getByTestId('status-bar').textContent()).toMatch(/nothing sent/i);
});

test('a claim of a passage that does not exist is dropped', async () => {
  server.setReply(() => 'The work takes nine days [1] and the moon is near [97].');
  await newConversation(running.page);
  const answer = await ask(running.page, 'How long does the work take?');
  expect(await answer.textContent()).not.toContain('97');
  expect(await answer.getByTestId('citation-chip').count()).toBeGreaterThan(0);
});

test('hostile Markdown neither loads nor runs anything', async () => {
  const { page } = running;
  server.setReply(
    () =>
      'Look ![x](https://evil.example/x.png) <img src="https://evil.example/y.png" onerror="window.hacked=1"> <script>window.hacked=1</script> [go](javascript:window.hacked=1) [1].',
  );
  await newConversation(running.page);
  const answer = await ask(page, 'Is it safe?');
  expect(await answer.locator('img, script, iframe').count()).toBe(0);
  expect(await answer.locator('a[href^="javascript"]').count()).toBe(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('Stop keeps the part that came; leaving the conversation does not stop it', async () => {
  const { page } = running;
  server.setTokensPerSecond(20);
  server.setReply(() => Array.from({ length: 400 }, (_, index) => `word${index} `).join(''));
  await newConversation(running.page);
  await send(page, 'Tell me everything');
  await page.getByText('word10 ').waitFor({ timeout: 20_000 });
  await screenshotBothThemes(page, 'answer-streaming');
  await newConversation(running.page);
  await page.getByTestId('conversation-item').filter({ hasText: 'Everything' }).first().click();
  await page.getByText(/word3\d /).waitFor({ timeout: 20_000 });
  await page.getByTestId('stop').click();
  const answer = page.locator('[data-testid=message][data-role=assistant]').last();
  await expect.poll(() => answer.getAttribute('data-state')).toBe('stopped');
  expect(await answer.textContent()).toContain('word30');
  expect(server.abandoned).toBeGreaterThan(0);
  server.setTokensPerSecond(2_000);
});

const failures = [
  { name: 'a wrong key', failure: { kind: 'status', status: 401 }, says: /key/i },
  { name: 'an unknown model', failure: { kind: 'status', status: 404, code: 'model_not_found' }, says: /model/i },
  {
    name: 'too many requests',
    failure: { kind: 'status', status: 429, retryAfter: '120' },
    says: /2 minutes|120 seconds/i,
  },
  { name: 'a server that fails', failure: { kind: 'status', status: 500 }, says: /500|failed/i },
] as const;

for (const { name, failure, says } of failures) {
  test(`${name} is told in a sentence, with what to do`, async () => {
    server.fail(failure);
    await newConversation(running.page);
    const answer = await ask(running.page, `What about ${name}?`, 60_000);
    expect(await answer.textContent()).toMatch(says);
    expect(await answer.getByRole('button', { name: 'Retry' }).count()).toBe(1);
    expect(await answer.getByTestId('regenerate').count()).toBe(0);
    await screenshotBothThemes(running.page, `answer-failed-${failure.status}`);
  });
}

// Catches: a good answer gone for one that failed.
test('an answer that is written again stands beside the first, which is one click away when the new one fails', async () => {
  const { page } = running;
  server.setReply(() => 'The work on the crane takes nine days [1].');
  await newConversation(page);
  await ask(page, 'How long is the crane worked on?');
  const answer = page.locator('[data-testid=message][data-role=assistant]').last();
  const versions = answer.getByTestId('answer-branches');
  expect(await versions.count()).toBe(0);
  server.fail({ kind: 'status', status: 401 });
  await answer.getByTestId('regenerate').click();
  await expect.poll(() => answer.getAttribute('data-state'), { timeout: 60_000 }).toBe('failed');
  expect(await versions.textContent()).toBe('2/2');
  await screenshotBothThemes(page, 'answer-again-failed');
  await versions.getByRole('button', { name: 'Earlier version' }).click();
  await expect.poll(() => answer.textContent()).toContain('nine days');
  expect(await versions.textContent()).toBe('1/2');
  // The focus walked along.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Later version');
  expect(await answer.getByTestId('citation-chip').count()).toBeGreaterThan(0);
  await answer.getByTestId('explain').click();
  await page.getByTestId('trace-dialog').getByTestId('trace-passage').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('trace-dialog').waitFor({ state: 'hidden' });
  expect(await seriousAxeViolations(page)).toEqual([]);
  await screenshotBothThemes(page, 'answer-versions');
  server.recover();
  server.setReply(() => 'It takes nine days in all [1].');
  await versions.getByRole('button', { name: 'Later version' }).click();
  await answer.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => answer.textContent(), { timeout: 20_000 }).toContain('in all');
  // What failed before a word was replaced.
  await expect.poll(() => versions.textContent()).toBe('2/2');
  const told = page.getByTestId('toast').filter({ hasText: 'This is answer' });
  await versions.getByRole('button', { name: 'Earlier version' }).click();
  await expect.poll(() => versions.textContent()).toBe('1/2');
  await answer.getByTestId('regenerate').click();
  await expect.poll(() => versions.textContent(), { timeout: 20_000 }).toBe('3/3');
  await told.filter({ hasText: 'answer 3 of 3' }).getByRole('button', { name: 'Back' }).click();
  await expect.poll(() => answer.textContent()).toContain('on the crane');
});

test('a stream that breaks off keeps its part and is marked; Retry writes it anew', async () => {
  const { page } = running;
  server.setReply(() => 'One two three four five six seven eight nine ten eleven twelve [1].');
  server.fail({ kind: 'cut-off', tokens: 5 }, 1);
  await newConversation(running.page);
  const answer = await ask(page, 'Count for me');
  expect(await answer.textContent()).toContain('One two three');
  expect(['interrupted', 'failed']).toContain(await answer.getAttribute('data-state'));
  await screenshotBothThemes(page, 'answer-interrupted');
  await answer.getByRole('button', { name: 'Retry' }).click();
  const again = page.locator('[data-testid=message][data-role=assistant]').last();
  await expect.poll(() => again.getAttribute('data-state'), { timeout: 20_000 }).toBe('complete');
  expect(await again.textContent()).toContain('twelve');
});

test('without the server the answer is quoted from the documents, and says why', async () => {
  await server.close();
  await newConversation(running.page);
  const answer = await ask(running.page, 'How many days does the work on the crane take?', 60_000);
  expect(await answer.textContent()).toContain('nine days');
  expect(await answer.textContent()).toMatch(/cannot be reached|can’t be reached|unreachable/i);
  await screenshotBothThemes(running.page, 'answer-offline');
  server = await startOpenAiServer({ apiKey: KEY });
});
