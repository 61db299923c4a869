/** A piece while it is written: its parts go to whoever listens, at most once a frame; it is saved as it grows. */
import type { Message } from '../../../shared/domain.ts';
import { applyPart } from '../../../shared/stream-reducer.ts';
import type { StreamPart, StreamPartBody } from '../../../shared/stream.ts';
import type { WritingProgress } from '../../../shared/written.ts';
import type { StreamListener } from '../chat.ts';
import { mergeDeltas } from '../merge-deltas.ts';

/** Milliseconds between two messages to the window. */
const batchInterval = 16;

export class PieceStream {
  readonly id: string;
  readonly controller = new AbortController();
  readonly done = Promise.withResolvers<void>();
  message: Message;
  progress: WritingProgress | null = null;
  finished = false;
  readonly #listeners = new Set<StreamListener>();
  #sequence = 0;
  #pending: StreamPart[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushedAt = 0;

  constructor(id: string, createdAt: number) {
    this.id = id;
    this.message = {
      id,
      conversationId: id,
      role: 'assistant',
      text: '',
      state: 'streaming',
      citations: [],
      verification: [],
      source: null,
      usage: null,
      error: null,
      createdAt,
    };
  }

  push(part: StreamPartBody): void {
    this.message = applyPart(this.message, part);
    if (part.type === 'progress') this.progress = part.progress;
    this.#sequence += 1;
    this.#pending.push({ ...part, streamId: this.id, sequence: this.#sequence });
    if (this.#timer) return;
    const wait = this.#flushedAt + batchInterval - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.length === 0) return;
    this.#flushedAt = performance.now();
    const parts = mergeDeltas(this.#pending);
    this.#pending = [];
    for (const listener of this.#listeners) listener(parts);
  }

  /** Listens from now on, beginning with all that there is; the returned function ends it. */
  attach(listener: StreamListener): () => void {
    this.flush();
    listener(this.#snapshot());
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #snapshot(): StreamPart[] {
    const { source, citations, text, verification, usage, error, state } = this.message;
    const bodies: StreamPartBody[] = [
      ...(this.progress ? [{ type: 'progress', progress: this.progress } as const] : []),
      ...(source ? [{ type: 'source', source } as const] : []),
      ...(text === '' ? [] : [{ type: 'text-start' } as const]),
      ...citations.map((citation) => ({ type: 'citation', citation }) as const),
      ...(text === '' ? [] : [{ type: 'text-delta', text } as const]),
      ...verification.map((sentence) => ({ type: 'verification', verification: sentence }) as const),
      ...(usage ? [{ type: 'usage', usage } as const] : []),
      ...(error ? [{ type: 'error', error } as const] : []),
      ...(state === 'streaming' ? [] : [{ type: 'finish', reason: state } as const]),
    ];
    // Each a number of its own, up to that of the last part: a listener takes no number in twice.
    const first = this.#sequence - bodies.length + 1;
    return bodies.map((body, index) => ({ ...body, streamId: this.id, sequence: first + index }));
  }
}
