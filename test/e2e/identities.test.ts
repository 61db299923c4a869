/** Signing in at a provider in real Electron: set up, linked, signed in with, and each way in which that ends otherwise. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { keepQuestions, openedSoFar } from '../helpers/asked.ts';
import { createTestBrowser, startOidcServer, type OidcServer } from '../helpers/oidc-server.ts';
import { answerRequests, runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes to hash a password, open a library and begin the window anew. */
const patience = { timeout: 60_000 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };
const person = { sub: 'ada', email: ada.email, email_verified: true, name: ada.name };
/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:9';
let running: RunningApp;
let server: OidcServer;
/** How many addresses of the browser were looked at. */
let seen = 0;

beforeAll(async () => {
  server = await startOidcServer();
  server.person = person;
  running = await launchApp();
  await running.page.setViewportSize({ width: 900, height: 600 });
  await keepQuestions(running);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

const settings = () => running.page.getByTestId('settings-dialog');
const gate = () => running.page.getByTestId('session-gate');
const way = (name: string) => running.page.getByRole('button', { name: `Continue with ${name}` });
const linkRow = () => settings().getByTestId('linked-identity').filter({ hasText: 'Example' });

async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `identities-${name}`);
  expect(await seriousAxeViolations(page)).toEqual([]);
}

/** What Quire opened in the system's browser since this was asked last; waits for it. */
async function opened(): Promise<string> {
  await expect.poll(async () => (await openedSoFar(running)).length, patience).toBeGreaterThan(seen);
  const all = await openedSoFar(running);
  seen = all.length;
  return all.at(-1) ?? '';
}

/** As whoever the provider says it is, in a browser that nobody is signed in with yet. */
async function signInInBrowser(): Promise<void> {
  await createTestBrowser().open(await opened());
}

const isFocused = (element: Locator) => element.evaluate((node) => node === document.activeElement);

async function openSettings(words: string, tab: string): Promise<void> {
  await runFromPalette(running.page, words);
  await settings().getByRole('tab', { name: tab, selected: true }).waitFor();
}

async function closeSettings(): Promise<void> {
  await running.page.keyboard.press('Escape');
  await settings().waitFor({ state: 'detached' });
}

async function signOut(): Promise<void> {
  await running.page.getByTestId('account-menu').click();
  await running.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await gate().waitFor(patience);
}

const isOpened = () => running.page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);

test('the administrator sets providers up, and each is looked for before it is kept', async () => {
  const { page } = running;
  await page.getByTestId('empty-state').waitFor(patience);
  await runFromPalette(page, 'create an account');
  const registering = page.getByTestId('register-form');
  await registering.getByLabel('Name').fill(ada.name);
  await registering.getByLabel('E-mail').fill(ada.email);
  await registering.getByLabel('Password', { exact: true }).fill(ada.password);
  await registering.getByTestId('submit').click();
  await isOpened();
  await openSettings('sign-in providers', 'Sign-in providers');
  await settings().getByText('Everybody signs in with their password.').waitFor();
  await look('no-providers');
  await settings().getByRole('button', { name: 'Add Google…' }).click();
  const form = settings().getByTestId('provider-form');
  expect(await isFocused(form.getByLabel('Client ID'))).toBe(true);
  await look('google');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await settings().getByRole('button', { name: 'Add another…' }).click();
  await form.getByLabel('Name').fill('Elsewhere');
  await form.getByLabel('Address').fill('http://login.example.com');
  await form.getByLabel('Client ID').fill(server.clientId);
  // Who somebody is would be told in the clear.
  await form.getByText('only on this computer it may begin with http').waitFor();
  expect(await form.getByTestId('submit').isDisabled()).toBe(true);
  await look('in-the-clear');
  await form.getByLabel('Address').fill(nowhere);
  await form.getByTestId('submit').click();
  await form.getByRole('alert').getByText('127.0.0.1:9 cannot be reached.').waitFor(patience);
  await look('provider-unreachable');
  // Catches: a way out that lies below the edge of the smallest window.
  const edge = await settings().boundingBox();
  const wayOut = await form.getByRole('button', { name: 'Save anyway' }).boundingBox();
  expect((wayOut?.y ?? Infinity) + (wayOut?.height ?? 0)).toBeLessThan((edge?.y ?? 0) + (edge?.height ?? 0));
  await form.getByRole('button', { name: 'Save anyway' }).click();
  await settings().getByTestId('identity-provider').filter({ hasText: 'Elsewhere' }).waitFor(patience);
  await settings().getByRole('button', { name: 'Add another…' }).click();
  await form.getByLabel('Name').fill('Example');
  await form.getByLabel('Address').fill(`${server.issuer}/.well-known/openid-configuration`);
  await form.getByLabel('Client ID').fill(server.clientId);
  await page.keyboard.press('Enter');
  const row = settings().getByTestId('identity-provider').filter({ hasText: 'Example' });
  await row.getByText(server.issuer, { exact: true }).waitFor(patience);
  await row.getByRole('button', { name: 'Test Example' }).click();
  await row.getByText('It answers.').waitFor(patience);
  await look('providers');
  await row.getByRole('button', { name: 'Change Example' }).click();
  await form.getByLabel('Client secret').waitFor();
  await look('change-provider');
  await form.getByRole('button', { name: 'Cancel' }).click();
});

