/** Makes a page's text and layout from the segments that an engine found: order, lines, blocks, hyphens. */
import { longestLine, type LayoutLine, type LayoutWord, type LineKind, type PageLayout } from './geometry.ts';
import { readingRegions } from './reading-order.ts';
import { mainDirection, toAtoms, wideGap, type Atom, type Segment, type SegmentWord } from './segments.ts';

/** Font sizes: words nearer to each other than this are one. */
const touching = 0.1;

/** A line while it is put together; words in reading order. */
interface DraftLine {
  words: SegmentWord[];
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  u0: number;
  u1: number;
  v0: number;
  v1: number;
  readonly vertical: boolean;
  readonly upright: boolean;
  fontSize: number;
  bold: boolean;
  characters: number;
  /** Wide gaps within the line. */
  gaps: number;
  kind: LineKind;
  blockStart: boolean;
}

/** Text and layout of one page. Pure; takes about 0.1 ms for a page of prose. */
export function buildPage(segments: readonly Segment[]): { readonly text: string; readonly layout: PageLayout } {
  if (segments.length === 0) return { text: '', layout: { lines: [] } };
  const regions = readingRegions(toAtoms(segments, mainDirection(segments))).map(toLines);
  const bodySize = commonSize(regions);
  for (const lines of regions) {
    for (const line of lines) line.kind = kindOf(line, bodySize);
    markBlocks(lines);
  }
  joinRegions(regions);
  return write(regions.flat());
}

/** Joins neighbours on one base line: cells of a row, words set one by one, superscripts. */
function toLines(atoms: readonly Atom[]): DraftLine[] {
  const lines: DraftLine[] = [];
  for (const atom of atoms) {
    const last = lines.at(-1);
    if (last && atom.upright && last.upright && sharesLine(last, atom)) {
      if (atom.u0 - last.u1 > wideGap * Math.min(last.fontSize, atom.fontSize)) last.gaps++;
      append(last, atom);
    } else {
      lines.push(begin(atom));
    }
  }
  return lines;
}

function begin(atom: Atom): DraftLine {
  const { x0, y0, x1, y1, u0, u1, v0, v1, upright, fontSize, bold } = atom;
  return {
    words: [...atom.words],
    x0,
    y0,
    x1,
    y1,
    u0,
    u1,
    v0,
    v1,
    upright,
    vertical: atom.direction === 1 || atom.direction === 3,
    fontSize,
    bold,
    characters: charactersOf(atom.words),
    gaps: 0,
    kind: 'text',
    blockStart: true,
  };
}

function charactersOf(words: readonly SegmentWord[]): number {
  let characters = 0;
  for (const word of words) characters += word.text.length;
  return characters;
}

function sharesLine(line: DraftLine, atom: Atom): boolean {
  const overlap = Math.min(line.v1, atom.v1) - Math.max(line.v0, atom.v0);
  const least = Math.min(line.v1 - line.v0, atom.v1 - atom.v0);
  // A footnote's mark stands higher than half its height.
  const raised = atom.fontSize < 0.85 * line.fontSize && atom.u0 - line.u1 < 0.5 * atom.fontSize;
  if (overlap < (raised ? 0.2 : 0.5) * least || atom.u0 < line.u1 - 0.5 * atom.fontSize) return false;
  return line.characters + atom.words.length < longestLine / 2;
}

function append(line: DraftLine, atom: Atom): void {
  const characters = charactersOf(atom.words);
  // A superscript must not decide the line's size.
  if (characters > line.characters) line.fontSize = atom.fontSize;
  line.bold = characters > line.characters ? atom.bold : line.bold;
  line.characters += characters;
  const touches = atom.u0 - line.u1 < touching * atom.fontSize && line.vertical === (atom.direction % 2 === 1);
  atom.words.forEach((word, i) => {
    if (i === 0 && touches) line.words.push(joined(line.words.pop()!, word));
    else line.words.push(word);
  });
  line.x0 = Math.min(line.x0, atom.x0);
  line.y0 = Math.min(line.y0, atom.y0);
  line.x1 = Math.max(line.x1, atom.x1);
  line.y1 = Math.max(line.y1, atom.y1);
  line.u1 = Math.max(line.u1, atom.u1);
  line.v0 = Math.min(line.v0, atom.v0);
  line.v1 = Math.max(line.v1, atom.v1);
}

