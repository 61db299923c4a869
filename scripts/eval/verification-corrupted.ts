/**
 * Paraphrases turned false in one place each, by rule: another figure, unit, year or name, the other direction, a
 * negation, a passage of another page. Deterministic. Pure.
 */
import { createHash } from 'node:crypto';
import type { Paraphrase } from './verification-paraphrases.ts';
import { negated, withOtherName, withOtherNumber } from './verification-set.ts';
import type { SetPassage } from './verification-set.ts';

export const corruptions = [
  'other number',
  'other unit',
  'other year',
  'other name',
  'other direction',
  'denied',
  'other page',
] as const;
export type Corruption = (typeof corruptions)[number];

/** Documents of one company are all in one part. */
export type Split = 'development' | 'held-out';

export interface ParaphraseTest {
  readonly split: Split;
  /** Null for the true sentence. */
  readonly corruption: Corruption | null;
  readonly sentence: string;
  readonly passage: SetPassage;
}

/** Pages between a passage and one that is another. */
const pagesApart = 3;
const leastCharacters = 300;

/** By the company's name alone, so that nothing about the sentences decides. */
export function splitOf(document: string): Split {
  return numberOf(`split ${document.split('_')[0] ?? ''}`, 8) % 2 === 1 ? 'held-out' : 'development';
}

function numberOf(text: string, digits = 6): number {
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, digits), 16);
}

/** Throws when a paraphrase's passage is not there: the set is then another one. */
export function paraphraseTests(all: readonly Paraphrase[], passages: readonly SetPassage[]): ParaphraseTest[] {
  return all.flatMap((paraphrase): ParaphraseTest[] => {
    const own = passages.filter(({ document }) => isOf(document, paraphrase.document));
    const passage = own
      .filter(({ text, page }) => Math.abs(page - paraphrase.page) <= 1 && spaced(text).includes(paraphrase.anchor))
      .sort((a, b) => Math.abs(a.page - paraphrase.page) - Math.abs(b.page - paraphrase.page))[0];
    if (!passage)
      throw new Error(`${paraphrase.document}, page ${paraphrase.page}: “${paraphrase.anchor}” is not there.`);
    const split = splitOf(paraphrase.document);
    const make = (corruption: Corruption | null, sentence: string | null, other = passage): ParaphraseTest[] =>
      sentence === null ? [] : [{ split, corruption, sentence, passage: other }];
    const { sentence } = paraphrase;
    const others = own.filter(
      ({ page, text }) => Math.abs(page - passage.page) >= pagesApart && text.length > leastCharacters,
    );
    const other = others[numberOf(sentence) % Math.max(1, others.length)];
    return [
      ...make(null, sentence),
      ...make('other number', otherFigure(sentence)),
      ...make('other unit', withOtherUnit(sentence)),
      ...make('other year', withOtherYear(sentence)),
      ...make('other name', withOtherName(sentence)),
      ...make('other direction', withOtherDirection(sentence)),
      // A second negation would make it true again.
      ...make('denied', /\b(?:no|cannot)\b/.test(sentence) ? null : negated(sentence)),
      ...(other ? make('other page', sentence, other) : []),
    ];
  });
}

function isOf(document: string, prefix: string): boolean {
  return document === `${prefix}.pdf` || document.startsWith(`${prefix}_dated`);
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const year = /\b20\d\d\b/g;

/** Years are hidden from the change, which has a kind of its own. */
function otherFigure(sentence: string): string | null {
  const years = sentence.match(year) ?? [];
  const changed = withOtherNumber(sentence.replace(year, 'yyyy'));
  let next = 0;
  return changed?.replace(/yyyy/g, () => years[next++] ?? '') ?? null;
}

function withOtherUnit(sentence: string): string | null {
  const units: Readonly<Record<string, string>> = { million: 'billion', billion: 'million' };
  const changed = sentence.replace(/(?<=\d )(?:million|billion)\b/, (unit) => units[unit] ?? unit);
  return changed === sentence ? null : changed;
}

function withOtherYear(sentence: string): string | null {
  const [first] = sentence.match(year) ?? [];
  return first === undefined ? null : sentence.replace(first, String(Number(first) - 3 - (numberOf(sentence) % 3)));
}

const directions: readonly (readonly [string, string])[] = [
  ['increased', 'decreased'],
  ['rose', 'fell'],
  ['grew', 'shrank'],
  ['grown', 'shrunk'],
  ['up', 'down'],
  ['more', 'less'],
  ['higher', 'lower'],
  ['lifted', 'cut'],
  ['dropped', 'climbed'],
  ['better', 'worse'],
  ['earned', 'lost'],
  ['below', 'above'],
  ['after', 'before'],
  ['growth', 'decline'],
];

function withOtherDirection(sentence: string): string | null {
  for (const pair of directions)
    for (const [from, to] of [pair, [pair[1], pair[0]] as const]) {
      const changed = sentence.replace(new RegExp(`\\b${from}\\b`), to);
      if (changed !== sentence) return changed;
    }
  return null;
}
