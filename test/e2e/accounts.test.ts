/** Accounts in real Electron: made from the local profile, left, locked, opened again; and nothing of one seen by another. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { fillLibrary, runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes to hash a password, open a library and begin the window anew. */
const patience = { timeout: 60_000 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };
const grace = { name: 'Grace Hopper', email: 'grace@example.com', password: 'moth in relay seventy' };
const small = { width: 900, height: 600 };
let running: RunningApp;

beforeAll(async () => {
  running = await launchApp();
  await running.page.setViewportSize(small);
  await fillLibrary(running, [{ name: 'crane.pdf', bytes: await makeLetter('The harbour crane') }]);
});
afterAll(() => running.end());

const card = (title: string) => running.page.getByTestId('document-card').filter({ hasText: title });
const gate = () => running.page.getByTestId('session-gate');

/** The screen as it is drawn at the smallest size that is promised, and at a larger one; fit for everybody. */
async function look(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await screenshotBothThemes(page, `accounts-${name}-large`);
  await page.setViewportSize(small);
  await lookHere(page, name);
}

/** A menu closes when the window changes its size. */
async function lookHere(page: Page, name: string): Promise<void> {
  await screenshotBothThemes(page, `accounts-${name}`);
  expect(await seriousAxeViolations(page)).toEqual([]);
}

async function openAccountSettings(): Promise<void> {
  await runFromPalette(running.page, 'account settings');
  await running.page.getByTestId('settings-dialog').getByRole('tab', { name: 'Account', selected: true }).waitFor();
}

async function closeSettings(): Promise<void> {
  await running.page.keyboard.press('Escape');
  await running.page.getByTestId('settings-dialog').waitFor({ state: 'detached' });
}

async function restart(): Promise<void> {
  const { dataFolder } = running;
  await running.close();
  running = await launchApp({ dataFolder });
  await running.page.setViewportSize(small);
}

async function signOut(): Promise<void> {
  await running.page.getByTestId('account-menu').click();
  await running.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await gate().waitFor(patience);
}

async function signIn({ email, password }: typeof ada): Promise<void> {
  const form = running.page.getByTestId('sign-in-form');
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(password);
  await running.page.keyboard.press('Enter');
}

test('without an account the window says so, and a weak password is told while it is typed', async () => {
  const { page } = running;
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Create an account…' }).waitFor();
  await lookHere(page, 'menu-local');
  await page.keyboard.press('Escape');
  await openAccountSettings();
  await look(page, 'settings-local');
  await page.getByRole('button', { name: 'Create an account…' }).click();
  const form = page.getByTestId('register-form');
  const advice = form.getByTestId('password-advice');
  await expect.poll(() => advice.textContent()).toMatch(/At least 10 characters/);
  await form.getByLabel('Name').fill(ada.name);
  await form.getByLabel('E-mail').fill('ada at example');
  await form.getByLabel('Password', { exact: true }).fill('short');
  expect(await advice.textContent()).toBe('5 more characters.');
  expect(await form.getByTestId('submit').isDisabled()).toBe(true);
  await form.getByText('An address looks like name@example.com.').waitFor();
  await form.getByLabel('E-mail').fill(ada.email);
  await form.getByLabel('Password', { exact: true }).fill('Ada Lovelace');
  expect(await advice.textContent()).toMatch(/your name/);
  await form.getByRole('button', { name: 'Show password' }).click();
  expect(await form.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
  await look(page, 'register');
  await form.getByRole('button', { name: 'Hide password' }).click();
  // Long enough, but only main knows that everybody has it.
  await form.getByLabel('Password', { exact: true }).fill('password123');
  await form.getByTestId('submit').click();
  await expect.poll(() => advice.textContent(), patience).toMatch(/among the first to be tried/);
  expect(await form.getByTestId('submit').isDisabled()).toBe(true);
  await look(page, 'register-weak');
});

test('an account takes the library along, and its details can be changed', async () => {
  const { page } = running;
  const form = page.getByTestId('register-form');
  await form.getByLabel('Password', { exact: true }).fill(ada.password);
  await expect.poll(() => form.getByTestId('password-advice').textContent()).toMatch(/Long enough/);
  expect(await form.getByLabel('Take this library along').isChecked()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);
  await card('The harbour crane').waitFor(patience);
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Lock now' }).waitFor();
  await lookHere(page, 'menu');
  await page.keyboard.press('Escape');
  await openAccountSettings();
  await look(page, 'settings');
  await page.getByRole('button', { name: 'Change name' }).click();
  await page.getByLabel('New name').fill('Countess Lovelace');
  await page.keyboard.press('Enter');
  await page.getByTestId('settings-dialog').getByText('Countess Lovelace').first().waitFor(patience);
  await page.getByRole('radio', { name: '15 min' }).click();
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByLabel('Present password', { exact: true }).fill('not this one');
  await page.getByLabel('New password', { exact: true }).fill('another few words');
  await page.getByTestId('submit').click();
  await page
    .getByTestId('settings-dialog')
    .getByRole('alert')
    .getByText('The password is not right.')
    .waitFor(patience);
  await look(page, 'settings-password');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete account…' }).click();
  await expect.poll(() => page.getByTestId('account-content').textContent()).toMatch(/^1 document, 0 conversations/);
  await page.getByTestId('delete-account').scrollIntoViewIfNeeded();
  await look(page, 'settings-delete');
  await page.getByTestId('delete-account').getByRole('button', { name: 'Cancel' }).click();
  await closeSettings();
});

test('it is locked by its keys, over an open dialog too, and opened with the password alone', async () => {
  const { page } = running;
  await openAccountSettings();
  await page.keyboard.press('ControlOrMeta+Shift+L');
  const form = page.getByTestId('unlock-form');
  await form.waitFor(patience);
  // Nothing of the library is left to be read behind the lock.
  expect(await page.textContent('body')).not.toContain('harbour');
  expect(await page.getByLabel('Password', { exact: true }).evaluate((field) => field === document.activeElement)).toBe(
    true,
  );
  await look(page, 'locked');
  await page
    .getByLabel('Password', { exact: true })
    .evaluate((field) => field.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true, modifierCapsLock: true })));
  await page.getByTestId('caps-lock').waitFor();
  await screenshotBothThemes(page, 'accounts-caps-lock');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await form.getByRole('alert').getByText('The password is not right.').waitFor(patience);
  await look(page, 'locked-wrong');
  // What was wrong is selected: typing replaces it.
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');
  await card('The harbour crane').waitFor(patience);
  expect(await gate().count()).toBe(0);
});

