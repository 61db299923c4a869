/**
 * Marks the passages that are part of a primary financial statement with an index term of their own, the same for all
 * wordings of its name. Notes and discussions repeat a statement's lines far more often than it has them, so that words
 * alone prefer them to the statement that a question about a figure is answered from. Pure.
 */
import type { StatementName } from './query-glossary.ts';

const names: readonly (readonly [StatementName, RegExp])[] = [
  [
    'balance',
    /\bbalance sheets?\b|\bstatements? of (?:consolidated )?(?:financial (?:position|condition)|condition)\b/i,
  ],
  [
    'income',
    /\bincome statements?\b|\bstatements? of (?:consolidated )?(?:comprehensive )?(?:net )?(?:income|operations|earnings|profit (?:and|or) loss)\b/i,
  ],
  ['cash', /\bstatements? of (?:consolidated )?cash ?flows?\b|\bcash ?flow statements?\b/i],
  [
    'equity',
    /\bstatements? of (?:consolidated )?(?:changes in )?(?:total )?(?:(?:stockholders|shareholders|shareowners)['’]?s? )?equity\b/i,
  ],
];

/** A longer line is a sentence that mentions a statement. */
const longestName = 110;
const mention = /^notes? |^see |\baccompanying\b|\bnotes to\b/i;
/** Figures that a part of a statement has at least. */
const leastFigures = 6;
const figure = /^[($€£]*\d[\d.,]*[)%]*$/;
const year = /^(?:19|20)\d{2}$/;

/** The term that stands in the index for a statement; no word of any text. */
export function statementTerm(name: StatementName): string {
  return `statement${name}`;
}

/**
 * The terms of the statements that a passage is part of: it has figures, and its page, a heading or its first two lines
 * are named like one.
 */
export function statementTerms({ contextText, text }: { contextText: string; text: string }): string[] {
  const figures = text.split(/\s+/).filter((word) => figure.test(word) && !year.test(word)).length;
  if (figures < leastFigures) return [];
  const [, place = ''] = contextText.split('\n');
  const titles = [...place.split(' › '), ...text.split('\n', 2)].filter(
    (title) => title.length <= longestName && !mention.test(title),
  );
  return names
    .filter(([, pattern]) => titles.some((title) => pattern.test(title)))
    .map(([name]) => statementTerm(name));
}
