/** One run at a time, questions first; a waiter that leaves must not take a turn with it. */
import { expect, test } from 'vitest';
import { createTurnstile } from '../../../electron/adapters/turnstile.ts';

test('questions overtake documents, each kind in its own order', async () => {
  const turnstile = createTurnstile();
  const release = await turnstile.enter('background');
  const order: string[] = [];
  const pass = async (name: string, priority: 'interactive' | 'background'): Promise<void> => {
    const done = await turnstile.enter(priority);
    order.push(name);
    done();
  };
  const all = [
    pass('d1', 'background'),
    pass('d2', 'background'),
    pass('q1', 'interactive'),
    pass('q2', 'interactive'),
  ];
  release();
  await Promise.all(all);
  expect(order).toEqual(['q1', 'q2', 'd1', 'd2']);
});

test('whoever is aborted while waiting leaves the queue', async () => {
  const turnstile = createTurnstile();
  const release = await turnstile.enter('background');
  const controller = new AbortController();
  const leaving = turnstile.enter('interactive', controller.signal);
  const staying = turnstile.enter('background');
  controller.abort();
  await expect(leaving).rejects.toMatchObject({ code: 'cancelled' });
  release();
  (await staying)();
  (await turnstile.enter('background'))();
});

test('ending a turn twice does not let two in', async () => {
  const turnstile = createTurnstile();
  const release = await turnstile.enter('background');
  const second = turnstile.enter('background');
  let third = false;
  void turnstile.enter('background').then(() => (third = true));
  release();
  release();
  await second;
  await Promise.resolve();
  expect(third).toBe(false);
});
