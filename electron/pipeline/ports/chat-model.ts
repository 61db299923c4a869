/**
 * The port through which the pipeline has answers written; one adapter implements it, over any OpenAI-compatible
 * chat endpoint.
 */
import type { TokenUsage } from '../../../shared/domain.ts';
import type { CallPurpose } from './request-meter.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export type ChatFinishReason = 'stop' | 'length' | 'content-filter';

export type ChatEvent =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  | { readonly type: 'finish'; readonly reason: ChatFinishReason };

export interface ChatOptions {
  readonly signal?: AbortSignal;
  /** Told to the meter; without it, whether the model works is tried. */
  readonly call?: CallPurpose;
}

export interface ChatModel {
  readonly model: string;
  /** Host (and port, when it is not the scheme's own) that messages are sent to. */
  readonly host: string;
  /** Tokens of prompt that fit beside the answer, as far as known; prompts are built to stay below it. */
  readonly promptTokens: number;
  /**
   * Streams one answer: deltas, then usage when the server tells it, then one `finish`.
   * Throws an AppError with a `provider-…` code, with `budget-exceeded`, `too-many-requests` or `limits-unknown` before
   * anything is sent, or `cancelled`; deltas that were given before stay valid, so a
   * `provider-stream-broken` means that the text so far is a part of an answer.
   */
  stream(messages: readonly ChatMessage[], options?: ChatOptions): AsyncIterable<ChatEvent>;
}

/** Told once for every request that goes out, with the bytes of its body: what left this computer, and where to. */
export type BytesSentListener = (sent: {
  readonly host: string;
  readonly model: string;
  readonly bytes: number;
}) => void;
