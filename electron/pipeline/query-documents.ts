/**
 * Which documents a question names: by company, subject, kind and period, compared with titles and file names. Pure.
 *
 * A library holds many filings that say nearly the same; what tells them apart stands in the question ("Acme's FY2022
 * …") and in a document's name, and rarely in the passage that answers.
 */
import { isGlossaryTerm } from './query-glossary.ts';
import { stopWords, wordsOf } from './query-terms.ts';

export interface DocumentName {
  readonly id: string;
  readonly title: string;
  readonly fileName: string;
}

interface Period {
  readonly years: ReadonlySet<number>;
  /** `q1` … `q4`, `h1`, `h2`. */
  readonly parts: ReadonlySet<string>;
}

/** Words of many names that tell no document from another. */
const commonNameWords = new Set(
  (
    'inc incorporated corp corporation co company companies plc ltd limited llc gmbh ag sa nv group holding holdings ' +
    'international the and of for a form report reports annual quarterly fiscal year quarter earnings results release ' +
    'press announces first second third fourth full filed filing document documents exhibit statement statements ' +
    'final draft copy version dated page new data pdf'
  ).split(' '),
);
const months = 'january february march april may june july august september october november december'.split(' ');

const shortest = 2;
/** Words of a name that may be written as one, or abbreviated as one. */
const longestJoin = 4;

/**
 * How much a question points to each document, 0 to 1; documents that it does not name are absent.
 * The best-named have 1 when the period fits, too. It yields after each document: a large library takes long, and the
 * first question to it longest.
 */
export function* documentsNamed(
  question: string,
  documents: readonly DocumentName[],
): Generator<void, Map<string, number>> {
  const asked = askedWords(question);
  const names: { readonly id: string; readonly name: ParsedName }[] = [];
  const counts = new Map<string, number>();
  for (const { id, title, fileName } of documents) {
    const name = parsedName(title, fileName);
    names.push({ id, name });
    for (const word of name.words) counts.set(word, (counts.get(word) ?? 0) + 1);
    yield;
  }
  const rarity = (word: string): number => Math.log(1 + documents.length / (counts.get(word) ?? 1));

  const wanted = periodOf(question);
  const points: (readonly [string, number])[] = [];
  for (const { id, name } of names) {
    // Each word of the question counts once, by the rarest word of the name that it stands for.
    const weights = new Map<number, number>();
    for (const { word, from, to } of matches(asked, name)) {
      for (let at = from; at < to; at += 1) weights.set(at, Math.max(weights.get(at) ?? 0, rarity(word)));
    }
    const score = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    if (score > 0) points.push([id, score * periodFit(wanted, name.period)]);
    yield;
  }
  const best = Math.max(...points.map(([, score]) => score));
  return new Map(points.map(([id, score]) => [id, score / best]));
}

interface ParsedName {
  readonly words: ReadonlySet<string>;
  /** Words that stand side by side, written as one, with the first of them. */
  readonly joined: ReadonlyMap<string, string>;
  /** The words of the title, and those of the file name, in order. */
  readonly runs: readonly (readonly string[])[];
  readonly period: Period;
}

/** Names that were parsed: a library's are the same with each question. */
const parsed = new Map<string, ParsedName>();
const mostParsed = 10_000;

function parsedName(title: string, fileName: string): ParsedName {
  const stem = stemOf(fileName);
  const key = `${title}\n${stem}`;
  const known = parsed.get(key);
  if (known) return known;
  const runs = [nameWords(title), nameWords(stem)];
  const joined = new Map<string, string>();
  for (const run of runs) {
    for (let from = 0; from < run.length; from += 1) {
      for (let to = from + 2; to <= Math.min(run.length, from + longestJoin); to += 1)
        joined.set(run.slice(from, to).join(''), run[from] ?? '');
    }
  }
  const name = { words: new Set(runs.flat()), joined, runs, period: periodOf(`${title} ${stem}`) };
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(key, name);
  return name;
}

interface AskedWord {
  readonly text: string;
  /** Written as abbreviations are: several capitals, or all of it. */
  readonly short: boolean;
}

