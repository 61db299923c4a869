/** Turns in the background: holding a document, waiting, closing. */
import { expect, test } from 'vitest';
import { BackgroundQueue } from '../../../electron/pipeline/background-queue.ts';
import { AppError } from '../../../shared/errors.ts';

/** One turn a run, which ends when it is told to or when its document is held. */
class OneTurn extends BackgroundQueue {
  readonly errors: AppError[] = [];
  readonly stored: string[] = [];
  runs = 0;
  finish = (): void => undefined;

  constructor() {
    super((error) => this.errors.push(error));
  }

  work(documentId: string, onEnd?: () => void): void {
    this.begin(async () => {
      this.runs += 1;
      if (!this.isHeld(documentId)) await this.turnOf(documentId, (signal) => this.#turn(documentId, signal));
    }, onEnd);
  }

  fail(): void {
    this.begin(() => Promise.reject(new AppError('internal', 'The database is gone.')));
  }

  async #turn(documentId: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.finish = resolve;
      signal.addEventListener('abort', () => setTimeout(resolve, 5));
    });
    this.stored.push(signal.aborted ? `${documentId} ended` : documentId);
  }
}

test('a hold resolves only when the turn of its document has ended', async () => {
  const queue = new OneTurn();
  queue.work('crane');
  await queue.hold('crane');
  // A deletion that went on before this would leave rows of a document that is gone.
  expect(queue.stored).toEqual(['crane ended']);
});

test('a hold lets the turn of another document be', async () => {
  const queue = new OneTurn();
  queue.work('crane');
  await queue.hold('ferry');
  queue.finish();
  await queue.idle();
  expect(queue.stored).toEqual(['crane']);
});

test('a document that two hold gets a turn when both have let go', async () => {
  const queue = new OneTurn();
  const [first, second] = [await queue.hold('crane'), await queue.hold('crane')];
  first();
  queue.work('crane');
  await queue.idle();
  // The first to let go must not let the work begin under the second's deletion.
  expect(queue.stored).toEqual([]);
  second();
  queue.work('crane');
  queue.finish();
  await queue.idle();
  expect(queue.stored).toEqual(['crane']);
});

test('there is one run at a time; what its end begins is waited for as well', async () => {
  const queue = new OneTurn();
  queue.work('crane', () => {
    queue.work('ferry');
    queue.finish();
  });
  queue.work('lighthouse');
  expect(queue.busy).toBe(true);
  queue.finish();
  await queue.idle();
  expect(queue.stored).toEqual(['crane', 'ferry']);
  expect(queue.runs).toBe(2);
  expect(queue.busy).toBe(false);
});

test('a run that fails is told, and the next begins', async () => {
  const queue = new OneTurn();
  queue.fail();
  await queue.idle();
  expect(queue.errors.map(({ message }) => message)).toEqual(['The database is gone.']);
  queue.work('crane');
  queue.finish();
  await queue.idle();
  expect(queue.stored).toEqual(['crane']);
});

test('closing ends the turn, waits for it, and begins none any more', async () => {
  const queue = new OneTurn();
  queue.work('crane');
  await queue.close();
  expect(queue.stored).toEqual(['crane ended']);
  queue.work('ferry');
  expect(queue.busy).toBe(false);
});
