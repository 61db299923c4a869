/**
 * What a person types to find pages: words that must all occur, phrases in quotes, and a last word that is still being
 * typed. Pure. Words are what the full-text index takes for words (FTS5 `porter unicode61 remove_diacritics 2`).
 */
import { stemmer } from 'stemmer';

/** One word, or several that must follow one another. */
export interface SearchPart {
  /** Folded, at least one. */
  readonly words: readonly string[];
  /** The last word may go on. */
  readonly prefix: boolean;
}

/** A word of a text. */
export interface TextWord {
  /** UTF-16 indices, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly folded: string;
}

/** More parts than this say nothing more. */
const MOST_PARTS = 12;
/** Characters of a word that count. */
const LONGEST_WORD = 64;
/** Stems that are remembered; emptied when full. */
const MOST_STEMS = 50_000;

const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{Mn}]*/gu;
const asciiPattern = /^[\0-\x7f]*$/;

/** Lower case without accents, as the index folds. */
export function foldWord(word: string): string {
  return asciiPattern.test(word)
    ? word.toLowerCase()
    : word
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase();
}

export function wordsIn(text: string): TextWord[] {
  return Array.from(text.matchAll(wordPattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    folded: foldWord(match[0]),
  }));
}

const stems = new Map<string, string>();

/** The stem under which the index keeps a folded word. */
export function stemOf(folded: string): string {
  const known = stems.get(folded);
  if (known !== undefined) return known;
  if (stems.size >= MOST_STEMS) stems.clear();
  const stem = folded.length > 2 ? stemmer(folded) : folded;
  stems.set(folded, stem);
  return stem;
}

/** The parts of what was typed; none when nothing in it is a word. A quote that is still open reaches to the end. */
export function parseSearch(typed: string): SearchPart[] {
  const parts: SearchPart[] = [];
  const add = (text: string, prefix: boolean): void => {
    const words = wordsIn(text).map(({ folded }) => folded.slice(0, LONGEST_WORD));
    if (words.length > 0 && parts.length < MOST_PARTS) parts.push({ words, prefix });
  };
  const isQuote = /["“”„]/u;
  for (const [index, piece] of typed.split(isQuote).entries()) {
    const isLast = index === typed.split(isQuote).length - 1;
    if (index % 2 === 1) add(piece, isLast && !/\s$/u.test(piece));
    else {
      const words = piece.split(/\s+/u);
      words.forEach((word, at) => add(word, isLast && at === words.length - 1));
    }
  }
  return parts;
}

/** The FTS5 expression of a part: quoted words alone, so that nothing that was typed can be syntax. */
export function partExpression({ words, prefix }: SearchPart): string {
  return `"${words.join(' ')}"${prefix ? ' *' : ''}`;
}

/** All parts, in a passage's own text (not in its title or headings). */
export function searchExpression(parts: readonly SearchPart[]): string {
  return `{body} : (${parts.map(partExpression).join(' AND ')})`;
}
