/** What is said about an answer: where it came from, how it ended. Pure. */
import type { AnswerSource, Message, MessageFigures, TokenUsage } from '../../../shared/domain.ts';
import { costText, durationText } from '../../components/sent-words.ts';
import { isThisComputer } from '../../../shared/this-computer.ts';

/** `Quoted from your documents · nothing was generated, nothing left this computer`. */
export function sourceText(source: AnswerSource): string {
  if (source.kind === 'extractive') {
    return 'Quoted from your documents · nothing was generated, nothing left this computer';
  }
  const writer = source.model ? `Written by ${source.model}` : 'Written by a model';
  if (source.host === null) return writer;
  return isThisComputer(source.host)
    ? `${writer} on this computer (${source.host})`
    : `${writer} · the question and the passages went to ${source.host}`;
}

export function usageText(usage: TokenUsage): string {
  return `${usage.inputTokens.toLocaleString('en')} tokens in, ${usage.outputTokens.toLocaleString('en')} out`;
}

/** How an answer ended when it did not end well; null for a complete one. */
export function endingText(state: Message['state']): string | null {
  switch (state) {
    case 'stopped':
      return 'Stopped. What was written so far is kept.';
    case 'interrupted':
      return 'Interrupted: the answer broke off here. What came is kept.';
    case 'complete':
    case 'streaming':
    case 'failed':
      return null;
  }
}

/** `14 Mar, 09:31 · 2.4 s · $0.0012`: when, how long, and for how much, as far as it is known. */
export function figuresText(
  { createdAt, source }: Pick<Message, 'createdAt' | 'source'>,
  figures: MessageFigures | null,
): string {
  const when = new Date(createdAt).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  if (!figures) return when;
  const cost = source?.kind === 'provider' ? [figures.cost === null ? 'cost unknown' : costText(figures.cost)] : [];
  return [when, durationText(figures.total), ...cost].join(' · ');
}
