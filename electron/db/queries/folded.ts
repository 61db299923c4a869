/** Text made comparable without regard to capitals and accents, in code and as SQL's `folded(text)`. */
import type { Connection } from '../connection.ts';

/** SQLite's own lower() knows ASCII alone. */
export function registerFolded(connection: Connection): void {
  connection.function('folded', { deterministic: true }, (text: unknown) => fold(String(text)));
}

export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The words of a search, folded, as a JSON array; null when there are none. */
export function foldedWords(search: string): string | null {
  const words = fold(search)
    .split(/\s+/u)
    .filter((word) => word !== '');
  return words.length === 0 ? null : JSON.stringify(words);
}
