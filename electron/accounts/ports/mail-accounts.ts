/** The port to the accounts that mail is about. */

export interface MailAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
}

export interface MailAccounts {
  /** Null when there is none, or it is being deleted. */
  get(accountId: string): Promise<MailAccount | null>;
  /** Whatever the case that it is written in. */
  findByEmail(email: string): Promise<MailAccount | null>;
  /** Nothing happens when the account has another address by now. */
  setEmailVerified(accountId: string, email: string): Promise<void>;
  /**
   * Sets it without the present one and ends every session of the account. Errors: `password-weak`; for an encrypted
   * account `recovery-code-required`; nothing changes then.
   * @param recoveryGroups Of the recovery code that was offered: with it an encrypted account begins an empty library.
   */
  resetPassword(accountId: string, password: string, recoveryGroups: readonly string[] | null): Promise<void>;
}
