/**
 * A message while it is written: its parts go to whoever listens, at most once a frame. Listeners come and go; whoever
 * comes late is brought to where it is first.
 */
import type { Message } from '../../shared/domain.ts';
import { applyPart } from '../../shared/stream-reducer.ts';
import type { StreamPart, StreamPartBody } from '../../shared/stream.ts';
import type { WritingProgress } from '../../shared/written.ts';
import { mergeDeltas } from './merge-deltas.ts';

export type StreamListener = (parts: readonly StreamPart[]) => void;

/**
 * Milliseconds between two messages to the window: a message a token would freeze it, and more than a frame of waiting
 * would be seen. The first part after a pause goes at once.
 */
const BATCH_INTERVAL = 16;

type Stage = Extract<StreamPartBody, { type: 'status' | 'text-start' }>;

export class MessageStream {
  readonly id: string;
  /** Ends the work on it. */
  readonly controller = new AbortController();
  /** Resolves when it is written and saved. */
  readonly done = Promise.withResolvers<void>();
  #message: Message;
  #finished = false;
  /** How far it is: the last `status`, or `text-start` once that came. */
  #stage: Stage | null = null;
  #progress: WritingProgress | null = null;
  readonly #listeners = new Set<StreamListener>();
  #sequence = 0;
  #pending: StreamPart[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushedAt = 0;

  constructor(id: string, message: Message) {
    this.id = id;
    this.#message = message;
  }

  get message(): Message {
    return this.#message;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** How far a piece is before its text begins; null before that is known, and for answers. */
  get progress(): WritingProgress | null {
    return this.#progress;
  }

  push(part: StreamPartBody): void {
    this.#message = applyPart(this.#message, part);
    if (part.type === 'progress') this.#progress = part.progress;
    if (part.type === 'status' || part.type === 'text-start') this.#stage = part;
    this.#sequence += 1;
    this.#pending.push({ ...part, streamId: this.id, sequence: this.#sequence });
    if (this.#timer) return;
    const wait = this.#flushedAt + BATCH_INTERVAL - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  /** Everything is written and saved. */
  finish(): void {
    this.#finished = true;
    this.#flush();
    this.done.resolve();
  }

  /** Listens from now on, beginning with all that there is; the returned function ends it and leaves the stream alone. */
  attach(listener: StreamListener): () => void {
    this.#flush();
    listener(this.#snapshot());
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.length === 0) return;
    this.#flushedAt = performance.now();
    const parts = mergeDeltas(this.#pending);
    this.#pending = [];
    for (const listener of this.#listeners) listener(parts);
  }

  /** The parts that bring a new listener to where the stream is. */
  #snapshot(): StreamPart[] {
    const { source, citations, text, verification, usage, error, state } = this.#message;
    const bodies: StreamPartBody[] = [];
    if (this.#progress) bodies.push({ type: 'progress', progress: this.#progress });
    if (source) bodies.push({ type: 'source', source });
    // A start that did not come yet comes later, and once.
    if (this.#stage) bodies.push(this.#stage);
    for (const citation of citations) bodies.push({ type: 'citation', citation });
    if (text !== '') bodies.push({ type: 'text-delta', text });
    for (const sentence of verification) bodies.push({ type: 'verification', verification: sentence });
    if (usage) bodies.push({ type: 'usage', usage });
    if (error) bodies.push({ type: 'error', error });
    if (state !== 'streaming') bodies.push({ type: 'finish', reason: state });
    // Each a number of its own, up to that of the last part: a listener takes no number in twice.
    const first = this.#sequence - bodies.length + 1;
    return bodies.map((body, index) => ({ ...body, streamId: this.id, sequence: first + index }));
  }
}

/** A message of which nothing is there but its words. */
export function newMessage(
  message: Pick<Message, 'id' | 'conversationId' | 'role' | 'text' | 'state' | 'createdAt'>,
): Message {
  return { ...message, citations: [], verification: [], source: null, usage: null, error: null };
}
