/** What the window is told of documents. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DocumentFeed } from '../../../electron/core/document-feed.ts';
import type { Database } from '../../../electron/db/database.ts';
import type { EventMap } from '../../../shared/events.ts';
import { document } from '../renderer/documents.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openFeed(): { feed: DocumentFeed; told: EventMap['library.changed'][]; asked: string[][] } {
  const told: EventMap['library.changed'][] = [];
  const asked: string[][] = [];
  const getSeveral = (ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve(ids.map((id) => document({ id })));
  };
  const feed = new DocumentFeed({
    database: { documents: { getSeveral } } as unknown as Database,
    announce: (event) => void told.push(event),
    onError: (error) => {
      throw error;
    },
  });
  return { feed, told, asked };
}

it('gathers changes into one announcement', async () => {
  const { feed, told, asked } = openFeed();
  for (const id of ['a', 'b', 'a']) feed.changed(id);
  feed.removed(['c']);
  await vi.runAllTimersAsync();
  expect(asked).toEqual([['a', 'b']]);
  expect(told).toEqual([{ documents: [document({ id: 'a' }), document({ id: 'b' })], removed: ['c'] }]);
});

// Catches: an error in the log of every quit in the midst of work, which asks a library that is closed.
it('asks the library nothing once it is closed', async () => {
  const { feed, asked } = openFeed();
  feed.changed('a');
  feed.close();
  feed.changed('b');
  feed.removed(['c']);
  await vi.runAllTimersAsync();
  expect(asked).toEqual([]);
});
