/**
 * Mail of the accounts: the server that an administrator sets up, mail on sign-up, and codes that prove an address or
 * let a forgotten password be replaced. Without a server nothing is queued, and whoever asks is told so.
 *
 * SECURITY: whoever sets up the mail server, the administrator, sees the codes that go through it, and so can set the
 * password of any account here that is not encrypted; as the owner of the computer they can read its files anyway. The
 * library of an encrypted account is not opened by a new password: its key is wrapped by the old one and by its recovery
 * code, which no mail holds. A reset of such an account asks for that recovery code, or begins an empty library.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '../../shared/errors.ts';
import {
  mailSteps,
  type MailKind,
  type MailServer,
  type MailSettingsView,
  type MailTest,
} from '../../shared/requests/mail.ts';
import type { CodeStore, MailStore } from '../db/accounts/mail-types.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import { requireCertificate } from '../require-certificate.ts';
import type { Caller } from './caller.ts';
import { needsAccount, needsAdministrator } from './errors.ts';
import { MailPasswords } from './mail-passwords.ts';
import { MailQueue } from './mail-queue.ts';
import { askingWindow, mayAskFrom } from './mail-retries.ts';
import { testMail } from './mail-templates.ts';
import { isCode, parseCode, type CodePurpose } from './one-time-codes.ts';
import type { MailAccount, MailAccounts } from './ports/mail-accounts.ts';
import type { Delivery, Mailer } from './ports/mailer.ts';

export interface MailStores {
  readonly mails: MailStore;
  readonly codes: CodeStore;
}

export interface MailServiceOptions {
  /** Null as long as nobody has an account: then nothing is made for mail, either. */
  readonly stores: () => Promise<MailStores | null>;
  readonly accounts: MailAccounts;
  readonly keychain: Pick<SecretStore, 'get' | 'set' | 'delete'>;
  readonly mailer: Mailer;
  /** Told what nobody waits for. */
  readonly onError: (error: AppError) => void;
  readonly now?: () => number;
}

/** Milliseconds that a reset takes at least, whether or not there is such an account. */
const shortestReset = 500;

export class MailService {
  readonly #options: MailServiceOptions;
  readonly #now: () => number;
  readonly #passwords: MailPasswords;
  readonly #queue: MailQueue;
  /** What was answered before it was done. */
  readonly #unawaited = new Set<Promise<void>>();