test('an account is linked to who has its e-mail address at the provider, and to nobody else', async () => {
  await settings().getByRole('tab', { name: 'Account' }).click();
  const row = linkRow();
  const button = row.getByRole('button');
  await row.getByText('Not linked').waitFor(patience);
  await look('not-linked');
  await row.getByRole('button', { name: 'Link Example' }).press('Enter');
  await opened();
  await row.getByText('Sign in on the page that opened in your browser.').waitFor();
  await look('linking');
  // The focus stayed on the button, which ends the waiting now.
  expect(await isFocused(row.getByRole('button', { name: 'Cancel linking Example' }))).toBe(true);
  await button.press('Enter');
  await row.getByText('Not linked').waitFor(patience);
  expect(await isFocused(row.getByRole('button', { name: 'Link Example' }))).toBe(true);
  server.person = { ...person, sub: 'carl', email: 'carl@example.com' };
  await button.press('Enter');
  await signInInBrowser();
  await settings()
    .getByRole('alert')
    .getByText('The e-mail address at Example is not that of this account.')
    .waitFor(patience);
  await look('link-refused');
  server.person = person;
  await button.press('Enter');
  await signInInBrowser();
  await row.getByText('Linked · Today').waitFor(patience);
  expect(await settings().getByRole('alert').count()).toBe(0);
  await look('linked');
  await closeSettings();
});

test('who is linked signs in with the browser alone; whoever stops it is back where they were', async () => {
  const { page } = running;
  await signOut();
  await way('Example').waitFor(patience);
  await look('sign-in');
  await page.getByTestId('sign-in-form').getByLabel('E-mail').fill(ada.email);
  await way('Example').press('Enter');
  const wait = page.getByTestId('browser-wait');
  await wait.waitFor();
  await opened();
  expect(await isFocused(wait.getByRole('button', { name: 'Cancel' }))).toBe(true);
  await look('waiting');
  await page.keyboard.press('Escape');
  await page.getByText('The sign-in was stopped.').waitFor(patience);
  expect(await isFocused(way('Example'))).toBe(true);
  expect(await page.getByTestId('sign-in-form').getByLabel('E-mail').inputValue()).toBe(ada.email);
  await look('stopped');
  await page.getByLabel('Stay signed in').check();
  await way('Example').click();
  // The browser lies over it.
  const hidden = await running.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.hide();
    return window?.isVisible();
  });
  expect(hidden).toBe(false);
  await signInInBrowser();
  await isOpened();
  // Catches: a person who signed in, in the browser, and has to look for the window that went on.
  expect(await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
  expect(await gate().count()).toBe(0);
  await openSettings('account settings', 'Account');
  await expect.poll(() => page.getByTestId('session-kept').textContent()).toMatch(/signed in|keychain/);
  await closeSettings();
});