// Catches: a way in that is drawn in the window that is about to go, and the letters that are typed into it.
test('the way in is shown once, in the window that stays: what is typed at once is not lost', async () => {
  const { app, page } = running;
  const shown: string[] = [];
  const listen = (message: { text(): string }) => shown.push(message.text());
  page.on('console', listen);
  await page.evaluate(() => {
    const tell = () => document.querySelector('[data-testid=session-gate]') && console.info('the way in, too early');
    new MutationObserver(tell).observe(document.body, { childList: true, subtree: true });
  });
  // As on a machine that is busy.
  await app.evaluate(({ BrowserWindow }) => {
    const [contents] = BrowserWindow.getAllWindows().map((one) => one.webContents);
    if (!contents) throw new Error('there is no window');
    const reload = contents.reload.bind(contents);
    contents.reload = () => {
      contents.reload = reload;
      setTimeout(reload, 1_000);
    };
  });
  await page.keyboard.press('ControlOrMeta+Shift+L');
  await page.getByTestId('unlock-form').waitFor(patience);
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');
  await card('The harbour crane').waitFor(patience);
  page.off('console', listen);
  expect(shown.filter((text) => text.includes('too early'))).toEqual([]);
});

test('a wrong password and an unknown address are told alike, and many of them are slowed down', async () => {
  const { page } = running;
  await signOut();
  await page.getByTestId('sign-in-form').waitFor();
  await look(page, 'sign-in');
  await signIn({ ...ada, email: 'nobody@example.com' });
  const alert = page.getByRole('alert');
  await alert.waitFor(patience);
  const unknown = await alert.textContent();
  await page.getByTestId('sign-in-form').getByLabel('E-mail').fill(ada.email);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await signIn({ ...ada, password: `wrong ${attempt}` });
    await expect
      .poll(() => page.getByTestId('submit').textContent(), patience)
      .toMatch(/^(Sign in|Try again in \d+ s)$/);
    if ((await page.getByTestId('submit').textContent()) !== 'Sign in') break;
    expect(await alert.textContent()).toBe(unknown);
  }
  await page.getByText('Too many attempts').waitFor();
  expect(await page.getByTestId('submit').isDisabled()).toBe(true);
  await look(page, 'sign-in-wait');
  await expect.poll(() => page.getByTestId('submit').textContent(), patience).toBe('Sign in');
});

