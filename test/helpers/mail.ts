/** The mail of accounts over a real registry, with what stands around it made simple. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { emailKey } from '../../electron/accounts/email.ts';
import { MailService } from '../../electron/accounts/mail-service.ts';
import type { MailAccounts } from '../../electron/accounts/ports/mail-accounts.ts';
import type { Mailer } from '../../electron/accounts/ports/mailer.ts';
import { createSmtpMailer } from '../../electron/adapters/smtp-mailer.ts';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import type { Registry } from '../../electron/db/accounts/registry.ts';
import { AppError } from '../../shared/errors.ts';

export interface TestMail {
  readonly service: MailService;
  readonly registry: Registry;
  /** What lies in the keychain. */
  readonly keys: ReadonlyMap<string, string>;
  /** Passwords that were set, by account. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly errors: readonly AppError[];
  /** Answers with the account's id. */
  register(email: string, name?: string): Promise<string>;
  close(): Promise<void>;
}

export interface TestMailOptions {
  readonly hasKeychain?: boolean;
  readonly now?: () => number;
  readonly mailer?: Mailer;
}

export async function openTestMail(folder: string, options: TestMailOptions = {}): Promise<TestMail> {
  const { hasKeychain = true, now = Date.now, mailer = createSmtpMailer() } = options;
  const registry = await openRegistry({ path: join(folder, 'accounts.db') });
  const keys = new Map<string, string>();
  const passwords = new Map<string, string>();
  const errors: AppError[] = [];
  const guarded = <T>(action: () => T): Promise<T> =>
    hasKeychain
      ? Promise.resolve(action())
      : Promise.reject(new AppError('keychain-unavailable', 'The system’s keychain cannot be used.'));
  const accounts: MailAccounts = {
    get: (id) => registry.accounts.get(id),
    findByEmail: (email) => registry.accounts.findByEmail(emailKey(email)),
    setEmailVerified: (id, email) => registry.accounts.setEmailVerified(id, emailKey(email)),
    resetPassword(id, password) {
      if (password.length < 10) return Promise.reject(new AppError('password-weak', 'Too short.'));
      passwords.set(id, password);
      return Promise.resolve();
    },
  };
  const service = new MailService({
    stores: () => Promise.resolve(registry),
    accounts,
    keychain: {
      get: (name) => guarded(() => keys.get(name) ?? null),
      set: (name, secret) => guarded(() => void keys.set(name, secret)),
      delete: (name) => guarded(() => void keys.delete(name)),
    },
    mailer,
    onError: (error) => errors.push(error),
    now,
  });
  return {
    service,
    registry,
    keys,
    passwords,
    errors,
    async register(email, name = 'Ann') {
      const id = randomUUID();
      const account = {
        id,
        email,
        emailKey: emailKey(email),
        name,
        passwordHash: '',
        stage: 'ready',
        createdAt: now(),
      } as const;
      await registry.accounts.insert(account);
      return id;
    },
    async close() {
      await service.close();
      await registry.close();
    },
  };
}
