/**
 * What a question looks for in the full-text index, and what the index holds beyond the words of a passage.
 *
 * Pure. The index splits at everything that is neither letter nor digit, ignores case and accents and cuts words to
 * their stems (FTS5 `porter unicode61`), so that `1,577` is the two words 1 and 577, and `R&D` is r and d: a phrase of
 * them finds either spelling.
 */
import type { TermGroup } from '../db/search-types.ts';

/** Words that tell nothing about a passage, of questions above all. */
export const stopWords = new Set(
  (
    'a about above after again against all also am an and any are as at be because been before being below between both ' +
    'but by can could did do does doing down during each few for from further had has have having he her here hers him ' +
    'his how i if in into is it its itself just let like me might more most must my no nor not of off on once only or ' +
    'other our ours out over own please same shall she should so some such than that the their them then there these ' +
    'they this those through to too under until up upon us very was we were what when where whether which while who whom ' +
    'whose why will with within would yes you your yours ' +
    'answer explain tell give show find list say says said describe question according based using use document documents'
  ).split(' '),
);

/** Spellings of the same thing in business and technical prose; each line is one group. */
const synonymGroups: readonly (readonly string[])[] = [
  ['capex', 'capital expenditure', 'capital expenditures', 'purchases of property'],
  ['opex', 'operating expenses'],
  ['ppe', 'pp&e', 'property plant and equipment', 'property and equipment'],
  ['cogs', 'cost of goods sold', 'cost of sales', 'cost of revenue', 'cost of products sold'],
  ['sga', 'sg&a', 'selling general and administrative'],
  ['rd', 'r&d', 'research and development'],
  ['ma', 'm&a', 'mergers and acquisitions'],
  ['eps', 'earnings per share', 'net income per share'],
  ['ebit', 'operating income', 'operating profit', 'income from operations'],
  ['ebitda', 'earnings before interest taxes depreciation and amortization'],
  ['fcf', 'free cash flow'],
  ['roa', 'return on assets'],
  ['roe', 'return on equity'],
  ['dpo', 'days payable outstanding'],
  ['dso', 'days sales outstanding'],
  ['ceo', 'chief executive officer'],
  ['cfo', 'chief financial officer'],
  ['revenue', 'net sales', 'net revenue', 'net revenues', 'total revenues'],
  ['ip', 'intellectual property'],
  ['kpi', 'key performance indicator'],
  ['ai', 'artificial intelligence'],
  ['employees', 'employed', 'workforce', 'headcount'],
  ['usa', 'u.s', 'united states'],
];

const synonymsOf = new Map<string, readonly string[]>();
for (const group of synonymGroups) for (const term of group) synonymsOf.set(term, group);

/** Most words of a group's longest spelling. */
const LONGEST_SPELLING = 6;

