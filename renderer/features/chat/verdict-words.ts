/** What the check of an answer's sentences found, in words. Pure. */
import type { SentenceVerification, Verdict } from '../../../shared/domain.ts';

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

/** What is said under an answer; null when nothing was checked. */
export function summaryText(verification: readonly SentenceVerification[]): string | null {
  const cited = verification.filter(({ citations }) => citations.length > 0);
  if (verification.length === 0) return null;
  const parts: string[] = [];
  const unsupported = cited.filter(({ verdict }) => verdict === 'unsupported').length;
  const partly = cited.filter(({ verdict }) => verdict === 'partly').length;
  if (unsupported > 0)
    parts.push(
      `${unsupported} of ${counted(cited.length, 'cited sentence')} ${unsupported > 1 ? 'are' : 'is'} not supported`,
    );
  if (partly > 0)
    parts.push(
      unsupported > 0
        ? `${partly} in part`
        : `${partly} of ${counted(cited.length, 'cited sentence')} ${partly > 1 ? 'are' : 'is'} supported in part`,
    );
  const flagged = verification.flatMap((sentence) => (sentence.reason === 'contradicted' ? [] : sentence.flagged));
  for (const kind of ['number', 'name'] as const) {
    const count = flagged.filter((span) => span.kind === kind).length;
    if (count > 0) parts.push(`${counted(count, kind)} ${count > 1 ? 'stand' : 'stands'} in no cited passage`);
  }
  if (parts.length === 0)
    parts.push(
      cited.length > 1 ? `All ${cited.length} cited sentences are supported` : 'The cited sentence is supported',
    );
  if (cited.some(({ wordsAlone }) => wordsAlone)) parts.push('compared by words alone');
  return parts.join(' · ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
