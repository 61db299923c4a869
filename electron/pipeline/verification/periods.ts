/**
 * Months, weekdays and quarters that a sentence names, and whether a passage has them. Pure.
 *
 * A month or a weekday must stand in the passage, with the year that the sentence gives it where the passage gives it one;
 * a quarter or half only where the passage names another one: reports tell theirs by the months, too.
 */
import { monthNumber } from './numbers.ts';
import { normalise } from './words.ts';

interface FoundPeriod {
  readonly start: number;
  readonly end: number;
  readonly kind: 'month' | 'weekday' | 'quarter' | 'half';
  /** Of its kind, from 1. */
  readonly number: number;
  /** That stand beside a month; empty where there is none. */
  readonly years: readonly number[];
}

const monthPattern =
  /(?<![\p{L}\p{N}])(January|Jan|February|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|August|Aug|September|Sept?|October|Oct|November|Nov|December|Dec|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)(?!\p{L})\.?(?:\s\d{1,2}(?!\d))?((?:,?\s(?:and\s|of\s)?(?:19|20)\d\d(?!\d))*)/giu;
const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const weekdayPattern = new RegExp(`(?<!\\p{L})(${weekdays.join('|')})s?(?!\\p{L})`, 'giu');
const ordinals = ['first', 'second', 'third', 'fourth'];
const quarterPattern =
  /(?<![\p{L}\p{N}])(?:(first|second|third|fourth|1st|2nd|3rd|4th)[\s-](?:fiscal\s|calendar\s)?(quarter|half)|(Q|H)([1-4])|([1-4])(Q|H))(?!\p{L})/giu;
/** Before the month May, where it is no verb. */
const beforeMay =
  /\b(?:in|of|since|until|till|by|through|during|from|to|and|early|late|mid|last|next|this|each|on|before|after|ended|ending)[\s-]$/i;

export function periodsOf(text: string): FoundPeriod[] {
  const plain = normalise(text);
  const found: FoundPeriod[] = [];
  for (const match of plain.matchAll(monthPattern)) {
    const [whole, name = '', years = ''] = match;
    // `may` and `mar` in small letters are other words.
    if (/^\p{Ll}/u.test(name)) continue;
    const isMay = /^may$/i.test(name);
    if (isMay && !/\d/.test(whole) && !beforeMay.test(plain.slice(0, match.index))) continue;
    const place = { start: match.index, end: match.index + name.length };
    const told = (years.match(/\d{4}/g) ?? []).map(Number);
    found.push({ ...place, kind: 'month', number: monthNumber(name), years: told });
  }
  for (const match of plain.matchAll(weekdayPattern)) {
    const [whole, name = ''] = match;
    const place = { start: match.index, end: match.index + whole.length };
    found.push({ ...place, kind: 'weekday', number: weekdays.indexOf(name.toLowerCase()) + 1, years: [] });
  }
  for (const match of plain.matchAll(quarterPattern)) {
    const [whole, ordinal = '', word, letter, digit, firstDigit, lastLetter] = match;
    const number = Number(digit ?? firstDigit ?? 0) || ordinals.indexOf(ordinal.toLowerCase()) + 1 || parseInt(ordinal);
    const kind = /^[qQ]/.test(word ?? letter ?? lastLetter ?? '') ? 'quarter' : 'half';
    found.push({ start: match.index, end: match.index + whole.length, kind, number, years: [] });
  }
  return found;
}

/** `three months ended June 30`: May is one of them. */
const spanPattern = /\b(three|six|nine|twelve)[\s-]months?(?:\speriods?)?\send(?:ed|ing)\s(\p{L}+)/giu;
const spanLengths: Readonly<Record<string, number>> = { three: 3, six: 6, nine: 9, twelve: 12 };

/** Of a passage, with its title and headings. */
export interface PeriodSource {
  readonly periods: readonly FoundPeriod[];
  /** Numbers of the months that spans run over. */
  readonly spanned: ReadonlySet<number>;
}

export function periodSource(text: string, context: string): PeriodSource {
  const all = `${text}\n${context.replace(/[_-]+/g, ' ')}`;
  const spanned = new Set<number>();
  for (const [, length = '', name = ''] of normalise(all).matchAll(spanPattern)) {
    const last = monthNumber(name);
    for (let back = 0; last > 0 && back < (spanLengths[length.toLowerCase()] ?? 0); back += 1)
      spanned.add(((last - 1 - back + 12) % 12) + 1);
  }
  // `7/1/2022`, `2022-07-01`
  const written = [...all.matchAll(/(?<!\d)(?:(\d{1,2})\/\d{1,2}\/\d{2,4}|(?:19|20)\d\d[ -](\d\d)[ -]\d\d)(?!\d)/g)];
  const numbers = written.map(([, first, second]) => Number(first ?? second));
  const periods = numbers.map((number): FoundPeriod => ({ start: 0, end: 0, kind: 'month', number, years: [] }));
  return { periods: [...periodsOf(all), ...periods], spanned };
}

/** Those of a sentence that none of the passages has. */
export function missingPeriods(sentence: string, sources: readonly PeriodSource[]): FoundPeriod[] {
  return periodsOf(sentence).filter((period) => !sources.some((source) => hasPeriod(period, source)));
}

function hasPeriod({ kind, number, years }: FoundPeriod, { periods, spanned }: PeriodSource): boolean {
  const ofKind = periods.filter((period) => period.kind === kind);
  const same = ofKind.filter((period) => period.number === number);
  if (kind === 'quarter' || kind === 'half') return same.length > 0 || ofKind.length === 0;
  if (kind === 'month' && same.length === 0) return spanned.has(number);
  if (years.length === 0 || same.some((period) => period.years.length === 0)) return same.length > 0;
  return years.some((year) => same.some((period) => period.years.includes(year)));
}
