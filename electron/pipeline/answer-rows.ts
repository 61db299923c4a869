/**
 * Reads a line of a table as its text has it: label, values, and the names of their columns. Marks of footnotes are no
 * values, and a value is named only by a column that is surely its own. Pure.
 */

export interface Row {
  readonly label: string;
  readonly values: readonly string[];
}

/** A row as it is shown. */
export interface DescribedRow {
  readonly text: string;
  readonly label: string;
  readonly values: number;
  /** What the lines above call the table; empty when they do not. */
  readonly title: string;
  /** Whether each value stands with its column. */
  readonly isNamed: boolean;
  readonly cells: readonly string[];
  /** As many as the cells; empty where they are not known. */
  readonly columns: readonly string[];
  /** What the groups of columns are called where the same names come twice and nothing tells which is whose. */
  readonly group: string;
  /** `millions`; empty where the row is in none. */
  readonly unit: string;
}

/** What stands above a row: its lines as they are, and what its columns are called where that is known. */
export interface TableHead {
  readonly lines: readonly string[];
  readonly columns: readonly string[];
  /** `(in millions, except per share data)`; empty where none is told. */
  readonly unit: string;
}

/**
 * A word of a row's tail: a figure (`1,234`, `$5`, `(5.2)`, `3%`, with a footnote's mark `7(1)`), a part of one that
 * stands apart, marks of footnotes, or none (`—`, `N/A`).
 */
const valueWord =
  /^(?:[$€£¥(]|\)?%|\)|[(–—−+-]?[$€£¥]?\(?\d[\d,]*(?:\.\d+)?[%x]?\)?%?(?:\((?:\d{1,2}|[a-z])\))*[¹²³⁴-⁹*†‡]*|(?:\((?:\d{1,2}|[a-z])\)){2,}|\([a-z]\)|[*†‡¹²³⁴-⁹]+|[—–−-]|n\/?[am]|n\.[am]\.)$/i;
/** `NM` and `NA` are words of no figure; `nm` and `na` may be words of a label. */
const lowerWord = /^n[am]$/;
const noFigure = /^(?:—|n\/?[am]|n\.[am]\.)$/i;
/** A mark that can be taken for nothing else, at the end of a figure or alone. */
const sureMark = /(?:(?<=\d[%x]?\)?%?)\((?:\d{1,2}|[a-z])\)|^\((?:\d{1,2}|[a-z])\)(?=\()|^\([a-z]\)|[*†‡¹²³⁴-⁹])$/;
/** One that may be a small loss as well. */
const mark = /^\(\d{1,2}\)$/;

/** Label and values of a table's row; null for a line that is none. */
export function rowValues(line: string): Row | null {
  if (line.length > 400) return null;
  const words = line.split(/\s+/);
  let first = words.length;
  while (first > 0 && isValueWord(words[first - 1] ?? '')) first -= 1;
  // `$ 1,234` and `( 5.2 ) %` are one value each.
  const values = words
    .slice(first)
    .join(' ')
    .replace(/([$€£¥(])\s+/g, '$1')
    .replace(/(?<=[\d)])\s+(?=[)%])/g, '')
    .split(' ')
    .map(withoutSureMarks)
    .filter((value) => value !== '')
    .map((value) => (/^[–−-]$/.test(value) ? '—' : value));
  // The end of a bracket that began in the label, `(Note 3)`; the sign of `Revenue in %`.
  const own = values.findIndex((value) => !/^[^(]*\)/.test(value) && /[\d—NnMm]/.test(value));
  const inLabel = values.splice(0, Math.max(own, 0));
  const label = [...words.slice(0, first), ...inLabel].join(' ').replace(/[\s.:·…]+$/, '');
  if (!values.some((value) => /\d/.test(value) || noFigure.test(value))) return null;
  return isRow(line, label, values) ? { label, values } : null;
}

function isValueWord(word: string): boolean {
  return valueWord.test(word) && !lowerWord.test(word);
}

function withoutSureMarks(value: string): string {
  let bare = value;
  while (sureMark.test(bare)) bare = bare.replace(sureMark, '');
  // What is left of `(2)(3)`.
  return bare !== value && mark.test(bare) ? '' : bare;
}

