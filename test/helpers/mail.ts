/** The mail of accounts over a real registry and a real mail server, with what stands around them made simple. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../electron/accounts/caller.ts';
import { emailKey } from '../../electron/accounts/email.ts';
import { MailService } from '../../electron/accounts/mail-service.ts';
import type { MailAccounts } from '../../electron/accounts/ports/mail-accounts.ts';
import type { Mailer } from '../../electron/accounts/ports/mailer.ts';
import { createSmtpMailer } from '../../electron/adapters/smtp-mailer.ts';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import type { Registry } from '../../electron/db/accounts/registry.ts';
import { AppError } from '../../shared/errors.ts';
import { startMailServer, type ReceivedMail, type TestMailServer } from './smtp-server.ts';

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
        passwordHash: null,
        keys: null,
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

export const minute = 60_000;

export function callerOf(accountId: string, isAdministrator = true): Caller {
  return { accountId, sessionId: 's', isAdministrator };
}

/** A folder, a mail server, and the mail of the accounts in the folder, which may be closed and opened again. */
export class MailScene {
  readonly folder: string;
  readonly server: TestMailServer;
  /** The one that is open now. */
  mail: TestMail;
  /** Milliseconds since the epoch; tests turn it. */
  clock = Date.parse('2026-03-01T10:00:00Z');

  private constructor(folder: string, server: TestMailServer, mail: TestMail) {
    this.folder = folder;
    this.server = server;
    this.mail = mail;
  }

  static async open(): Promise<MailScene> {
    const folder = await mkdtemp(join(tmpdir(), 'quire-mail-'));
    const scene: MailScene = new MailScene(
      folder,
      await startMailServer(),
      await openTestMail(folder, { now: () => scene.clock }),
    );
    return scene;
  }

  /** Ends what runs and opens it anew; nothing is sent before `start`. */
  async reopen(options: TestMailOptions = {}): Promise<void> {
    await this.mail.close();
    this.mail = await openTestMail(this.folder, { now: () => this.clock, ...options });
  }

  async restart(options?: TestMailOptions): Promise<void> {
    await this.reopen(options);
    await this.send();
  }

  /** Sends what is due. */
  async send(): Promise<void> {
    this.mail.service.start();
    await this.mail.service.idle();
  }

  /** An administrator, with the mail server set up. */
  async setUp(email = 'ann@example.com'): Promise<Caller> {
    const caller = callerOf(await this.mail.register(email));
    await this.mail.service.setSettings(caller, this.server.settings);
    return caller;
  }

  sent(index: number): ReceivedMail {
    const found = this.server.mails[index];
    if (!found) throw new Error(`There is no mail ${index}.`);
    return found;
  }

  /** Which of these words are in which file. */
  async filesWith(words: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const file of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const content = await readFile(join(file.parentPath, file.name), 'latin1');
      found.push(...words.filter((word) => content.includes(word)).map((word) => `${file.name}: ${word}`));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.mail.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
