/** The refusals of accounts and sessions. None says whether an account or a session exists. */
import { AppError } from '../../shared/errors.ts';

export function unauthenticated(): AppError {
  return new AppError('unauthenticated', 'Nobody is signed in, or the session is over.', {
    hint: 'Sign in, or unlock the window.',
  });
}

/** The e-mail address is not known, or the password is not the one. */
export function wrongSignIn(): AppError {
  return new AppError('wrong-credentials', 'The e-mail address or the password is not right.', {
    hint: 'Check both; passwords distinguish capital and small letters.',
  });
}

/** SECURITY: for an address without an account, and an account that is not encrypted, too. */
export function wrongRecoveryCode(): AppError {
  return new AppError('wrong-credentials', 'The e-mail address or the recovery code is not right.', {
    hint: 'Check both. The code is that of this account’s encryption, not one from a mail.',
  });
}

/** It has what every code has: whose it is, is not looked at. */
export function mistypedRecoveryCode(): AppError {
  return new AppError('wrong-credentials', 'There is a mistake in the recovery code.', {
    hint: 'It has seven groups of four characters. Compare each with what you wrote down.',
  });
}

/** For whoever has shown that the address of an encrypted account is theirs. */
export function recoveryCodeRequired(): AppError {
  return new AppError('recovery-code-required', 'The library of this account is encrypted: mail does not open it.', {
    hint: 'Type its recovery code. Without it you can begin an empty library; the one that is there stays locked.',
  });
}

/** For whoever is signed in. */
export function wrongPassword(): AppError {
  return new AppError('wrong-credentials', 'The password is not right.', {
    hint: 'Passwords distinguish capital and small letters.',
  });
}

/**
 * @param wait Milliseconds.
 * @param now Milliseconds since the epoch.
 */
export function tooManyAttempts(wait: number, now: number): AppError {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new AppError('too-many-attempts', 'Too many attempts with a wrong password.', {
    hint: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    retryable: true,
    retryAt: now + wait,
  });
}

export function emailTaken(): AppError {
  return new AppError('email-taken', 'Another account on this computer has this e-mail address.', {
    hint: 'Sign in with it, or use another address.',
  });
}

export function needsAccount(): AppError {
  return new AppError('forbidden', 'The local profile has no password and cannot do this.', {
    hint: 'Create an account; it can take the library of the local profile along.',
  });
}

export function needsAdministrator(): AppError {
  return new AppError('forbidden', 'Only the administrator of this computer’s accounts may do this.', {
    hint: 'The first account that was created here is the administrator’s.',
  });
}

/** For the administrator, who knows which accounts there are. */
export function noSuchAccount(): AppError {
  return new AppError('not-found', 'This account is no longer there.');
}