/** Ends the words before the figure of a headline or a range: `Comparable Sales Increased 15.6%`, `4% to 5%`. */
const saying =
  /\b(?:increased?|decreased?|grew|grown|rose|fell|declined?|dropped|improved|up|down|by|to|of|at|was|were|is|are|approximately|about)$/i;

/** True for a line that says something of its only figure: no row, and no heading. */
export function isStatement(line: string): boolean {
  const words = line.split(/\s+/);
  return (
    isValueWord(words.at(-1) ?? '') &&
    saying.test(
      words
        .slice(0, -1)
        .join(' ')
        .replace(/[$€£¥]$/, '')
        .trim(),
    )
  );
}

function isRow(line: string, label: string, values: readonly string[]): boolean {
  // The line of a sentence that goes on: `for the year ended December 31, 2017,`.
  if (/,$/.test(values.at(-1) ?? '')) return false;
  // A line of a table of contents: its figure is a page.
  if (values.length === 1 && /^\d{1,3}$/.test(values[0] ?? '')) return false;
  // A year is a column's name or a part of a sentence, never a value.
  if (values.some((value) => /^(?:19|20)\d\d$/.test(value)) && !isColumnHeader(line)) return false;
  if (values.length === 1 && saying.test(label)) return false;
  // One figure at the end makes a row only of a short line that is no sentence.
  return values.length > 1 || (/[$€£¥%,]/.test(values[0] ?? '') && label.split(/\s+/).length <= 8);
}

const period =
  /(?:(?:first|second|third|fourth)\s+quarters?|(?:three|six|nine|twelve|thirteen|fourteen|twenty-six|thirty-nine|fifty-two|fifty-three|\d{1,2})[\s-]+(?:months|weeks)|full[\s-]years?|year[\s-]to[\s-]date|(?:fiscal\s+)?years?|quarters?)(?:\s+end(?:ed|ing))?(?:\s+(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2})?/gi;
const date = /(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2}/gi;
const year = '(?:[qQ][1-4]\\s?|[1-4][qQ]\\s?|FY\\s?)?(?<!\\d)(?:19|20)\\d\\d(?!\\d)';
/** A year, two that are compared, or the change from one to the other. */
const column = new RegExp(
  `${year}(?:\\s*(?:vs\\.?|versus|compared (?:to|with))\\s*${year})?|\\b\\d\\d/\\d\\d\\b|(?:[%$]\\s|percent(?:age)?\\s)?(?:change|variance|increase\\s?/?\\s?\\(?decrease\\)?)(?:\\s(?:[%$]|\\([%$]\\)))?`,
  'gi',
);

/** Words that a line of columns may have before its first year, when it names several columns, and when it names one. */
const mostTitleWords = 8;
const mostWordsBeforeOne = 3;

/** `January 28, January 29,` over `2023 2022`: days whose years stand below. */
const daysPattern =
  /^(?:(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+)?\d{1,2},\s*)+$/i;

/** True for a line of days, with or without their months: `28, 29, 30,`. */
export function isDays(line: string): boolean {
  return daysPattern.test(line.trim());
}

/** True for a line that says which years or periods the columns under it are of. */
export function isColumnHeader(row: string): boolean {
  const line = row.replace(unitPattern, '');
  if (isDays(line)) return true;
  if (line.length >= 200 || /[a-z]{3,}[.;]$/i.test(line)) return false;
  const numbers = line.match(/\d[\d,.]*/g) ?? [];
  if (numbers.some((number) => !/^(?:(?:19|20)\d\d|\d{1,2}),?$/.test(number))) return false;
  const firstYear = line.search(/(?<!\d)(?:19|20)\d\d(?!\d)/);
  const title = (firstYear < 0 ? line : line.slice(0, firstYear)).replace(period, ' ').replace(date, ' ');
  const titleWords = title.match(/\p{L}+/gu)?.length ?? 0;
  if (/\b(?:years?|months|weeks|quarters?|periods?) end(?:ed|ing)\b/i.test(line) && titleWords <= mostTitleWords)
    return true;
  if (firstYear < 0 || !isOnlyColumns(line.slice(firstYear))) return false;
  const years = line.match(/(?<!\d)(?:19|20)\d\d(?!\d)/g) ?? [];
  return titleWords <= (years.length > 1 ? mostTitleWords : mostWordsBeforeOne);
}

