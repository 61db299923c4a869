/** What the ways into an account say. Pure. */
import type { EncryptionTask } from '../../../shared/accounts.ts';
import { assertNever } from '../../../shared/errors.ts';
import { countOf, formatBytes } from '../../components/format.ts';

export const staySignedInNote = 'The next start asks for no password.';
/** The key of an encrypted library is kept nowhere. */
export const staySignedInEncryptedNote = 'The next start asks for your password alone.';

/** What it means to encrypt the library of a new account. */
export function encryptNote(takesLocal: boolean): string {
  const what = takesLocal
    ? 'What you take along is encrypted first, which takes a while; a disk may keep parts of what lay there before.'
    : 'Nobody reads your files and conversations on this disk without your password.';
  return `${what} If you forget ${takesLocal ? 'your password' : 'it'}, only a recovery code helps.`;
}

/** What a library opens with. */
export function signInNote(providers: readonly unknown[]): string {
  return providers.length === 0
    ? 'Your library opens with your password.'
    : 'With your password, or with what you linked.';
}

export interface TakeLocalWords {
  readonly label: string;
  readonly note: string;
}

/**
 * What it means to take the local profile's library into a new account.
 * @param documents How many it has; null where it is not open, so that nobody may know.
 */
export function takeLocalWords(documents: number | null): TakeLocalWords {
  if (documents === null) {
    return {
      label: 'Take the local library along',
      note: 'The one that is used without an account. It becomes yours alone.',
    };
  }
  const what =
    documents === 0 ? 'Its settings and conversations' : `${countOf(documents, 'document')} and all conversations`;
  return {
    label: 'Take this library along',
    note: `${what} become yours alone. Otherwise you begin with an empty library.`,
  };
}

/** What is done while encryption is turned on or off. */
export function turningWords({ stage, done, total, direction }: EncryptionTask): { title: string; stage: string } {
  const title = direction === 'on' ? 'Encrypting your library' : 'Turning encryption off';
  switch (stage) {
    case 'files':
      // Its size is not known yet.
      if (total === 0) return { title, stage: 'Closing your library' };
      return { title, stage: `Documents: ${formatBytes(done)} of ${formatBytes(total)}` };
    case 'database':
      // One statement, which tells nothing until it is over: a gigabyte takes some ten seconds on a fast disk.
      return { title, stage: `Database: ${formatBytes(total)}. This may take a few minutes.` };
    case 'searching':
      return { title, stage: `Looking for text that could still be read: ${formatBytes(done)}` };
    default:
      return assertNever(stage);
  }
}
