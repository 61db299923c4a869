/**
 * Which passwords are good enough: long, not common, not one's own address or name. No rule asks for digits or signs; they
 * make passwords that people forget and programs guess (NIST SP 800-63B, 3.1.1.2). Pure: the common ones are handed in.
 */
import { longestPassword, shortestPassword } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { isOwnWord, normalizePassword, type PasswordOwner } from '../../shared/own-words.ts';

/** Up to so many digits and signs around a common password don't make it another one. */
const MOST_AROUND = 4;
const around = new RegExp(`^[^\\p{L}]{0,${MOST_AROUND}}(\\p{L}.*?)[^\\p{L}]{0,${MOST_AROUND}}$`, 'su');
/** A piece of up to four characters over and over. */
const repeated = /^(.{1,4}?)\1+$/su;

/**
 * Null when the password is good enough, else `password-weak` with what to change.
 * @param common Of passwords in small letters.
 */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
  common: { has(password: string): boolean },
): AppError | null {
  const normal = normalizePassword(password);
  const length = [...normal].length;
  if (length < shortestPassword) {
    return weak(
      `The password has ${length} ${length === 1 ? 'character' : 'characters'}; it needs ${shortestPassword}.`,
      'A few words that do not belong together are easy to keep in mind.',
    );
  }
  if (length > longestPassword) {
    return weak(`The password is longer than ${longestPassword} characters.`, 'Shorten it.');
  }
  const folded = normal.toLowerCase();
  if (isOwnWord(password, owner)) {
    return weak('The password is the e-mail address or the name.', 'Choose something that others do not know of you.');
  }
  if (common.has(folded) || common.has(around.exec(folded)?.[1] ?? '') || repeated.test(folded)) {
    return weak('Many people use this password, so it is among the first to be tried.', 'Choose another one.');
  }
  return null;
}

function weak(message: string, hint: string): AppError {
  return new AppError('password-weak', message, { hint });
}
