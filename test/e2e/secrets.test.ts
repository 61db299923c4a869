/**
 * What nobody may find: passwords, tokens, keys and codes are looked for in every file that the app left, and in what it
 * wrote to its terminal, in real Electron with a real keychain, and without one.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeychain } from '../../electron/adapters/keychain.ts';
import { refreshEntry } from '../../electron/accounts/account-keychain.ts';
import type { SessionState } from '../../shared/accounts.ts';
import type { QuireBridge } from '../../shared/bridge.ts';
import { AppError } from '../../shared/errors.ts';
import type { RequestInput, RequestName, RequestResult, Result } from '../../shared/requests/index.ts';
import { launchApp, makeDataFolder, removeDataFolder, seriousAxeViolations, type RunningApp } from '../helpers/app.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { createTestBrowser, startOidcServer, type OidcServer } from '../helpers/oidc-server.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';
import { findSecrets } from '../helpers/secrets.ts';
import { codeOf, startMailServer, type TestMailServer } from '../helpers/smtp-server.ts';
import {
  ask,
  fillLibrary,
  fillServer,
  newConversation,
  openAnswerSettings,
  runFromPalette,
} from '../helpers/window.ts';

/** What a slow, loaded machine takes to hash a password, open a library and begin the window anew. */
const patience = { timeout: 60_000 };
const made = (): string => randomBytes(12).toString('hex');
const email = 'ada@example.com';
const user = 'quire-of-the-tests';

/** Everything that nobody may find, by what it is. */
const secrets = new Map<string, string>();
function secret(what: string, text = made()): string {
  secrets.set(what, text);
  return text;
}

const passwords = {
  first: secret('the first password', `lamp ${made()} herring`),
  second: secret('the second password', `kettle ${made()} north`),
  third: secret('the third password', `ferry ${made()} brass`),
  wrong: secret('a wrong password', `gravel ${made()} moon`),
};
const keys = {
  answers: secret('the API key', `sk-${made()}`),
  embedder: secret('the API key of an embedder', `sk-${made()}`),
};
const mailPassword = secret('the password of the mail server');
const clientSecret = secret('the client secret');

let folder: string;
let running: RunningApp;
let models: OpenAiServer;
let mail: TestMailServer;
let identities: OidcServer;
/** What the app wrote to its terminal. */
let terminal = '';

beforeAll(async () => {
  folder = await makeDataFolder();
  await mkdir(join(folder, 'home'));
  await mkdir(join(folder, 'tmp'));
  models = await startOpenAiServer({ apiKey: keys.answers });
  mail = await startMailServer({ credentials: { user, password: mailPassword } });
  identities = await startOidcServer(clientSecret);
});
afterAll(async () => {
  await running.close();
  await Promise.all([models.close(), mail.close(), identities.close()]);
  await removeDataFolder(folder);
});

/** Below one folder is all that it may write to; the log tells as much as it ever does. */
async function launch(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const own = { HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp'), QUIRE_LOG: 'debug' };
  running = await launchApp({ dataFolder: folder, environment: { ...own, ...environment } });
  const child = running.app.process();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => (terminal += text.toString()));
  }
}

/** Asks main as the window does. */
async function send<Name extends RequestName>(
  name: Name,
  params: RequestInput<Name>,
  token: string | null,
): Promise<RequestResult<Name>> {
  const answer = await running.page.evaluate(
    ([asked, sent, session]): Promise<Result<unknown>> => {
      const { quire } = window as unknown as { readonly quire: QuireBridge };
      return quire.request(asked, sent as never, session);
    },
    [name, params, token] as const,
  );
  if (!answer.ok) throw AppError.fromInfo(answer.error);
  return answer.value as RequestResult<Name>;
}

/** With the session that is open, if one is; each time it is another token. */
async function request<Name extends RequestName>(name: Name, params: RequestInput<Name>): Promise<RequestResult<Name>> {
  const session = await send('session.refresh', {}, null);
  await noteSession(session);
  return send(name, params, session.state === 'open' ? session.accessToken : null);
}

let tokens = 0;
let accountId = '';

/** Takes down what signs the session now: its access token, and what the keychain has of it. */
async function noteSession(session: SessionState): Promise<void> {
  if (session.state !== 'open' || session.account.kind === 'local') return;
  const { account: open, accessToken, isKept } = session;
  accountId = open.id;
  tokens += 1;
  secret(`access token ${tokens}`, accessToken.split('.')[2]);
  if (!isKept) return;
  const keychain = createKeychain();
  const refresh = await keychain.get(refreshEntry(open.id));
  if (refresh === null) throw new Error('The keychain keeps no session.');
  secret(`refresh token ${tokens}`, refresh.split('.')[2]);
  secret('the session key', (await keychain.get('session-key')) ?? '');
}

const account = () => running.page.getByRole('button', { name: 'Account of Ada Lovelace' });

async function register(): Promise<void> {
  const form = running.page.getByTestId('register-form');
  await form.getByLabel('Name').fill('Ada Lovelace');
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(passwords.first);
  await form.getByLabel('Stay signed in').check();
  await running.page.keyboard.press('Enter');
  await account().waitFor(patience);
}

