/**
 * Cuts a passage into what can be quoted: sentences, and rows of tables with their header. Pure.
 */
import { columnNames, describeRow, isColumnHeader, isStatement, isUnitless, rowValues, unitOf } from './answer-rows.ts';
import type { DescribedRow } from './answer-rows.ts';

export interface Segment {
  readonly kind: 'sentence' | 'row' | 'heading';
  /** Range of the passage's text. */
  readonly start: number;
  readonly end: number;
  /** As it is shown: a sentence with single spaces; a row as label and values, with the columns' names where known. */
  readonly text: string;
  /** What the columns and units of a row are called, as they stand above it; empty for the rest. */
  readonly header: string;
  /** Of a row alone. */
  readonly row: DescribedRow | null;
}

/** Abbreviations after which a full stop ends no sentence, without their stops, lower case. */
const abbreviations = new Set(
  (
    'mr mrs ms dr prof sr jr st vs etc inc corp co ltd llc plc bros no nos vol ed eds pp p ch sec secs art fig figs eq ref refs ' +
    'approx est dept univ assn ave blvd rd jan feb mar apr jun jul aug sep sept oct nov dec al cf ca e.g i.e u.s u.k u.n e.u ' +
    'a.m p.m ph.d n.v s.a s.p.a d.c no.s resp incl excl ' +
    'mio mrd tsd bzw ca z.b d.h u.a evtl ggf inkl zzgl nr str abs abb vgl av env núm pág sra'
  ).split(' '),
);

