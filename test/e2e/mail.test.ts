/** Mail in real Electron: a server set up and tried, an address confirmed, a forgotten password replaced. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, screenshotBothThemes, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { codeOf, startMailServer, type TestMailServer } from '../helpers/smtp-server.ts';
import { runFromPalette } from '../helpers/window.ts';

/** What a slow, loaded machine takes to hash a password, open a library and begin the window anew. */
const patience = { timeout: 60_000 };
const ada = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'engines weave patterns' };
const small = { width: 900, height: 600 };
let running: RunningApp;
let server: TestMailServer;

beforeAll(async () => {
  server = await startMailServer();
  running = await launchApp();
  await running.page.setViewportSize(small);
});
afterAll(async () => {
  await running.end();
  await server.close();
});

async function look(name: string): Promise<void> {
  const { page } = running;
  await screenshotBothThemes(page, `mail-${name}`);
  expect(await seriousAxeViolations(page)).toEqual([]);
}

const lastMail = () => {
  const last = server.mails.at(-1);
  if (!last) throw new Error('No mail came.');
  return last;
};

test('the mail server is the administrator’s, and holds once a test message went through', async () => {
  const { page } = running;
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Create an account…' }).click();
  const form = page.getByTestId('register-form');
  await form.getByLabel('Name').fill(ada.name);
  await form.getByLabel('E-mail').fill(ada.email);
  await form.getByLabel('Password', { exact: true }).fill(ada.password);
  await form.getByTestId('submit').click();
  await page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);
  await runFromPalette(page, 'mail server');
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Mail server', selected: true }).waitFor();
  await dialog.getByLabel('Server', { exact: true }).waitFor();
  await look('empty');
  await dialog.getByRole('radio', { name: 'None' }).click();
  expect(await dialog.getByLabel('Port').inputValue()).toBe('25');
  // Codes that set passwords would cross the network in the clear.
  await dialog.getByLabel('Server', { exact: true }).fill('smtp.example.com');
  await dialog.getByLabel('Sender').fill('quire@example.com');
  await dialog.getByText('Without encryption Quire sends mail only to a server on this computer.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Test and use' }).isDisabled()).toBe(true);
  await look('in-the-clear');
  await dialog.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await dialog.getByLabel('Port').fill(String(server.settings.port));
  expect(await dialog.getByLabel('Send a test message to').inputValue()).toBe(ada.email);
  server.fail({ at: 'sender', status: 553, words: '5.7.1 Not yours' });
  await dialog.getByRole('button', { name: 'Test and use' }).click();
  const result = dialog.getByTestId('mail-test');
  await result.getByText('Send: failed').waitFor(patience);
  await result.getByText('Not yours').scrollIntoViewIfNeeded();
  await look('refused');
  expect(server.mails).toEqual([]);
  await dialog.getByRole('button', { name: 'Test and use' }).click();
  await dialog.getByText('the server is in use').waitFor(patience);
  expect(server.mails).toHaveLength(1);
  await look('in-use');
});

test('an address is confirmed by the code that was mailed', async () => {
  const { page } = running;
  const dialog = page.getByTestId('settings-dialog');
  await dialog.getByRole('tab', { name: 'Account' }).click();
  await dialog.getByRole('button', { name: 'Confirm…' }).click();
  await dialog.getByRole('button', { name: 'Mail me a code' }).click();
  await dialog.getByLabel('Code').waitFor(patience);
  await expect.poll(() => server.mails.length, patience).toBe(2);
  await dialog.getByLabel('Code').fill('AAAA-AAAA');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('The code is not right').waitFor(patience);
  await look('wrong-code');
  // Whoever went to look for the mail comes back to its code, and needs no other one.
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Confirm…' }).click();
  await dialog.getByRole('button', { name: 'I have a code' }).click();
  await dialog.getByLabel('Code').fill(codeOf(lastMail()).toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByText('Your e-mail address is confirmed.').waitFor(patience);
  await page.keyboard.press('Escape');
});

test('a forgotten password is replaced by the code that was mailed', async () => {
  const { page } = running;
  const next = 'looms follow punched cards';
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Forgot the password?' }).click(patience);
  const before = server.mails.length;
  await page.getByTestId('reset-form').getByLabel('E-mail').fill(ada.email.toUpperCase());
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  const form = page.getByTestId('new-password-form');
  await form.waitFor(patience);
  await expect.poll(() => server.mails.length, patience).toBe(before + 1);
  await look('new-password');
  await form.getByLabel('Code').fill(codeOf(lastMail()));
  await form.getByLabel('New password', { exact: true }).fill(next);
  await form.getByRole('button', { name: 'Change password' }).click();
  const signIn = page.getByTestId('sign-in-form');
  await signIn.waitFor(patience);
  await signIn.getByLabel('Password', { exact: true }).fill(next);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Account of ${ada.name}` }).waitFor(patience);
});
