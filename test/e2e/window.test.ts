/** The window's small manners, in real Electron: what holds, what stays in its place, what is counted, what is told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, type RunningApp } from '../helpers/app.ts';
import { makeDamaged, makeLetter } from '../helpers/fixtures.ts';
import { makeFiling } from '../helpers/filing.ts';
import { ask, fillLibrary, fillServer, newConversation, openAnswerSettings } from '../helpers/window.ts';

let running: RunningApp;

beforeAll(async () => {
  // Nobody answers there: a system without a keychain.
  running = await launchApp({ environment: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } });
  const files = [
    { name: 'crane.pdf', bytes: await makeLetter() },
    { name: 'filing.pdf', bytes: (await makeFiling({ pages: 8 })).bytes },
    { name: 'damaged.pdf', bytes: makeDamaged() },
  ];
  await fillLibrary(running, files, { states: ['ready', 'failed'] });
});
afterAll(() => running.end());

test('the list tells why a document failed, without its name, and what to do', async () => {
  const { page } = running;
  await page.getByRole('radio', { name: 'List' }).click();
  const row = page.locator('[data-testid=document-card][data-state=failed]');
  const state = row.getByText(/^Damaged:/);
  await state.waitFor();
  expect(await row.locator('[title^="Damaged:"]').getAttribute('title')).toMatch(/\. \S+.*\.$/);
  await screenshotBothThemes(page, 'list-failed');
  await page.getByRole('radio', { name: 'Grid' }).click();
});

test('a document that failed is neither counted nor offered to be asked', async () => {
  const { page } = running;
  await newConversation(page);
  const scope = page.getByTestId('scope');
  expect(await scope.textContent()).toContain('2 documents');
  await scope.click();
  const failed = page.getByRole('checkbox', { name: /damaged/ });
  await failed.waitFor();
  expect(await failed.isDisabled()).toBe(true);
  await screenshotBothThemes(page, 'scope');
  await page.keyboard.press('Escape');
  await failed.waitFor({ state: 'hidden' });
});

test('sources name their document once; the passage on hover goes when the next source is walked to', async () => {
  const { page } = running;
  const answer = await ask(page, 'What were the net sales and the operating income?');
  const groups = answer.getByTestId('source-group');
  const titles = await groups.locator('> span:first-child').allTextContents();
  expect(titles.length).toBeGreaterThan(0);
  expect(new Set(titles).size).toBe(titles.length);
  expect(await answer.getByTestId('source').count()).toBeGreaterThan(1);
  await answer.getByTestId('citation-chip').first().click();
  await page.locator('[data-testid=page-pane]').waitFor();
  // Another source's card, with the pointer left where it is.
  await answer.getByTestId('source').last().hover();
  await page.getByTestId('citation-card').waitFor();
  await screenshotBothThemes(page, 'sources');
  await page.keyboard.press('j');
  await page.getByTestId('citation-card').waitFor({ state: 'hidden' });
});

test('an answer that is written again stays in view to its end', async () => {
  const { page } = running;
  for (const question of ['Who wrote the letter?', 'What does the filing say about risks and competition?']) {
    await ask(page, question);
  }
  await page.getByTestId('messages').evaluate((element) => (element.scrollTop = element.scrollHeight));
  const before = await page.locator('[data-testid=message]').last().getAttribute('data-message-id');
  await page.getByTestId('regenerate').click();
  const last = page.locator('[data-testid=message]').last();
  await expect
    .poll(
      async () => [(await last.getAttribute('data-message-id')) !== before, await last.getAttribute('data-state')],
      {
        timeout: 30_000,
      },
    )
    .toEqual([true, 'complete']);
  const fromEnd = () =>
    page.getByTestId('messages').evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
  await expect.poll(fromEnd).toBeLessThan(40);
});

test('a new conversation has no source of the one before; the page stays', async () => {
  const { page } = running;
  const source = page.getByTestId('source').last();
  await source.click();
  const strip = page.getByTestId('citation-strip');
  await strip.waitFor();
  await page.keyboard.press('Control+n');
  await strip.waitFor({ state: 'hidden' });
  expect(await page.getByTestId('page-pane').isVisible()).toBe(true);
});

test('a key that is held down shows and hides once', async () => {
  const { page } = running;
  const middle = page.getByTestId('conversation');
  await middle.waitFor();
  await page.keyboard.down('Control');
  for (let press = 0; press < 4; press += 1) await page.keyboard.down('2');
  await page.keyboard.up('2');
  await page.keyboard.up('Control');
  await middle.waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+2');
  await middle.waitFor();
});

test('the palette marks the line that Enter picks', async () => {
  const { page } = running;
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').getByRole('combobox').fill('crane');
  await page.getByTestId('palette-pages').waitFor();
  const marked = () =>
    page
      .getByTestId('enter-hint')
      .evaluateAll((hints) =>
        hints
          .filter((hint) => getComputedStyle(hint).visibility === 'visible')
          .map((hint) => hint.closest('[cmdk-item]')?.getAttribute('data-selected')),
      );
  await expect.poll(marked).toEqual(['true']);
  await page.keyboard.press('ArrowDown');
  await expect.poll(marked).toEqual(['true']);
  await screenshotBothThemes(page, 'palette-enter');
  await page.keyboard.press('Escape');
});

test('a model writes answers once its server answered; a test of a host that is not there is about the host', async () => {
  const { page } = running;
  const from = page.getByTestId('answers-from');
  const dialog = await openAnswerSettings(page);
  await fillServer(dialog, 'http://no-such-host.invalid/v1');
  expect(await from.textContent()).toBe('Answers: quoted, on this computer');
  await dialog.getByRole('button', { name: 'Test' }).click();
  const result = dialog.getByTestId('test-result');
  await result.getByText('no-such-host.invalid cannot be reached.').waitFor({ timeout: 20_000 });
  const isInSight = () =>
    result.evaluate((element) => {
      const { bottom } = element.getBoundingClientRect();
      return bottom <= (element.closest('[role=tabpanel]')?.getBoundingClientRect().bottom ?? 0);
    });
  await expect.poll(isInSight).toBe(true);
  await screenshotBothThemes(page, 'settings-test-host');
  expect(await from.textContent()).toBe('Answers: quoted, on this computer');
});

test('without a keychain answers are quoted, and the status bar and the answer say why', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('button', { name: 'Use anyway' }).click();
  await expect.poll(() => page.getByTestId('answers-from').textContent()).toMatch(/quoted, the model can’t be asked/);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await newConversation(page);
  const answer = await ask(page, 'How many days does the work on the crane take?');
  expect(await answer.getAttribute('data-state')).toBe('complete');
  expect(await answer.textContent()).toContain('nine days');
  expect(await answer.getByTestId('answer-source').textContent()).toMatch(/keychain cannot be used/);
  await screenshotBothThemes(page, 'answer-without-keychain');
});

test('deleting says what goes and what stays, and afterwards that nothing is left', async () => {
  const { page } = running;
  await page.getByTestId('section-all').click();
  await page.getByTestId('document-card').filter({ hasText: 'The harbour crane' }).click();
  await page.keyboard.press('Delete');
  const dialog = page.getByTestId('delete-dialog');
  await expect
    .poll(() => dialog.getByTestId('deletion-counts').textContent())
    .toMatch(/1 page, .*stored files and 1 kept prompt\.$/);
  expect(await dialog.getByTestId('deletion-stays').textContent()).toMatch(/\d+ citations? .* quote and page number/);
  await screenshotBothThemes(page, 'delete-stays');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  const toast = page.getByTestId('toast').filter({ hasText: 'Deleted:' });
  await toast.waitFor();
  expect(await toast.textContent()).toMatch(/1 page, .*KB\. Checked: nothing of it is left\./);
  await screenshotBothThemes(page, 'deleted');

  // Answers keep what they quoted, and say that its document is gone.
  await page.getByTestId('conversation-item').first().click();
  const answer = page.locator('[data-testid=message][data-role=assistant]').last();
  await expect
    .poll(() => answer.getByTestId('verification-summary').textContent())
    .toMatch(/when it was written; its document is deleted/);
  await answer.getByTestId('source').first().click();
  await expect.poll(() => page.getByTestId('kept-quote').textContent()).toContain('nine days');
  expect(await page.getByTestId('page-pane').textContent()).toContain('This document was deleted');
  await screenshotBothThemes(page, 'deleted-quote');
});
