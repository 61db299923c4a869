/** Accounts with their mail, put together as the app does: what is mailed when, and what a mailed code opens and ends. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../electron/accounts/caller.ts';
import { anna, bert, callerOf, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';
import { codeOf, startMailServer, textOf, type TestMailServer } from '../helpers/smtp-server.ts';

let accounts: TestAccounts;
let server: TestMailServer;
beforeEach(async () => {
  accounts = openTestAccounts();
  server = await startMailServer();
});
afterEach(async () => {
  await accounts.close();
  await server.close();
});

const mail = () => accounts.service.mail();
const settle = async (): Promise<void> => (await mail()).idle();
const recipients = (): string[] => server.mails.flatMap(({ to }) => to);

/** Anna has the first account and sets the server up. */
async function setUp(): Promise<Caller> {
  const caller = await callerOf(accounts.service, await accounts.service.register(anna));
  await (await mail()).setSettings(caller, server.settings);
  return caller;
}

const lastCode = (): string => {
  const last = server.mails.at(-1);
  if (!last) throw new Error('No mail came.');
  return codeOf(last);
};

test('whoever never had an account here makes no file by asking for mail', async () => {
  expect(await (await mail()).getStatus()).toEqual({ isSetUp: false });
  await expect((await mail()).requestPasswordReset(anna.email)).rejects.toMatchObject({ code: 'mail-failed' });
  await expect((await mail()).resetPassword(anna.email, 'ABCD-EFGH', anna.password)).rejects.toMatchObject({
    code: 'wrong-credentials',
  });
  expect(await accounts.filesWith('SQLite format')).toEqual([]);
});

test('a new account is welcomed, and confirms its address by the code in it; a changed address needs another', async () => {
  await setUp();
  const state = await accounts.service.register(bert);
  await settle();
  expect(recipients()).toEqual([bert.email]);
  const [welcome] = server.mails;
  expect(welcome && textOf(welcome)).toContain('Hello Bert,');
  const caller = await callerOf(accounts.service, state);
  await (await mail()).verifyEmail(caller, lastCode());
  expect(open(await accounts.service.current()).account.isEmailVerified).toBe(true);

  const changed = await accounts.service.changeEmail(caller, { password: bert.password, email: 'bert@example.org' });
  expect(open(changed).account.isEmailVerified).toBe(false);
  await settle();
  expect(recipients()).toEqual([bert.email, 'bert@example.org']);
  await (await mail()).verifyEmail(caller, lastCode());
  expect(open(await accounts.service.current()).account.isEmailVerified).toBe(true);
});

test('a mailed code sets a new password and ends every session, the one that is open too', async () => {
  const caller = await setUp();
  await (await mail()).requestPasswordReset(anna.email);
  await settle();
  const before = open(await accounts.service.current()).accessToken;
  await expect((await mail()).resetPassword(anna.email, lastCode(), anna.email)).rejects.toMatchObject({
    code: 'password-weak',
  });
  await (await mail()).resetPassword(anna.email, lastCode(), 'eleven paper lanterns');
  expect((await accounts.service.current()).state).toBe('signed-out');
  await expect(accounts.service.verify(before)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(accounts.service.signIn(anna)).rejects.toMatchObject({ code: 'wrong-credentials' });
  const after = open(await accounts.service.signIn({ ...anna, password: 'eleven paper lanterns' }));
  expect(after.account).toMatchObject({ id: caller.accountId, isEmailVerified: true });
});

test('nothing of an account is left in the queue when it is deleted', async () => {
  await setUp();
  server.fail({ at: 'greeting', status: 421, words: 'Later' });
  const caller = await callerOf(accounts.service, await accounts.service.register(bert));
  await settle();
  await accounts.service.delete(caller, bert.password);
  expect(await accounts.filesWith(caller.accountId)).toEqual([]);
  expect(accounts.errors).toEqual([]);
  expect(recipients()).toEqual([]);
});

test('the mail server’s password lies in the keychain alone and stays when an account goes', async () => {
  const caller = await setUp();
  await (await mail()).setSettings(caller, { ...server.settings, user: 'quire' }, 'correct horse battery');
  expect(await accounts.filesWith('correct horse')).toEqual([]);
  expect([...accounts.secrets.entries.values()]).toContain('correct horse battery');
  await accounts.service.delete(await callerOf(accounts.service, await accounts.service.register(bert)), bert.password);
  expect([...accounts.secrets.entries.values()]).toContain('correct horse battery');
});
