/** What is said about calls of models and what they took. Pure. */
import type { CallKind, CallOutcome, UsageCall, UsageGrouping, UsageRow } from '../../../shared/usage.ts';
import { moneyText, tokenCount } from '../../components/amounts.ts';
import { countOf } from '../../components/format.ts';
import { durationText } from '../../components/sent-words.ts';
import { timeOfDay } from './time-span.ts';

export const kindNames: Readonly<Record<CallKind, string>> = {
  answer: 'Answer',
  rewrite: 'Question put in full',
  piece: 'Written piece',
  embedding: 'Search vectors',
  question: 'Search by meaning',
  test: 'Test of a server',
};

export const groupingNames: Readonly<Record<UsageGrouping, string>> = {
  day: 'Day',
  model: 'Model',
  kind: 'Kind',
  document: 'Document',
};

const outcomeNames: Readonly<Record<Exclude<CallOutcome, 'complete'>, string>> = {
  running: 'Running',
  failed: 'Failed',
  stopped: 'Stopped',
  interrupted: 'Interrupted',
};

export function rowTitle({ label, special }: UsageRow, by: UsageGrouping): string {
  if (special === 'deleted') return 'Deleted documents';
  if (special === 'none') return 'No document';
  switch (by) {
    case 'day':
      return new Date(timeOfDay(label)).toLocaleDateString('en-GB', {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
      });
    case 'kind':
      return label in kindNames ? kindNames[label as CallKind] : label;
    case 'model':
    case 'document':
      return label;
  }
}

/** A number, and how sure it is: `≈` estimated, `≥` at least, `≤` at most, or not known at all. */
export interface Amount {
  readonly mark: '≈' | '≥' | '≤' | null;
  readonly text: string;
  readonly isUnknown: boolean;
}

export const markNames: Readonly<Record<NonNullable<Amount['mark']>, string>> = {
  '≈': 'about',
  '≥': 'at least',
  '≤': 'at most',
};

export function costAmount(cost: number | null, isPartial: boolean): Amount {
  if (cost === null) return { mark: null, text: 'unknown', isUnknown: true };
  return { mark: isPartial ? '≥' : null, text: moneyText(cost), isUnknown: false };
}

export function tokenAmount(tokens: number, isEstimated: boolean): Amount {
  return { mark: isEstimated && tokens > 0 ? '≈' : null, text: tokenCount(tokens), isUnknown: false };
}

/** A call that runs or was interrupted holds what was reserved for it: it took that or less. */
export function callAmounts({ promptTokens, completionTokens, isEstimated, cost, outcome }: UsageCall) {
  const isReserved = outcome === 'running' || outcome === 'interrupted';
  const atMost = (amount: Amount): Amount => (isReserved && !amount.isUnknown ? { ...amount, mark: '≤' } : amount);
  return {
    prompt: atMost(tokenAmount(promptTokens, isEstimated)),
    completion: atMost(tokenAmount(completionTokens, isEstimated)),
    cost: atMost(costAmount(cost, false)),
  };
}

/** `2.4 s`, `Failed after 2.4 s`, `Interrupted`. */
export function outcomeText({ outcome, duration }: Pick<UsageCall, 'outcome' | 'duration'>): string {
  const time = duration === null ? null : durationText(duration);
  if (outcome === 'complete') return time ?? 'Complete';
  const name = outcomeNames[outcome];
  return time === null ? name : `${name} after ${time}`;
}

/** What a call was about, when it belongs to no conversation and no piece: `Annual report 2022 and 2 more`. */
export function aboutText({ documents, deletedDocuments }: Pick<UsageCall, 'documents' | 'deletedDocuments'>): string {
  const [first] = documents;
  if (!first) return deletedDocuments > 0 ? countOf(deletedDocuments, 'deleted document') : '–';
  const more = documents.length - 1 + deletedDocuments;
  return more > 0 ? `${first.title} and ${more.toLocaleString('en')} more` : first.title;
}

/** `21 Nov, 14:03`; with the year when that is another one than now. */
export function timeText(time: number, now: number): string {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}
