/**
 * Sends the mails that wait, one after another, and tries again what could not be sent.
 *
 * A mail is marked before it is handed to the server and after. SMTP has no way to ask whether a message arrived: when
 * the app ends between the two, or the connection does before the server's word, the mail is sent once more, and after a
 * second such end it is given up as one that may have arrived. So nobody gets a mail more than twice, and what the server
 * confirmed is never sent again.
 *
 * The queue keeps who is to be written to and why, and no text: each attempt makes a new code, and only its hash is kept,
 * in the transaction that marks the mail, so that a code is in no file at any time. The newest code counts.
 */
import { AppError, toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { MailKind, MailServer } from '../../shared/requests/mail.ts';
import type { MailOutcome, MailStore, QueuedMail } from '../db/accounts/mail-types.ts';
import { nextAttemptAt } from './mail-retries.ts';
import { accountMail } from './mail-templates.ts';
import { makeCode, storeCode, type CodePurpose } from './one-time-codes.ts';
import type { MailAccount } from './ports/mail-accounts.ts';
import type { Delivery, Mailer, MailServerAccess } from './ports/mailer.ts';

export interface MailQueueOptions {
  /** Null as long as nothing was ever kept. */
  readonly mails: () => Promise<MailStore | null>;
  /** Null when the account is gone. */
  readonly account: (accountId: string) => Promise<MailAccount | null>;
  /** With the password; may fail with `keychain-unavailable`. */
  readonly access: (server: MailServer) => Promise<MailServerAccess>;
  readonly mailer: Mailer;
  /** Told what ended a run; the next mail or the next start begins another. */
  readonly onError: (error: AppError) => void;
  readonly now: () => number;
}

/** What the code in a mail is good for. */
export const purposeOf: Readonly<Record<MailKind, CodePurpose>> = {
  welcome: 'verify-email',
  'verify-email': 'verify-email',
  'reset-password': 'reset-password',
};

/** Milliseconds: a timer takes 24 days at most, and one for more goes off at once, again and again. */
const longestTimer = 3_600_000;

/** Milliseconds that sent and failed mails are remembered for. */
const memory = 30 * 86_400_000;

export class MailQueue {
  readonly #options: MailQueueOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;
  #isPoked = false;
  #isRecovered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MailQueueOptions) {
    this.#options = options;
  }

  /** Something may be due; the first time what the last run left is taken up, too. */
  poke(): void {
    this.#isPoked = true;
    if (this.#running || this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#running = this.#run()
      .catch((error: unknown) => this.#options.onError(toAppError(error)))
      .finally(() => {
        this.#running = null;
        // It came when the run had looked for the last time.
        if (this.#isPoked) this.poke();
      });
  }

  /** Resolves when nothing is being sent; mails may wait for their next attempt. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Ends the attempt that is under way; the mail is tried again after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.idle();
  }

  async #run(): Promise<void> {
    this.#isPoked = false;
    const mails = await this.#options.mails();
    const server = await mails?.server();
    // Nothing is tried, and nothing fails, until there is one: whoever sets it up pokes.
    if (!mails || !server) return;
    await this.#recover(mails);
    while (!this.#closing.signal.aborted) {
      const mail = await mails.begin(this.#options.now());
      if (!mail) break;
      await this.#attempt(mails, server, mail);
    }
    const next = await mails.nextAttemptAt();
    if (next === null || this.#closing.signal.aborted) return;
    const wait = Math.min(Math.max(0, next - this.#options.now()), longestTimer);
    this.#timer = setTimeout(() => this.poke(), wait);
    this.#timer.unref();
  }

  /** Once, before anything is sent: what is marked as being sent then is what the last run left. */
  async #recover(mails: MailStore): Promise<void> {
    if (this.#isRecovered) return;
    const now = this.#options.now();
    await mails.recover(now, now - memory, mayHaveArrived().toInfo());
    this.#isRecovered = true;
  }

  async #attempt(mails: MailStore, server: MailServer, mail: QueuedMail): Promise<void> {
    const { account: accountOf, now } = this.#options;
    const account = await accountOf(mail.accountId);
    const purpose = purposeOf[mail.kind];
    if (!account || (purpose === 'verify-email' && account.isEmailVerified)) return mails.drop(mail.id);
    const code = makeCode();
    // Before it is sent: afterwards nothing may keep the mail from being marked.
    const kept = {
      ...(await storeCode(code, { purpose, accountId: account.id, email: account.email }, now())),
      purpose,
    };
    const delivery = await this.#deliver(server, mail, account, code);
    const mayHaveIt = delivery.isSent || delivery.isUncertain;
    await mails.finish(mail.id, { ...this.#outcome(mail, delivery), code: mayHaveIt ? kept : null });
  }

  /** Never rejects: a mail that was begun is settled, or it would count as one that the app's end interrupted. */
  async #deliver(server: MailServer, mail: QueuedMail, { name, email }: MailAccount, code: string): Promise<Delivery> {
    try {
      const message = {
        // Another code makes it another mail: as a copy of the first it might never be shown.
        id: `${mail.id}.${mail.attempts}`,
        to: email,
        ...accountMail(mail.kind, name, code),
      };
      return await this.#options.mailer.send(await this.#options.access(server), message, this.#closing.signal);
    } catch (thrown) {
      return { isSent: false, step: 'connect', error: toAppError(thrown), isFinal: false, isUncertain: false };
    }
  }

  #outcome(mail: QueuedMail, delivery: Delivery): MailOutcomeWithoutCode {
    if (delivery.isSent) return { state: 'sent' };
    const { error, isFinal, isUncertain } = delivery;
    if (isFinal) return { state: 'failed', error: error.toInfo() };
    if (isUncertain && mail.uncertain > 0) return { state: 'failed', error: mayHaveArrived().toInfo() };
    const now = this.#options.now();
    // What the app itself ended was no failure of the server.
    const next = error.code === 'cancelled' ? now : nextAttemptAt(mail.attempts, mail.createdAt, now);
    if (next === null) return { state: 'failed', error: givenUp(error) };
    return { state: 'waiting', nextAttemptAt: next, error: error.toInfo(), isUncertain };
  }
}

type WithoutCode<Outcome> = Outcome extends unknown ? Omit<Outcome, 'code'> : never;
type MailOutcomeWithoutCode = WithoutCode<MailOutcome>;

function givenUp(error: AppError): ErrorInfo {
  return { ...error.toInfo(), message: `It was tried for two days. ${error.message}`, retryable: false };
}

function mayHaveArrived(): AppError {
  return new AppError('mail-failed', 'The mail was handed over twice, and no word came back: it may have arrived.', {
    hint: 'If it did not, ask for another one.',
  });
}
