/**
 * Words in small letters that tell one thing from another of its sort, as names do: `residential customers` are no
 * `commercial customers`. Pure.
 *
 * Source: collected by hand from the language of reports; words in one place of a group say the same. Limits: English, and
 * the groups below; what they lack is judged by words and meaning alone, which tell such words apart badly.
 */
import { stemOf } from '../answer-terms.ts';
import type { Token } from './words.ts';

const groups: readonly (readonly string[])[] = [
  ['residential', 'commercial', 'industrial', 'agricultural'],
  ['domestic national', 'foreign international overseas'],
  ['common ordinary', 'preferred preference'],
  ['federal', 'state', 'municipal'],
  ['wholesale', 'retail'],
  ['military defense defence', 'civil civilian commercial'],
  ['short', 'long'],
  ['fixed', 'floating variable'],
  ['operating', 'investing', 'financing'],
  ['basic', 'diluted'],
  ['current', 'deferred', 'noncurrent'],
  ['quarterly', 'annual yearly', 'monthly', 'weekly', 'daily'],
  [
    'employees staff workers workforce',
    'customers clients',
    'suppliers vendors',
    'shareholders stockholders investors',
  ],
  ['directors', 'officers', 'auditors', 'lawyers attorneys'],
  ['senior', 'junior subordinated'],
  ['secured collateralized', 'unsecured'],
  ['public', 'private'],
  ['tangible', 'intangible'],
  ['direct', 'indirect'],
  ['gross', 'net'],
  ['equity', 'debt'],
  ['assets', 'liabilities'],
  ['interest', 'dividend', 'royalty'],
  ['software', 'hardware'],
  ['land', 'buildings', 'machinery equipment'],
  ['men', 'women'],
  ['lessor landlord', 'lessee tenant'],
  ['plaintiff', 'defendant'],
  ['lender', 'borrower'],
  ['imports', 'exports'],
  ['northern', 'southern', 'eastern', 'western'],
  ['water', 'gas', 'electricity', 'oil', 'coal'],
];

interface Place {
  readonly group: number;
  readonly place: number;
}

const places = new Map<string, Place[]>();
for (const [group, members] of groups.entries())
  for (const [place, words] of members.entries())
    for (const stem of new Set(words.split(' ').map(stemOf)))
      places.set(stem, [...(places.get(stem) ?? []), { group, place }]);

function isSameSort(one: string, other: string): boolean {
  return (places.get(one) ?? []).some(({ group, place }) =>
    (places.get(other) ?? []).some((second) => second.group === group && second.place === place),
  );
}

function isOtherSort(one: string, other: string): boolean {
  if (one === other || isSameSort(one, other)) return false;
  return (places.get(one) ?? []).some(({ group }) =>
    (places.get(other) ?? []).some((second) => second.group === group),
  );
}

/**
 * Words of a sentence in the place of which the passage has another of their sort, before or behind the same word, while
 * it has them nowhere.
 * @param known Stems of all the passage with its title.
 */
export function otherKinds(
  tokens: readonly Token[],
  segments: readonly { readonly tokens: readonly Token[] }[],
  known: ReadonlySet<string>,
): Token[] {
  return tokens.filter((token, index) => {
    if (!places.has(token.stem) || [...known].some((stem) => stem === token.stem || isSameSort(stem, token.stem)))
      return false;
    const [before, after] = [tokens[index - 1]?.stem, tokens[index + 1]?.stem];
    return segments.some(({ tokens: theirs }) =>
      theirs.some(
        (other, at) =>
          isOtherSort(other.stem, token.stem) &&
          !tokens.some(({ stem }) => stem === other.stem) &&
          ((after !== undefined && theirs[at + 1]?.stem === after) ||
            (before !== undefined && theirs[at - 1]?.stem === before)),
      ),
    );
  });
}
