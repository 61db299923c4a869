/**
 * Names of real filings by kind, found by rule, and the exchange of one for another of its kind: material of the held-out
 * sentences of the check (verification-seeded.ts). Pure.
 */
import type { SetPassage } from './verification-set.ts';

export const entityKinds = [
  'company',
  'person',
  'place',
  'product',
  'acronym',
  'other name',
  'month',
  'quarter',
  'lower-case term',
] as const;
export type EntityKind = (typeof entityKinds)[number];

/** A number from 0 up to and without `below`, always the same for the same key. */
export type Draw = (key: string, below: number) => number;

export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** What can stand in its place; chosen from by {@link exchanged}. */
  readonly others: readonly string[];
}

const own = '(?<![\\p{L}\\p{N}-])';
const end = '(?![\\p{L}\\p{N}]|-\\p{L})';

/** As reports call the companies themselves. */
const ownNames: Readonly<Record<string, string>> = {
  ADOBE: 'Adobe',
  AMCOR: 'Amcor',
  AMERICANEXPRESS: 'American Express',
  AMERICANWATERWORKS: 'American Water',
  BESTBUY: 'Best Buy',
  BOEING: 'Boeing',
  COCACOLA: 'Coca-Cola',
  CORNING: 'Corning',
  COSTCO: 'Costco',
  JOHNSON: 'Johnson & Johnson',
  JPMORGAN: 'JPMorgan Chase',
  KRAFTHEINZ: 'Kraft Heinz',
  LOCKHEEDMARTIN: 'Lockheed Martin',
  MGMRESORTS: 'MGM Resorts',
  PEPSICO: 'PepsiCo',
  PFIZER: 'Pfizer',
  ULTABEAUTY: 'Ulta Beauty',
  WALMART: 'Walmart',
};

/** Companies that no filing of the set is about, which begin a sentence as the own ones do. */
const otherCompanies =
  'Siemens,Nestlé,Toyota,Netflix,Unilever,Starbucks,General Mills,FedEx,Samsung,Danone,Honeywell,Visa,Oracle,Nike'.split(
    ',',
  );

export function companyOf(document: string): string {
  return ownNames[document.split('_')[0] ?? ''] ?? '';
}

const places = (
  'United States,United Kingdom,China,Canada,Mexico,Brazil,India,Japan,Germany,France,Australia,Russia,Ukraine,Turkey,' +
  'South Africa,Egypt,Poland,Spain,Italy,Ireland,Switzerland,Singapore,Belgium,Netherlands,Israel,Korea,Taiwan,Thailand,' +
  'Europe,Asia,Africa,Latin America,North America,Puerto Rico,New York,Delaware,California,Nevada,Las Vegas,New Jersey,' +
  'Pennsylvania,Texas,Massachusetts,Maryland,Washington,Illinois,Michigan,Missouri,Mississippi,Ohio,Virginia,West Virginia,' +
  'Florida,Kentucky,North Carolina,South Carolina,Georgia,Minnesota,Wisconsin,Chicago,London,Boston,Detroit,Seattle,' +
  'Atlanta,Dallas,Houston,Macau,Hong Kong,Toronto,Shanghai'
).split(',');

const months = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(',');
const quarters = ['first quarter', 'second quarter', 'third quarter', 'fourth quarter'];

/** Words that tell one thing from another of its sort without a capital. */
const terms: readonly (readonly string[])[] = [
  ['residential', 'commercial', 'industrial'],
  ['domestic', 'foreign'],
  ['common', 'preferred'],
  ['federal', 'state'],
  ['buildings', 'land', 'machinery'],
  ['employees', 'customers', 'suppliers', 'shareholders'],
  ['wholesale', 'retail'],
  ['military', 'civil'],
  ['fixed-rate', 'floating-rate'],
  ['short-term', 'long-term'],
  ['operating', 'investing', 'financing'],
  ['basic', 'diluted'],
  ['current', 'deferred'],
  ['cash', 'stock'],
  ['quarterly', 'annual', 'monthly'],
  ['beverage', 'snack', 'cereal'],
  ['water', 'gas', 'electricity'],
  ['directors', 'auditors'],
  ['airplanes', 'helicopters', 'satellites'],
  ['stores', 'warehouses', 'hotels', 'restaurants', 'factories'],
  ['software', 'hardware'],
  ['pension', 'healthcare'],
  ['interest', 'dividend'],
];

export interface Names {
  /** Of each kind, the name and the documents that have it. */
  readonly byKind: ReadonlyMap<EntityKind, ReadonlyMap<string, ReadonlySet<string>>>;
}

const companyWord = /\b((?:\p{Lu}[\p{L}&-]+\s){1,3}?)(?:Inc|Corporation|Corp|LLC|Ltd|Limited|Company|plc)\b/gu;
const personWord = /\b(?:Mr|Ms|Mrs|Dr)\. (\p{Lu}\p{Ll}{2,})(?!\p{L})/gu;
const productWord = /\b(\p{Lu}[\p{L}\d]{2,}(?: \p{Lu}[\p{L}\d]{2,}){0,2})[®™]/gu;
const acronymWord = /(?<=\p{Ll},? )([A-Z]{3,5})(?=[ ,.]\s?\p{Ll}|[.,])/gu;
const otherWord = /(?<=\p{Ll} )(\p{Lu}\p{Ll}{3,}(?: \p{Lu}\p{Ll}{2,}){0,2})(?= \p{Ll}|[.,;])/gu;
const tooGeneral =
  /^(?:The|This|These|Our|Holding|Board|Company|Note|Item|Form|Part|Section|Inc|Corp|And|Exhibit|Annual|Report|Consolidated)\b/;

