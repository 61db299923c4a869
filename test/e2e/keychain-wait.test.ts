/**
 * The system's keychain does not answer, as while it asks its owner for a password: the real Secret Service, stopped. The
 * window says so at once and lets the person go on without it.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  launchApp,
  makeDataFolder,
  removeDataFolder,
  screenshotBothThemes,
  seriousAxeViolations,
  type RunningApp,
} from '../helpers/app.ts';
import { mainRequest, requestAnew } from '../helpers/main-request.ts';

const patience = { timeout: 60_000 };
const anna = { name: 'Anna', email: 'anna@example.com', password: 'seven green kettles', staySignedIn: true };
let dataFolder: string;
let running: RunningApp;

/** Of the tests' own keyring, on the session bus that was made for them. */
function keyring(): number {
  const question = 'org.freedesktop.DBus.GetConnectionUnixProcessID';
  const told = execFileSync('dbus-send', [
    ...['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
    ...[question, 'string:org.freedesktop.secrets'],
  ]);
  return Number(told.toString().trim().split(/\s+/).at(-1));
}
const hold = (): void => void process.kill(keyring(), 'SIGSTOP');
const letGo = (pid: number): void => void process.kill(pid, 'SIGCONT');

const gate = () => running.page.getByTestId('session-gate');
const wait = () => running.page.getByTestId('keychain-wait');
const isOpened = () =>
  running.page.locator('[data-testid=account-menu][aria-label="Account of Anna"]').waitFor(patience);

async function restart(): Promise<void> {
  await running.close();
  running = await launchApp({ dataFolder });
}

async function look(name: string): Promise<void> {
  await screenshotBothThemes(running.page, `keychain-${name}`);
  expect(await seriousAxeViolations(running.page)).toEqual([]);
}

beforeAll(async () => {
  dataFolder = await makeDataFolder();
  running = await launchApp({ dataFolder });
  await running.page.getByTestId('empty-state').waitFor(patience);
  await requestAnew(running, 'accounts.register', { ...anna, takeLocal: false });
  await isOpened();
});
afterAll(async () => {
  await running.close();
  await removeDataFolder(dataFolder);
});

if (process.platform === 'linux') {
  // Catches: a window that is blank for as long as nobody sees that the keychain asks for its password.
  test('at the start it is told at once, and the kept session opens when the keychain answers', async () => {
    const pid = keyring();
    await running.close();
    hold();
    try {
      running = await launchApp({ dataFolder });
      await wait().getByText('Quire waits for the system’s keychain.').waitFor(patience);
      await running.page.getByTestId('sign-in-form').waitFor(patience);
      await look('start');
    } finally {
      letGo(pid);
    }
    await isOpened();
    expect(await gate().count()).toBe(0);
  });

  test('a window that is locked meanwhile says for whom, and opens by the password without the keychain', async () => {
    const pid = keyring();
    hold();
    try {
      const { page } = running;
      // It hangs until the keychain is left; the window is another by then.
      const refreshing = mainRequest(page, 'session.refresh', {}).catch(() => undefined);
      await requestAnew(running, 'session.lock', {});
      const form = page.getByTestId('unlock-form');
      await form.waitFor(patience);
      await wait().waitFor(patience);
      await look('locked');
      await form.getByLabel('Password', { exact: true }).fill(anna.password);
      await form.getByTestId('submit').click();
      await wait().getByRole('button', { name: 'Go on without it' }).click();
      await isOpened();
      await refreshing;
    } finally {
      letGo(pid);
    }
  });

  test('whoever does not wait at the start signs in with the password alone', async () => {
    await mainRequest(running.page, 'accounts.signIn', anna);
    await isOpened();
    const pid = keyring();
    await running.close();
    hold();
    try {
      running = await launchApp({ dataFolder });
      await wait().getByRole('button', { name: 'Go on without it' }).click(patience);
      await wait().waitFor({ state: 'detached', ...patience });
      const form = running.page.getByTestId('sign-in-form');
      await form.getByLabel('E-mail').fill(anna.email);
      await form.getByLabel('Password', { exact: true }).fill(anna.password);
      await form.getByLabel('Stay signed in').check();
      await form.getByTestId('submit').click();
      await isOpened();
      await running.page.getByText('Your session ends with the app on this computer.').waitFor(patience);
    } finally {
      letGo(pid);
    }
    await restart();
    await running.page.getByTestId('sign-in-form').waitFor(patience);
    expect(await wait().count()).toBe(0);
  });
}