/** One word of two that touch: a footnote's mark, a letter set by itself. */
function joined(before: SegmentWord, word: SegmentWord): SegmentWord {
  const [from, to] = [Math.min(before.from, word.from), Math.max(before.to, word.to)];
  return { text: before.text + word.text, from, to };
}

/** The size of most characters on the page, to half a point. */
function commonSize(regions: readonly (readonly DraftLine[])[]): number {
  const counts = new Map<number, number>();
  let best = 0;
  let bestCount = 0;
  for (const lines of regions) {
    for (const line of lines) {
      const size = Math.round(line.fontSize * 2) / 2;
      const count = (counts.get(size) ?? 0) + line.characters;
      counts.set(size, count);
      if (count > bestCount) [best, bestCount] = [size, count];
    }
  }
  return best;
}

const bulletPattern = /^[•●▪■◦‣⁃∙·§➢►✓✔]$|^[–—*-]$|^o$/u;
const enumeratorPattern = /^(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})\)|\d{1,3}\.|[a-z]\.)$/i;
const figurePattern = /^[($€£¥+−–—-]*\d[\d.,]*[)%]*$|^[—–-]+%?$|^[$€£¥%]$/u;
const numberedHeading = /^(?:item|part|note|chapter|section|appendix|article|exhibit|schedule)$/i;

function kindOf(line: DraftLine, bodySize: number): LineKind {
  const { words } = line;
  if (isTableRow(line)) return 'table-row';
  const first = words[0]!.text;
  if (words.length > 1 && bulletPattern.test(first)) return 'list-item';
  if (isHeading(line, bodySize)) return 'heading';
  if (words.length > 3 && enumeratorPattern.test(first)) return 'list-item';
  return 'text';
}

function isTableRow(line: DraftLine): boolean {
  const { words } = line;
  if (line.gaps >= 2) return true;
  const last = words.at(-1)!.text;
  if (line.gaps === 1) return figurePattern.test(last) || figurePattern.test(words[0]!.text);
  // Dot leaders stand for a gap.
  return words.length > 1 && figurePattern.test(last) && words.some(({ text }) => /\.{4,}$/.test(text) || text === '.');
}

/** A short line that stands out: larger, bold, in capitals, or numbered like `Item 7.`. */
function isHeading(line: DraftLine, bodySize: number): boolean {
  const { words } = line;
  if (words.length > 16 || line.characters > 120 || line.characters < 3) return false;
  const last = words.at(-1)!.text;
  if (/[,;]$/.test(last)) return false;
  // The end of a sentence in bold.
  if (words.length < 3 && /[a-z]{2}\.$|[A-Z]{3}\.$/.test(last)) return false;
  let letters = 0;
  let small = 0;
  for (const { text } of words) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 97 && code <= 122) small++;
      if ((code | 32) >= 97 && (code | 32) <= 122) letters++;
      else if (code > 0xbf) [letters, small] = [letters + 1, small + 1];
    }
  }
  if (letters < 3) return false;
  if (line.fontSize >= bodySize * 1.15) return true;
  if (line.bold || (small === 0 && letters >= 5)) return !/[a-z]{3}\.$/.test(last) || words.length <= 8;
  return words.length >= 2 && numberedHeading.test(words[0]!.text) && /^[\dIVX]+[A-Z]?[.:—-]?$/.test(words[1]!.text);
}

/** Finds where paragraphs begin within a region. */
function markBlocks(lines: readonly DraftLine[]): void {
  let left = Infinity;
  let right = -Infinity;
  const leadings: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.kind === 'text' || line.kind === 'list-item') {
      left = Math.min(left, line.u0);
      right = Math.max(right, line.u1);
    }
    const before = lines[i - 1];
    if (before && before.kind === 'text' && line.kind === 'text') leadings.push(line.v1 - before.v1);
  }
  leadings.sort((a, b) => a - b);
  const leading = leadings[leadings.length >> 1] ?? Infinity;
  for (let i = 1; i < lines.length; i++) {
    lines[i]!.blockStart = beginsBlock(lines[i - 1]!, lines[i]!, left, right, leading);
  }
}

