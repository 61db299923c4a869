/** The queue of mails over a real registry and real SMTP: what is tried again, what is given up, what a kill leaves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSmtpMailer } from '../../electron/adapters/smtp-mailer.ts';
import type { UnsentMail } from '../../shared/requests/mail.ts';
import { MailScene, minute } from '../helpers/mail.ts';
import { codeOf } from '../helpers/smtp-server.ts';

let scene: MailScene;
beforeEach(async () => {
  scene = await MailScene.open();
});
afterEach(() => scene.close());

const script = fileURLToPath(new URL('../helpers/send-mails.ts', import.meta.url));

describe('the queue', () => {
  test('tries again what the server did not take for now, and keeps it over a restart', async () => {
    const caller = await scene.setUp();
    scene.server.fail({ at: 'sender', status: 451, words: 'Greylisted' });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    const [waiting] = (await scene.mail.service.getSettings(caller)).unsent;
    expect(waiting).toMatchObject({
      kind: 'welcome',
      name: 'Ann',
      error: { message: expect.stringContaining('Greylisted') as string },
    });
    expect(waiting?.nextAttemptAt).toBeGreaterThan(scene.clock);
    await scene.restart();
    // Not due yet.
    expect(scene.server.mails).toEqual([]);
    scene.clock += 2 * minute;
    await scene.restart();
    expect(scene.server.mails).toHaveLength(1);
    await scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)));
    expect((await scene.mail.service.getSettings(caller)).unsent).toEqual([]);
  });

  test('sends what waits at once when the settings change', async () => {
    const caller = await scene.setUp();
    const wrong = { ...scene.server.settings, port: 1 };
    await scene.mail.service.setSettings(caller, wrong);
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    expect(scene.server.mails).toEqual([]);
    await scene.mail.service.setSettings(caller, scene.server.settings);
    await scene.mail.service.idle();
    expect(scene.server.mails).toHaveLength(1);
  });

  test('waits for the keychain that has the password, and says so', async () => {
    const caller = await scene.setUp();
    await scene.reopen({ hasKeychain: false });
    await scene.mail.service.setSettings(caller, { ...scene.server.settings, user: 'quire' });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    const [unsent] = (await scene.mail.service.getSettings(caller)).unsent;
    expect(unsent).toMatchObject({ error: { code: 'keychain-unavailable' } });
    expect(unsent?.nextAttemptAt).toBeGreaterThan(scene.clock);
    // A password is never sent where none is known, nor a mail without the sign-in that was asked for.
    expect(scene.server.connections).toBe(0);
  });

  test('gives up at once what nobody takes, and says why', async () => {
    const caller = await scene.setUp();
    scene.server.fail({ at: 'recipient', status: 550, words: 'No such user' });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    expect((await scene.mail.service.getSettings(caller)).unsent).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('No such user') as string } },
    ]);
  });

  test('gives up after two days, and says why', async () => {
    const caller = await scene.setUp();
    await scene.mail.service.setSettings(caller, { ...scene.server.settings, port: 1 });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    let attempts = 1;
    for (;;) {
      const [unsent] = (await scene.mail.service.getSettings(caller)).unsent;
      if (!unsent || unsent.nextAttemptAt === null) break;
      scene.clock = unsent.nextAttemptAt;
      attempts += 1;
      await scene.send();
    }
    expect(attempts).toBeGreaterThan(15);
    const [failed] = (await scene.mail.service.getSettings(caller)).unsent;
    expect(failed?.error?.message).toMatch(/^It was tried for two days\. Nothing answers at 127\.0\.0\.1, port 1\./);
  });

  test('drops what is for an account that is gone, or whose address is confirmed by now', async () => {
    const caller = await scene.setUp();
    const other = await scene.mail.register('bob@example.com');
    scene.server.fail(...[1, 2].map(() => ({ at: 'greeting', status: 421, words: 'Later' }) as const));
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.welcome(other);
    await scene.mail.service.idle();
    await scene.mail.registry.accounts.remove(other);
    await scene.mail.registry.accounts.setEmailVerified(caller.accountId, 'ann@example.com');
    await scene.mail.service.setSettings(caller, scene.server.settings);
    await scene.mail.service.idle();
    expect(scene.server.mails).toEqual([]);
    expect((await scene.mail.service.getSettings(caller)).unsent).toEqual([]);
  });

  test('sends once more what the connection broke off in, and no third time', async () => {
    const caller = await scene.setUp();
    scene.server.fail({ at: 'end of content', cut: true }, { at: 'end of content', cut: true });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    scene.clock += 2 * minute;
    await scene.send();
    scene.clock += 60 * minute;
    await scene.send();
    expect(scene.server.mails).toHaveLength(2);
    expect((await scene.mail.service.getSettings(caller)).unsent).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('may have arrived') as string } },
    ]);
    scene.clock -= 60 * minute;
    // It did arrive, so its code holds.
    await scene.mail.service.verifyEmail(caller, codeOf(scene.sent(1)));
  });

  test('sends once more what a kill interrupted, and no third time', async () => {
    // That of the processes which are killed.
    scene.clock = Date.now();
    const caller = await scene.setUp();
    scene.server.fail({ at: 'greeting', status: 421, words: 'Later' });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    await scene.mail.registry.mails.retryAll(0);
    await scene.mail.close();
    // Takes the whole message, and never says so.
    for (let run = 1; run <= 2; run += 1) {
      scene.server.fail({ at: 'end of content', keep: true });
      const child = spawn(process.execPath, [script, scene.folder], { stdio: 'ignore' });
      await expect.poll(() => scene.server.mails.length, { timeout: 30_000 }).toBe(run);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const child = spawn(process.execPath, [script, scene.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (part: Buffer) => (printed += part.toString()));
    await once(child, 'close');
    expect(scene.server.mails).toHaveLength(2);
    expect(JSON.parse(printed) as UnsentMail[]).toMatchObject([
      { nextAttemptAt: null, error: { message: expect.stringContaining('may have arrived') as string } },
    ]);
  });

  // Catches: a timer for more than 24 days, which goes off at once, again and again.
  test('waits in turns for what a clock that was set back makes far off', async () => {
    const caller = await scene.setUp();
    scene.server.fail({ at: 'recipient', status: 450, words: '4.2.1 Busy' });
    await scene.mail.service.requestVerification(caller);
    await scene.mail.service.idle();
    scene.clock -= 365 * 24 * 60 * minute;
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await scene.restart();
    const waits = timers.mock.calls.map(([, wait]) => wait ?? 0);
    timers.mockRestore();
    expect(Math.max(...waits)).toBe(60 * minute);
    expect(scene.server.mails).toEqual([]);
  });

  test('ends with the app, in the midst of a mail', async () => {
    // Limits that this test would not outlive.
    await scene.restart({ mailer: createSmtpMailer({ answer: 600_000, whole: 600_000 }) });
    const caller = await scene.setUp();
    scene.server.fail({ at: 'greeting', hang: true });
    await scene.mail.service.welcome(caller.accountId);
    await expect.poll(() => scene.server.failuresLeft).toBe(0);
    await scene.reopen();
    expect((await scene.mail.service.getSettings(caller)).unsent).toMatchObject([{ error: { code: 'cancelled' } }]);
    // It was no failure of the server, so that nothing has to be waited for.
    await scene.send();
    expect(scene.server.mails).toHaveLength(1);
  });

  test('leaves no code in any file, at any time', async () => {
    const caller = await scene.setUp();
    const codes: string[] = [];
    scene.server.fail({ at: 'end of content', cut: true });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.requestPasswordReset('ann@example.com');
    await scene.mail.service.idle();
    const look = async (): Promise<void> => {
      for (const received of scene.server.mails) codes.push(codeOf(received), codeOf(received).replace('-', ''));
      expect(await scene.filesWith(codes)).toEqual([]);
      expect(JSON.stringify(scene.mail.errors)).not.toMatch(new RegExp(codes.join('|')));
    };
    await look();
    scene.clock += 2 * minute;
    await scene.send();
    await look();
    await scene.restart();
    await look();
    expect(codes).toHaveLength(2 * (2 + 3 + 3));
  });
});
