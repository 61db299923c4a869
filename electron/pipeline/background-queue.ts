/** Work on documents in the background, in turns of one document each, which whoever changes a document can hold off. */
import { toAppError, type AppError } from '../../shared/errors.ts';

interface Turn {
  readonly documentId: string;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export abstract class BackgroundQueue {
  readonly #onError: (error: AppError) => void;
  #running: Promise<void> | null = null;
  #closed = false;
  #turn: Turn | null = null;
  // Two may hold the same document, and each lets go for itself.
  readonly #holds = new Set<{ readonly documentId: string }>();

  /** @param onError Told what ended a run; the next one begins anew. */
  protected constructor(onError: (error: AppError) => void) {
    this.#onError = onError;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  protected get closed(): boolean {
    return this.#closed;
  }

  /**
   * Ends the work on a document and resolves when nothing more of it will be stored: it gets no turn until the answered
   * function is called.
   */
  async hold(documentId: string): Promise<() => void> {
    const hold = { documentId };
    this.#holds.add(hold);
    if (this.#turn?.documentId === documentId) {
      this.#turn.controller.abort();
      await this.#turn.done;
    }
    return () => this.#holds.delete(hold);
  }

  /** Resolves when nothing is done any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Ends what is being done, for good. */
  async close(): Promise<void> {
    this.#closed = true;
    this.endTurn();
    await this.idle();
  }

  /** Begins a run of turns, unless one is under way. `onEnd` may begin the next. */
  protected begin(run: () => Promise<void>, onEnd: () => void = () => undefined): void {
    if (this.#closed || this.#running) return;
    this.#running = run()
      .catch((error: unknown) => this.#onError(toAppError(error)))
      .finally(() => {
        this.#running = null;
        onEnd();
      });
  }

  protected isHeld(documentId: string): boolean {
    return [...this.#holds].some((hold) => hold.documentId === documentId);
  }

  /** Nothing may come between the look at `isHeld` and this: whoever holds the document from now on waits for its end. */
  protected async turnOf<T>(documentId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const done = Promise.withResolvers<void>();
    this.#turn = { documentId, controller, done: done.promise };
    try {
      return await work(controller.signal);
    } finally {
      this.#turn = null;
      done.resolve();
    }
  }

  protected endTurn(): void {
    this.#turn?.controller.abort();
  }
}