export function namesIn(passages: readonly SetPassage[]): Names {
  const byKind = new Map<EntityKind, Map<string, Set<string>>>();
  const known = new Set<string>([...places, ...months, ...Object.values(ownNames)]);
  const written = writings(passages);
  const patterns: readonly (readonly [EntityKind, RegExp])[] = [
    ['person', personWord],
    ['company', companyWord],
    ['product', productWord],
    ['acronym', acronymWord],
    ['other name', otherWord],
  ];
  for (const [kind, pattern] of patterns) {
    const found = new Map<string, Set<string>>();
    for (const { text, document } of passages) {
      for (const [, name = ''] of text.replace(/\s+/g, ' ').matchAll(pattern)) {
        const told = name.trim();
        if (known.has(told) || tooGeneral.test(told)) continue;
        found.set(told, (found.get(told) ?? new Set()).add(document));
      }
    }
    for (const name of found.keys()) if (!tellsSomething(name, written)) found.delete(name);
    for (const name of found.keys()) known.add(name);
    byKind.set(kind, found);
  }
  return { byKind };
}

/** How often each word stands in small letters, and how often otherwise. */
function writings(passages: readonly SetPassage[]): ReadonlyMap<string, { small: number; other: number }> {
  const counts = new Map<string, { small: number; other: number }>();
  for (const { text } of passages) {
    for (const [word] of text.matchAll(/\p{L}[\p{L}\d]*/gu)) {
      const count = counts.get(word.toLowerCase()) ?? { small: 0, other: 0 };
      counts.set(word.toLowerCase(), count);
      if (word === word.toLowerCase()) count.small += 1;
      else count.other += 1;
    }
  }
  return counts;
}

/** A name has a word that is hardly ever written small. */
function tellsSomething(name: string, written: ReturnType<typeof writings>): boolean {
  return name.split(' ').some((word) => {
    const { small = 0, other = 0 } = written.get(word.toLowerCase()) ?? {};
    return word.length > 2 && other > 1 && small <= other / 20;
  });
}

/** All that can be exchanged in a sentence of a document. */
export function entitiesOf(sentence: string, document: string, names: Names): Entity[] {
  const has = (name: string): boolean => findName(sentence, name) >= 0;
  const company = companyOf(document);
  const found: Entity[] = [];
  const companies = [...Object.values(ownNames), ...otherCompanies];
  if (has(company))
    found.push({ kind: 'company', name: company, others: companies.filter((other) => other !== company) });
  for (const [kind, list] of names.byKind)
    for (const name of list.keys()) if (has(name)) found.push({ kind, name, others: [...list.keys()] });
  for (const name of places) if (has(name)) found.push({ kind: 'place', name, others: places });
  for (const name of months)
    if (new RegExp(`${own}${name}(?=[ ,.])`, 'u').test(sentence) && !/^(?:May|March) /.test(sentence))
      found.push({ kind: 'month', name, others: months });
  for (const name of quarters) if (has(name)) found.push({ kind: 'quarter', name, others: quarters });
  for (const group of terms)
    for (const name of group) if (has(name)) found.push({ kind: 'lower-case term', name, others: group });
  // Of “Kraft Heinz Foods” no part alone.
  return found.filter(
    (entity) => !found.some((other) => other.name !== entity.name && ` ${other.name} `.includes(` ${entity.name} `)),
  );
}

function findName(text: string, name: string): number {
  // Most names are not there at all.
  return name === '' || !text.includes(name) ? -1 : text.search(new RegExp(own + escaped(name) + end, 'u'));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether a passage, its title included, has a name, or a word of it that tells it from others. */
function knows({ text, context }: SetPassage, name: string): boolean {
  const all = `${text} ${context}`.replace(/\s+/g, ' ').toLowerCase();
  return name
    .toLowerCase()
    .split(' ')
    .every((word) => all.includes(word) && new RegExp(own + escaped(word), 'u').test(all));
}

/** The sentence with another name of the same kind at each place; null when there is none. */
export function exchanged(
  sentence: string,
  entity: Entity,
  passage: SetPassage,
  draw: Draw,
  from: 'elsewhere' | 'the passage',
): string | null {
  const isOther = (other: string): boolean =>
    !sentence.includes(other) && !entity.name.includes(other) && knows(passage, other) === (from === 'the passage');
  const first = draw(`${entity.name} ${sentence}`, Math.max(1, entity.others.length));
  const other = [...entity.others.slice(first), ...entity.others.slice(0, first)].find(isOther);
  if (other === undefined) return null;
  return sentence.replace(new RegExp(own + escaped(entity.name) + end, 'gu'), other);
}
