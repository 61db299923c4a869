/** Turns and cuts pictures of pages. Pure. */
import { inkThreshold } from './picture-cleaning.ts';
import type { GreyImage, PixelBox } from './ports/page-recognizer.ts';
import type { PageRotation } from './ports/pdf-reader.ts';

/** The picture turned clockwise. */
export function turned(image: GreyImage, by: PageRotation): GreyImage {
  if (by === 0) return image;
  const { width, height, pixels } = image;
  const out = new Uint8Array(pixels.length);
  const [outWidth, outHeight] = by === 180 ? [width, height] : [height, width];
  // Steps in `out` for one pixel to the right and for one row down in the picture.
  const first = { 90: outWidth - 1, 180: pixels.length - 1, 270: (outHeight - 1) * outWidth }[by];
  const right = { 90: outWidth, 180: -1, 270: -outWidth }[by];
  const down = { 90: -1, 180: -outWidth, 270: 1 }[by];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, to = first + y * down; x < width; x++, at++, to += right) out[to] = pixels[at]!;
  }
  return { ...image, width: outWidth, height: outHeight, pixels: out };
}

export function cut(image: GreyImage, { x0, y0, x1, y1 }: PixelBox): GreyImage {
  const [width, height] = [x1 - x0, y1 - y0];
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y0 + y) * image.width + x0;
    pixels.set(image.pixels.subarray(from, from + width), y * width);
  }
  return { ...image, width, height, pixels };
}

/** Pixels of a patch's side, and of its points every third. */
const patch = 12;
/** Points of ink in a patch of 16 from which it belongs to a photograph or a bar. */
const solid = 11;

/** The square of `side` pixels (or what the picture has) with the most ink, photographs left out. */
export function densestPart(image: GreyImage, side: number): GreyImage {
  const { width, height, pixels } = image;
  const threshold = inkThreshold(pixels);
  const [wide, high] = [Math.min(side, width), Math.min(side, height)];
  const steps = 4;
  let best = { x0: 0, y0: 0, x1: wide, y1: high };
  let most = -1;
  for (let row = 0; row <= steps; row++) {
    for (let column = 0; column <= steps; column++) {
      const x0 = Math.round(((width - wide) * column) / steps);
      const y0 = Math.round(((height - high) * row) / steps);
      let ink = 0;
      for (let y = y0; y + patch <= y0 + high; y += patch) {
        for (let x = x0; x + patch <= x0 + wide; x += patch) ink += inkOfPatch(x, y);
      }
      if (ink > most) [most, best] = [ink, { x0, y0, x1: x0 + wide, y1: y0 + high }];
    }
  }
  return cut(image, best);

  function inkOfPatch(left: number, top: number): number {
    let ink = 0;
    for (let y = top; y < top + patch; y += 3) {
      for (let x = left; x < left + patch; x += 3) ink += Number(pixels[y * width + x]! < threshold);
    }
    return ink < solid ? ink : 0;
  }
}
