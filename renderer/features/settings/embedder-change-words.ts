/** A change of embedder in words. Pure. */
import type { EmbedderEstimate } from '../../../shared/requests/settings.ts';
import { countOf, formatSecondsLeft } from '../../components/format.ts';

/** `about 12 min`; `formatSecondsLeft` without its last word. */
export function durationText(seconds: number | null): string {
  return seconds === null ? 'no time' : `about ${formatSecondsLeft(seconds).replace(/ left$/, '')}`;
}

/** `12,345, about 2,400,000 tokens`. */
export function amountText({ texts, tokens }: EmbedderEstimate): string {
  return `${countOf(texts, 'passage')}, about ${countOf(tokens, 'token')}`;
}

export function costText({ cost, host, isThisComputer, pricesAsOf }: EmbedderEstimate): string {
  if (isThisComputer) return 'On this computer, free';
  if (cost === null) return `Not known: ${host ?? 'this server'} publishes no price that Quire knows`;
  if (cost < 0.01) return `Less than $0.01, by OpenAI’s list of ${pricesAsOf}`;
  return `About $${cost.toFixed(2)}, by OpenAI’s list of ${pricesAsOf}`;
}

/** Where the text of the passages goes. */
export function goesToText({ host, isThisComputer }: EmbedderEstimate): string {
  if (host === null) return 'Nowhere: it stays in Quire';
  return isThisComputer ? `${host}, on this computer` : host;
}
