/**
 * Lets one at a time through; whoever is waited for by a person goes before the background's work.
 */
import { AppError } from '../../shared/errors.ts';

export interface Turnstile {
  /** Resolves when it is one's turn, with the function that ends it. Rejects as `cancelled` when aborted before. */
  enter(priority: 'interactive' | 'background', signal?: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly go: () => void;
}

export function createTurnstile(): Turnstile {
  const queues = { interactive: [] as Waiting[], background: [] as Waiting[] };
  let occupied = false;

  const release = (): void => {
    const next = queues.interactive.shift() ?? queues.background.shift();
    if (next) next.go();
    else occupied = false;
  };
  /** Ends a turn once, however often it is called. */
  const turn = (): (() => void) => {
    let over = false;
    return () => {
      if (over) return;
      over = true;
      release();
    };
  };

  return {
    enter(priority, signal) {
      if (signal?.aborted) return Promise.reject(cancelled());
      if (!occupied) {
        occupied = true;
        return Promise.resolve(turn());
      }
      return new Promise((resolve, reject) => {
        const queue = queues[priority];
        const leave = (): void => {
          const index = queue.indexOf(waiting);
          if (index >= 0) queue.splice(index, 1);
          reject(cancelled());
        };
        const waiting: Waiting = {
          go: () => {
            signal?.removeEventListener('abort', leave);
            resolve(turn());
          },
        };
        queue.push(waiting);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Embedding was stopped.', { retryable: true });
}
