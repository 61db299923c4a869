/** Follows a streamed answer: the message as it grows, and what the app is doing meanwhile. Pure. */
import type { Message } from '../../../shared/domain.ts';
import { applyPart } from '../../../shared/stream-reducer.ts';
import type { StreamPart } from '../../../shared/stream.ts';

export interface AnswerStream {
  readonly message: Message;
  /** What the app is doing before the next word; null when it is over. */
  readonly phase: 'retrieving' | 'writing' | null;
  /** Sequence number of the last part that was taken in. */
  readonly sequence: number;
}

/** The stream as it is when attached to: what it sends first is the whole message so far. */
export function beginStream(message: Message): AnswerStream {
  return { message, phase: 'retrieving', sequence: -1 };
}

/** Takes a batch in; parts that were seen before (a second attachment) are skipped. */
export function reduceStream(stream: AnswerStream, parts: readonly StreamPart[]): AnswerStream {
  let { message, phase, sequence } = stream;
  for (const part of parts) {
    if (part.sequence <= sequence) continue;
    sequence = part.sequence;
    message = applyPart(message, part);
    if (part.type === 'status') phase = part.status;
    else if (part.type === 'text-start') phase = 'writing';
    else if (part.type === 'finish') phase = null;
  }
  return { message, phase, sequence };
}
