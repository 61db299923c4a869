/**
 * Finds the words of a passage that support a claim, so that a citation points at them and not at the whole passage.
 */
import type { Citation, Hit } from '../../shared/domain.ts';
import type { Locate, Quote } from './answer-types.ts';
import { segmentsOf } from './answer-segments.ts';
import { termsOf } from './answer-terms.ts';

/** Share of a claim's words that a sentence has to hold to be called its support. */
const enoughOverlap = 0.3;

/** A quote is told up to this many characters; its boxes cover all of it. */
const longestQuote = 600;

/**
 * The sentence or row of a passage that shares most with a claim; null when none shares enough, and the whole passage
 * has to stand for it. Figures count double: they are what a claim is checked by.
 */
export function supportFor(claim: string, passageText: string): Quote | null {
  const wanted = new Map<string, number>();
  for (const { stem } of termsOf(claim)) wanted.set(stem, /^\d/.test(stem) ? 2 : 1);
  const total = [...wanted.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return null;
  let best: Quote | null = null;
  let bestShare = 0;
  for (const segment of segmentsOf(passageText)) {
    if (segment.kind === 'heading') continue;
    const stems = new Set(termsOf(passageText.slice(segment.start, segment.end)).map(({ stem }) => stem));
    let shared = 0;
    for (const [stem, weight] of wanted) if (stems.has(stem)) shared += weight;
    // Of two that share as much, the shorter one says it more exactly.
    const share = shared / total - stems.size * 0.001;
    if (share > bestShare) {
      best = { start: segment.start, end: segment.end };
      bestShare = share;
    }
  }
  return bestShare >= enoughOverlap ? best : null;
}

/** Quotes in the order of the passage, without those that lie in others. */
export function mergeQuotes(quotes: readonly Quote[]): Quote[] {
  const merged: Quote[] = [];
  for (const quote of [...quotes].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && quote.start < last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, quote.end) };
    } else {
      merged.push(quote);
    }
  }
  return merged;
}

/** The citation of a passage for these quotes; for the whole passage when there are none. */
export async function citeHit(
  number: number,
  hit: Hit,
  quotes: readonly Quote[],
  locate: Locate | undefined,
): Promise<Citation> {
  const merged = mergeQuotes(quotes);
  const located = locate ? (await Promise.all(merged.map((quote) => locate(hit, quote.start, quote.end)))).flat() : [];
  const boxes = located.length > 0 ? located : hit.boxes;
  const text = merged.length > 0 ? merged.map(({ start, end }) => hit.text.slice(start, end)).join(' … ') : hit.text;
  return {
    number,
    documentId: hit.documentId,
    chunkId: hit.chunkId,
    title: hit.title,
    page: boxes[0]?.page ?? hit.page,
    boxes,
    quote: shorten(text),
  };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= longestQuote) return line;
  const cut = line.slice(0, longestQuote);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longestQuote / 2))}…`;
}
