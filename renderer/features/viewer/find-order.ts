/** The order of matches and of the slices in which they are looked for. Pure. */
import type { TextMatch } from '../../../shared/requests/viewer.ts';

/**
 * Slices of at most `size` pages: from the page in sight to the end, then from the start to it, so that what is nearest
 * comes first.
 */
export function sliceOrder(
  pageCount: number,
  page: number,
  size: number,
): readonly { readonly from: number; readonly to: number }[] {
  const start = Math.min(Math.max(1, page), Math.max(1, pageCount));
  const slices: { from: number; to: number }[] = [];
  const add = (first: number, last: number) => {
    for (let from = first; from <= last; from += size) slices.push({ from, to: Math.min(last, from + size - 1) });
  };
  add(start, pageCount);
  add(1, start - 1);
  return slices;
}

export function compareMatches(a: TextMatch, b: TextMatch): number {
  return a.page - b.page || a.start - b.start;
}

/** Two lists in order become one; a slice lies before, behind or between what is there. */
export function mergeMatches(known: readonly TextMatch[], more: readonly TextMatch[]): readonly TextMatch[] {
  const [first] = more;
  if (!first) return known;
  const at = known.findIndex((match) => compareMatches(match, first) > 0);
  return at < 0 ? [...known, ...more] : [...known.slice(0, at), ...more, ...known.slice(at)];
}

/** Next or previous match from the current one, round the ends; null when there is none. */
export function nextMatch(matches: readonly TextMatch[], current: TextMatch | null, step: 1 | -1): TextMatch | null {
  if (!current) return matches[step === 1 ? 0 : matches.length - 1] ?? null;
  const at = matches.findIndex((match) => compareMatches(match, current) === 0);
  return matches[(at + step + matches.length) % matches.length] ?? null;
}

/** Matches by page, each page with the same array as long as the matches are the same. */
export function matchesByPage(matches: readonly TextMatch[]): ReadonlyMap<number, readonly TextMatch[]> {
  const pages = new Map<number, TextMatch[]>();
  for (const match of matches) {
    const known = pages.get(match.page);
    if (known) known.push(match);
    else pages.set(match.page, [match]);
  }
  return pages;
}
