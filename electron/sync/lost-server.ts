/** What is said of a server that is not as this computer left it. */
import { AppError } from '../../shared/errors.ts';

/**
 * A server that was put back to an earlier state, or emptied. Nothing of it is taken in, as it would delete here what it
 * lost; and what was sent to it is not there any more, so that going on would tell nobody.
 *
 * @param why Said after a colon: `it is empty`.
 */
export function lostServer(why: string): AppError {
  return new AppError('remote-damaged', `The database is not as this computer left it: ${why}.`, {
    hint: 'Was it restored from a backup? Turn sync off and on again: what is here stays, and is sent there anew.',
  });
}

/** It has gone on from an earlier state: what this computer saw last never happened there. */
export function otherHistory(sequence: number): AppError {
  return lostServer(`change ${sequence}, which was read of it or sent to it, is another one there now`);
}
