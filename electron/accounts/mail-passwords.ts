/** The password of the mail server: in the system's keychain, and nowhere else. */
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { MailServer } from '../../shared/requests/mail.ts';
import type { SecretName, SecretStore } from '../pipeline/ports/keychain.ts';
import { mailEntry } from './account-keychain.ts';
import type { MailServerAccess } from './ports/mailer.ts';

export interface PasswordPresence {
  readonly hasPassword: boolean;
  readonly isPasswordKept: boolean;
  readonly keychainError: ErrorInfo | null;
}

export class MailPasswords {
  readonly #keychain: Pick<SecretStore, 'get' | 'set' | 'delete'>;
  /** Where there is no keychain, until the app ends. */
  readonly #ofThisRun = new Map<SecretName, string>();

  constructor(keychain: Pick<SecretStore, 'get' | 'set' | 'delete'>) {
    this.#keychain = keychain;
  }

  /** A server that wants no sign-in needs no keychain. Errors: `keychain-unavailable`. */
  async access(server: MailServer): Promise<MailServerAccess> {
    const name = mailEntry(server);
    if (server.user === '') return { server, password: null };
    return { server, password: this.#ofThisRun.get(name) ?? (await this.#keychain.get(name)) };
  }

  /** Without a keychain the password holds until the app ends; an empty one is removed. */
  async set(server: MailServer, password: string): Promise<void> {
    const name = mailEntry(server);
    this.#ofThisRun.delete(name);
    if (password === '') return this.remove(server);
    try {
      await this.#keychain.set(name, password);
    } catch (thrown) {
      if (toAppError(thrown).code !== 'keychain-unavailable') throw thrown;
      this.#ofThisRun.set(name, password);
    }
  }

  /** Without a keychain there is nothing in it to remove. */
  async remove(server: MailServer): Promise<void> {
    const name = mailEntry(server);
    this.#ofThisRun.delete(name);
    try {
      await this.#keychain.delete(name);
    } catch (thrown) {
      if (toAppError(thrown).code !== 'keychain-unavailable') throw thrown;
    }
  }

  /** What is in memory alone. */
  forgetThisRun(): void {
    this.#ofThisRun.clear();
  }

  /** True when both have the same password. */
  isSame(one: MailServer, other: MailServer): boolean {
    return mailEntry(one) === mailEntry(other);
  }

  async presence(server: MailServer | null): Promise<PasswordPresence> {
    if (server === null || server.user === '') return { hasPassword: false, isPasswordKept: true, keychainError: null };
    const isOfThisRun = this.#ofThisRun.has(mailEntry(server));
    try {
      const kept = await this.#keychain.get(mailEntry(server));
      return { hasPassword: isOfThisRun || kept !== null, isPasswordKept: !isOfThisRun, keychainError: null };
    } catch (thrown) {
      return { hasPassword: isOfThisRun, isPasswordKept: false, keychainError: toAppError(thrown).toInfo() };
    }
  }
}
