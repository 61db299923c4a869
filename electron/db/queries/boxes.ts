/**
 * Places as the database keeps them. Boxes: five 32-bit integers each (page, and x0 y0 x1 y1 in thousandths of a point),
 * little-endian. A fifth of their JSON, and exact to the third decimal, which a float32 would not be. Ranges: JSON.
 */
import type { Box, Citation, PageRange } from '../../../shared/domain.ts';

const INTEGERS_PER_BOX = 5;
const UNITS_PER_POINT = 1000;

export function packBoxes(boxes: readonly Box[]): Uint8Array {
  const integers = new Int32Array(boxes.length * INTEGERS_PER_BOX);
  let at = 0;
  for (const box of boxes) {
    integers[at] = box.page;
    integers[at + 1] = Math.round(box.x0 * UNITS_PER_POINT);
    integers[at + 2] = Math.round(box.y0 * UNITS_PER_POINT);
    integers[at + 3] = Math.round(box.x1 * UNITS_PER_POINT);
    integers[at + 4] = Math.round(box.y1 * UNITS_PER_POINT);
    at += INTEGERS_PER_BOX;
  }
  return new Uint8Array(integers.buffer);
}

export function unpackBoxes(bytes: Uint8Array): Box[] {
  // A copy, since a row's bytes need not begin at a multiple of four.
  const integers = new Int32Array(bytes.slice().buffer);
  const boxes: Box[] = [];
  for (let at = 0; at + INTEGERS_PER_BOX <= integers.length; at += INTEGERS_PER_BOX) {
    const [page = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0] = integers.subarray(at, at + INTEGERS_PER_BOX);
    boxes.push({
      page,
      x0: x0 / UNITS_PER_POINT,
      y0: y0 / UNITS_PER_POINT,
      x1: x1 / UNITS_PER_POINT,
      y1: y1 / UNITS_PER_POINT,
    });
  }
  return boxes;
}

/** Null for none. */
export function packRanges(ranges: readonly PageRange[] = []): string | null {
  return ranges.length === 0 ? null : JSON.stringify(ranges.map(({ page, start, end }) => ({ page, start, end })));
}

/** What a citation has of it: nothing for none. */
export function unpackRanges(text: string | null): Pick<Citation, 'ranges'> {
  return text === null ? {} : { ranges: JSON.parse(text) as PageRange[] };
}
