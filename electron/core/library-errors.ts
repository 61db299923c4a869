/** Why a library is not opened, or a deletion not told as done. */
import { AppError } from '../../shared/errors.ts';

/** @param left What was found of what had been deleted. */
export function deletionIncomplete(left: readonly string[]): AppError {
  return new AppError(
    'deletion-incomplete',
    `Deleted, but the check after it found what was left: ${left.join(', ')}.`,
    {
      hint: 'Delete again what still shows. If nothing does, start Quire anew: stored files that no document owns go then.',
    },
  );
}

export function needsItsKeys(folder: string): AppError {
  return new AppError('wrong-key', `The library in ${folder} is encrypted, and was to be opened without its keys.`, {
    hint: 'Sign in to its account again.',
  });
}
