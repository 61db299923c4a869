/**
 * Where the words of a page are: in memory (`PageLayout`), packed for the database (`encodeLayout`), and as boxes
 * for a range of the page's text (`boxesForRange`).
 */
import type { Box } from '../../shared/domain.ts';

/** What a line is; headings are judged again, and running headers found, across pages by the chunker. */
export const lineKinds = ['text', 'heading', 'list-item', 'table-row'] as const;
export type LineKind = (typeof lineKinds)[number];

/** A word: a run of characters without white space. Its box spans its line's box across the writing direction. */
export interface LayoutWord {
  /** Range of the page's text, UTF-16 indices. */
  readonly start: number;
  readonly end: number;
  /** Extent along the line: x for a horizontal line, y for a vertical one; points, from < to. */
  readonly from: number;
  readonly to: number;
}

/** One line of a page in reading order. */
export interface LayoutLine {
  readonly start: number;
  readonly end: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Points, after the text matrix; the size of most of the line's characters. */
  readonly fontSize: number;
  readonly bold: boolean;
  /** True when the writing runs along y (text turned by 90 or 270 degrees in user space). */
  readonly vertical: boolean;
  /** True when the line begins a new block (paragraph, heading, list item, table row). */
  readonly blockStart: boolean;
  readonly kind: LineKind;
  readonly words: readonly LayoutWord[];
}

export interface PageLayout {
  readonly lines: readonly LayoutLine[];
}

/*
 * The packed form, little-endian, sections in this order so that each is aligned:
 *   header  u8 version, 3 bytes 0, f32 unit (points a step), f32 originX, f32 originY, u32 lines, u32 words
 *   lines   u32 start[], u32 end[]
 *   lines   u16 x0[], y0[], x1[], y1[] (steps from the origin), u16 font size[] (1/20 pt), u16 words[]
 *   words   u16 start[] (from the line's start), u16 length[], u16 from[], u16 to[] (steps from the axis' origin)
 *   lines   u8 flags[]: bits 0-1 kind, 2 bold, 3 vertical, 4 block start
 */
const formatVersion = 1;
const headerBytes = 24;
const bytesALine = 2 * 4 + 6 * 2 + 1;
const bytesAWord = 4 * 2;
const fontSizeSteps = 20;
const largest = 0xffff;
/** Points a step when the page is small enough: 655 by 655 inches at 0.01 pt would not fit, so larger pages widen it. */
const finestUnit = 0.02;

/** A longest line, in characters: the packed form counts a line's offsets in 16 bits. */
export const longestLine = 30_000;

interface PackedLayout {
  readonly lineCount: number;
  readonly unit: number;
  readonly originX: number;
  readonly originY: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Six columns of `lineCount`: x0, y0, x1, y1, font size, words. */
  readonly lineNumbers: Uint16Array;
  readonly wordCount: number;
  /** Four columns of `wordCount`: start, length, from, to. */
  readonly wordNumbers: Uint16Array;
  readonly flags: Uint8Array;
}

function sections(bytes: Uint8Array, lineCount: number, wordCount: number): PackedLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = bytes.byteOffset + headerBytes;
  const starts = new Uint32Array(bytes.buffer, at, lineCount);
  at += lineCount * 4;
  const ends = new Uint32Array(bytes.buffer, at, lineCount);
  at += lineCount * 4;
  const lineNumbers = new Uint16Array(bytes.buffer, at, lineCount * 6);
  at += lineCount * 12;
  const wordNumbers = new Uint16Array(bytes.buffer, at, wordCount * 4);
  at += wordCount * bytesAWord;
  const flags = new Uint8Array(bytes.buffer, at, lineCount);
  return {
    lineCount,
    wordCount,
    unit: view.getFloat32(4, true),
    originX: view.getFloat32(8, true),
    originY: view.getFloat32(12, true),
    starts,
    ends,
    lineNumbers,
    wordNumbers,
    flags,
  };
}

