/**
 * Finds the words of a passage that support a claim, so that a citation points at them and not at the whole passage.
 */
import type { Citation, Hit } from '../../shared/domain.ts';
import type { Locate, Quote, QuotePlace } from './answer-types.ts';
import { segmentsOf } from './answer-segments.ts';
import { termsOf } from './answer-terms.ts';
import { asRead } from './markdown-marks.ts';

/** Share of a claim's words that a sentence has to hold to be called its support. */
const enoughOverlap = 0.3;

/** A quote is told up to this many characters; its place covers all of it. */
const longestQuote = 600;

/**
 * The sentence or row of a passage that shares most with a claim; null when none shares enough, and the whole passage
 * has to stand for it. Figures count double: they are what a claim is checked by.
 */
export function supportFor(claim: string, parts: readonly Hit[]): Quote | null {
  const wanted = new Map<string, number>();
  for (const { stem } of termsOf(claim)) wanted.set(stem, /^\d/.test(stem) ? 2 : 1);
  const total = [...wanted.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return null;
  let best: Quote | null = null;
  let bestShare = 0;
  for (const hit of parts) {
    for (const { kind, start, end } of segmentsOf(hit.text)) {
      if (kind === 'heading') continue;
      const stems = new Set(termsOf(hit.text.slice(start, end)).map(({ stem }) => stem));
      let shared = 0;
      for (const [stem, weight] of wanted) if (stems.has(stem)) shared += weight;
      // Of two that share as much, the shorter one says it more exactly.
      const share = shared / total - stems.size * 0.001;
      if (share > bestShare) {
        best = { hit, start, end };
        bestShare = share;
      }
    }
  }
  return bestShare >= enoughOverlap ? best : null;
}

/** Quotes in reading order, without those that lie in others. */
export function mergeQuotes(quotes: readonly Quote[]): Quote[] {
  const merged: Quote[] = [];
  const order = [...quotes].sort((a, b) => a.hit.chunkId - b.hit.chunkId || a.start - b.start || b.end - a.end);
  for (const quote of order) {
    const last = merged.at(-1);
    if (last && last.hit.chunkId === quote.hit.chunkId && quote.start < last.end) {
      merged[merged.length - 1] = { ...last, end: Math.max(last.end, quote.end) };
    } else {
      merged.push(quote);
    }
  }
  return merged;
}

/** The citation of a passage for these quotes of it; for its whole hit when there are none. */
export async function citeHit(
  number: number,
  hit: Hit,
  quotes: readonly Quote[],
  locate: Locate | undefined,
): Promise<Citation> {
  const merged = mergeQuotes(quotes);
  const cited = merged[0]?.hit ?? hit;
  const whole = { hit, start: 0, end: hit.text.length };
  const places = await Promise.all((merged.length > 0 ? merged : [whole]).map((quote) => placeOf(quote, locate)));
  const boxes = places.flatMap((place) => place.boxes);
  const ranges = places.flatMap((place) => place.ranges);
  const text =
    merged.length > 0
      ? merged.map(({ hit: { text: own, path }, start, end }) => asRead(own.slice(start, end), path)).join(' … ')
      : asRead(hit.text, hit.path);
  return {
    number,
    documentId: hit.documentId,
    chunkId: cited.chunkId,
    title: hit.title,
    page: boxes[0]?.page ?? ranges[0]?.page ?? cited.page,
    boxes,
    ...(ranges.length > 0 ? { ranges } : {}),
    quote: shorten(text),
  };
}

/** What cannot be located more exactly is shown by the boxes of its chunk. */
async function placeOf({ hit, start, end }: Quote, locate: Locate | undefined): Promise<QuotePlace> {
  const known = { boxes: hit.boxes, ranges: [] };
  const isWhole = start === 0 && end === hit.text.length;
  if (!locate || (isWhole && hit.boxes.length > 0)) return known;
  const place = await locate(hit, start, end);
  return place.boxes.length + place.ranges.length > 0 ? place : known;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= longestQuote) return line;
  const cut = line.slice(0, longestQuote);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longestQuote / 2))}…`;
}
