/** Puts the mail of the accounts together. */
import type { AppError } from '../../shared/errors.ts';
import { createSmtpMailer } from '../adapters/smtp-mailer.ts';
import type { SecretStore } from '../pipeline/ports/keychain.ts';
import type { AccountsService } from './accounts-service.ts';
import { MailService } from './mail-service.ts';

export interface MailParts {
  readonly secrets: SecretStore;
  readonly now: () => number;
  readonly onError: (error: AppError) => void;
}

export function openMail(accounts: AccountsService, { secrets, now, onError }: MailParts): MailService {
  return new MailService({
    stores: () => accounts.findRegistry(),
    accounts: accounts.mailAccounts,
    keychain: secrets,
    mailer: createSmtpMailer(),
    onError,
    now,
  });
}
