/** Where a text has what was searched for, and the piece of it that is worth showing. Pure. */
import type { Snippet } from '../../shared/domain.ts';
import { foldWord, stemOf, wordsIn, type SearchPart, type TextWord } from './search-query.ts';

/** UTF-16 indices, end exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface TextMatch extends TextSpan {
  /** Index of the part that is found here. */
  readonly part: number;
}

/** Characters of a snippet. */
const SNIPPET_LENGTH = 180;
/** Characters before the first match, where the text has them. */
const SNIPPET_LEAD = 50;

/** Every place where a part is found, in order of the text. */
export function findMatches(text: string, parts: readonly SearchPart[]): TextMatch[] {
  const words = wordsIn(text);
  const wanted = parts.map((part) => ({ ...part, stems: part.words.map(stemOf) }));
  const matches: TextMatch[] = [];
  for (let at = 0; at < words.length; at += 1) {
    for (const [part, { words: own, stems, prefix }] of wanted.entries()) {
      const isHere = stems.every((stem, offset) => {
        const word = words[at + offset];
        if (!word) return false;
        return prefix && offset === stems.length - 1
          ? word.folded.startsWith(own[offset] ?? '')
          : stemOf(word.folded) === stem;
      });
      if (!isHere) continue;
      matches.push({ part, start: words[at]?.start ?? 0, end: words[at + stems.length - 1]?.end ?? 0 });
    }
  }
  return matches;
}

/**
 * Whether a text has a part, without finding out where: a hundred passages a millisecond. A word counts when it begins
 * with the wanted word's stem, which lets a few others of the same beginning through.
 */
export function mayHave(part: SearchPart): (text: string) => boolean {
  const last = part.words.length - 1;
  const [only = ''] = part.words;
  const start = last === 0 && part.prefix ? only : stemOf(only);
  const hasStart = (text: string): boolean => {
    const folded = foldWord(text);
    for (let at = folded.indexOf(start); at >= 0; at = folded.indexOf(start, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}\p{Co}]/u.test(folded[at - 1] ?? '')) return true;
    }
    return false;
  };
  return last === 0 ? hasStart : (text) => hasStart(text) && findMatches(text, [part]).length > 0;
}

/** The piece of a text with the most parts close together, whole words, on one line. */
export function snippetOf(text: string, parts: readonly SearchPart[]): Snippet {
  const matches = findMatches(text, parts);
  const best = densest(matches);
  const words = wordsIn(text);
  const from = startOfSnippet(words, best ? Math.max(0, best.start - SNIPPET_LEAD) : 0);
  const to = endOfSnippet(text, words, from);
  return oneLine(text.slice(from, to), spansWithin(matches, from, to));
}

/** The match from which on most different parts, then most matches, lie within a snippet. */
function densest(matches: readonly TextMatch[]): TextMatch | undefined {
  let best: TextMatch | undefined;
  let bestScore = 0;
  for (const [index, first] of matches.entries()) {
    const near = matches
      .slice(index, index + 30)
      .filter(({ end }) => end - first.start <= SNIPPET_LENGTH - SNIPPET_LEAD);
    const score = new Set(near.map(({ part }) => part)).size * 100 + near.length;
    if (score > bestScore) [best, bestScore] = [first, score];
  }
  return best;
}

function startOfSnippet(words: readonly TextWord[], wanted: number): number {
  return wanted === 0 ? 0 : (words.find(({ start }) => start >= wanted)?.start ?? wanted);
}

function endOfSnippet(text: string, words: readonly TextWord[], from: number): number {
  const limit = from + SNIPPET_LENGTH;
  if (text.length <= limit) return text.length;
  return words.findLast(({ start, end }) => start > from && end <= limit)?.end ?? limit;
}

/** Matches within a piece, from its start on; overlapping ones are joined. */
function spansWithin(matches: readonly TextMatch[], from: number, to: number): TextSpan[] {
  const spans: TextSpan[] = [];
  for (const { start, end } of matches) {
    if (start < from || end > to) continue;
    const last = spans.at(-1);
    if (last && start - from <= last.end)
      spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, end - from) };
    else spans.push({ start: start - from, end: end - from });
  }
  return spans;
}

/** Line feeds become spaces: one character for one, so that the ranges hold. */
function oneLine(text: string, ranges: readonly TextSpan[]): Snippet {
  return { text: text.replace(/\s/gu, ' '), ranges };
}
