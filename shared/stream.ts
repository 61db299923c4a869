/**
 * The parts of a streamed answer. Main owns the stream and sends parts at most once a frame (16 ms); each batch is an
 * array of parts with ascending sequence numbers. Whoever attaches late gets the whole message so far: how far it is (the
 * last `status`, or `text-start` once that came), one `text-delta`, its citations and verifications, then what follows.
 */
import type { AnswerSource, Citation, SentenceVerification, TokenUsage } from './domain.ts';
import type { ErrorInfo } from './errors.ts';
import type { WritingProgress } from './written.ts';

export type StreamPartBody =
  /** What is done before the first word: passages are looked for, then the answer is made of them. */
  | { readonly type: 'status'; readonly status: 'retrieving' | 'writing' }
  /** How far a written piece is before its text begins. */
  | { readonly type: 'progress'; readonly progress: WritingProgress }
  | { readonly type: 'source'; readonly source: AnswerSource }
  | { readonly type: 'text-start' }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'text-end' }
  /** Sent before the first text that carries its number. */
  | { readonly type: 'citation'; readonly citation: Citation }
  /** Sent once the sentence and its citations are complete; its place is that in the whole text so far. */
  | { readonly type: 'verification'; readonly verification: SentenceVerification }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  | { readonly type: 'error'; readonly error: ErrorInfo }
  | { readonly type: 'finish'; readonly reason: 'complete' | 'stopped' | 'interrupted' | 'failed' };

export type StreamPart = StreamPartBody & { readonly streamId: string; readonly sequence: number };