async function signIn(password: string): Promise<void> {
  const form = running.page.getByTestId('sign-in-form');
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(password);
  await form.getByLabel('Stay signed in').check();
  await running.page.keyboard.press('Enter');
}

/** As a crash or a power cut would, when the page's stores are on the disk. */
async function kill(): Promise<void> {
  const stores = join(folder, 'electron', 'Local Storage');
  const find = () => findSecrets(stores, new Map([['account', accountId]]));
  await expect.poll(async () => (await find()).length, patience).toBeGreaterThan(0);
  await running.kill();
}

/** Nothing is found, by a search that would have found it. */
async function expectNothingFound(): Promise<void> {
  const control = `control ${made()}`;
  const bytes = Buffer.from(control);
  const planted = [bytes, Buffer.from(control, 'utf16le'), bytes.toString('hex'), bytes.toString('base64')].map(
    (form, index) => [`planted-${index}`, form] as const,
  );
  for (const [name, form] of planted) await writeFile(join(folder, 'tmp', name), form);
  const controls = new Map([
    ['control', control],
    ['e-mail', email],
    ['account', accountId],
  ]);
  const found = await findSecrets(folder, controls, { terminal });
  for (const [name] of planted)
    expect(found.filter((line) => line.startsWith(join('tmp', `${name}: `)))).not.toEqual([]);
  expect(found.filter((line) => line.startsWith(join('data', 'accounts.db: e-mail')))).not.toEqual([]);
  // The stores of the page are looked through, too.
  expect(found.filter((line) => line.startsWith(join('electron', 'Local Storage')))).not.toEqual([]);
  expect(await readFile(join(folder, 'data', 'logs', 'quire.log'), 'utf8')).not.toBe('');
  for (const [what, text] of secrets) expect(text.length, what).toBeGreaterThanOrEqual(8);
  expect(await findSecrets(folder, secrets, { terminal })).toEqual([]);
}

test('an account is made, and its keys are kept: for models, for mail, for a provider of sign-ins', async () => {
  await launch();
  const { page, app } = running;
  await fillLibrary({ page, dataFolder: folder }, [
    { name: 'crane.pdf', bytes: await makeLetter('The harbour crane') },
  ]);
  await page.getByTestId('account-menu').click();
  await page.getByRole('menuitem', { name: 'Create an account…' }).click();
  await register();
  const dialog = await openAnswerSettings(page);
  await fillServer(dialog, models.baseUrl);
  await dialog.getByLabel('Key', { exact: true }).fill(keys.answers);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByTestId('test-result').getByText('It answers').waitFor(patience);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  const server = mail.settings;
  const echoed = `no ${mailPassword} ${Buffer.from(`\0${user}\0${mailPassword}`).toString('base64')}`;
  mail.fail({ at: 'sign-in', status: 535, words: echoed }, { at: 'sign-in', status: 454, words: echoed });
  expect((await request('mail.test', { server, password: mailPassword, to: email })).ok).toBe(false);
  expect((await request('mail.setSettings', { server, password: mailPassword })).isPasswordKept).toBe(true);
  await request('accounts.requestVerification', {});
  // Why it waits is kept in a file.
  await expect
    .poll(async () => (await request('mail.getSettings', {})).unsent[0]?.error ?? null, patience)
    .not.toBeNull();
  expect(await findSecrets(join(folder, 'data'), secrets)).toEqual([]);
  await request('mail.setSettings', { server });
  await expect.poll(() => mail.mails.length, patience).toBe(1);
  await request('accounts.verifyEmail', { code: noteCode() });

  const { issuer, clientId } = identities;
  await request('identities.setProvider', { issuer, name: 'Provider', clientId, clientSecret });
  await app.evaluate(({ shell }) => {
    shell.openExternal = (url) => Promise.resolve(void Object.assign(globalThis, { shownUrl: url }));
  });
  const shown = () => app.evaluate(() => (globalThis as { shownUrl?: string }).shownUrl ?? '');
  const linking = request('identities.link', { issuer });
  await expect.poll(shown, patience).not.toBe('');
  const browser = createTestBrowser();
  await browser.open(await shown());
  expect(await linking).toMatchObject([{ issuer }]);
  await browser.page();
  for (const name of ['code', 'state']) {
    const value = browser.visited.map((url) => new URL(url).searchParams.get(name)).find(Boolean);
    secret(`the provider’s ${name}`, value ?? '');
  }
});

/** The code of the newest mail, in both forms. */
function noteCode(): string {
  const last = mail.mails.at(-1);
  if (!last) throw new Error('No mail came.');
  const code = codeOf(last);
  secret(`code ${mail.mails.length}`, code);
  secret(`code ${mail.mails.length}, as it is kept in mind`, code.replace('-', ''));
  return code;
}