function beginsBlock(before: DraftLine, line: DraftLine, left: number, right: number, leading: number): boolean {
  if (line.kind === 'table-row' || line.kind === 'list-item' || before.kind === 'table-row') return true;
  if (line.upright !== before.upright || !line.upright) return true;
  const step = line.v1 - before.v1;
  const size = Math.max(line.fontSize, before.fontSize);
  if (step < -0.5 * size || step > 3 * size) return true;
  if (line.kind === 'heading' || before.kind === 'heading') {
    const alike = Math.abs(line.fontSize - before.fontSize) < 0.1 * size && line.bold === before.bold;
    return line.kind !== before.kind || !alike || step > 1.6 * size || before.words.length < 3;
  }
  if (Math.abs(line.fontSize - before.fontSize) > 0.12 * size) return true;
  if (step > 1.3 * Math.min(leading, 2 * size)) return true;
  const ended = /[.!?:”"]$/.test(before.words.at(-1)!.text);
  if (ended && before.u1 < right - 0.15 * (right - left)) return true;
  return ended && line.u0 > before.u0 + size && line.u0 > left + size;
}

/** A paragraph goes on in the next column when its sentence does. */
function joinRegions(regions: readonly (readonly DraftLine[])[]): void {
  for (let i = 1; i < regions.length; i++) {
    const before = regions[i - 1]!.at(-1);
    const line = regions[i]![0];
    if (!before || !line || before.kind === 'table-row' || line.kind !== 'text' || before.kind === 'heading') continue;
    const alike = Math.abs(line.fontSize - before.fontSize) < 0.05 * line.fontSize;
    if (alike && !/[.!?:]$/.test(before.words.at(-1)!.text) && /^\p{Ll}/u.test(line.words[0]!.text)) {
      line.blockStart = false;
    }
  }
}

const brokenWord = /\p{L}[-\u00ad\u2010]$/u;

/** How a line's last word goes on in the next line: not, as a compound with its hyphen, or as one word without. */
function hyphenAt(line: DraftLine, next: DraftLine | undefined, lines: readonly DraftLine[]): 'none' | 'keep' | 'drop' {
  const last = line.words.at(-1)!.text;
  if (!next || next.blockStart || !brokenWord.test(last)) return 'none';
  const first = next.words[0]!.text;
  if (last.endsWith('\u00ad')) return 'drop';
  if (!/^\p{Ll}/u.test(first)) return 'keep';
  // The page itself may show the compound unbroken.
  const compound = (last + first).replace(/[^\p{L}-]+$/u, '');
  return lines.some(({ words }) => words.some(({ text }) => text.startsWith(compound))) ? 'keep' : 'drop';
}

function write(drafts: readonly DraftLine[]): { text: string; layout: PageLayout } {
  const lines: LayoutLine[] = [];
  const parts: string[] = [];
  let length = 0;
  for (let i = 0; i < drafts.length; i++) {
    const draft = drafts[i]!;
    const hyphen = hyphenAt(draft, drafts[i + 1], drafts);
    const start = length;
    const words: LayoutWord[] = [];
    for (let k = 0; k < draft.words.length; k++) {
      const word = draft.words[k]!;
      if (k > 0) {
        parts.push(' ');
        length++;
      }
      const text = hyphen === 'drop' && k === draft.words.length - 1 ? word.text.slice(0, -1) : word.text;
      words.push({ start: length, end: length + text.length, from: word.from, to: word.to });
      parts.push(text);
      length += text.length;
    }
    lines.push({
      start,
      end: length,
      x0: draft.x0,
      y0: draft.y0,
      x1: draft.x1,
      y1: draft.y1,
      fontSize: draft.fontSize,
      bold: draft.bold,
      vertical: draft.vertical,
      blockStart: draft.blockStart,
      kind: draft.kind,
      words,
    });
    const next = drafts[i + 1];
    if (next && hyphen === 'none') {
      parts.push(next.blockStart ? '\n' : ' ');
      length++;
    }
  }
  return { text: parts.join(''), layout: { lines } };
}
