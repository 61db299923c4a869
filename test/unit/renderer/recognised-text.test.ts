/** The text layer of a recognised page: its words lie over the picture's, whichever way it was scanned. */
import { expect, test } from 'vitest';
import { recognisedContent } from '../../../renderer/features/viewer/recognised-text.ts';

const line = { x0: 100, y0: 700, x1: 200, y1: 710, vertical: false };
const shapes = (content: ReturnType<typeof recognisedContent>) =>
  content.items.map((item) =>
    'str' in item ? { str: item.str, at: item.transform.slice(4), width: item.width } : null,
  );

test('a word is as wide as it stands there, up to the next one, and the last one ends its line', () => {
  const content = recognisedContent(
    [
      {
        ...line,
        words: [
          { text: 'slewing', from: 100, to: 150 },
          { text: 'ring', from: 160, to: 200 },
        ],
      },
    ],
    0,
  );
  expect(shapes(content)).toEqual([
    { str: 'slewing ', at: [100, 702], width: 60 },
    { str: 'ring', at: [160, 702], width: 40 },
  ]);
  expect(content.items.map((item) => 'hasEOL' in item && item.hasEOL)).toEqual([false, true]);
});

test('a page that was scanned upside down is read from its right', () => {
  const words = [
    { text: 'slewing', from: 150, to: 200 },
    { text: 'ring', from: 100, to: 140 },
  ];
  const content = recognisedContent([{ ...line, words }], 180);
  expect(shapes(content)).toEqual([
    { str: 'slewing ', at: [200, 708], width: 60 },
    { str: 'ring', at: [140, 708], width: 40 },
  ]);
  const [first] = content.items;
  expect(first && 'transform' in first ? first.transform.slice(0, 4).map((value: number) => value + 0) : null).toEqual([
    -10, 0, 0, -10,
  ]);
});

test('a page on its side is read upwards, or downwards when it is turned the other way', () => {
  const upright = { x0: 300, y0: 100, x1: 310, y1: 140, vertical: true, words: [{ text: 'ring', from: 100, to: 140 }] };
  expect(shapes(recognisedContent([upright], 90))).toEqual([{ str: 'ring', at: [308, 100], width: 40 }]);
  expect(shapes(recognisedContent([upright], 270))).toEqual([{ str: 'ring', at: [302, 140], width: 40 }]);
});