test('a second account sees nothing of the first, and the local profile neither', async () => {
  const { page } = running;
  await page.getByRole('button', { name: 'Create an account' }).click();
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(grace.name);
  await form.getByLabel('E-mail').fill(ada.email.toUpperCase());
  await form.getByLabel('Password', { exact: true }).fill(grace.password);
  await look(page, 'register-gate');
  await page.keyboard.press('Enter');
  await form
    .getByRole('alert')
    .getByText(/has this e-mail address/)
    .waitFor(patience);
  await look(page, 'register-taken');
  await form.getByLabel('E-mail').fill(grace.email);
  await form.getByTestId('submit').click();
  await page.getByTestId('empty-state').waitFor(patience);
  expect(await card('The harbour crane').count()).toBe(0);
  await openAccountSettings();
  expect(await page.getByRole('region', { name: 'Accounts on this computer' }).count()).toBe(0);
  await closeSettings();
  await signOut();
  await page.getByRole('button', { name: 'Use without an account' }).click();
  // The library went along with the first account.
  await page.getByTestId('empty-state').waitFor(patience);
  expect(await card('The harbour crane').count()).toBe(0);
});

test('the first account manages the limits of the others', async () => {
  const { page } = running;
  await runFromPalette(page, 'sign in');
  await signIn(ada);
  await card('The harbour crane').waitFor(patience);
  await openAccountSettings();
  await expect.poll(() => page.getByRole('radio', { name: '15 min' }).isChecked()).toBe(true);
  const others = page.getByTestId('managed-account').filter({ hasText: grace.name });
  await others.getByRole('button', { name: `Limits of ${grace.name}` }).click();
  await others.getByLabel('US dollars a month').fill('a lot');
  expect(await others.getByTestId('submit').isDisabled()).toBe(true);
  await others.getByLabel('US dollars a month').fill('5');
  await others.scrollIntoViewIfNeeded();
  await look(page, 'settings-limits');
  await page.keyboard.press('Enter');
  await others.getByText('$5.00 a month').waitFor(patience);
  // Whoever signs out has the local profile’s limits.
  const local = page.getByTestId('managed-account').filter({ hasText: 'Local profile' });
  await local.getByRole('button', { name: 'Limits of Local profile' }).click();
  await local.getByLabel('Tokens a month').fill('100,000');
  await page.keyboard.press('Enter');
  await local.getByText('Without a password · 100,000 tokens a month').waitFor(patience);
  await closeSettings();
});

test('a restart asks for the password, unless one stays signed in; a lock outlasts it either way', async () => {
  await restart();
  await gate().waitFor(patience);
  expect(await running.page.textContent('body')).not.toContain('harbour');
  await running.page.getByLabel('Stay signed in').check();
  await signIn(ada);
  await card('The harbour crane').waitFor(patience);
  await restart();
  await card('The harbour crane').waitFor(patience);
  expect(await gate().count()).toBe(0);
  await running.page.keyboard.press('ControlOrMeta+Shift+L');
  await running.page.getByTestId('unlock-form').waitFor(patience);
  await restart();
  await running.page.getByTestId('unlock-form').waitFor(patience);
  expect(await running.page.textContent('body')).not.toContain('harbour');
  await running.page.keyboard.type(ada.password);
  await running.page.keyboard.press('Enter');
  await card('The harbour crane').waitFor(patience);
});

test('a deleted account is gone with its library, and its address is free', async () => {
  const { page } = running;
  await openAccountSettings();
  await page.getByRole('button', { name: 'Delete account…' }).click();
  const form = page.getByTestId('delete-account');
  await form.getByLabel('Password', { exact: true }).fill(ada.password);
  await expect.poll(() => form.getByTestId('submit').isEnabled()).toBe(true);
  await form.getByTestId('submit').click();
  await page.getByTestId('settings-dialog').waitFor({ state: 'detached', ...patience });
  await page.getByTestId('account-menu').or(gate()).waitFor(patience);
  expect(await page.textContent('body')).not.toContain('harbour');
  // What the system lacks (a message bus, a keychain) is not the window’s to mend.
  expect(running.complaints.filter((complaint) => /^(page|console):/.test(complaint))).toEqual([]);
});

test('where there is no keychain, one who wanted to stay signed in is told', async () => {
  const withKeychain = running;
  const environment = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  running = await launchApp({ environment });
  try {
    const { page } = running;
    await page.setViewportSize(small);
    await page.getByTestId('empty-state').waitFor();
    await runFromPalette(page, 'create an account');
    const form = page.getByTestId('register-form');
    await form.getByLabel('Name').fill(grace.name);
    await form.getByLabel('E-mail').fill(grace.email);
    await form.getByLabel('Password', { exact: true }).fill(grace.password);
    await form.getByLabel('Stay signed in').check();
    await page.keyboard.press('Enter');
    await page.getByTestId('toast').getByText('Your session ends with the app on this computer.').waitFor(patience);
    await openAccountSettings();
    await expect
      .poll(() => page.getByTestId('session-kept').textContent())
      .toMatch(/^Sessions end with the app on this computer\. .*keychain/i);
    await look(page, 'no-keychain');
  } finally {
    await running.end();
    running = withKeychain;
  }
});
