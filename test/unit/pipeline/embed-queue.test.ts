/** Closing while an embedder is about to be opened. The database is made up here. */
import { expect, it, vi } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import { EmbedQueue } from '../../../electron/pipeline/embed-queue.ts';
import type { Embedder } from '../../../electron/pipeline/ports/embedder.ts';

function queueWith(listUnfinished: () => Promise<unknown[]>) {
  const embedder = vi.fn(() => new Promise<Embedder>(() => undefined));
  const database = { documents: { listUnfinished } } as unknown as Database;
  const none = () => undefined;
  const queue = new EmbedQueue({
    ...{ database, embedder, isReading: () => false, mayDiffer: () => false },
    ...{ onChange: none, onAvailability: none, onIdle: none, onError: none },
  });
  return { queue, embedder };
}

const waiting = [{ id: 'crane', state: 'embedding' }];

// Catches: an app that stays for two minutes after its window closed, for a server that does not answer.
it('closing just before a silent server is asked does not wait for it', async () => {
  const listed = Promise.withResolvers<unknown[]>();
  const { queue, embedder } = queueWith(() => listed.promise);
  queue.poke();
  const closed = queue.close();
  listed.resolve(waiting);
  await closed;
  expect(embedder).not.toHaveBeenCalled();
});

it('closing while a silent server is asked does not wait for it', async () => {
  const { queue, embedder } = queueWith(() => Promise.resolve(waiting));
  queue.poke();
  await expect.poll(() => embedder.mock.calls.length).toBe(1);
  await queue.close();
});
