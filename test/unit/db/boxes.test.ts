import { describe, expect, it } from 'vitest';
import { packBoxes, unpackBoxes } from '../../../electron/db/queries/boxes.ts';

describe('boxes in the database', () => {
  // Catches: coordinates that come back as 100.0999984741211, and negative ones (a crop box left of the origin).
  it('come back exact to a thousandth of a point', () => {
    const boxes = [
      { page: 1, x0: 72.1, y0: 100.1, x1: 540, y1: 112.7 },
      { page: 1200, x0: -3.125, y0: -0.5, x1: 14_400, y1: 14_400 },
    ];
    expect(unpackBoxes(packBoxes(boxes))).toEqual(boxes);
  });

  // Catches: a RangeError where SQLite's bytes begin at an odd address.
  it('are read from bytes at any address', () => {
    const packed = packBoxes([{ page: 2, x0: 1, y0: 2, x1: 3, y1: 4 }]);
    const shifted = new Uint8Array(packed.length + 1);
    shifted.set(packed, 1);
    expect(unpackBoxes(shifted.subarray(1))).toEqual([{ page: 2, x0: 1, y0: 2, x1: 3, y1: 4 }]);
    expect(unpackBoxes(new Uint8Array())).toEqual([]);
  });
});