  constructor(options: MailServiceOptions) {
    const { stores, accounts, keychain, mailer, onError, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#passwords = new MailPasswords(keychain);
    this.#queue = new MailQueue({
      mails: async () => (await stores())?.mails ?? null,
      account: (id) => accounts.get(id),
      access: (server) => this.#passwords.access(server),
      mailer,
      onError,
      now,
    });
  }

  /** Takes up what the last run left; call it when nothing more urgent is to be done. */
  start(): void {
    this.#queue.poke();
  }

  async close(): Promise<void> {
    await this.#settled();
    await this.#queue.close();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#settled();
    await this.#queue.idle();
  }

  async getStatus(): Promise<{ readonly isSetUp: boolean }> {
    return { isSetUp: (await this.#server()) !== null };
  }

  async getSettings(caller: Caller): Promise<MailSettingsView> {
    requireAdministrator(caller);
    return this.#view();
  }

  /** @param password Undefined: the one that is kept for this server stays; empty: it is removed. */
  async setSettings(caller: Caller, server: MailServer | null, password?: string): Promise<MailSettingsView> {
    requireAdministrator(caller);
    const { mails } = await this.#required();
    if (server?.authority) requireCertificate(server.authority);
    const before = await mails.server();
    // None was set, or it went with the last account: what was typed for it was somebody else's.
    if (!before) this.#passwords.forgetThisRun();
    if (before && !(server && this.#passwords.isSame(before, server))) await this.#passwords.remove(before);
    if (server && password !== undefined) await this.#passwords.set(server, password);
    await mails.setServer(server);
    // What failed for the old settings may go now.
    await mails.retryAll(this.#now());
    this.#queue.poke();
    return this.#view();
  }

  /** Sends a test message, and saves nothing. */
  async test(caller: Caller, server: MailServer, to: string, password?: string): Promise<MailTest> {
    requireAdministrator(caller);
    if (server.authority !== '') requireCertificate(server.authority);
    const started = performance.now();
    const delivery = await this.#tryOut(server, to, password);
    return {
      ok: delivery.isSent,
      steps: stepsOf(server, delivery),
      error: delivery.isSent ? null : delivery.error.toInfo(),
      milliseconds: performance.now() - started,
    };
  }

  async #tryOut(server: MailServer, to: string, password: string | undefined): Promise<Delivery> {
    try {
      const access = password === undefined ? await this.#passwords.access(server) : { server, password };
      return await this.#options.mailer.send(access, { id: randomUUID(), to, ...testMail() });
    } catch (thrown) {
      return { isSent: false, step: 'sign-in', error: toAppError(thrown), isFinal: false, isUncertain: false };
    }
  }

  /** Welcomes a new account with a code for its address; nothing without a server. Never fails: the account is made. */
  welcome(accountId: string): Promise<void> {
    return this.#offer(accountId, 'welcome');
  }

  /** Mails a code to the address that an account has now; nothing without a server. Never fails. */
  welcomeAddress(accountId: string): Promise<void> {
    return this.#offer(accountId, 'verify-email');
  }

  async #offer(accountId: string, kind: MailKind): Promise<void> {
    try {
      if ((await this.#server()) !== null) await this.#put(accountId, kind);
    } catch (thrown) {
      this.#options.onError(toAppError(thrown));
    }
  }

  /** Errors: `mail-failed` without a server, `too-many-attempts`. */
  async requestVerification({ accountId }: Caller): Promise<void> {
    await this.#requireServer();
    const account = await this.#options.accounts.get(accountId);
    if (!account) throw needsAccount();
    if (account.isEmailVerified) return;
    const from = await this.#mayAskFrom(accountId, 'verify-email');
    if (from > this.#now()) {
      throw new AppError('too-many-attempts', 'A code was sent a moment ago.', {
        hint: 'Look into the folder for spam, too; another one can be sent in a few minutes.',
        retryable: true,
        retryAt: from,
      });
    }
    await this.#put(accountId, 'verify-email');
  }

  /** Errors: `wrong-credentials`. */
  async verifyEmail({ accountId }: Caller, typed: string): Promise<void> {
    const account = await this.#options.accounts.get(accountId);
    const code = await this.#useCode(account, 'verify-email', typed);
    await this.#options.accounts.setEmailVerified(code.account.id, code.account.email);
  }

  /**
   * Mails a code for a new password, if there is such an account. Errors: `mail-failed` without a server.
   * SECURITY: it answers before it looks, so that neither the words nor the time tell whether there is one.
   */
  async requestPasswordReset(email: string): Promise<void> {
    await this.#requireServer();
    this.#later(async () => {
      const account = await this.#options.accounts.findByEmail(email);
      if (!account || (await this.#mayAskFrom(account.id, 'reset-password')) > this.#now()) return;
      await this.#put(account.id, 'reset-password');
    });
  }

  /**
   * Sets a new password by a mailed code. Errors: `wrong-credentials`, for an address that nobody has as for a code that
   * is not right; `password-weak`, `recovery-code-required`, and the code still holds.
   * @param recoveryGroups See `MailAccounts.resetPassword`.
   */
  async resetPassword(
    email: string,
    typed: string,
    password: string,
    recoveryGroups: readonly string[] | null = null,
  ): Promise<void> {
    const reset = this.#reset(email, typed, password, recoveryGroups);
    // SECURITY: as long for one address as for another.
    await Promise.allSettled([reset, delay(shortestReset)]);
    await reset;
  }

  async #reset(
    email: string,
    typed: string,
    password: string,
    recoveryGroups: readonly string[] | null,
  ): Promise<void> {
    const { accounts } = this.#options;
    const { account, giveBack } = await this.#useCode(await accounts.findByEmail(email), 'reset-password', typed);
    try {
      await accounts.resetPassword(account.id, password, recoveryGroups);
    } catch (thrown) {
      await giveBack();
      throw thrown;
    }
    // Whoever has the code reads what is sent to the address.
    await accounts.setEmailVerified(account.id, account.email);
  }

  /** Uses a code up, if it is the right one. The try is counted before the code is looked at. */
  async #useCode(account: MailAccount | null, purpose: CodePurpose, typed: string): Promise<UsedCode> {
    const code = parseCode(typed);
    const codes = (await this.#options.stores())?.codes;
    const stored = account && code && codes ? await codes.takeTry(account.id, purpose, this.#now()) : null;
    const subject = { purpose, accountId: account?.id ?? '', email: account?.email ?? '' };
    const isRight = await isCode(code ?? '', subject, stored);
    if (!account || !codes || !stored || !isRight || !(await codes.claim(account.id, purpose, stored.hash))) {
      throw new AppError('wrong-credentials', 'The code is not right, was used, or no longer holds.', {
        hint: 'Take the code of the newest mail, or ask for another one.',
      });
    }
    // A right one is no failed try.
    const giveBack = () => codes.restore(account.id, { ...stored, tries: stored.tries - 1, purpose });
    return { account, giveBack };
  }

  async #server(): Promise<MailServer | null> {
    return (await (await this.#options.stores())?.mails.server()) ?? null;
  }

  async #required(): Promise<MailStores> {
    const stores = await this.#options.stores();
    if (!stores) throw noServer();
    return stores;
  }

  async #requireServer(): Promise<void> {
    if ((await this.#server()) === null) throw noServer();
  }

  async #mayAskFrom(accountId: string, kind: MailKind): Promise<number> {
    const now = this.#now();
    const { mails } = await this.#required();
    return mayAskFrom(await mails.askedAt(accountId, kind, now - askingWindow), now);
  }

  async #put(accountId: string, kind: MailKind): Promise<void> {
    const { mails } = await this.#required();
    await mails.put({ id: randomUUID(), accountId, kind, createdAt: this.#now() });
    this.#queue.poke();
  }

  async #view(): Promise<MailSettingsView> {
    const mails = (await this.#options.stores())?.mails;
    const server = (await mails?.server()) ?? null;
    return { server, ...(await this.#passwords.presence(server)), unsent: (await mails?.unsent()) ?? [] };
  }

  #later(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#options.onError(toAppError(error)))
      .finally(() => this.#unawaited.delete(running));
    this.#unawaited.add(running);
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#unawaited);
  }
}

interface UsedCode {
  readonly account: MailAccount;
  /** For a code that was used for nothing. */
  readonly giveBack: () => Promise<void>;
}

function requireAdministrator({ isAdministrator }: Caller): void {
  if (!isAdministrator) throw needsAdministrator();
}

function noServer(): AppError {
  return new AppError('mail-failed', 'No mail server is set up, so Quire can send no mail.', {
    hint: 'The administrator can set one up in Settings, Mail server.',
  });
}

/** What each step came to. */
function stepsOf({ security, user }: MailServer, delivery: Delivery): MailTest['steps'] {
  const end = delivery.isSent ? mailSteps.length : mailSteps.indexOf(delivery.step);
  const isWanted = { connect: true, encrypt: security !== 'none', 'sign-in': user !== '', send: true };
  const stateOf = (step: (typeof mailSteps)[number]) => {
    if (!isWanted[step]) return 'skipped';
    const index = mailSteps.indexOf(step);
    return index < end ? 'ok' : index === end ? 'failed' : 'not-tried';
  };
  return {
    connect: stateOf('connect'),
    encrypt: stateOf('encrypt'),
    'sign-in': stateOf('sign-in'),
    send: stateOf('send'),
  };
}
