/** Codes by mail, the queue behind them, and the server's settings, over a real registry and real SMTP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../electron/accounts/caller.ts';
import { createSmtpMailer } from '../../electron/adapters/smtp-mailer.ts';
import type { UnsentMail } from '../../shared/requests/mail.ts';
import { openTestMail, type TestMail, type TestMailOptions } from '../helpers/mail.ts';
import { codeOf, startMailServer, textOf, type TestMailServer } from '../helpers/smtp-server.ts';

const minute = 60_000;

let folder: string;
let server: TestMailServer;
let mail: TestMail;
let clock: number;
const opened: TestMail[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-mail-'));
  server = await startMailServer();
  clock = Date.parse('2026-03-01T10:00:00Z');
  mail = await open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: TestMailOptions = {}): Promise<TestMail> {
  const one = await openTestMail(folder, { now: () => clock, ...options });
  opened.push(one);
  return one;
}

const callerOf = (accountId: string, isAdministrator = true): Caller => ({
  accountId,
  sessionId: 's',
  isAdministrator,
});

/** An administrator, with the mail server set up. */
async function setUp(email = 'ann@example.com'): Promise<Caller> {
  const caller = callerOf(await mail.register(email));
  await mail.service.setSettings(caller, server.settings);
  return caller;
}

async function restart(options?: TestMailOptions): Promise<void> {
  await mail.close();
  opened.splice(opened.indexOf(mail), 1);
  mail = await open(options);
  await mail.service.start();
}

const sent = (index: number) => {
  const found = server.mails[index];
  if (!found) throw new Error(`There is no mail ${index}.`);
  return found;
};

async function filesWith(words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const content = await readFile(join(file.parentPath, file.name), 'latin1');
    found.push(...words.filter((word) => content.includes(word)).map((word) => `${file.name}: ${word}`));
  }
  return found;
}

describe('without a mail server', () => {
  test('nothing is queued, and whoever asks is told', async () => {
    const caller = callerOf(await mail.register('ann@example.com'));
    expect(await mail.service.getStatus()).toEqual({ isSetUp: false });
    await mail.service.welcome(caller.accountId);
    const refusal = { code: 'mail-failed', message: expect.stringContaining('No mail server') as string };
    await expect(mail.service.requestVerification(caller)).rejects.toMatchObject(refusal);
    // The same for an address that nobody has.
    await expect(mail.service.requestPasswordReset('ann@example.com')).rejects.toMatchObject(refusal);
    await expect(mail.service.requestPasswordReset('eve@example.com')).rejects.toMatchObject(refusal);
    expect((await mail.service.getSettings(caller)).unsent).toEqual([]);
    expect(mail.errors).toEqual([]);
  });

  test('what waited is dropped when the server is removed', async () => {
    const caller = await setUp();
    server.fail({ at: 'greeting', status: 421, words: 'Later' });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    expect((await mail.service.getSettings(caller)).unsent).toHaveLength(1);
    expect((await mail.service.setSettings(caller, null)).unsent).toEqual([]);
    expect(await mail.service.getStatus()).toEqual({ isSetUp: false });
  });
});