/** Packs a page's lines and words: 21 bytes a line, 8 a word, exact to 0.02 pt on pages up to 18 inches. */
export function encodeLayout(layout: PageLayout): Uint8Array {
  const { lines } = layout;
  let wordCount = 0;
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    wordCount += line.words.length;
    x0 = Math.min(x0, line.x0);
    y0 = Math.min(y0, line.y0);
    x1 = Math.max(x1, line.x1);
    y1 = Math.max(y1, line.y1);
  }
  if (lines.length === 0) [x0, y0, x1, y1] = [0, 0, 0, 0];
  const bytes = new Uint8Array(headerBytes + lines.length * bytesALine + wordCount * bytesAWord);
  const view = new DataView(bytes.buffer);
  const unit = Math.fround(Math.max(finestUnit, (x1 - x0) / (largest - 1), (y1 - y0) / (largest - 1)));
  const originX = Math.fround(x0);
  const originY = Math.fround(y0);
  view.setUint8(0, formatVersion);
  view.setFloat32(4, unit, true);
  view.setFloat32(8, originX, true);
  view.setFloat32(12, originY, true);
  view.setUint32(16, lines.length, true);
  view.setUint32(20, wordCount, true);
  const packed = sections(bytes, lines.length, wordCount);
  const step = (value: number): number => Math.max(0, Math.min(largest, Math.round(value / unit)));
  const n = lines.length;
  let word = 0;
  for (let i = 0; i < n; i++) {
    const line = lines[i]!;
    packed.starts[i] = line.start;
    packed.ends[i] = line.end;
    packed.lineNumbers[i] = step(line.x0 - originX);
    packed.lineNumbers[n + i] = step(line.y0 - originY);
    packed.lineNumbers[2 * n + i] = step(line.x1 - originX);
    packed.lineNumbers[3 * n + i] = step(line.y1 - originY);
    packed.lineNumbers[4 * n + i] = Math.max(0, Math.min(largest, Math.round(line.fontSize * fontSizeSteps)));
    packed.lineNumbers[5 * n + i] = line.words.length;
    packed.flags[i] =
      lineKinds.indexOf(line.kind) | (line.bold ? 4 : 0) | (line.vertical ? 8 : 0) | (line.blockStart ? 16 : 0);
    const axis = line.vertical ? originY : originX;
    for (const { start, end, from, to } of line.words) {
      packed.wordNumbers[word] = start - line.start;
      packed.wordNumbers[wordCount + word] = end - start;
      packed.wordNumbers[2 * wordCount + word] = step(from - axis);
      packed.wordNumbers[3 * wordCount + word] = step(to - axis);
      word++;
    }
  }
  return bytes;
}

function unpack(geometry: Uint8Array): PackedLayout | null {
  if (geometry.byteLength < headerBytes || geometry[0] !== formatVersion) return null;
  // A buffer from the database may start anywhere; typed arrays want it aligned.
  const bytes = geometry.byteOffset % 4 === 0 ? geometry : geometry.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lineCount = view.getUint32(16, true);
  const wordCount = view.getUint32(20, true);
  if (bytes.byteLength < headerBytes + lineCount * bytesALine + wordCount * bytesAWord) return null;
  return sections(bytes, lineCount, wordCount);
}

/** Unpacks what `encodeLayout` packed; a blob of another version or a torn one has no lines. */
export function decodeLayout(geometry: Uint8Array): PageLayout {
  const packed = unpack(geometry);
  if (!packed) return { lines: [] };
  const { lineCount: n, wordCount: w, unit, originX, originY, lineNumbers, wordNumbers } = packed;
  const lines: LayoutLine[] = [];
  let word = 0;
  for (let i = 0; i < n; i++) {
    const flags = packed.flags[i]!;
    const vertical = (flags & 8) !== 0;
    const axis = vertical ? originY : originX;
    const start = packed.starts[i]!;
    const words: LayoutWord[] = [];
    for (const last = word + lineNumbers[5 * n + i]!; word < last; word++) {
      const from = start + wordNumbers[word]!;
      words.push({
        start: from,
        end: from + wordNumbers[w + word]!,
        from: axis + wordNumbers[2 * w + word]! * unit,
        to: axis + wordNumbers[3 * w + word]! * unit,
      });
    }
    lines.push({
      start,
      end: packed.ends[i]!,
      x0: originX + lineNumbers[i]! * unit,
      y0: originY + lineNumbers[n + i]! * unit,
      x1: originX + lineNumbers[2 * n + i]! * unit,
      y1: originY + lineNumbers[3 * n + i]! * unit,
      fontSize: lineNumbers[4 * n + i]! / fontSizeSteps,
      bold: (flags & 4) !== 0,
      vertical,
      blockStart: (flags & 16) !== 0,
      kind: lineKinds[flags & 3]!,
      words,
    });
  }
  return { lines };
}

