/**
 * Makes a message of the parts of its stream. Main uses it to save the message as it grows, the window to show it.
 */
import type { Citation, Message, MessageState, SentenceVerification } from './domain.ts';
import { assertNever } from './errors.ts';
import type { StreamPartBody } from './stream.ts';

type FinishReason = Extract<StreamPartBody, { type: 'finish' }>['reason'];

/** The message after a part; the same object when the part changes nothing. */
export function applyPart(message: Message, part: StreamPartBody): Message {
  switch (part.type) {
    case 'status':
    case 'progress':
    case 'text-end':
      return message;
    // Whoever attaches late gets the whole text again, so a start empties what was there.
    case 'text-start':
      return message.text === '' ? message : { ...message, text: '', verification: [] };
    case 'text-delta':
      return part.text === '' ? message : { ...message, text: message.text + part.text };
    case 'citation':
      return { ...message, citations: withCitation(message.citations, part.citation) };
    case 'verification':
      return { ...message, verification: withVerification(message.verification, part.verification) };
    case 'source':
      return { ...message, source: part.source };
    case 'usage':
      return { ...message, usage: part.usage };
    case 'error':
      return { ...message, error: part.error };
    case 'finish':
      return { ...message, state: finishedState(part.reason) };
    default:
      return assertNever(part);
  }
}

export function applyParts(message: Message, parts: readonly StreamPartBody[]): Message {
  return parts.reduce(applyPart, message);
}

/** In order of their numbers; one that is sent again (with more of its passage) takes the place of the first. */
function withCitation(citations: readonly Citation[], citation: Citation): readonly Citation[] {
  return [...citations.filter(({ number }) => number !== citation.number), citation].sort(
    (a, b) => a.number - b.number,
  );
}

/** In the order of the text; a sentence is checked once. */
function withVerification(
  known: readonly SentenceVerification[],
  verification: SentenceVerification,
): readonly SentenceVerification[] {
  return [...known.filter(({ start }) => start !== verification.start), verification].sort((a, b) => a.start - b.start);
}

/** The state that a reason leaves a message in. */
export function finishedState(reason: FinishReason): MessageState {
  return reason;
}
