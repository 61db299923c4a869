/** The rule by which who signed in at a provider gets to an account here. Pure: what is known is handed in. */
import { AppError } from '../../shared/errors.ts';
import type { ProviderIdentity } from './ports/identity-provider.ts';

export interface KnownAccounts {
  /** The account that this identity (issuer and subject) belongs to. */
  readonly linkedId: string | null;
  /** The account with the identity's e-mail, whatever its case. */
  readonly sameEmail: {
    readonly id: string;
    readonly isEmailVerified: boolean;
    /** Whom of this issuer it belongs to already. */
    readonly subject: string | null;
  } | null;
  /** Whose session asks, to link the own account; null before one is open. */
  readonly callerId: string | null;
}

export type Linking =
  | { readonly action: 'open'; readonly accountId: string }
  /** From now on the identity opens the account, whose e-mail is proven by it. */
  | { readonly action: 'link'; readonly accountId: string };

/**
 * SECURITY: an identity gets to an account by a verified e-mail alone, and to the account of a person who has not shown
 * that the e-mail is theirs only from within it. Whoever registers somebody else's address here would otherwise wait,
 * with a password of their own, in the account that the owner of the address then fills.
 *
 * Errors: `sign-in-failed`.
 */
export function decideLinking(identity: ProviderIdentity, providerName: string, known: KnownAccounts): Linking {
  const { email } = identity;
  if (email === null || !identity.isEmailVerified) {
    throw refused(`${providerName} does not say that your e-mail address was verified.`, {
      hint: `Verify the address at ${providerName}, then try again; or sign in with a password.`,
    });
  }
  const { linkedId, sameEmail, callerId } = known;
  if (callerId !== null) return linkOwn(callerId, providerName, known);
  if (linkedId !== null) return { action: 'open', accountId: linkedId };
  // What an account is locked with is its password, so that none is made without one.
  if (sameEmail === null) {
    throw refused(`Nobody has an account with the address ${email} on this computer.`, {
      hint: `Create one, then link ${providerName} in Settings.`,
    });
  }
  if (!sameEmail.isEmailVerified) {
    throw refused(`There is an account with the address ${email}, but nobody has shown yet that it is theirs.`, {
      hint: `Sign in with its password, then link ${providerName} in Settings.`,
    });
  }
  return link(sameEmail.id, sameEmail.subject, providerName);
}

function linkOwn(callerId: string, providerName: string, { linkedId, sameEmail }: KnownAccounts): Linking {
  if (linkedId === callerId) return { action: 'open', accountId: callerId };
  if (linkedId !== null) {
    throw refused(`Whoever signed in at ${providerName} has another account here.`, {
      hint: `Choose another account at ${providerName}.`,
    });
  }
  if (sameEmail?.id !== callerId) {
    throw refused(`The e-mail address at ${providerName} is not that of this account.`, {
      hint: `Change one of the two addresses, or choose another account at ${providerName}.`,
    });
  }
  return link(callerId, sameEmail.subject, providerName);
}

function link(accountId: string, presentSubject: string | null, providerName: string): Linking {
  // The address changed hands at the provider: its new owner is not the person whose account this is.
  if (presentSubject !== null) {
    throw refused(`This account belongs to somebody else at ${providerName}.`, {
      hint: 'Sign in with the password instead.',
    });
  }
  return { action: 'link', accountId };
}

function refused(message: string, options: { readonly hint: string }): AppError {
  return new AppError('sign-in-failed', message, options);
}