test('each way in which a sign-in fails is told where it began', async () => {
  const { page } = running;
  await signOut();
  const alert = page.getByTestId('provider-buttons').getByRole('alert');
  const fails = async (words: string, name: string): Promise<void> => {
    await way('Example').click();
    await signInInBrowser();
    await alert.getByText(words).waitFor(patience);
    expect(await gate().count()).toBe(1);
    await look(name);
  };
  await way('Example').waitFor(patience);
  server.person = { ...person, email_verified: false };
  await fails('Example does not say that your e-mail address was verified.', 'unverified');
  server.person = { ...person, sub: 'carl', email: 'carl@example.com' };
  await fails('Nobody has an account with the address carl@example.com on this computer.', 'no-account');
  server.person = person;
  server.isRefusing = true;
  await fails('Example was told not to sign you in.', 'refused');
  server.isRefusing = false;
  await way('Elsewhere').click();
  await alert.getByText('127.0.0.1:9 cannot be reached.').waitFor(patience);
  await look('unreachable');
  // Nobody waits for the five minutes here; how main comes to say so, its own tests show.
  const tooLate = {
    code: 'sign-in-failed' as const,
    message: 'Nobody signed in with Example in the browser within 5 minutes.',
    hint: 'The page may have been closed. Try again.',
    retryable: true,
  };
  await answerRequests(running.app, {}, {}, { 'identities.signIn': tooLate });
  await way('Example').click();
  await alert.getByText(tooLate.message).waitFor(patience);
  await look('too-late');
  await answerRequests(running.app, {});
});

// Catches: a sign-in that goes on behind a closed dialog, and changes whose window it is minutes later.
test('over the local profile, nobody is waited for once the dialog is closed or the window begins anew', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Use without an account' }).click();
  await page.getByTestId('empty-state').waitFor(patience);
  await runFromPalette(page, 'sign in');
  const dialog = page.getByTestId('account-dialog');
  await dialog.getByRole('button', { name: 'Continue with Example' }).click();
  let back = new URL(await opened()).searchParams.get('redirect_uri') ?? '';
  await dialog.getByTestId('browser-wait').waitFor();
  await look('dialog-waiting');
  const isListening = (): Promise<boolean> => fetch(back).then(Boolean, () => false);
  expect(await isListening()).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(isListening, patience).toBe(false);
  await runFromPalette(page, 'sign in');
  await dialog.getByRole('button', { name: 'Continue with Example' }).click();
  back = new URL(await opened()).searchParams.get('redirect_uri') ?? '';
  await page.reload();
  await expect.poll(isListening, patience).toBe(false);
  await page.getByTestId('empty-state').waitFor(patience);
  await runFromPalette(page, 'sign in');
  await dialog.getByRole('button', { name: 'Continue with Example' }).click();
  await signInInBrowser();
  await isOpened();
});

test('what is unlinked, or removed, opens nothing any more', async () => {
  const { page } = running;
  await openSettings('account settings', 'Account');
  await linkRow().getByRole('button', { name: 'Unlink Example' }).click();
  await linkRow().getByText('Not linked').waitFor(patience);
  await settings().getByRole('tab', { name: 'Sign-in providers' }).click();
  for (const name of ['Elsewhere', 'Example']) {
    await settings()
      .getByRole('button', { name: `Remove ${name}` })
      .click();
    const question = settings().getByRole('form', { name: `Remove ${name}` });
    expect(await isFocused(question.getByRole('button', { name: 'Keep' }))).toBe(true);
    if (name === 'Elsewhere') await look('remove-provider');
    await question.getByRole('button', { name: 'Remove' }).click();
    await settings()
      .getByTestId('identity-provider')
      .filter({ hasText: name })
      .waitFor({ state: 'detached', ...patience });
  }
  await closeSettings();
  await signOut();
  await page.getByTestId('sign-in-form').waitFor(patience);
  await page.getByText('Your library opens with your password.', { exact: true }).waitFor();
  expect(await page.getByTestId('provider-buttons').count()).toBe(0);
  expect(running.complaints.filter((complaint) => /^(page|console):/.test(complaint))).toEqual([]);
});