describe('the settings', () => {
  test('are for the administrator alone', async () => {
    const caller = callerOf(await mail.register('bob@example.com'), false);
    await expect(mail.service.getSettings(caller)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mail.service.setSettings(caller, server.settings)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mail.service.test(caller, server.settings, 'a@example.com')).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(server.connections).toBe(0);
  });

  test('keep the password in the keychain, for that server and user alone, and show it to nobody', async () => {
    const caller = await setUp();
    const settings = { ...server.settings, user: 'quire' };
    const view = await mail.service.setSettings(caller, settings, 'correct horse battery');
    expect(view).toMatchObject({ hasPassword: true, isPasswordKept: true, keychainError: null });
    expect(JSON.stringify(view)).not.toContain('correct horse');
    expect([...mail.keys.values()]).toEqual(['correct horse battery']);
    expect(await filesWith(['correct horse'])).toEqual([]);
    // Left out, it stays; at another server or for another user it is gone.
    expect(await mail.service.setSettings(caller, settings)).toMatchObject({ hasPassword: true });
    const moved = await mail.service.setSettings(caller, { ...settings, host: 'localhost' });
    expect(moved).toMatchObject({ hasPassword: false });
    expect(mail.keys.size).toBe(0);
  });

  test('hold without a keychain until the app ends, and say so', async () => {
    await restart({ hasKeychain: false });
    const caller = callerOf(await mail.register('ann@example.com'));
    const settings = { ...server.settings, user: 'quire' };
    const view = await mail.service.setSettings(caller, settings, 'correct horse battery');
    expect(view).toMatchObject({
      hasPassword: true,
      isPasswordKept: false,
      keychainError: { code: 'keychain-unavailable' },
    });
    expect(await filesWith(['correct horse'])).toEqual([]);
    await restart({ hasKeychain: false });
    expect(await mail.service.getSettings(caller)).toMatchObject({ server: settings, hasPassword: false });
  });

  test('take no certificate that is none', async () => {
    const caller = await setUp();
    const settings = { ...server.settings, authority: 'not a certificate' };
    await expect(mail.service.setSettings(caller, settings)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await mail.registry.mails.server()).toEqual(server.settings);
  });

  test('are tried out step by step, and nothing is saved', async () => {
    const caller = callerOf(await mail.register('ann@example.com'));
    const good = await mail.service.test(caller, server.settings, 'ann@example.com');
    expect(good).toMatchObject({
      ok: true,
      error: null,
      steps: { connect: 'ok', encrypt: 'skipped', 'sign-in': 'skipped', send: 'ok' },
    });
    expect(textOf(sent(0))).toContain('test message');
    server.fail({ at: 'sender', status: 553, words: 'Not yours' });
    expect(await mail.service.test(caller, server.settings, 'ann@example.com')).toMatchObject({
      ok: false,
      error: { code: 'mail-failed' },
      steps: { connect: 'ok', encrypt: 'skipped', 'sign-in': 'skipped', send: 'failed' },
    });
    const encrypted = { ...server.settings, security: 'starttls', user: 'quire' } as const;
    expect(await mail.service.test(caller, encrypted, 'ann@example.com', 'secret')).toMatchObject({
      ok: false,
      steps: { connect: 'ok', encrypt: 'failed', 'sign-in': 'not-tried', send: 'not-tried' },
    });
    expect(await mail.service.getStatus()).toEqual({ isSetUp: false });
  });
});