/** A word of a name that words `from` to `to` (exclusive) of the question stand for. */
interface Match {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

function askedWords(question: string): AskedWord[] {
  return Array.from(question.normalize('NFKC').matchAll(/[\p{L}\p{N}]+(?:&[\p{L}\p{N}]+)*/gu), ([word]) => ({
    text: word.toLowerCase(),
    short: word.length <= 6 && (word.match(/\p{Lu}/gu)?.length ?? 0) >= 2 && !isGlossaryTerm(word.toLowerCase()),
  }));
}

/** Where the question has words of a name: as they are, written as one, or abbreviated. */
function matches(asked: readonly AskedWord[], { words, joined, runs }: ParsedName): Match[] {
  const found: Match[] = [];
  asked.forEach(({ text, short }, at) => {
    if (words.has(text) && !stopWords.has(text)) found.push({ word: text, from: at, to: at + 1 });
    const whole = joined.get(text);
    if (whole !== undefined) found.push({ word: whole, from: at, to: at + 1 });
    let several = text;
    for (let to = at + 2; to <= Math.min(asked.length, at + longestJoin); to += 1) {
      several += asked[to - 1]?.text ?? '';
      if (words.has(several)) found.push({ word: several, from: at, to });
    }
    if (!short) return;
    for (const word of runs.flatMap((run) => abbreviated(text, run))) found.push({ word, from: at, to: at + 1 });
  });
  return found;
}

/** Words of a name at which something begins that the abbreviation may stand for. */
function abbreviated(short: string, run: readonly string[]): string[] {
  return run.filter((word, from) => {
    if (short.length >= 3 && word.length > short.length && word.startsWith(short)) return true;
    for (let to = from + 2; to <= Math.min(run.length, from + longestJoin); to += 1)
      if (isBlendOf(short, run.slice(from, to))) return true;
    return false;
  });
}

/** True for initials and blends, each word giving its beginning: `am·ex`, `j·n·j` (n for and), `i·b·m`. */
function isBlendOf(short: string, words: readonly string[]): boolean {
  const [word, ...rest] = words;
  if (word === undefined) return short === '';
  if (word.length < 3) return false;
  for (let length = 1; length <= Math.min(word.length, short.length - rest.length); length += 1) {
    if (!word.startsWith(short.slice(0, length))) return false;
    const left = short.slice(length).replace(/^&/, '');
    if (isBlendOf(left, rest) || (rest.length > 0 && left.startsWith('n') && isBlendOf(left.slice(1), rest)))
      return true;
  }
  return false;
}

function nameWords(text: string): string[] {
  return wordsOf(text.replace(/[_&]/g, ' '))
    .flatMap((word) => word.split(/[^\p{L}\p{N}]+/u))
    .filter(
      (word) => word.length >= shortest && !commonNameWords.has(word) && !/^\d+$/.test(word) && !months.includes(word),
    )
    .filter((word) => !/^(?:19|20)\d{2}[qh]\d$|^[qh][1-4]$|^fy\d+$|^\d{1,2}[kqf]$/.test(word));
}

function stemOf(fileName: string): string {
  return fileName.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/_/g, ' ');
}

/** Years and parts of a year that a text speaks of. */
function periodOf(text: string): Period {
  const years = new Set<number>();
  const parts = new Set<string>();
  for (const [, year] of text.matchAll(/(?<![\d,.])((?:19|20)\d{2})(?![\d,]\d)/g)) years.add(Number(year));
  for (const [, year] of text.matchAll(/\bFY\s?['’]?(\d{2})(?!\d)/gi)) years.add(2000 + Number(year));
  for (const [, before, after] of text.matchAll(/(?<![a-z])q([1-4])(?!\d)|(?<!\d)([1-4])q(?![a-z])/gi))
    parts.add(`q${before ?? after}`);
  for (const [, half] of text.matchAll(/(?<![a-z])h([12])(?!\d)/gi)) parts.add(`h${half}`);
  for (const [, ordinal] of text.matchAll(/\b(first|second|third|fourth)[\s-](?:fiscal\s)?quarter/gi))
    parts.add(`q${['first', 'second', 'third', 'fourth'].indexOf(ordinal?.toLowerCase() ?? '') + 1}`);
  return { years, parts };
}

/** 1 when the periods fit, less when they are at odds; in between when one of them says nothing. */
function periodFit(asked: Period, name: Period): number {
  if (asked.years.size === 0 && asked.parts.size === 0) return 1;
  let fit = 1;
  if (asked.years.size > 0 && name.years.size > 0) {
    const latest = Math.max(...asked.years);
    if (name.years.has(latest)) fit = 1;
    else if (name.years.has(latest + 1)) fit = 0.7;
    else if ([...asked.years].some((year) => name.years.has(year))) fit = 0.6;
    else fit = 0.4;
  } else if (asked.years.size > 0) fit = 0.7;
  const wantsPart = asked.parts.size > 0;
  if (wantsPart !== name.parts.size > 0) return fit * 0.8;
  if (!wantsPart) return fit;
  const parts = new Set(
    [...asked.parts].flatMap((part) => (part === 'h1' ? ['h1', 'q2'] : part === 'h2' ? ['h2', 'q4'] : [part])),
  );
  return [...name.parts].some((part) => parts.has(part)) ? fit : fit * 0.6;
}
