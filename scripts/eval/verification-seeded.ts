/**
 * A second set of sentences for the check of answers, made in another way than verification-set.ts: names are found in
 * the filings themselves and exchanged for others of their kind (verification-entities.ts), sentences are retold before
 * anything is altered, and a seed decides on which. Three parts by company: the rule was tuned on the first, its classes
 * of misses were looked for in the first two, of the last only the totals were looked at. Deterministic. Pure.
 */
import { createHash } from 'node:crypto';
import { segmentsOf } from '../../electron/pipeline/answer-segments.ts';
import { companyOf, entitiesOf, entityKinds, exchanged, namesIn } from './verification-entities.ts';
import type { Draw, EntityKind } from './verification-entities.ts';
import { splitOf } from './verification-corrupted.ts';
import type { SetPassage } from './verification-set.ts';
import { withOtherNumber } from './verification-set.ts';

export const seededParts = ['tuning', 'held-out', 'final'] as const;
export type SeededPart = (typeof seededParts)[number];

/** A seed of each part’s own. The last part was first made and measured when the rule was done; it did not change since. */
const seeds: Readonly<Record<SeededPart, string>> = { tuning: 'tuning 1', 'held-out': 'held-out 1', final: 'final 1' };

export interface SeededTest {
  readonly part: SeededPart;
  readonly kind: 'retold' | 'number altered' | 'name swapped' | 'name in another role';
  /** Of a swapped name. */
  readonly entity: EntityKind | null;
  readonly sentence: string;
  readonly passage: SetPassage;
}

/** Sentences of each kind and part; of each kind of name within it. */
const mostTold = 120;
const mostNumbers = 60;
const mostOfEntity = 16;
const sentencesADocument = 12;
/** Looked through for names; the rarer kinds stay below their number. */
const mostSources = 4_000;
const fewestWords = 7;
const mostWords = 40;

/** By the company's name alone. */
export function seededPartOf(document: string): SeededPart {
  if (splitOf(document) === 'development') return 'tuning';
  return drawer('parts')(document.split('_')[0] ?? '', 2) === 0 ? 'held-out' : 'final';
}

function drawer(seed: string): Draw {
  return (key, below) =>
    Number.parseInt(createHash('sha256').update(`${seed} ${key}`).digest('hex').slice(0, 10), 16) % below;
}

export function seededTests(passages: readonly SetPassage[]): SeededTest[] {
  const names = namesIn(passages);
  return seededParts.flatMap((part) => {
    const draw = drawer(seeds[part]);
    const sources = passages
      .filter(({ document }) => seededPartOf(document) === part)
      .flatMap((passage) => sentencesOf(passage).map((told) => ({ passage, told })))
      .map((source) => ({ ...source, key: draw(`${source.passage.page} ${source.told}`, 2 ** 40) }))
      .sort((a, b) => a.key - b.key)
      .map(({ passage, told }) => ({ passage, sentence: retold(told, companyOf(passage.document), draw) }));
    const tests: SeededTest[] = [];
    const counts = new Map<string, number>();
    const add = (test: Omit<SeededTest, 'part'>, most: number): void => {
      const kind = `${test.kind} ${test.entity ?? ''}`;
      const own = `${kind} ${test.passage.document}`;
      const [count, ofDocument] = [counts.get(kind) ?? 0, counts.get(own) ?? 0];
      if (count >= most || ofDocument >= Math.max(sentencesADocument, most / 4)) return;
      counts.set(kind, count + 1).set(own, ofDocument + 1);
      tests.push({ part, ...test });
    };
    for (const { passage, sentence } of sources.slice(0, mostSources)) {
      if (sentence === null) continue;
      add({ kind: 'retold', entity: null, sentence, passage }, mostTold);
      const number = withOtherNumber(sentence);
      if (number) add({ kind: 'number altered', entity: null, sentence: number, passage }, mostNumbers);
      const entities = entitiesOf(sentence, passage.document, names);
      const entity = entities[draw(`entity ${sentence}`, Math.max(1, entities.length))];
      if (!entity) continue;
      const swapped = exchanged(sentence, entity, passage, draw, 'elsewhere');
      if (swapped) add({ kind: 'name swapped', entity: entity.kind, sentence: swapped, passage }, mostOfEntity);
      const role = exchanged(sentence, entity, passage, draw, 'the passage');
      if (role) add({ kind: 'name in another role', entity: null, sentence: role, passage }, mostNumbers);
    }
    return tests.sort(
      (a, b) => entityKinds.indexOf(a.entity ?? 'company') - entityKinds.indexOf(b.entity ?? 'company'),
    );
  });
}

