/** Turns pdf.js text items into segments. */
import type { TextItem, TextMarkedContent, TextStyle } from 'pdfjs-dist/types/src/display/api.js';
import type { Rectangle } from '../pipeline/ports/pdf-reader.ts';
import type { Direction, Segment, SegmentWord } from '../pipeline/segments.ts';

/** Widths of U+0020 to U+007E in Helvetica, 1/1000 em (Adobe's Core 14 font metrics). */
const helvetica = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const otherWidth = 600;

function widthOf(code: number): number {
  return helvetica[code - 32] ?? otherWidth;
}

/** Segments in content order, clipped to the crop box. */
export function readItems(
  items: readonly (TextItem | TextMarkedContent)[],
  styles: Readonly<Record<string, TextStyle>>,
  crop: Rectangle,
): Segment[] {
  const segments: Segment[] = [];
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const segment = segmentOf(item, styles[item.fontName], crop);
    if (segment) segments.push(segment);
  }
  return segments;
}

function segmentOf(item: TextItem, style: TextStyle | undefined, crop: Rectangle): Segment | null {
  const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = item.transform as number[];
  const fontSize = Math.hypot(c, d) || Math.hypot(a, b);
  const direction = ((Math.round(Math.atan2(b, a) / (Math.PI / 2)) + 4) % 4) as Direction;
  const ascent = (style?.ascent || 0.9) * fontSize;
  const descent = (style?.descent || -0.2) * fontSize;
  // Along the line and across it, from the item's origin.
  const [ux, uy] = unit[direction];
  const box = corners(x, y, ux, uy, item.width, descent, ascent);
  const middleX = (box.x0 + box.x1) / 2;
  const middleY = (box.y0 + box.y1) / 2;
  if (middleX < crop.x0 || middleX > crop.x1 || middleY < crop.y0 || middleY > crop.y1) return null;
  const words = wordsOf(item, direction, x, y, crop);
  if (words.length === 0) return null;
  const bold = /bold|black|heavy|demi/i.test(style?.fontFamily ?? '');
  return { words, ...box, direction, fontSize, bold };
}

const unit: Record<Direction, readonly [number, number]> = { 0: [1, 0], 1: [0, 1], 2: [-1, 0], 3: [0, -1] };

function corners(x: number, y: number, ux: number, uy: number, width: number, low: number, high: number): Rectangle {
  // Across is along turned by 90 degrees counterclockwise: (-uy, ux).
  const xs = [x - uy * low, x - uy * high, x + ux * width - uy * low, x + ux * width - uy * high];
  const ys = [y + ux * low, y + ux * high, y + uy * width + ux * low, y + uy * width + ux * high];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}

function wordsOf(item: TextItem, direction: Direction, x: number, y: number, crop: Rectangle): SegmentWord[] {
  const { str } = item;
  let total = 0;
  for (let i = 0; i < str.length; i++) total += widthOf(str.charCodeAt(i));
  const scale = total === 0 ? 0 : item.width / total;
  const [ux, uy] = unit[direction];
  const origin = direction === 0 || direction === 2 ? x : y;
  const sign = ux + uy;
  const [low, high] = direction === 0 || direction === 2 ? [crop.x0, crop.x1] : [crop.y0, crop.y1];
  const words: SegmentWord[] = [];
  let at = 0;
  let start = 0;
  let first = -1;
  const flush = (end: number): void => {
    if (first < 0) return;
    const [p, q] = [origin + sign * start * scale, origin + sign * at * scale];
    const word = { text: str.slice(first, end), from: Math.min(p, q), to: Math.max(p, q) };
    const middle = (word.from + word.to) / 2;
    if (middle >= low && middle <= high) words.push(word);
    first = -1;
  };
  for (let i = 0; i < str.length; i++) {
    if (/\s/.test(str[i]!)) flush(i);
    else if (first < 0) [first, start] = [i, at];
    at += widthOf(str.charCodeAt(i));
  }
  flush(str.length);
  return words;
}
