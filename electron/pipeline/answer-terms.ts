/**
 * Words of a question and of a sentence, made comparable: lower case, without stop words, cut to their stems.
 */

const stopWords = new Set(
  (
    'a about above after again against all also am an and any are as at be because been before being below between both ' +
    'but by can could did do does doing down during each few for from further give had has have having he her here hers ' +
    'him his how i if in into is it its itself just let like may me might more most must my no nor not now of off on ' +
    'once only or other ought our ours out over own please same she should show so some such tell than that the their ' +
    'theirs them then there these they this those through to too under until up upon us very was we were what when ' +
    'where which while who whom why will with would you your yours document documents file files say says said'
  ).split(' '),
);

/** A word with its place in the text. */
export interface Term {
  /** Comparable form. */
  readonly stem: string;
  /** As it stands in the text. */
  readonly word: string;
  readonly start: number;
}

/** `net`, `3M’s`, `10-K`, `U.S`; else a number with its separators. */
const wordPattern = /(?:\d+-?)?\p{L}[\p{L}\p{M}\p{N}]*(?:['’&.-][\p{L}\p{N}]+)*|\d[\d,.]*\d%?|\d%?/gu;

/** All words of a text that carry meaning, in order. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const word = match[0];
    const stem = stemOf(word);
    if (stem !== '') terms.push({ stem, word, start: match.index });
  }
  return terms;
}

/** Forms that no rule brings together. */
const irregular = new Map(
  Object.entries({
    grow: 'grew grown growth',
    pay: 'paid',
    rise: 'rose risen',
    fall: 'fell fallen',
    spend: 'spent',
    sell: 'sold',
    earn: 'earnings',
    lose: 'lost',
  }).flatMap(([stem, forms]) => forms.split(' ').map((form): [string, string] => [form, stem])),
);

/** Comparable form of a word; empty for a stop word. `2,022.50` and `2022.5` are equal, so are `sales` and `sale`. */
export function stemOf(word: string): string {
  if (/^\d[\d,.%]*$/.test(word)) {
    const number = Number(word.replace(/[,%]/g, ''));
    return Number.isFinite(number) ? String(number) : word;
  }
  const lower = word
    .toLowerCase()
    .replace(/['’]s$/, '')
    .replace(/[.'’]/g, '');
  if (stopWords.has(lower)) return '';
  const known = irregular.get(lower);
  if (known !== undefined) return stemOf(known);
  if (!/^[a-z-]+$/.test(lower) || lower.length <= 3) return lower;
  return lower
    .replace(/(?:sses|ies)$/, (ending) => (ending === 'ies' ? 'y' : 'ss'))
    .replace(/ees?$/, '')
    .replace(/([^aeious])s$/, '$1')
    .replace(/([aeo])s$/, '$1')
    .replace(/(?:ational|ation|ations|ments?|ings?|edly|ed|ely|ly|ies|e)$/, (ending, offset: number) =>
      offset >= 3 ? '' : ending,
    )
    .replace(/([b-df-hj-np-tv-z])\1$/, '$1')
    .replace(/y$/, 'i');
}

/** True for a year as questions name it. */
export function isYear(word: string): boolean {
  return /^(?:19|20)\d\d$/.test(word);
}

/** A capital or a digit among letters, and not only because the sentence begins there. */
export function isName({ word, start }: Term, text: string): boolean {
  if (!/^\p{Lu}/u.test(word) && !/^\d+\p{L}/u.test(word)) return false;
  if (/^\p{Lu}.*[\p{Lu}\d]/u.test(word)) return true;
  const before = text.slice(0, start).trimEnd();
  return before !== '' && !/[.?!:]$/.test(before);
}
