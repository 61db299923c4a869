/** What is marked in a page of text: what is cited, what was found, and the match that is gone to. Pure. */
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import type { TextRange } from './locate-quote.ts';

export type TextMark = 'citation' | 'found' | 'current';

export interface TextPiece {
  readonly text: string;
  readonly mark: TextMark | null;
  /** Part of a heading. */
  readonly isHeading?: boolean;
}

/** The text cut where a mark begins or ends; what was found wins over what is cited around it. */
export function textPieces(
  text: string,
  cited: readonly TextRange[],
  matches: readonly TextMatch[],
  current: TextMatch | null,
  headings: readonly TextRange[] = [],
): readonly TextPiece[] {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of [...cited, ...matches, ...headings]) {
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
    const isCited = cited.some((range) => range.start <= start && start < range.end);
    const mark = isFound ? (match.start === current?.start ? 'current' : 'found') : isCited ? 'citation' : null;
    const isHeading = headings.some((range) => range.start <= start && start < range.end);
    return { text: text.slice(start, end), mark, ...(isHeading ? { isHeading } : {}) };
  });
}

/** The lines of a text that are nothing but one of these headings. */
export function headingLines(text: string, titles: readonly string[]): readonly TextRange[] {
  if (titles.length === 0) return [];
  const wanted = new Set(titles);
  const found: TextRange[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    if (wanted.has(line.replace(/\s+/g, ' ').trim())) found.push({ start, end: start + line.length });
    start += line.length + 1;
  }
  return found;
}

/** The text cut where what it is marked as changes. */
export function markedRuns(text: string, markAt: (index: number) => TextMark | null): readonly TextPiece[] {
  const runs: TextPiece[] = [];
  let begin = 0;
  let mark = text === '' ? null : markAt(0);
  for (let end = 1; end <= text.length; end += 1) {
    const next = end < text.length ? markAt(end) : null;
    if (end < text.length && next === mark) continue;
    runs.push({ text: text.slice(begin, end), mark });
    begin = end;
    mark = next;
  }
  return runs;
}

export interface TextHeading {
  readonly title: string;
  /** From 1. */
  readonly level: number;
  /** Where its line begins. */
  readonly place: number;
}

/** A heading's words without the marks of Markdown. */
function plainTitle(title: string): string {
  return title
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}])([*_])(\S.*?)\1(?![\p{L}\p{N}])/gu, '$2');
}

/** Markdown's headings (`## Title`, or a line with `===` or `---` below it); not those in fenced code. */
export function textHeadings(text: string): readonly TextHeading[] {
  const headings: TextHeading[] = [];
  let isCode = false;
  let place = 0;
  let before = { line: '', place: 0 };
  for (const line of text.split('\n')) {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    const found = isCode ? null : /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    const isUnderline = !isCode && /^ {0,3}(?:=+|-{2,})\s*$/.test(line) && /^ {0,3}[^\s|>#*+-]/.test(before.line);
    if (found) headings.push({ title: plainTitle(found[2] ?? ''), level: (found[1] ?? '').length, place });
    else if (isUnderline)
      headings.push({
        title: plainTitle(before.line.trim()),
        level: line.trim().startsWith('=') ? 1 : 2,
        place: before.place,
      });
    before = { line, place };
    place += line.length + 1;
  }
  return headings;
}

/** The name by which a heading is linked to, as GitHub and most others make it. */
export function headingName(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
