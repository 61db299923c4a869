/**
 * Names in a sentence (companies, people, places, products, tickers) and whether a passage has them. Pure.
 */
import { stemOf } from '../answer-terms.ts';
import { isNamedSubject } from './first-words.ts';
import { normalise } from './words.ts';

export interface FoundName {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A capitalised word, or one with capitals or a digit among its letters: `Adobe`, `3M`, `iPhone`, `J.P.`. */
const nameWord = String.raw`(?:\p{Lu}[\p{L}\p{M}\p{N}]*(?:['&.-][\p{L}\p{N}]+)*\.?|\d+\p{Lu}\p{L}*|\p{Ll}+\p{Lu}[\p{L}\p{N}]*)`;
const namePattern = new RegExp(
  `(?<![\\p{L}\\p{N}])${nameWord}(?:(?:\\s(?:of|and|the|for|de|van|von|du|la))*\\s(?:&\\s)?${nameWord})*`,
  'gu',
);

/** Words with a capital that name nothing, or nothing that tells one thing from another. */
const noNames = new Set(
  (
    'january february march april may june july august september october november december jan feb mar apr jun jul aug sep ' +
    'sept oct nov dec monday tuesday wednesday thursday friday saturday sunday inc corp corporation company companies co ' +
    'ltd limited llc plc lp sa ag nv mr mrs ms dr prof sir i ii iii iv v vi vii viii ix x a an the this that these those ' +
    'form item note notes part section table figure page fy q1 q2 q3 q4 h1 h2 yes no source sources passage ' +
    'euro euros dollar dollars million millionen milliarde milliarden mio mrd tsd prozent'
  ).split(' '),
);

/** What begins a sentence in German, where every noun has a capital: there a single word is no name. */
const germanWords = /\b(?:der|die|das|und|ist|nicht|wurde|ein|eine|dem|den|im|von|mit)\b/gi;

/** Share of capitalised words from which a line is a title and its capitals say nothing. */
const titleShare = 0.7;

/** In the order of the text. A single word that begins a sentence or a clause is none: its capital may be the place's. */
export function namesOf(text: string): FoundName[] {
  const plain = normalise(text);
  const words = plain.match(/\p{L}[\p{L}\p{N}']{2,}/gu) ?? [];
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  if (words.length > 3 && capitals / words.length > titleShare) return [];
  const nounsHaveCapitals = (plain.match(germanWords)?.length ?? 0) >= 2;
  const names: FoundName[] = [];
  for (const match of plain.matchAll(namePattern)) {
    let start = match.index;
    let name = match[0].replace(/'s$/, '').replace(/(?<=\p{Ll})\.$/u, '');
    if (beginsClause(plain, start)) {
      const first = /^\S+\s*/.exec(name)?.[0] ?? '';
      const word = first.trim();
      const isMarked = /^(?:\d|\p{Ll}*\p{Lu}.*[\p{Lu}\d&])/u.test(word) && word.length > 1;
      if (
        !isMarked &&
        !(
          beginsSentence(plain, start) &&
          first.length === name.length &&
          isNamedSubject(word, plain.slice(start + word.length))
        ) &&
        (stemOf(word) === '' || noNames.has(key(word)) || first.length === name.length || /ly$/.test(word))
      ) {
        start += first.length;
        name = name.slice(first.length);
      }
      const connector = /^(?:of|and|the|for|&)\s+/.exec(name)?.[0];
      if (connector) {
        start += connector.length;
        name = name.slice(connector.length);
      }
    }
    if (nounsHaveCapitals && !/\s/.test(name) && !/^.+\p{Lu}/u.test(name)) continue;
    if (partsOf(name).length > 0)
      names.push({ start, end: start + name.length, text: text.slice(start, start + name.length) });
  }
  return names;
}

/** Whether a word's capital may be that of its place: at the start, behind a full stop, a colon, a line's end. */
export function beginsClause(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 4), start);
  return (start <= 4 && before.trim() === '') || /(?:[.?!:;—|"“(•\n]|\s-)\s*$/.test(before);
}

function beginsSentence(text: string, start: number): boolean {
  return /(?:^|[.?!;]["”)]?)\s*["“]?$/.test(text.slice(Math.max(0, start - 4), start));
}

function key(word: string): string {
  return word.toLowerCase().replace(/'s$/, '').replace(/\./g, '');
}

interface NamePart {
  readonly word: string;
  readonly key: string;
}

/** The words of a name that tell it from others. */
function partsOf(name: string): NamePart[] {
  return name
    .split(/\s+/)
    .map((word) => word.replace(/^[("]+|[),"]+$/g, ''))
    .flatMap((word) => {
      const pieces = /^COVID-19$/i.test(word) ? ['COVID'] : word.split(/(?<=[\p{L}\p{N}])-(?=[\p{L}\p{N}])/u);
      return pieces.map((piece) => ({
        word: piece,
        key: key(piece),
        isDigits: pieces.length > 1 && /^\d+$/.test(piece),
      }));
    })
    .filter(({ word, key: part, isDigits }) => {
      // The 25 of an MQ-25 tells it from others.
      if (isDigits) return true;
      const isWord = part.length > 1 && /\p{L}/u.test(part) && stemOf(word) !== '';
      return isWord && !noNames.has(part) && !/^fy'?\d+$/.test(part);
    });
}

/** Where names are looked for. */
export interface NameSource {
  readonly stems: ReadonlySet<string>;
  /** First letters of the words in order, small words left out: where acronyms are spelled out. */
  readonly initials: string;
  /** Letters and digits of the title alone: a file's name runs its words together. */
  readonly title: string;
}

/** @param context What stands for the text beside it: title and headings. */
export function nameSource(text: string, context: string): NameSource {
  const words = normalise(`${text} ${context}`).match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['&.][\p{L}\p{N}]+)*/gu) ?? [];
  return {
    stems: new Set(words.flatMap((word) => [key(word), stemOf(word)])),
    initials: words
      .filter((word) => stemOf(word) !== '' && /^\p{L}/u.test(word))
      .map((word) => word.charAt(0).toLowerCase())
      .join(''),
    title: lettersOf(context),
  };
}

/** Letters that a name must have to be found inside a longer run of letters. */
const leastRun = 5;

/** What belongs to a place is said of the place: the larger countries alone. */
const demonyms: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    american: ['us', 'usa', 'states', 'stat', 'america'],
    us: ['states', 'stat', 'usa', 'america', 'american'],
    british: ['uk', 'kingdom', 'britain'],
    uk: ['kingdom', 'britain', 'british'],
    german: ['germany'],
    french: ['france'],
    spanish: ['spain'],
    italian: ['italy'],
    dutch: ['netherlands'],
    swiss: ['switzerland'],
    chinese: ['china'],
    japanese: ['japan'],
    indian: ['india'],
    canadian: ['canada'],
    mexican: ['mexico'],
    brazilian: ['brazil'],
    australian: ['australia'],
    russian: ['russia'],
    ukrainian: ['ukraine'],
    european: ['europe', 'eu'],
    asian: ['asia'],
    african: ['africa'],
  }),
);

export function hasName(name: string, source: NameSource): boolean {
  const parts = partsOf(name);
  if (isSpelledOut(parts, source)) return true;
  const run = lettersOf(parts.map((part) => part.key).join(''));
  if (run.length >= leastRun && source.title.includes(run)) return true;
  return parts.every(
    (part) =>
      source.stems.has(part.key) ||
      source.stems.has(stemOf(part.word)) ||
      (/^(?:[A-Z]{3,6}|[A-Z](?:&[A-Z])+)$/.test(part.word.replace(/\./g, '')) &&
        source.initials.includes(part.key.replace(/&/g, ''))) ||
      (demonyms.get(part.key) ?? []).some((place) => source.stems.has(place)),
  );
}

/** `Securities and Exchange Commission` where the passage has `SEC` alone. */
function isSpelledOut(parts: readonly NamePart[], { stems }: NameSource): boolean {
  const initials = parts.map(({ key: part }) => part.charAt(0)).join('');
  return initials.length > 2 && stems.has(initials);
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
