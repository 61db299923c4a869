/**
 * What an engine's adapter hands to the layout stage: the pieces of lines as the page's content draws them.
 */

/** 0: left to right in user space; 1: upwards (turned by 90 degrees counterclockwise); 2: upside down; 3: downwards. */
export type Direction = 0 | 1 | 2 | 3;

export interface SegmentWord {
  readonly text: string;
  /** Extent along the segment's axis in user space (x for directions 0 and 2, else y); from < to, points. */
  readonly from: number;
  readonly to: number;
}

/** A piece of one line, in the order of the content stream. A hyphen at a line's end is left as it stands. */
export interface Segment {
  readonly words: readonly SegmentWord[];
  /** Box in user space, from the fonts' ascent and descent. */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly direction: Direction;
  /** Points, after the text matrix. */
  readonly fontSize: number;
  readonly bold: boolean;
}

/** A segment, or a part of one between wide gaps, in the page's reading frame: u along the lines, v downwards. */
export interface Atom extends Segment {
  readonly u0: number;
  readonly u1: number;
  readonly v0: number;
  readonly v1: number;
  /** True when the segment runs in the page's main direction; others are never joined with their neighbours. */
  readonly upright: boolean;
}

/** A gap this wide, in font sizes, parts table cells and columns; a space is about a quarter. */
export const wideGap = 1.5;

/** The direction in which most of the page's characters run. */
export function mainDirection(segments: readonly Segment[]): Direction {
  const counts = [0, 0, 0, 0];
  for (const segment of segments) {
    for (const word of segment.words) counts[segment.direction]! += word.text.length;
  }
  return counts.indexOf(Math.max(...counts)) as Direction;
}

/** Parts segments at wide gaps and gives each part its place in the reading frame of `main`. */
export function toAtoms(segments: readonly Segment[], main: Direction): Atom[] {
  const atoms: Atom[] = [];
  for (const segment of segments) {
    if (segment.direction !== main) {
      atoms.push(atomOf(segment, segment.words, main, false));
      continue;
    }
    const gap = wideGap * segment.fontSize;
    let first = 0;
    const { words } = segment;
    for (let i = 1; i < words.length; i++) {
      const before = words[i - 1]!;
      const word = words[i]!;
      if (word.from - before.to > gap || before.from - word.to > gap) {
        atoms.push(atomOf(segment, words.slice(first, i), main, true));
        first = i;
      }
    }
    atoms.push(atomOf(segment, first === 0 ? words : words.slice(first), main, true));
  }
  return atoms;
}

function atomOf(segment: Segment, words: readonly SegmentWord[], main: Direction, upright: boolean): Atom {
  let { x0, y0, x1, y1 } = segment;
  const { direction, fontSize, bold } = segment;
  if (words !== segment.words) {
    let from = Infinity;
    let to = -Infinity;
    for (const word of words) {
      if (word.from < from) from = word.from;
      if (word.to > to) to = word.to;
    }
    if (direction === 0 || direction === 2) [x0, x1] = [from, to];
    else [y0, y1] = [from, to];
  }
  let [u0, u1, v0, v1] = [x0, x1, -y1, -y0];
  if (main === 1) [u0, u1, v0, v1] = [y0, y1, x0, x1];
  else if (main === 2) [u0, u1, v0, v1] = [-x1, -x0, y0, y1];
  else if (main === 3) [u0, u1, v0, v1] = [-y1, -y0, -x1, -x0];
  // Written out: spreading costs ten times as much, and a page has hundreds.
  return { words, x0, y0, x1, y1, direction, fontSize, bold, upright, u0, u1, v0, v1 };
}
