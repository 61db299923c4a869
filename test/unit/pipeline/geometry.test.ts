/** Packed geometry: what a citation is drawn from years later. */
import { describe, expect, it } from 'vitest';
import {
  boxesForRange,
  decodeLayout,
  encodeLayout,
  rangesInBoxes,
  type LayoutLine,
} from '../../../electron/pipeline/geometry.ts';

function line(start: number, words: readonly [string, number, number][], extra: Partial<LayoutLine> = {}): LayoutLine {
  let at = start;
  const placed = words.map(([text, from, to]) => {
    const word = { start: at, end: at + text.length, from, to };
    at = word.end + 1;
    return word;
  });
  const horizontal = { x0: words[0]![1], x1: words.at(-1)![2], y0: 100, y1: 112 };
  const style = { fontSize: 10.5, bold: false, vertical: false, blockStart: true, kind: 'text' as const };
  return { start, end: at - 1, ...horizontal, ...style, words: placed, ...extra };
}

const first = line(0, [
  ['Cash', 72.3, 95.1],
  ['and', 98, 112.25],
  ['equivalents', 115, 170],
]);
const second = line(
  21,
  [
    ['rose', 72, 90],
    ['again', 94, 120],
  ],
  { y0: 86, y1: 98, blockStart: false },
);
const upright = line(33, [['sideways', 300, 350]], {
  x0: 500,
  x1: 512,
  y0: 300,
  y1: 350,
  vertical: true,
  kind: 'heading',
  bold: true,
});
const layout = { lines: [first, second, upright] };

describe('packed geometry', () => {
  it('comes back as it went in, to 0.02 points', () => {
    const back = decodeLayout(encodeLayout(layout)).lines;
    expect(
      back.map(({ start, end, kind, bold, vertical, blockStart, fontSize }) => ({
        start,
        end,
        kind,
        bold,
        vertical,
        blockStart,
        fontSize,
      })),
    ).toEqual(
      layout.lines.map(({ start, end, kind, bold, vertical, blockStart, fontSize }) => ({
        start,
        end,
        kind,
        bold,
        vertical,
        blockStart,
        fontSize,
      })),
    );
    back.forEach((one, i) => {
      const was = layout.lines[i]!;
      for (const edge of ['x0', 'y0', 'x1', 'y1'] as const) expect(one[edge]).toBeCloseTo(was[edge], 1);
      one.words.forEach((word, k) => {
        expect(word.start).toBe(was.words[k]!.start);
        expect(Math.abs(word.from - was.words[k]!.from)).toBeLessThan(0.021);
        expect(Math.abs(word.to - was.words[k]!.to)).toBeLessThan(0.021);
      });
    });
  });

  it('is read from a buffer that starts anywhere, as a database gives it', () => {
    const packed = encodeLayout(layout);
    const shifted = new Uint8Array(packed.length + 3);
    shifted.set(packed, 3);
    expect(boxesForRange(shifted.subarray(3), 1, 0, 4)).toEqual(boxesForRange(packed, 1, 0, 4));
  });

  it('has no lines when it is torn or of another version', () => {
    const packed = encodeLayout(layout);
    expect(decodeLayout(packed.subarray(0, 40)).lines).toEqual([]);
    expect(decodeLayout(Uint8Array.from([9, ...packed.subarray(1)])).lines).toEqual([]);
    expect(decodeLayout(new Uint8Array(0)).lines).toEqual([]);
  });

  it('keeps far corners of a poster', () => {
    // Would catch 16 bits that overflow: 200 inches are 14,400 points.
    const far = line(
      0,
      [
        ['A', 10, 20],
        ['Z', 14_380, 14_399],
      ],
      { y0: 14_000, y1: 14_012 },
    );
    const [box] = boxesForRange(encodeLayout({ lines: [far] }), 1, 2, 3);
    expect(box!.x1).toBeCloseTo(14_399, 0);
    expect(box!.y1).toBeCloseTo(14_012, 0);
  });
});

describe('boxes of a range', () => {
  const packed = encodeLayout(layout);

  it('gives one box for each line piece', () => {
    const boxes = boxesForRange(packed, 7, 5, 25);
    expect(boxes).toHaveLength(2);
    expect(boxes[0]!.page).toBe(7);
    expect(boxes[0]!.x0).toBeCloseTo(98, 1);
    expect(boxes[0]!.x1).toBeCloseTo(170, 1);
    expect(boxes[1]!.x0).toBeCloseTo(72, 1);
    expect(boxes[1]!.x1).toBeCloseTo(90, 1);
  });

  it('shares a word out among its letters', () => {
    const [box] = boxesForRange(packed, 1, 9, 14);
    expect(box!.x0).toBeCloseTo(115, 1);
    expect(box!.x1).toBeCloseTo(115 + (55 / 11) * 5, 1);
  });

  it('takes a comma for narrower than a letter, so that what is found before it does not end within its last one', () => {
    const words = [{ start: 0, end: 12, from: 0, to: 50.6 }];
    const line = { ...layout.lines[0]!, start: 0, end: 12, x0: 0, x1: 50.6, words };
    const [box] = boxesForRange(encodeLayout({ lines: [line] }), 1, 0, 11, 'obligations,');
    // In Helvetica of 10 points the s ends at 47.8, and the comma at 50.6.
    expect(Math.abs(box!.x1 - 47.8)).toBeLessThan(1);
  });

  it('runs along y on a vertical line', () => {
    const [box] = boxesForRange(packed, 1, 33, 41);
    expect([box!.x0, box!.y0, box!.x1, box!.y1].map(Math.round)).toEqual([500, 300, 512, 350]);
  });

  it('has none for white space or beyond the text', () => {
    expect(boxesForRange(packed, 1, 4, 5)).toEqual([]);
    expect(boxesForRange(packed, 1, 500, 600)).toEqual([]);
  });
});

describe('the words in boxes', () => {
  const packed = encodeLayout(layout);
  const roundTrip = (start: number, end: number) => rangesInBoxes(packed, boxesForRange(packed, 1, start, end));

  it('are those that the boxes were made for, as one range over a line’s end', () => {
    expect(roundTrip(5, 25)).toEqual([{ start: 5, end: 25 }]);
    expect(roundTrip(33, 41)).toEqual([{ start: 33, end: 41 }]);
  });

  // Catches: the first of two equal sentences marked, where the second was cited, as looking for its words would.
  it('stand apart where the words between them have no box, and none are in an empty place', () => {
    const boxes = [...boxesForRange(packed, 1, 0, 4), ...boxesForRange(packed, 1, 9, 20)];
    expect(rangesInBoxes(packed, boxes)).toEqual([
      { start: 0, end: 4 },
      { start: 9, end: 20 },
    ]);
    expect(rangesInBoxes(packed, [{ page: 1, x0: 0, y0: 0, x1: 40, y1: 40 }])).toEqual([]);
    expect(rangesInBoxes(new Uint8Array(3), boxes)).toEqual([]);
  });
});
