/** Where text space lies on the page, seen along the direction in which the text runs. Pure. */
import type { Direction } from '../../pipeline/segments.ts';
import type { Matrix } from './matrix.ts';

/**
 * Text space in user space, along and across the direction in which text runs (see Segmenter): what stands at (x, y)
 * there is at `along[0] * x + along[1] * y + along[2]` and the same of `across`. Most files move the line before each
 * glyph, which leaves all of this as it is.
 */
export interface TextFrame {
  readonly direction: Direction;
  readonly along: Axis;
  readonly across: Axis;
  /** Of the font, points. */
  readonly height: number;
  /** How far along a step of 1 in text space goes. */
  readonly perUnit: number;
}

type Axis = readonly [x: number, y: number, origin: number];

/**
 * @param matrix From text space to user space.
 * @param size Of the font, in text space.
 * @param scale Horizontal, 1 is 100 %.
 */
export function textFrame([a, b, c, d, e, f]: Matrix, size: number, scale: number): TextFrame {
  const direction = directionOf(a * size * scale, b * size * scale);
  const x: Axis = [a, c, e];
  const y: Axis = [b, d, f];
  const along = direction === 0 ? x : direction === 1 ? y : direction === 2 ? turned(x) : turned(y);
  const across = direction === 0 ? y : direction === 1 ? turned(x) : direction === 2 ? turned(y) : x;
  const stretch = Math.sqrt(a * a + b * b);
  const height = Math.sqrt(c * c + d * d) * Math.abs(size);
  return { direction, along, across, height, perUnit: size * scale < 0 ? -stretch : stretch };
}

function turned([x, y, origin]: Axis): Axis {
  return [-x, -y, -origin];
}

function directionOf(x: number, y: number): Direction {
  if (Math.abs(y) <= Math.abs(x)) return x < 0 ? 2 : 0;
  return y < 0 ? 3 : 1;
}
