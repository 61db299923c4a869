/** What is marked in a page of text: the citation, what was found, and the match that is gone to. Pure. */
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import type { TextRange } from './locate-quote.ts';

export type TextMark = 'citation' | 'found' | 'current';

export interface TextPiece {
  readonly text: string;
  readonly mark: TextMark | null;
}

/** The text cut where a mark begins or ends; what was found wins over the citation that it stands in. */
export function textPieces(
  text: string,
  citation: TextRange | null,
  matches: readonly TextMatch[],
  current: TextMatch | null,
): readonly TextPiece[] {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of citation ? [citation, ...matches] : matches) {
    cuts.add(Math.min(start, text.length));
    cuts.add(Math.min(end, text.length));
  }
  const places = [...cuts].sort((a, b) => a - b);
  let next = 0;
  return places.slice(0, -1).map((start, index): TextPiece => {
    const end = places[index + 1] ?? text.length;
    while ((matches[next]?.end ?? Infinity) <= start) next += 1;
    const match = matches[next];
    const isFound = match !== undefined && match.start <= start;
    const isCited = citation !== null && citation.start <= start && start < citation.end;
    const mark = isFound ? (match.start === current?.start ? 'current' : 'found') : isCited ? 'citation' : null;
    return { text: text.slice(start, end), mark };
  });
}

export interface TextHeading {
  readonly title: string;
  /** From 1. */
  readonly level: number;
  readonly page: number;
}

/** Markdown's headings (`## Title`), which stand for an outline; not those in fenced code. */
export function textHeadings(page: number, text: string): readonly TextHeading[] {
  let isCode = false;
  return text.split('\n').flatMap((line): TextHeading[] => {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    const found = isCode ? null : /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    return found ? [{ title: found[2] ?? '', level: (found[1] ?? '').length, page }] : [];
  });
}
