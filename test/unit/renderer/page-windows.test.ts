/** Which slices of a long text are asked for. */
import { describe, expect, it } from 'vitest';
import { PageWindows } from '../../../renderer/features/viewer/page-windows.ts';
import type { PageText } from '../../../shared/requests/library.ts';

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly answer: (pages: readonly PageText[]) => Promise<void>;
  readonly fail: (thrown: unknown) => Promise<void>;
}

function open(pageCount: number) {
  const asked: Asked[] = [];
  const come: PageText[] = [];
  const errors: unknown[] = [];
  const windows = new PageWindows({
    pageCount,
    read: (from, to) =>
      new Promise((resolve, reject) => {
        const settled = async (settle: () => void) => {
          settle();
          await new Promise(setImmediate);
        };
        asked.push({
          from,
          to,
          answer: (pages) => settled(() => resolve(pages)),
          fail: (thrown) => settled(() => reject(thrown)),
        });
      }),
    onPages: (pages) => come.push(...pages),
    onError: (thrown) => errors.push(thrown),
  });
  const ranges = () => asked.map(({ from, to }) => `${from}-${to}`);
  return { windows, asked, come, errors, ranges };
}

describe('slices of a long text', () => {
  // Catches: a document of 2,000 pages that opens at its end only after all before it came.
  it('are those around the page that is read, that page’s own first, one at a time', async () => {
    const { windows, asked, come, ranges } = open(2_000);
    windows.want([1_500]);
    expect(ranges()).toEqual(['1481-1520']);
    await asked[0]?.answer([{ number: 1_500, text: 'Here.' }]);
    await asked[1]?.answer([]);
    await asked[2]?.answer([]);
    expect(ranges()).toEqual(['1481-1520', '1521-1560', '1441-1480']);
    expect(come).toHaveLength(120);
    expect(come.find(({ number }) => number === 1_500)?.text).toBe('Here.');
    windows.want([1_501, 1_499]);
    expect(asked).toHaveLength(3);
  });

  // Catches: whoever drags the bar from one end to the other waits for everything in between.
  it('are not asked for when they were flown past, nor beyond the ends', async () => {
    const { windows, asked, ranges } = open(95);
    windows.want([1]);
    windows.want([50]);
    windows.want([95]);
    expect(ranges()).toEqual(['1-40']);
    await asked[0]?.answer([]);
    await asked[1]?.answer([]);
    await asked[2]?.answer([]);
    expect(ranges()).toEqual(['1-40', '81-95', '41-80']);
  });

  it('are all of them in order where all are wanted', async () => {
    const { windows, asked, ranges } = open(81);
    windows.want(null);
    for (let index = 0; index < 3; index += 1) await asked[index]?.answer([]);
    expect(ranges()).toEqual(['1-40', '41-80', '81-81']);
  });

  it('tell why they did not come, and nothing once they are no longer wanted', async () => {
    const { windows, asked, come, errors } = open(10);
    windows.want([1]);
    await asked[0]?.fail('away');
    expect(errors).toEqual(['away']);
    const other = open(10);
    other.windows.want([1]);
    other.windows.end();
    await other.asked[0]?.answer([{ number: 1, text: 'late' }]);
    expect([...come, ...other.come]).toEqual([]);
  });
});