describe('an address', () => {
  test('is confirmed by the code that came with the welcome', async () => {
    const caller = await setUp();
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    expect(sent(0)).toMatchObject({ to: ['ann@example.com'] });
    await mail.service.verifyEmail(caller, codeOf(sent(0)).toLowerCase());
    expect(await mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: true });
    // Used up.
    await expect(mail.service.verifyEmail(caller, codeOf(sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
  });

  test('needs the newest code, within half an hour', async () => {
    const caller = await setUp();
    await mail.service.requestVerification(caller);
    await mail.service.idle();
    await expect(mail.service.requestVerification(caller)).rejects.toMatchObject({ code: 'too-many-attempts' });
    clock += 2 * minute;
    await mail.service.requestVerification(caller);
    await mail.service.idle();
    const wrong = { code: 'wrong-credentials' };
    await expect(mail.service.verifyEmail(caller, codeOf(sent(0)))).rejects.toMatchObject(wrong);
    clock += 31 * minute;
    await expect(mail.service.verifyEmail(caller, codeOf(sent(1)))).rejects.toMatchObject(wrong);
    expect(await mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: false });
  });

  test('of before is confirmed by no code for the one after it', async () => {
    const caller = await setUp();
    await mail.service.requestVerification(caller);
    await mail.service.idle();
    await mail.registry.accounts.setEmail(caller.accountId, 'eve@example.com', 'eve@example.com');
    await expect(mail.service.verifyEmail(caller, codeOf(sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    expect(await mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: false });
  });

  test('has five tries, a restart in between counted', async () => {
    const caller = await setUp();
    await mail.service.requestVerification(caller);
    await mail.service.idle();
    for (let index = 0; index < 5; index += 1) {
      await expect(mail.service.verifyEmail(caller, 'AAAA-AAAA')).rejects.toMatchObject({ code: 'wrong-credentials' });
      if (index === 2) await restart();
    }
    await expect(mail.service.verifyEmail(caller, codeOf(sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
  });

  test('is in one code only: that of another account, or for another purpose, is none', async () => {
    const caller = await setUp();
    const other = callerOf(await mail.register('bob@example.com'), false);
    await mail.service.requestVerification(other);
    await mail.service.requestPasswordReset('ann@example.com');
    await mail.service.idle();
    for (const received of [sent(0), sent(1)]) {
      await expect(mail.service.verifyEmail(caller, codeOf(received))).rejects.toMatchObject({
        code: 'wrong-credentials',
      });
    }
  });
});

describe('a forgotten password', () => {
  async function askForReset(email = 'ann@example.com'): Promise<void> {
    await mail.service.requestPasswordReset(email);
    await mail.service.idle();
  }

  test('is replaced by the code, once, and the address counts as confirmed', async () => {
    const { accountId } = await setUp();
    await askForReset('ANN@example.com');
    const code = codeOf(sent(0));
    await mail.service.resetPassword('ann@Example.com', code, 'a new long password');
    expect(mail.passwords.get(accountId)).toBe('a new long password');
    expect(await mail.registry.accounts.get(accountId)).toMatchObject({ isEmailVerified: true });
    await expect(mail.service.resetPassword('ann@example.com', code, 'another password')).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    expect(mail.passwords.get(accountId)).toBe('a new long password');
  });

  test('is replaced once even when the code comes twice at the same time', async () => {
    await setUp();
    await askForReset();
    const code = codeOf(sent(0));
    const ends = await Promise.allSettled(
      ['the first password', 'the second password'].map((password) =>
        mail.service.resetPassword('ann@example.com', code, password),
      ),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('that is replaced by a weak one leaves the code as it was', async () => {
    const { accountId } = await setUp();
    await askForReset();
    for (let index = 0; index < 6; index += 1) {
      await expect(mail.service.resetPassword('ann@example.com', codeOf(sent(0)), 'short')).rejects.toMatchObject({
        code: 'password-weak',
      });
    }
    await mail.service.resetPassword('ann@example.com', codeOf(sent(0)), 'a new long password');
    expect(mail.passwords.get(accountId)).toBe('a new long password');
  });

  test('tells nobody whose address has an account', async () => {
    await setUp();
    const ask = async (email: string): Promise<unknown> => mail.service.requestPasswordReset(email);
    expect(await ask('ann@example.com')).toEqual(await ask('nobody@example.com'));
    await mail.service.idle();
    expect(server.mails.map(({ to }) => to)).toEqual([['ann@example.com']]);
    const attempt = async (email: string): Promise<unknown> => {
      const started = performance.now();
      const error: unknown = await mail.service
        .resetPassword(email, 'AAAA-AAAA', 'a new long password')
        .catch((thrown: unknown) => thrown);
      expect(performance.now() - started).toBeGreaterThanOrEqual(490);
      return error;
    };
    expect(await attempt('nobody@example.com')).toEqual(await attempt('ann@example.com'));
  });

  test('fills nobody’s mailbox', async () => {
    await setUp();
    for (let index = 0; index < 30; index += 1) {
      await askForReset();
      clock += minute;
    }
    expect(server.mails).toHaveLength(5);
  });
});

describe('the queue', () => {
  test('tries again what the server did not take for now, and keeps it over a restart', async () => {
    const caller = await setUp();
    server.fail({ at: 'sender', status: 451, words: 'Greylisted' });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    const [waiting] = (await mail.service.getSettings(caller)).unsent;
    expect(waiting).toMatchObject({
      kind: 'welcome',
      name: 'Ann',
      error: { message: expect.stringContaining('Greylisted') as string },
    });
    expect(waiting?.nextAttemptAt).toBeGreaterThan(clock);
    await restart();
    await mail.service.idle();
    // Not due yet.
    expect(server.mails).toEqual([]);
    clock += 2 * minute;
    await restart();
    await mail.service.idle();
    expect(server.mails).toHaveLength(1);
    await mail.service.verifyEmail(caller, codeOf(sent(0)));
    expect((await mail.service.getSettings(caller)).unsent).toEqual([]);
  });

  test('sends what waits at once when the settings change', async () => {
    const caller = await setUp();
    const wrong = { ...server.settings, port: 1 };
    await mail.service.setSettings(caller, wrong);
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    expect(server.mails).toEqual([]);
    await mail.service.setSettings(caller, server.settings);
    await mail.service.idle();
    expect(server.mails).toHaveLength(1);
  });

  test('gives up at once what nobody takes, and says why', async () => {
    const caller = await setUp();
    server.fail({ at: 'recipient', status: 550, words: 'No such user' });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    expect((await mail.service.getSettings(caller)).unsent).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('No such user') as string } },
    ]);
  });

  test('gives up after two days, and says why', async () => {
    const caller = await setUp();
    await mail.service.setSettings(caller, { ...server.settings, port: 1 });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    let attempts = 1;
    for (;;) {
      const [unsent] = (await mail.service.getSettings(caller)).unsent;
      if (!unsent || unsent.nextAttemptAt === null) break;
      clock = unsent.nextAttemptAt;
      attempts += 1;
      await mail.service.start();
      await mail.service.idle();
    }
    expect(attempts).toBeGreaterThan(15);
    const [failed] = (await mail.service.getSettings(caller)).unsent;
    expect(failed?.error?.message).toMatch(/^It was tried for two days\. Nothing answers at 127\.0\.0\.1, port 1\./);
  });

  test('drops what is for an account that is gone, or whose address is confirmed by now', async () => {
    const caller = await setUp();
    const other = await mail.register('bob@example.com');
    server.fail(...[1, 2].map(() => ({ at: 'greeting', status: 421, words: 'Later' }) as const));
    await mail.service.welcome(caller.accountId);
    await mail.service.welcome(other);
    await mail.service.idle();
    await mail.registry.accounts.remove(other);
    await mail.registry.accounts.setEmailVerified(caller.accountId, 'ann@example.com');
    await mail.service.setSettings(caller, server.settings);
    await mail.service.idle();
    expect(server.mails).toEqual([]);
    expect((await mail.service.getSettings(caller)).unsent).toEqual([]);
  });

  test('sends once more what the connection broke off in, and no third time', async () => {
    const caller = await setUp();
    server.fail({ at: 'end of content', cut: true }, { at: 'end of content', cut: true });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    clock += 2 * minute;
    await mail.service.start();
    await mail.service.idle();
    clock += 60 * minute;
    await mail.service.start();
    await mail.service.idle();
    expect(server.mails).toHaveLength(2);
    expect((await mail.service.getSettings(caller)).unsent).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('may have arrived') as string } },
    ]);
    clock -= 60 * minute;
    // It did arrive, so its code holds.
    await mail.service.verifyEmail(caller, codeOf(sent(1)));
  });

  test('sends once more what a kill interrupted, and no third time', async () => {
    // That of the processes which are killed.
    clock = Date.now();
    const caller = await setUp();
    server.fail({ at: 'greeting', status: 421, words: 'Later' });
    await mail.service.welcome(caller.accountId);
    await mail.service.idle();
    await mail.registry.mails.retryAll(0);
    await mail.close();
    opened.splice(0);
    // Takes the whole message, and never says so.
    for (let run = 1; run <= 2; run += 1) {
      server.fail({ at: 'end of content', keep: true });
      const child = spawn(process.execPath, [script, folder], { stdio: 'ignore' });
      await expect.poll(() => server.mails.length, { timeout: 30_000 }).toBe(run);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (part: Buffer) => (printed += part.toString()));
    await once(child, 'close');
    expect(server.mails).toHaveLength(2);
    expect(JSON.parse(printed) as UnsentMail[]).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('may have arrived') as string } },
    ]);
  });

  test('ends with the app, in the midst of a mail', async () => {
    // Limits that this test would not outlive.
    await restart({ mailer: createSmtpMailer({ answer: 600_000, whole: 600_000 }) });
    const caller = await setUp();
    server.fail({ at: 'greeting', hang: true });
    await mail.service.welcome(caller.accountId);
    await expect.poll(() => server.failuresLeft).toBe(0);
    await mail.close();
    opened.splice(0);
    mail = await open();
    expect((await mail.service.getSettings(caller)).unsent).toMatchObject([{ error: { code: 'cancelled' } }]);
    // It was no failure of the server, so that nothing has to be waited for.
    await mail.service.start();
    await mail.service.idle();
    expect(server.mails).toHaveLength(1);
  });

  test('leaves no code in any file, at any time', async () => {
    const caller = await setUp();
    const codes: string[] = [];
    server.fail({ at: 'end of content', cut: true });
    await mail.service.welcome(caller.accountId);
    await mail.service.requestPasswordReset('ann@example.com');
    await mail.service.idle();
    const look = async (): Promise<void> => {
      for (const received of server.mails) codes.push(codeOf(received), codeOf(received).replace('-', ''));
      expect(await filesWith(codes)).toEqual([]);
      expect(JSON.stringify(mail.errors)).not.toMatch(new RegExp(codes.join('|')));
    };
    await look();
    clock += 2 * minute;
    await mail.service.start();
    await mail.service.idle();
    await look();
    await restart();
    await look();
    expect(codes).toHaveLength(2 * (2 + 3 + 3));
  });
});

const script = fileURLToPath(new URL('../helpers/send-mails.ts', import.meta.url));
