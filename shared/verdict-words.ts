/** What the check of an answer's sentences found, in words. Pure. */
import type { SentenceVerification, Verdict } from './domain.ts';

const verdictLabels: Readonly<Record<Verdict, string>> = {
  supported: 'Supported',
  partly: 'Partly supported',
  unsupported: 'Not supported',
  unjudged: 'Not judged',
};

/** `Supported: the passage says so in these words.` */
export function verdictText(verification: SentenceVerification): string {
  const { verdict, wordsAlone } = verification;
  const label = verdictLabels[verdict];
  return `${label}: ${reasonText(verification)}${wordsAlone ? ' Compared by words alone.' : ''}`;
}

function reasonText({ verdict, reason, flagged, citations }: SentenceVerification): string {
  const passage = citations.length > 1 ? 'the passages' : 'the passage';
  const say = citations.length > 1 ? 'say' : 'says';
  const listed = flagged.map(({ text }) => `“${text}”`).join(', ');
  const stands = flagged.length > 1 ? 'stand' : 'stands';
  switch (reason) {
    case 'exact':
      return `${passage} ${say} so word for word.`;
    case 'row':
      return `it is a row of a table in ${passage}, told with the names of its columns.`;
    case 'near':
      return `${passage} ${say} so in nearly these words.`;
    case 'meaning':
      return `${passage} ${say} so in other words.`;
    case 'calculated':
      return `${listed} can be calculated, but ${stands} in no cited passage.`;
    case 'number':
    case 'name':
      return `${listed} ${stands} in no cited passage.`;
    case 'contradicted':
      return flagged.length > 0
        ? `${passage} ${say} something else in place of ${listed}.`
        : `${passage} ${say} the opposite.`;
    case 'words':
      if (verdict === 'supported') return `${passage} ${say} so.`;
      return verdict === 'partly'
        ? `${passage} ${say} a part of this.`
        : `${passage} ${citations.length > 1 ? 'do' : 'does'} not say this.`;
    case 'language':
      return `its numbers and names stand in ${passage}; in this language nothing else can be compared.`;
  }
}

export interface SummaryOptions {
  /** True for an answer that quotes the documents and says nothing of its own. */
  readonly isQuoted?: boolean;
  /** Which of the documents that it cites are in the library no more. */
  readonly gone?: GoneSources;
}

export type GoneSources = 'none' | 'some' | 'all';

export function goneSources(
  citations: readonly { readonly documentId: string }[],
  isGone: (documentId: string) => boolean,
): GoneSources {
  const gone = citations.filter(({ documentId }) => isGone(documentId)).length;
  if (gone === 0) return 'none';
  return gone < citations.length ? 'some' : 'all';
}

/** What is said under an answer; null when nothing was checked. */
export function summaryText(
  verification: readonly SentenceVerification[],
  { isQuoted = false, gone = 'none' }: SummaryOptions = {},
): string | null {
  if (verification.length === 0) return null;
  const cited = verification.filter(({ citations }) => citations.length > 0);
  const count = (verdict: Verdict): number => cited.filter((sentence) => sentence.verdict === verdict).length;
  const parts: string[] = [];
  if (cited.length > 0) {
    const proven = count('supported');
    const isVerbatim = isQuoted && proven === cited.length;
    parts.push(
      (isVerbatim ? quotedText(cited.length) : provenText(proven, cited.length)) + (proven > 0 ? goneTexts[gone] : ''),
    );
  }
  for (const [verdict, words] of others) if (count(verdict) > 0) parts.push(`${count(verdict)} ${words}`);
  const flagged = verification.flatMap((sentence) => (sentence.reason === 'contradicted' ? [] : sentence.flagged));
  for (const kind of ['number', 'name'] as const) {
    const spans = flagged.filter((span) => span.kind === kind).length;
    if (spans > 0) parts.push(`${counted(spans, kind)} ${spans > 1 ? 'stand' : 'stands'} in no cited passage`);
  }
  if (cited.some(({ wordsAlone }) => wordsAlone)) parts.push('compared by words alone');
  return parts.join(' · ');
}

const others: readonly (readonly [Verdict, string])[] = [
  ['partly', 'in part'],
  ['unsupported', 'not supported'],
  ['unjudged', 'checked for numbers and names only'],
];

const goneTexts = {
  none: '',
  some: ' when it was written; one of its documents is deleted',
  all: ' when it was written; its document is deleted',
} as const;

/** Quotes answer nothing by themselves: they are what the document says, and that was checked. */
function quotedText(all: number): string {
  return all === 1 ? 'Quoted word for word, checked' : `${all} quotes, each checked`;
}

function provenText(proven: number, all: number): string {
  if (proven < all) return `${proven} of ${counted(all, 'sentence')} proven`;
  return all === 1 ? 'The sentence is proven' : `All ${all} sentences proven`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