/** Abbreviations that often end a sentence as well; they do when a capital begins what follows and it is a usual opening. */
const maybeFinal = new Set([
  'inc',
  'corp',
  'co',
  'ltd',
  'llc',
  'plc',
  'etc',
  'u.s',
  'u.k',
  'a.m',
  'p.m',
  'e.u',
  'n.v',
  's.a',
]);
const opening =
  /^["“(]?(?:the|a|an|in|on|at|for|from|as|it|its|we|our|this|these|those|that|they|their|he|she|however|if|when|while|during|since|although|there|to|under|no|all|see|also|such|please|by|with|upon|each|any)\b/i;

/** Cuts a passage's text into segments, in order; empty lines fall away. */
export function segmentsOf(text: string): Segment[] {
  const lines = paragraphsOf(text);
  const segments: Segment[] = [];
  let header: string[] = [];
  let columns: string[] = [];
  let unit = '';
  let inTable = false;
  for (const line of lines) {
    const content = text.slice(line.start, line.end);
    if (isColumnHeader(content)) {
      // A new header after rows begins a new table.
      header = inTable ? [content] : [...header.slice(-3), content];
      unit = unitOf(content) ?? (inTable ? '' : unit);
      const names = columnNames(header);
      if (inTable || names.length > 0) columns = names;
      inTable = false;
      continue;
    }
    const values = rowValues(content);
    if (values) {
      inTable = true;
      const row = describeRow(values, { lines: header, columns, unit });
      segments.push({ kind: 'row', ...line, text: row.text, header: header.join(' '), row });
      continue;
    }
    const heading = isHeading(content) && !isStatement(content);
    const ownUnit = unitOf(content);
    if (heading) {
      // Between two rows it is a group's label, which may be of another unit or of none.
      unit = ownUnit ?? (inTable && isUnitless(content) ? '' : unit);
    } else {
      // After a sentence nothing of the table holds; `… of the last two years ($ in millions):` announces the next.
      header = [];
      columns = [];
      unit = content.endsWith(':') ? (ownUnit ?? '') : '';
      inTable = false;
    }
    if (heading) {
      header = [...header.slice(-3), content];
      segments.push({ kind: 'heading', ...line, text: tidy(content), header: '', row: null });
    } else {
      for (const [start, end] of sentenceRanges(text, line.start, line.end)) {
        segments.push({ kind: 'sentence', start, end, text: tidy(text.slice(start, end)), header: '', row: null });
      }
    }
  }
  return segments;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Ends a line of a label that goes on below: `NET INCOME ATTRIBUTABLE TO SHAREOWNERS OF`. */
const unfinished =
  /(?:\b(?:of|to|and|or|for|from|in|by|with|the|on|at|per|than|less|including|excluding|before|after)|[,&–—(-])$/i;
/** Lines that a label has above the one with its figures. */
const mostLabelLines = 3;

/** How many of the lines above a row are the beginning of its label: without them it would name something else. */
function labelLinesAbove(lines: readonly string[], row: string): number {
  const values = isColumnHeader(row) ? null : rowValues(row);
  if (!values) return 0;
  let { label } = values;
  for (let count = 0; ; count += 1) {
    const above = lines.at(-1 - count) ?? '';
    const isLabel = count < mostLabelLines && isLabelPart(above) && row.length + above.length < longestRow;
    const isOpen = above.split('(').length > above.split(')').length;
    const isNameless = !/\p{L}/u.test(label) && isHeading(above) && !unitOf(above);
    if (!isLabel || !(isOpen || unfinished.test(above) || /^\p{Ll}{2}/u.test(label) || isNameless)) return count;
    label = above;
  }
}

/** Characters of a row with its label. */
const longestRow = 320;

function isLabelPart(line: string): boolean {
  return /\p{L}{2}/u.test(line) && !/[.!?:;]["”)]?$|^\(.*\)$/.test(line) && !rowValues(line) && !isColumnHeader(line);
}

/** Lines, joined where one goes on with the next: a paragraph that crosses a page has a line feed in it. */
function paragraphsOf(text: string): Range[] {
  const ranges: Range[] = [];
  for (const match of text.matchAll(/[^\n]+/g)) {
    const content = match[0];
    const start = match.index + (content.length - content.trimStart().length);
    const end = match.index + content.trimEnd().length;
    if (end <= start) continue;
    const last = ranges.at(-1);
    const before = last ? text.slice(last.start, last.end) : '';
    if (
      last &&
      before.length > 60 &&
      !/[.!?:;”"]$/.test(before) &&
      /^\p{Ll}/u.test(text.slice(start)) &&
      !rowValues(before)
    ) {
      ranges[ranges.length - 1] = { start: last.start, end };
    } else {
      const above = ranges.slice(-mostLabelLines).map((range) => text.slice(range.start, range.end));
      const label = ranges.splice(ranges.length - labelLinesAbove(above, text.slice(start, end)));
      ranges.push({ start: label[0]?.start ?? start, end });
    }
  }
  return ranges;
}

/** Ranges of the sentences between two places of a text. */
export function sentenceRanges(text: string, from: number, to: number): [number, number][] {
  const ranges: [number, number][] = [];
  const part = text.slice(from, to);
  let start = 0;
  for (const match of part.matchAll(/[.!?]+["”’')\]]*(?=\s+)/g)) {
    const end = match.index + match[0].length;
    if (!endsSentence(part, start, match.index, match[0], part.slice(end).trimStart())) continue;
    push(start, end);
    start = end;
  }
  push(start, part.length);
  return ranges;

  function push(first: number, last: number): void {
    const content = part.slice(first, last);
    const lead = content.length - content.trimStart().length;
    const length = content.trim().length;
    if (length > 0) ranges.push([from + first + lead, from + first + lead + length]);
  }
}

const germanMonth = /^(?:januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b/i;

function endsSentence(part: string, start: number, stop: number, marks: string, next: string): boolean {
  // A lower-case letter goes on; a figure, a capital, a quote or a bracket may begin.
  if (/^\p{Ll}/u.test(next)) return false;
  if (!marks.startsWith('.') || marks.startsWith('..')) return true;
  const word = /\S+$/.exec(part.slice(start, stop))?.[0]?.replace(/^[("“‘[]+/, '') ?? '';
  const lower = word.toLowerCase();
  // `J. Smith`, `1. Business`: an initial or an enumeration.
  if (/^\p{Lu}$/u.test(word)) return false;
  if (/^(?:\d{1,2}|[ivx]+)$/i.test(word) && part.slice(start, stop).trim() === word) return false;
  // `1. Juli`: an ordinal before a month.
  if (/^\d{1,2}$/.test(word) && germanMonth.test(next)) return false;
  if (/^no$/.test(lower)) return !/^\d/.test(next);
  if (maybeFinal.has(lower)) return opening.test(next);
  return !abbreviations.has(lower);
}

/** A short line without an end, or one of a table of contents. */
function isHeading(line: string): boolean {
  if (line.length < 160 && /\s\d{1,3}$/.test(line) && /\p{L}/u.test(line) && !/[$€£¥%]/.test(line)) return true;
  if (line.length < 200 && !/[.!?;:]["”)]?$/.test(line) && mostlyCapitals(line)) return true;
  return (
    line.length < 100 && !/[.!?;]["”)]?$/.test(line) && line.split(/\s+/).length <= 14 && !/^[•●▪◦*-]\s/.test(line)
  );
}

/** Title Case or capitals throughout; small words do not count. */
function mostlyCapitals(line: string): boolean {
  const words = line.match(/\p{L}{4,}/gu) ?? [];
  return words.length > 2 && words.filter((word) => /^\p{Lu}/u.test(word)).length / words.length > 0.8;
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/^[•●▪◦■□‣·]\s*/, '')
    .trim();
}