/** What is left beside years, changes, periods and marks is nothing. */
function isOnlyColumns(line: string): boolean {
  const rest = line
    .replace(column, ' ')
    .replace(period, ' ')
    .replace(date, ' ')
    .replace(
      /\(?\b(?:unaudited|restated|audited|actual|fiscal|as of|at|and)\b\)?|\((?:\d{1,2}|[a-z])\)|[%$,()/*†‡–—-]/gi,
      ' ',
    );
  return !/[\p{L}\d]/u.test(rest);
}

/**
 * What the columns under these lines are called, the last line being the one that names them; empty when it does not.
 * The same name comes twice where the lines do not tell what tells the groups of columns apart.
 */
export function columnNames(lines: readonly string[]): string[] {
  const last = (lines.at(-1) ?? '').replace(unitPattern, '');
  const names = (last.match(column) ?? []).map((name) => name.replace(/\s+/g, ' '));
  if (!names.some((name) => /\d{4}/.test(name))) return [];
  if (isDistinct(names)) return ofOnePeriod(names, lines);
  const dates = last.match(date) ?? [];
  const dated = names.map((name, index) => `${dates[index] ?? ''} ${name}`.trim());
  if (dates.length === names.length && isDistinct(dated)) return dated;
  const each = new Set(names).size;
  if (!names.every((name, index) => name === names[index % each])) return [];
  const count = names.length / each;
  const groups = lines
    .map((line) => (line.match(period) ?? []).map((name) => name.replace(/\s+/g, ' ')))
    .findLast((found) => found.length === count && isDistinct(found));
  return groups ? names.map((name, index) => `${name} (${groups[Math.floor(index / each)] ?? ''})`) : names;
}

/** `2023 (13 Weeks Ended)`: a quarter's figure must not pass for a year's; that years end in December goes without saying. */
function ofOnePeriod(names: readonly string[], lines: readonly string[]): string[] {
  const found = lines.filter((line) => isColumnHeader(line)).flatMap((line) => line.match(period) ?? []);
  const told = found.filter((name) => /\b(?:months|weeks|quarters?)[\s-]+end/i.test(name));
  const [group = ''] = told;
  if (told.length !== 1 || found.length !== 1) return [...names];
  return names.map((name) => (/^(?:19|20)\d\d$/.test(name) ? `${name} (${group.replace(/\s+/g, ' ')})` : name));
}

function isDistinct(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}

const unitPattern =
  /\(?\b(?:dollars |amounts |u\.s\. dollars )?(?:\$ ?)?(?:in )?(?:\$ ?)?(millions|thousands|billions)\b(?:,[^)\n]{0,60})?\)?/i;

/** What is counted, or is a share of something, is not in the table's money. */
const unitless =
  /\beps\b|\bper\b.*\b(?:share|unit|gallon|ton)|millions|thousands|billions|percent|%|\bratio\b|\bnumber of\b|\brates?\b|\bmargin\b(?!.*\bloans?\b)|\bas a % of\b|\b(?:employees|headcount|stores|openings|warehouses|locations|days|members|square f(?:ee|oo)t(?:age)?|turnover|yield|growth)\b/i;

/** `Net sales (in millions) — 2022: $34,229 · 2021: $35,355`; the values alone where the columns are not known. */
export function describeRow(row: Row, head: TableHead): DescribedRow {
  const { lines } = head;
  const { label, values } = withoutMarks(row, head.columns.length);
  const columns = columnsOf(values, head.columns);
  const unit = isInUnit(label, values, head.unit) ? (unitPattern.exec(head.unit)?.[1]?.toLowerCase() ?? '') : '';
  const isNamed = columns.length > 0;
  const list = values.map((value, index) => (isNamed ? `${columns[index] ?? ''}: ${value}` : value)).join(' · ');
  const what = label.replace(/\s+/g, ' ').trim();
  // The groups that the same years stand under are told, though not which is whose.
  const groups = isNamed && !isDistinct(columns) ? lines.findLast((line) => !isColumnHeader(line)) : undefined;
  const group = groups?.replace(unitPattern, '').trim() ?? '';
  const title = titleOf(lines);
  const facts = { label: what, title, values: values.length, isNamed, cells: values, columns, group, unit };
  if (what === '') return { ...facts, text: list };
  const notes = [...(group === '' ? [] : [group]), ...(unit === '' ? [] : [`in ${unit}`])];
  return { ...facts, text: `${what}${notes.length > 0 ? ` (${notes.join('; ')})` : ''} — ${list}` };
}

/** The columns of a row's values, each year with the share that stands beside its amount; empty where they are not known. */
function columnsOf(values: readonly string[], columns: readonly string[]): readonly string[] {
  if (columns.length === values.length) return columns;
  const shares = values.filter((_, index) => index % 2 === 1);
  const isShared =
    values.length === 2 * columns.length &&
    shares.every((value) => /\d.*%\)?$/.test(value) || noFigure.test(value)) &&
    shares.some((value) => value.includes('%')) &&
    !values.every((value) => value.includes('%'));
  return isShared ? columns.flatMap((name) => [name, `${name}, %`]) : [];
}

/** `Domestic Segment Performance Summary` of `Domestic Segment Performance Summary 2019 2018 2017`. */
function titleOf(lines: readonly string[]): string {
  const titles = lines.map(
    (line) => line.replace(unitPattern, '').replace(period, ' ').replace(date, ' ').split(/\d/)[0],
  );
  return titles.findLast((title) => /\p{L}{3}/u.test(title ?? ''))?.trim() ?? '';
}

/** What a line says of the unit that its table is in. */
export function unitOf(line: string): string | undefined {
  return unitPattern.exec(line)?.[0];
}

/** What is counted, or is a share of something, is not in its table's money. */
export function isUnitless(label: string): boolean {
  return unitless.test(label);
}

function isInUnit(label: string, values: readonly string[], unit: string): boolean {
  if (isUnitless(label) || values.every((value) => /%\)?$/.test(value) || noFigure.test(value))) return false;
  // `(in millions, except per share amounts)`: of `Diluted 5.20 3.26` nothing is in millions.
  const isPerShare = values.every((value) => /\d\.\d\d\)?$/.test(value) || noFigure.test(value));
  return !(isPerShare && /\bper[\s-]share\b/i.test(unit));
}

