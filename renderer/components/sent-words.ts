/** What is said about what was sent to a model, and what it took. Pure. */
import type { SentRequest } from '../../shared/trace.ts';
import { moneyText } from './amounts.ts';
import { countOf, formatBytes } from './format.ts';

const purposes: Readonly<Record<SentRequest['purpose'], string>> = {
  rewrite: 'to make the question stand alone',
  search: 'to search by meaning',
  answer: 'to write the answer',
  notes: 'to take notes on a part',
  piece: 'to write the piece',
};

/** `Nothing left this computer.`, or what did, in one sentence. */
export function leftText(requests: readonly SentRequest[]): string {
  const left = requests.filter(({ local, delivered }) => !local && delivered);
  const bytes = left.reduce((sum, request) => sum + request.bytes, 0);
  if (left.length > 0) {
    const hosts = [...new Set(left.map(({ host }) => host))].join(', ');
    return `${formatBytes(bytes)} left this computer, to ${hosts}.`;
  }
  if (requests.some(({ local, delivered }) => local && delivered))
    return 'Nothing left this computer: the model runs on it.';
  return requests.length > 0
    ? 'Nothing left this computer: the server could not be reached.'
    : 'Nothing left this computer.';
}

export function purposeText({ purpose }: SentRequest): string {
  return purposes[purpose];
}

/** `2,310 tokens in, 84 out`, marked when no server told them. */
export function tokensText({ inputTokens, outputTokens, reported }: SentRequest): string {
  const counts = `${countOf(inputTokens, 'token')} in, ${outputTokens.toLocaleString('en')} out`;
  return `${counts} (${reported ? 'reported' : 'estimated'})`;
}

/** `$0.0012`, `free`, or `unknown` where no price is known. */
export function costText(cost: number | null): string {
  if (cost === null) return 'unknown';
  if (cost === 0) return 'free';
  return moneyText(cost);
}

/** `340 ms`, `2.4 s`, `1 min 12 s`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