/**
 * The boxes of a range of a page's text: one for each line piece, from its first word to its last.
 * @param text The page's, to tell narrow characters from wide ones where the range is a part of a word.
 */
export function boxesForRange(geometry: Uint8Array, page: number, start: number, end: number, text = ''): Box[] {
  const boxes: Box[] = [];
  for (const line of decodeLayout(geometry).lines) {
    if (line.end > start && line.start < end) {
      const box = boxInLine(line, page, start, end, text);
      if (box) boxes.push(box);
    }
  }
  return boxes;
}

/** The boxes of several ranges of one page, unpacking its geometry once. */
export function boxesForLines(
  lines: readonly LayoutLine[],
  page: number,
  ranges: readonly { readonly start: number; readonly end: number }[],
): Box[] {
  const boxes: Box[] = [];
  for (const { start, end } of ranges) {
    for (let i = firstLineEndingAfter(lines, start); i < lines.length && lines[i]!.start < end; i++) {
      const box = boxInLine(lines[i]!, page, start, end);
      if (box) boxes.push(box);
    }
  }
  return boxes;
}

/**
 * The other way round: where the words in boxes stand in their page's text, in its order; words that follow each other are
 * one range. A word is in a box when its middle is.
 */
export function rangesInBoxes(geometry: Uint8Array, boxes: readonly Box[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let isOpen = false;
  for (const { words, vertical, x0, y0, x1, y1 } of decodeLayout(geometry).lines) {
    for (const { start, end, from, to } of words) {
      const [x, y] = vertical ? [(x0 + x1) / 2, (from + to) / 2] : [(from + to) / 2, (y0 + y1) / 2];
      const isInside = boxes.some((box) => x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1);
      const last = ranges.at(-1);
      if (isInside && isOpen && last) last.end = end;
      else if (isInside) ranges.push({ start, end });
      isOpen = isInside;
    }
  }
  return ranges;
}

/** Lines stand in the order of the text, so the first one of a range is found by halving. */
function firstLineEndingAfter(lines: readonly LayoutLine[], start: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.end > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

function boxInLine(line: LayoutLine, page: number, start: number, end: number, text = ''): Box | null {
  let from = Infinity;
  let to = -Infinity;
  for (const word of line.words) {
    if (word.end <= start || word.start >= end) continue;
    const [a, b] = partOfWord(word, start, end, text);
    from = Math.min(from, a);
    to = Math.max(to, b);
  }
  if (from >= to) return null;
  return line.vertical
    ? { page, x0: line.x0, y0: from, x1: line.x1, y1: to }
    : { page, x0: from, y0: line.y0, x1: to, y1: line.y1 };
}

/** Characters about half and about one and a half times as wide as most, in the typefaces of running text. */
const narrow = /[\p{P}iljtfrI|]/u;
const wide = /[mwMW—@%]/u;

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 1.5 : narrow.test(character) ? 0.5 : 1;
  return width;
}

/** Within a word the characters share its width; without the text they are taken as equally wide. */
function partOfWord(word: LayoutWord, start: number, end: number, text: string): [number, number] {
  const letters = text.slice(word.start, word.end).padEnd(word.end - word.start, 'n');
  const before = widthOf(letters.slice(0, Math.max(0, start - word.start)));
  const behind = widthOf(letters.slice(letters.length - Math.max(0, word.end - end)));
  const width = (word.to - word.from) / widthOf(letters);
  return [word.from + before * width, word.to - behind * width];
}