function sentencesOf(passage: SetPassage): string[] {
  return segmentsOf(passage.text)
    .filter(({ kind }) => kind === 'sentence')
    .map(({ text }) => text)
    .filter(
      (text) =>
        text.split(' ').length >= fewestWords &&
        text.split(' ').length <= mostWords &&
        /^\p{Lu}/u.test(text) &&
        /[.]$/.test(text) &&
        !/\.{3}|…/.test(text),
    );
}

/** Each with one that says the same where it stands in a report. */
const otherWords: readonly (readonly [RegExp, string])[] = [
  [/\bincreased\b/g, 'grew'],
  [/\bdecreased\b/g, 'dropped'],
  [/\bapproximately\b/g, 'about'],
  [/\bprimarily due to\b/g, 'largely because of'],
  [/\bprimarily\b/g, 'mostly'],
  [/\bin connection with\b/g, 'along with'],
  [/\bwith respect to\b/g, 'about'],
  [/\bpursuant to\b/g, 'under'],
  [/\bprior to\b/g, 'before'],
  [/\bsubsequent to\b/g, 'after'],
  [/\bmay be required to\b/g, 'may have to'],
  [/\bis required to\b/g, 'has to'],
  [/\bwas comprised of\b/g, 'consisted of'],
  [/\bcommenced\b/g, 'started'],
  [/\bentered into\b/g, 'made'],
  [/\bcompleted\b/g, 'finished'],
  [/\bpurchased?\b/g, 'buy'],
  [/\badditional\b/g, 'further'],
  [/\bnumerous\b/g, 'many'],
  [/\bsignificantly\b/g, 'strongly'],
  [/\bsignificant\b/g, 'large'],
  [/\bbeginning\b/g, 'starting'],
  [/\bassociated with\b/g, 'tied to'],
  [/\brelated to\b/g, 'about'],
  [/\bcertain\b/g, 'some'],
  [/\bvarious\b/g, 'several'],
  [/\bhowever, /gi, ''],
  [/\butilizes?\b/g, 'use'],
  [/\bprovides\b/g, 'gives'],
  [/\bprovide\b/g, 'give'],
  [/\bbelieves?\b/g, 'think'],
];

/** In other words, shorter, with the company's name where it speaks of itself; null when nothing could be changed. */
export function retold(sentence: string, company: string, draw: Draw): string | null {
  let text = sentence.replace(/\s\([^()]{3,80}\)(?=[\s.,])/g, '').replace(/[®™]/g, '');
  for (const [pattern, other] of otherWords) text = text.replace(pattern, other);
  if (draw(`tail ${sentence}`, 2) === 0) {
    const short = text.replace(/,? (?:which|including|such as|as well as|partially offset by)\s[^;]*\.$/, '.');
    if (short.split(' ').length >= fewestWords) text = short;
  }
  const [, first = '', main = ''] =
    /^((?:In|During|As of|For|On|Under|At)\s[^,.;]{3,60}), (\p{L}[^;:]+)\.$/u.exec(text) ?? [];
  if (main !== '' && !main.includes(', ') && draw(`clause ${sentence}`, 3) > 0)
    text = `${main.charAt(0).toUpperCase()}${main.slice(1)} ${first.charAt(0).toLowerCase()}${first.slice(1)}.`;
  if (company !== '') {
    text = text
      .replace(
        /\b[Ww]e ((?:also|then|\p{Ll}+ly) )?(\p{Ll}+)/gu,
        (_all, adverb = '', verb: string) => `${company} ${adverb}${singular(verb)}`,
      )
      .replace(/^(?:The|Our) (?:Company|Corporation) (?=\p{Ll})/u, `${company} `)
      .replace(/^(?:Our(?! Company)|The Company’s|The Company's) (?=\p{L})/u, `${company}’s `)
      .replace(/\b(?:the|our) Company (?=\p{Ll})/gu, `${company} `)
      .replace(/\bour\b/g, 'its');
  }
  return text === sentence ? null : text;
}

/** A verb behind `we`, behind a name. */
function singular(verb: string): string {
  const irregular: Readonly<Record<string, string>> = { have: 'has', are: 'is', were: 'was', do: 'does' };
  const known = irregular[verb];
  if (known !== undefined) return known;
  if (
    /ed$|ay$|^(?:will|would|can|could|may|might|must|should|cannot|had|did|held|made|paid|sold|began|grew)$/.test(verb)
  )
    return verb;
  return /(?:s|sh|ch|x|z)$/.test(verb) ? `${verb}es` : `${verb.replace(/(?<=[^aeiou])y$/, 'ie')}s`;
}