test('a model’s server fails in every way, and says the key each time', async () => {
  const { page } = running;
  for (const status of [400, 401, 404, 422, 500]) {
    const words = `Incorrect API key provided: ${keys.answers}. Authorization: Bearer ${keys.answers}`;
    models.fail({ kind: 'status', status, words });
    await newConversation(page);
    await ask(page, `How long does the work on the crane take? (${status})`);
  }
  expect(models.requests.filter(({ path }) => path.endsWith('/chat/completions')).length).toBeGreaterThanOrEqual(5);
  models.recover();
  const embedder = { endpoint: 'embedder', baseUrl: models.baseUrl, model: 'test-embedding' } as const;
  await request('settings.setKey', { endpoint: 'embedder', baseUrl: models.baseUrl, key: keys.embedder });
  expect((await request('settings.testProvider', { ...embedder, key: keys.embedder })).ok).toBe(false);
});

test('it is locked and opened, its password is changed, forgotten and replaced; the app is killed', async () => {
  const { page } = running;
  await page.keyboard.press('ControlOrMeta+Shift+L');
  const form = page.getByTestId('unlock-form');
  await form.waitFor(patience);
  await page.keyboard.type(passwords.wrong);
  await page.keyboard.press('Enter');
  await form.getByRole('alert').getByText('The password is not right.').waitFor(patience);
  await page.keyboard.type(passwords.first);
  await page.keyboard.press('Enter');
  await account().waitFor(patience);
  await request('accounts.changePassword', { current: passwords.first, next: passwords.second });
  // The window begins anew, sometimes before it can tell that it was asked.
  await request('session.signOut', {}).catch((error: unknown) => {
    if (!String(error).includes('Execution context was destroyed')) throw error;
  });
  await page.getByTestId('sign-in-form').waitFor(patience);
  const before = mail.mails.length;
  await request('accounts.requestPasswordReset', { email });
  await expect.poll(() => mail.mails.length, patience).toBe(before + 1);
  await request('accounts.resetPassword', { email, code: noteCode(), password: passwords.third });
  await signIn(passwords.third);
  await account().waitFor(patience);
  await request('accounts.getIdleLock', {});
  await kill();
  await expectNothingFound();
});

test('it goes on where it was, and ends', async () => {
  await launch();
  await account().waitFor(patience);
  await request('accounts.getIdleLock', {});
  await running.close();
  expect(tokens).toBeGreaterThan(8);
  await expectNothingFound();
});

test('what is left of a deleted account is told after the window began anew, and goes at the next start', async () => {
  await launch();
  const { page, app } = running;
  await account().waitFor(patience);
  // As a program would that holds a file open where that keeps it from being deleted.
  await app.evaluate(() => {
    const files = process.getBuiltinModule('node:fs/promises');
    files.rm = () => Promise.reject(new Error('EBUSY'));
    process.getBuiltinModule('node:module').syncBuiltinESMExports();
  });
  await runFromPalette(page, 'account settings');
  await page.getByRole('button', { name: 'Delete account…' }).click();
  const form = page.getByTestId('delete-account');
  await form.getByLabel('Password', { exact: true }).fill(passwords.third);
  await expect.poll(() => form.getByTestId('submit').isEnabled()).toBe(true);
  await form.getByTestId('submit').click();
  const gate = page.getByTestId('session-gate');
  await gate.getByText('not all of it could be removed: files in its folder').waitFor(patience);
  expect(await seriousAxeViolations(page)).toEqual([]);
  await running.close();
  await launch();
  await running.page.getByTestId('account-menu').or(running.page.getByTestId('session-gate')).waitFor(patience);
  await expect
    .poll(async () => (await request('session.current', {})).state, patience)
    .toMatch(/^(?:open|signed-out)$/);
  expect(await findSecrets(join(folder, 'data'), new Map([['account', accountId]]))).toEqual([]);
  await running.close();
  await removeDataFolder(folder);
});

test('without a keychain it is said, sessions end with the app, and no secret is kept anywhere', async () => {
  secrets.delete('the session key');
  terminal = '';
  folder = await makeDataFolder();
  await mkdir(join(folder, 'home'));
  await mkdir(join(folder, 'tmp'));
  const withoutBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  await launch(withoutBus);
  const { page } = running;
  await page.getByTestId('empty-state').waitFor(patience);
  await runFromPalette(page, 'create an account');
  await register();
  await page.getByTestId('toast').getByText('Your session ends with the app on this computer.').waitFor(patience);
  const refused = { code: 'keychain-unavailable' };
  const key = { endpoint: 'answers', baseUrl: models.baseUrl, key: keys.answers } as const;
  await expect(request('settings.setKey', key)).rejects.toMatchObject(refused);
  expect((await request('settings.get', {})).keychainError).toMatchObject(refused);
  const { issuer, clientId } = identities;
  const provider = { issuer, name: 'Provider', clientId, clientSecret };
  await expect(request('identities.setProvider', provider)).rejects.toMatchObject(refused);
  const kept = await request('mail.setSettings', { server: mail.settings, password: mailPassword });
  expect(kept).toMatchObject({ hasPassword: true, isPasswordKept: false });
  await request('accounts.changePassword', { current: passwords.first, next: passwords.second });
  await request('accounts.getIdleLock', {});
  await kill();
  await expectNothingFound();
  await launch(withoutBus);
  await running.page.getByTestId('sign-in-form').waitFor(patience);
  expect(await running.page.getByTestId('session-gate').count()).toBe(1);
});
