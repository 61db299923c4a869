/**
 * Finds the passages that a selection of text lies in, and the parts of them that were selected. Pure.
 *
 * What a person selects comes from the viewer's text layer, with its own white space and hyphens, so that letters and
 * digits alone are compared.
 */
import type { Hit } from '../../../shared/domain.ts';

export interface ClippedHit {
  /** Its text is the selected part. */
  readonly hit: Hit;
  /** Where that part begins in the passage's own text. */
  readonly offset: number;
}

/** Letters and digits that have to agree for two texts to be the same at a place: at its ends, and where they differ within. */
const leastEnd = 10;
const anchor = 24;

/** The selected parts of passages, in order; whole passages where no part of any is found. */
export function clipToSelection(hits: readonly Hit[], selected: string): ClippedHit[] {
  const wanted = comparable(selected).text;
  if (wanted === '') return [];
  const clipped = hits.flatMap((hit): ClippedHit[] => {
    const { text, places } = comparable(hit.text);
    const range = overlapOf(text, wanted);
    if (!range) return [];
    const start = places[range.start] ?? 0;
    const end = (places[range.end - 1] ?? hit.text.length - 1) + 1;
    // A stop or a bracket behind the last word belongs to it.
    const closing = /^[.!?,;:)\]”"’%]*/.exec(hit.text.slice(end))?.[0].length ?? 0;
    return [{ hit: { ...hit, text: hit.text.slice(start, end + closing) }, offset: start }];
  });
  return clipped.length > 0 ? clipped : hits.map((hit) => ({ hit, offset: 0 }));
}

interface Comparable {
  readonly text: string;
  /** For each character its place in the original. */
  readonly places: readonly number[];
}

function comparable(original: string): Comparable {
  let text = '';
  const places: number[] = [];
  for (const match of original.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = match[0].toLowerCase();
    text += lower;
    for (let i = 0; i < lower.length; i += 1) places.push(match.index);
  }
  return { text, places };
}

/** The part of a passage that is selected: it lies in the selection, holds it, or they overlap at one end. */
function overlapOf(text: string, wanted: string): { start: number; end: number } | null {
  if (text === '') return null;
  const whole = text.indexOf(wanted);
  if (whole >= 0) return { start: whole, end: whole + wanted.length };
  if (wanted.includes(text)) return { start: 0, end: text.length };
  const end = sharedEnd(text, wanted);
  if (end > 0) return { start: text.length - end, end: text.length };
  const beginning = sharedEnd(wanted, text);
  if (beginning > 0) return { start: 0, end: beginning };
  // The text layer and the stored text differ somewhere within.
  const length = Math.min(anchor, wanted.length, text.length);
  const begins = text.indexOf(wanted.slice(0, length));
  const ends = text.lastIndexOf(wanted.slice(-length));
  const goesOn = wanted.includes(text.slice(-length));
  const wentBefore = wanted.includes(text.slice(0, length));
  if (begins >= 0 && goesOn) return { start: begins, end: text.length };
  if (ends >= 0 && wentBefore) return { start: 0, end: ends + length };
  if (begins >= 0 && ends >= begins) return { start: begins, end: ends + length };
  return null;
}

/** How much of the end of one text is the beginning of the other; 0 for less than counts. */
function sharedEnd(text: string, other: string): number {
  for (let length = Math.min(text.length, other.length); length >= leastEnd; length -= 1) {
    if (text.endsWith(other.slice(0, length))) return length;
  }
  return 0;
}
