/** What the ways into an account say. Pure. */
import { countOf } from '../../components/format.ts';

export const staySignedInNote = 'The next start asks for no password.';

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