/** A word: letters and digits, joined by `&`, `.`, `,`, `-`, `'` or `/` where nothing else stands between. */
const wordPattern = /[\p{L}\p{M}\p{N}]+(?:[&.,'’/-][\p{L}\p{M}\p{N}]+)*/gu;
const numberPattern = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^\d+(?:\.\d+)?$/;
const yearPattern = /^(?:19|20)\d{2}$/;
const fiscalYearPattern = /^fy[’']?(\d{2}|\d{4})$/;
const quarterPattern = /^(?:q([1-4])|([1-4])q)(?:fy)?[’']?(\d{2}|\d{4})?$/;
const yearQuarterPattern = /^(?:fy)?[’']?(\d{2}|\d{4})q([1-4])$/;
const halfPattern = /^(?:h([12])|([12])h)(?:fy)?[’']?(\d{2}|\d{4})?$/;
const ordinals = ['first', 'second', 'third', 'fourth'];

/** Groups of equivalent terms, one for each word of a question that tells something; none when no word does. */
export function queryTerms(question: string): TermGroup[] {
  const words = wordsOf(question);
  const groups: TermGroup[] = [];
  const seen = new Set<string>();
  const add = (terms: readonly string[]): void => {
    const fresh = [...new Set(terms)].filter((term) => !seen.has(term));
    for (const term of fresh) seen.add(term);
    if (fresh.length > 0) groups.push({ terms: fresh });
  };
  for (let at = 0; at < words.length; at += 1) {
    const spelling = spellingAt(words, at);
    if (spelling) {
      add(spelling.group);
      // The words of a phrase count on their own too: a passage may have them apart.
      if (spelling.length > 1)
        for (const word of words.slice(at, at + spelling.length)) if (!stopWords.has(word)) add([word]);
      at += spelling.length - 1;
      continue;
    }
    const word = words[at] ?? '';
    if (!stopWords.has(word)) for (const terms of termsOf(word)) add(terms);
  }
  return groups;
}

/**
 * Index terms that a passage's own words do not give: `R&D` and `U.S.` as one word each.
 * Space separated; empty when there are none.
 */
export function indexTerms(text: string): string {
  const terms = new Set<string>();
  for (const [match] of text.matchAll(/\b\p{Lu}{1,3}(?:&\p{Lu}{1,3})+\b|\b\p{Lu}(?:\.\p{Lu})+\b/gu)) {
    terms.add(match.replace(/[&.]/g, '').toLowerCase());
  }
  return [...terms].join(' ');
}

export function wordsOf(text: string): string[] {
  return Array.from(text.normalize('NFKC').matchAll(wordPattern), ([word]) => word.toLowerCase().replace(/['’]s$/, ''));
}

/** The longest spelling of a synonym group that begins here. */
function spellingAt(words: readonly string[], at: number): { group: readonly string[]; length: number } | null {
  for (let length = Math.min(LONGEST_SPELLING, words.length - at); length > 0; length -= 1) {
    const group = synonymsOf.get(words.slice(at, at + length).join(' '));
    if (group) return { group, length };
  }
  return null;
}

/** The groups that one word stands for. */
function termsOf(word: string): (readonly string[])[] {
  if (yearPattern.test(word)) return [fiscalYearTerms(word)];
  if (numberPattern.test(word)) return [numberTerms(word)];
  const fiscalYear = fiscalYearPattern.exec(word)?.[1];
  if (fiscalYear) return [fiscalYearTerms(fullYear(fiscalYear))];
  const quarter = quarterPattern.exec(word);
  if (quarter) {
    const number = Number(quarter[1] ?? quarter[2]);
    const year = quarter[3];
    return year === undefined ? [quarterTerms(number)] : [quarterTerms(number), fiscalYearTerms(fullYear(year))];
  }
  const yearQuarter = yearQuarterPattern.exec(word);
  if (yearQuarter) return [quarterTerms(Number(yearQuarter[2])), fiscalYearTerms(fullYear(yearQuarter[1] ?? ''))];
  const half = halfPattern.exec(word);
  if (half) {
    const terms = (half[1] ?? half[2]) === '1' ? ['h1', 'first half', 'six months'] : ['h2', 'second half'];
    return half[3] === undefined ? [terms] : [terms, fiscalYearTerms(fullYear(half[3]))];
  }
  const joined = word.replace(/[&.]/g, '');
  return [joined === word || /^\d/.test(word) ? [word] : [word, joined]];
}

/** `1577` as tables print it too, with its thousands apart. */
function numberTerms(word: string): readonly string[] {
  const plain = word.replaceAll(',', '');
  const [whole = '', fraction] = plain.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  const suffix = fraction === undefined ? '' : `.${fraction}`;
  return whole.length > 3 ? [`${whole}${suffix}`, `${grouped}${suffix}`] : [plain];
}

function quarterTerms(number: number): readonly string[] {
  return [`q${number}`, `${ordinals[number - 1] ?? ''} quarter`];
}

function fiscalYearTerms(year: string): readonly string[] {
  return [year, `fy${year}`, `fy${year.slice(2)}`];
}

function fullYear(year: string): string {
  if (year.length === 4) return year;
  return `${Number(year) < 70 ? '20' : '19'}${year}`;
}
