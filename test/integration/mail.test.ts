/** The mail server’s settings, and codes by mail that confirm an address or replace a password, over real SMTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callerOf, MailScene, minute } from '../helpers/mail.ts';
import { codeOf, textOf } from '../helpers/smtp-server.ts';

let scene: MailScene;
beforeEach(async () => {
  scene = await MailScene.open();
});
afterEach(() => scene.close());

describe('without a mail server', () => {
  test('nothing is queued, and whoever asks is told', async () => {
    const caller = callerOf(await scene.mail.register('ann@example.com'));
    expect(await scene.mail.service.getStatus()).toEqual({ isSetUp: false });
    await scene.mail.service.welcome(caller.accountId);
    const refusal = { code: 'mail-failed', message: expect.stringContaining('No mail server') as string };
    await expect(scene.mail.service.requestVerification(caller)).rejects.toMatchObject(refusal);
    // The same for an address that nobody has.
    await expect(scene.mail.service.requestPasswordReset('ann@example.com')).rejects.toMatchObject(refusal);
    await expect(scene.mail.service.requestPasswordReset('eve@example.com')).rejects.toMatchObject(refusal);
    expect((await scene.mail.service.getSettings(caller)).unsent).toEqual([]);
    expect(scene.mail.errors).toEqual([]);
  });

  test('what waited is dropped when the server is removed', async () => {
    const caller = await scene.setUp();
    scene.server.fail({ at: 'greeting', status: 421, words: 'Later' });
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    expect((await scene.mail.service.getSettings(caller)).unsent).toHaveLength(1);
    expect((await scene.mail.service.setSettings(caller, null)).unsent).toEqual([]);
    expect(await scene.mail.service.getStatus()).toEqual({ isSetUp: false });
  });
});

describe('the settings', () => {
  test('are for the administrator alone', async () => {
    const caller = callerOf(await scene.mail.register('bob@example.com'), false);
    await expect(scene.mail.service.getSettings(caller)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(scene.mail.service.setSettings(caller, scene.server.settings)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(scene.mail.service.test(caller, scene.server.settings, 'a@example.com')).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(scene.server.connections).toBe(0);
  });

  test('keep the password in the keychain, for that server and user alone, and show it to nobody', async () => {
    const caller = await scene.setUp();
    const settings = { ...scene.server.settings, user: 'quire' };
    const view = await scene.mail.service.setSettings(caller, settings, 'correct horse battery');
    expect(view).toMatchObject({ hasPassword: true, isPasswordKept: true, keychainError: null });
    expect(JSON.stringify(view)).not.toContain('correct horse');
    expect([...scene.mail.keys.values()]).toEqual(['correct horse battery']);
    expect(await scene.filesWith(['correct horse'])).toEqual([]);
    // Left out, it stays; at another server or for another user it is gone.
    expect(await scene.mail.service.setSettings(caller, settings)).toMatchObject({ hasPassword: true });
    const moved = await scene.mail.service.setSettings(caller, { ...settings, host: 'localhost' });
    expect(moved).toMatchObject({ hasPassword: false });
    expect(scene.mail.keys.size).toBe(0);
  });

  test('hold without a keychain until the app ends, and say so', async () => {
    await scene.restart({ hasKeychain: false });
    const caller = callerOf(await scene.mail.register('ann@example.com'));
    const settings = { ...scene.server.settings, user: 'quire' };
    const view = await scene.mail.service.setSettings(caller, settings, 'correct horse battery');
    expect(view).toMatchObject({
      hasPassword: true,
      isPasswordKept: false,
      keychainError: { code: 'keychain-unavailable' },
    });
    expect(await scene.filesWith(['correct horse'])).toEqual([]);
    await scene.restart({ hasKeychain: false });
    expect(await scene.mail.service.getSettings(caller)).toMatchObject({ server: settings, hasPassword: false });
  });

  test('take no certificate that is none', async () => {
    const caller = await scene.setUp();
    const settings = { ...scene.server.settings, authority: 'not a certificate' };
    await expect(scene.mail.service.setSettings(caller, settings)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await scene.mail.registry.mails.server()).toEqual(scene.server.settings);
  });

  test('are tried out step by step, and nothing is saved', async () => {
    const caller = callerOf(await scene.mail.register('ann@example.com'));
    const good = await scene.mail.service.test(caller, scene.server.settings, 'ann@example.com');
    expect(good).toMatchObject({
      ok: true,
      error: null,
      steps: { connect: 'ok', encrypt: 'skipped', 'sign-in': 'skipped', send: 'ok' },
    });
    expect(textOf(scene.sent(0))).toContain('test message');
    scene.server.fail({ at: 'sender', status: 553, words: 'Not yours' });
    expect(await scene.mail.service.test(caller, scene.server.settings, 'ann@example.com')).toMatchObject({
      ok: false,
      error: { code: 'mail-failed' },
      steps: { connect: 'ok', encrypt: 'skipped', 'sign-in': 'skipped', send: 'failed' },
    });
    const encrypted = { ...scene.server.settings, security: 'starttls', user: 'quire' } as const;
    expect(await scene.mail.service.test(caller, encrypted, 'ann@example.com', 'secret')).toMatchObject({
      ok: false,
      steps: { connect: 'ok', encrypt: 'failed', 'sign-in': 'not-tried', send: 'not-tried' },
    });
    expect(await scene.mail.service.getStatus()).toEqual({ isSetUp: false });
  });
});

describe('an address', () => {
  test('is confirmed by the code that came with the welcome', async () => {
    const caller = await scene.setUp();
    await scene.mail.service.welcome(caller.accountId);
    await scene.mail.service.idle();
    expect(scene.sent(0)).toMatchObject({ to: ['ann@example.com'] });
    await scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)).toLowerCase());
    expect(await scene.mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: true });
    // Used up.
    await expect(scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
  });

  test('needs the newest code, within half an hour', async () => {
    const caller = await scene.setUp();
    await scene.mail.service.requestVerification(caller);
    await scene.mail.service.idle();
    await expect(scene.mail.service.requestVerification(caller)).rejects.toMatchObject({
      code: 'too-many-attempts',
      retryAt: scene.clock + minute,
    });
    scene.clock += 2 * minute;
    await scene.mail.service.requestVerification(caller);
    await scene.mail.service.idle();
    const wrong = { code: 'wrong-credentials' };
    await expect(scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)))).rejects.toMatchObject(wrong);
    scene.clock += 31 * minute;
    await expect(scene.mail.service.verifyEmail(caller, codeOf(scene.sent(1)))).rejects.toMatchObject(wrong);
    expect(await scene.mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: false });
  });

  test('of before is confirmed by no code for the one after it', async () => {
    const caller = await scene.setUp();
    await scene.mail.service.requestVerification(caller);
    await scene.mail.service.idle();
    await scene.mail.registry.accounts.setEmail(caller.accountId, 'eve@example.com', 'eve@example.com');
    await expect(scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    expect(await scene.mail.registry.accounts.get(caller.accountId)).toMatchObject({ isEmailVerified: false });
  });

  test('has five tries, a restart in between counted', async () => {
    const caller = await scene.setUp();
    await scene.mail.service.requestVerification(caller);
    await scene.mail.service.idle();
    for (let index = 0; index < 5; index += 1) {
      await expect(scene.mail.service.verifyEmail(caller, 'AAAA-AAAA')).rejects.toMatchObject({
        code: 'wrong-credentials',
      });
      if (index === 2) await scene.restart();
    }
    await expect(scene.mail.service.verifyEmail(caller, codeOf(scene.sent(0)))).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
  });

  test('is in one code only: that of another account, or for another purpose, is none', async () => {
    const caller = await scene.setUp();
    const other = callerOf(await scene.mail.register('bob@example.com'), false);
    await scene.mail.service.requestVerification(other);
    await scene.mail.service.requestPasswordReset('ann@example.com');
    await scene.mail.service.idle();
    for (const received of [scene.sent(0), scene.sent(1)]) {
      await expect(scene.mail.service.verifyEmail(caller, codeOf(received))).rejects.toMatchObject({
        code: 'wrong-credentials',
      });
    }
  });
});

describe('a forgotten password', () => {
  async function askForReset(email = 'ann@example.com'): Promise<void> {
    await scene.mail.service.requestPasswordReset(email);
    await scene.mail.service.idle();
  }

  test('is replaced by the code, once, and the address counts as confirmed', async () => {
    const { accountId } = await scene.setUp();
    await askForReset('ANN@example.com');
    const code = codeOf(scene.sent(0));
    await scene.mail.service.resetPassword('ann@Example.com', code, 'a new long password');
    expect(scene.mail.passwords.get(accountId)).toBe('a new long password');
    expect(await scene.mail.registry.accounts.get(accountId)).toMatchObject({ isEmailVerified: true });
    await expect(scene.mail.service.resetPassword('ann@example.com', code, 'another password')).rejects.toMatchObject({
      code: 'wrong-credentials',
    });
    expect(scene.mail.passwords.get(accountId)).toBe('a new long password');
  });

  test('is replaced once even when the code comes twice at the same time', async () => {
    await scene.setUp();
    await askForReset();
    const code = codeOf(scene.sent(0));
    const ends = await Promise.allSettled(
      ['the first password', 'the second password'].map((password) =>
        scene.mail.service.resetPassword('ann@example.com', code, password),
      ),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('that is replaced by a weak one leaves the code as it was', async () => {
    const { accountId } = await scene.setUp();
    await askForReset();
    for (let index = 0; index < 6; index += 1) {
      await expect(
        scene.mail.service.resetPassword('ann@example.com', codeOf(scene.sent(0)), 'short'),
      ).rejects.toMatchObject({
        code: 'password-weak',
      });
    }
    await scene.mail.service.resetPassword('ann@example.com', codeOf(scene.sent(0)), 'a new long password');
    expect(scene.mail.passwords.get(accountId)).toBe('a new long password');
  });

  test('tells nobody whose address has an account', async () => {
    await scene.setUp();
    const ask = async (email: string): Promise<unknown> => scene.mail.service.requestPasswordReset(email);
    expect(await ask('ann@example.com')).toEqual(await ask('nobody@example.com'));
    await scene.mail.service.idle();
    expect(scene.server.mails.map(({ to }) => to)).toEqual([['ann@example.com']]);
    const attempt = async (email: string): Promise<unknown> => {
      const started = performance.now();
      const error: unknown = await scene.mail.service
        .resetPassword(email, 'AAAA-AAAA', 'a new long password')
        .catch((thrown: unknown) => thrown);
      expect(performance.now() - started).toBeGreaterThanOrEqual(490);
      return error;
    };
    expect(await attempt('nobody@example.com')).toEqual(await attempt('ann@example.com'));
  });

  test('fills nobody’s mailbox', async () => {
    await scene.setUp();
    for (let index = 0; index < 30; index += 1) {
      await askForReset();
      scene.clock += minute;
    }
    expect(scene.server.mails).toHaveLength(5);
  });
});
