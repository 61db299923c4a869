/** Questions that are typed and not asked, in real Electron: over a kill, a restart, and once they are asked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { mainRequest } from '../helpers/main-request.ts';
import { ask, fillLibrary, newConversation, openConversation } from '../helpers/window.ts';

let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter() }]);
});
afterAll(() => running.end());

const composer = () => running.page.getByTestId('composer');
const kept = async () => (await mainRequest(running.page, 'chat.listDrafts', {})).map(({ text }) => text).sort();

// Catches: half an hour of a long question, gone with the window.
test('what was typed is there after a kill and after a restart, in its own conversation and with what it asks', async () => {
  await newConversation(running.page);
  await ask(running.page, 'How many days does the work on the crane take?');
  await composer().fill('And who pays for');
  await newConversation(running.page);
  await running.page.getByTestId('section-all').click();
  await running.page.getByTestId('document-card').click({ button: 'right' });
  await running.page.getByRole('menuitem', { name: /^Ask about/ }).click();
  await composer().fill('Which bearing is');
  await expect.poll(kept).toEqual(['And who pays for', 'Which bearing is']);
  await running.kill();

  running = await launchApp({ dataFolder: running.dataFolder });
  await openConversation(running.page);
  await expect.poll(() => composer().inputValue(), { timeout: 20_000 }).toBe('Which bearing is');
  expect(await running.page.getByTestId('scope').textContent()).toMatch(/crane|1 document/i);
  await screenshotBothThemes(running.page, 'draft-after-restart');
  await running.page.getByTestId('conversation-item').first().click();
  await expect.poll(() => composer().inputValue()).toBe('And who pays for');
  await newConversation(running.page);
  await running.close();

  // The place is where it was, and the question in it.
  running = await launchApp({ dataFolder: running.dataFolder });
  await expect.poll(() => composer().inputValue(), { timeout: 20_000 }).toBe('Which bearing is');
});

// Catches: a question that was asked, and stands in its field again at the next start.
test('what was asked, or taken away, is kept no longer', async () => {
  await running.page.getByTestId('conversation-item').first().click();
  await expect.poll(() => composer().inputValue()).toBe('And who pays for');
  await composer().fill('And who pays for it?');
  await running.page.keyboard.press('Enter');
  await running.page.locator('[data-testid=message][data-role=assistant][data-state=complete]').nth(1).waitFor();
  await expect.poll(kept).toEqual(['Which bearing is']);
  await newConversation(running.page);
  expect(await composer().inputValue()).toBe('Which bearing is');
  await composer().fill('');
  await expect.poll(kept).toEqual([]);
});