/** Marks of footnotes are no values, and the numbers of notes and levels (`Level 2`, `Note 14`) are of the label. */
function withoutMarks({ label, values }: Row, columnCount: number): Row {
  const extra = columnCount === 0 ? 0 : values.length - columnCount;
  const [first = '', ...rest] = values;
  // Among other small counts it may be one of them.
  const isNote = /\b(?:levels?|notes?)$/i.test(label) || rest.some((value) => !/^\d{1,2}$/.test(value));
  if (extra === 1 && isNote && /^\d{1,2}$/.test(first)) return { label: `${label} ${first}`, values: rest };
  if (extra > 0 && values.filter((value) => mark.test(value)).length === extra) {
    return { label, values: values.filter((value) => !mark.test(value)) };
  }
  if (extra === 1 && mark.test(first)) return { label, values: rest };
  // `Settlements, net of tax of $0, ($2) and $4`: what the label lists is no column's.
  if (extra > 0 && /(?:\b(?:and|of|or|to)|,)$/.test(label)) {
    return { label: [label, ...values.slice(0, extra)].join(' '), values: values.slice(extra) };
  }
  if (!mark.test(first)) return { label, values };
  const others = rest.filter((value) => !noFigure.test(value));
  if (others.length === 0) return { label, values };
  // A whole number in brackets is no loss where all others are percentages or have decimals.
  if (others.every((value) => value.includes('%')) || others.every((value) => /\d\.\d/.test(value))) {
    return { label, values: rest };
  }
  // Before thousands it may be a small loss; whose columns are not known, it stays by the label, to be read as either.
  const isLikely = columnCount === 0 && others.length > 1 && others.every((value) => /\d,\d{3}/.test(value));
  return isLikely ? { label: `${label} ${first}`, values: rest } : { label, values };
}
