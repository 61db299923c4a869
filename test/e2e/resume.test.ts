/** `kill -9` of the whole app: while it reads, and while it answers. */
import { afterEach, expect, test } from 'vitest';
import { dropFiles, launchApp, screenshot, writeFiles, type RunningApp } from '../helpers/app.ts';
import { makeFiling } from '../helpers/filing.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest, useProvider } from '../helpers/main-request.ts';
import { startOpenAiServer } from '../helpers/openai-server.ts';
import { fillLibrary, send, waitForState } from '../helpers/window.ts';

let running: RunningApp | null = null;

afterEach(async () => {
  await running?.end();
  running = null;
});

test('a filing that was being read goes on after a kill, and ends ready with all its pages', async () => {
  const filing = await makeFiling({ pages: 150 });
  running = await launchApp();
  await running.page.getByTestId('empty-state').waitFor();
  const [path] = await writeFiles(running.dataFolder, [{ name: 'filing.pdf', bytes: filing.bytes }]);
  await dropFiles(running.page, [path ?? '']);
  await running.page.getByTestId('document-card').waitFor();
  const { dataFolder } = running;
  await running.kill();

  running = await launchApp({ dataFolder });
  await waitForState(running.page, ['ready'], 120_000);
  expect(await running.page.getByTestId('document-card').count()).toBe(1);
  const [document] = await mainRequest(running.page, 'library.listDocuments', {});
  expect(document).toMatchObject({ pageCount: 150, textPages: 150, state: 'ready', error: null });
  expect(document?.embeddedChunks).toBe(document?.chunkCount);
});

test('an answer that was being written is there after a kill, marked as interrupted, and can be written again', async () => {
  const server = await startOpenAiServer({
    tokensPerSecond: 20,
    reply: () => Array.from({ length: 300 }, (_, index) => `word${index} `).join(''),
  });
  running = await launchApp();
  const { page, dataFolder } = running;
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter() }]);
  await useProvider(page, server.baseUrl);
  await send(page, 'What is the state of the crane?');
  await page.getByText('word20 ').waitFor({ timeout: 30_000 });
  await running.kill();

  running = await launchApp({ dataFolder });
  await running.page.getByTestId('conversation-item').first().click();
  const answer = running.page.locator('[data-testid=message][data-role=assistant]').last();
  await answer.waitFor();
  expect(await answer.getAttribute('data-state')).toBe('interrupted');
  expect(await answer.textContent()).toContain('word5');
  await screenshot(running.page, 'answer-after-kill');
  server.setTokensPerSecond(2_000);
  await answer.getByTestId('regenerate').click();
  const again = running.page.locator('[data-testid=message][data-role=assistant]').last();
  await expect.poll(() => again.getAttribute('data-state'), { timeout: 30_000 }).toBe('complete');
  expect(await again.textContent()).toContain('word299');
  await server.close();
});
