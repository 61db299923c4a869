/**
 * Takes rows of dots (leaders, as in statements and tables of contents) from a page's picture: the engine reads words into
 * them. Pure; tens of milliseconds a page.
 */
import type { GreyImage } from './ports/page-recognizer.ts';

/** Inches: a full stop of 20 points, and the pitch of leaders in such type. */
const widestDot = 0.03;
const widestPitch = 0.14;
/** An ellipsis has three. */
const leastDots = 5;
const paper = 255;

/** The picture without rows of dots. */
export function withoutLeaders(image: GreyImage): GreyImage {
  const cleaned = { ...image, pixels: Uint8Array.from(image.pixels) };
  removeLeaders(cleaned, inkThreshold(image.pixels));
  return cleaned;
}

/** Grey below which a point is ink: the one that parts the two classes best (Otsu, 1979). */
export function inkThreshold(pixels: Uint8Array): number {
  const counts = new Uint32Array(256);
  let total = 0;
  // Every third point tells as much; an odd step does not keep to every other column of a screened picture.
  for (let i = 0; i < pixels.length; i += 3, total++) counts[pixels[i]!]!++;
  let sum = 0;
  for (let grey = 0; grey < 256; grey++) sum += grey * counts[grey]!;
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let threshold = 128;
  for (let grey = 0; grey < 255; grey++) {
    below += counts[grey]!;
    sumBelow += grey * counts[grey]!;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const difference = sumBelow / below - (sum - sumBelow) / above;
    const between = below * above * difference * difference;
    if (between > best) [best, threshold] = [between, grey + 1];
  }
  return threshold;
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly points: readonly number[];
}

function removeLeaders(image: GreyImage, threshold: number): void {
  const { width, pixels, resolution } = image;
  const dots = findDots(image, threshold);
  const pitch = widestPitch * resolution;
  const level = widestDot * resolution * 0.5;
  // Rows as they are met from above; a dot joins the row whose last dot is near on its left.
  let rows: Dot[][] = [];
  const ended: Dot[][] = [];
  for (const dot of dots.sort((a, b) => a.x - b.x)) {
    rows = rows.filter((row) => {
      const open = dot.x - row.at(-1)!.x <= pitch;
      if (!open) ended.push(row);
      return open;
    });
    const row = rows.find((other) => Math.abs(other.at(-1)!.y - dot.y) <= level);
    if (row) row.push(dot);
    else rows.push([dot]);
  }
  for (const row of [...ended, ...rows]) {
    if (row.length < leastDots || !isEven(row)) continue;
    for (const { points } of row) {
      for (const point of points) {
        // With its soft edge.
        for (const near of [point, point - 1, point + 1, point - width, point + width]) pixels[near] = paper;
      }
    }
  }
}

/** True when most dots stand at one distance; specks of dirt do not. */
function isEven(row: readonly Dot[]): boolean {
  const steps = row.slice(1).map((dot, i) => dot.x - row[i]!.x);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1]!;
  return steps.filter((step) => Math.abs(step - usual) <= 1 + 0.15 * usual).length >= 0.8 * steps.length;
}

/** Blots of ink no larger than a full stop. */
function findDots({ width, height, pixels, resolution }: GreyImage, threshold: number): Dot[] {
  const widest = Math.max(3, Math.round(widestDot * resolution));
  const seen = new Uint8Array(pixels.length);
  const isInk = (at: number): boolean => pixels[at]! < threshold;
  const dots: Dot[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      // The blot's topmost point; what has ink above or before it was met already.
      if (!isInk(at) || seen[at] || isInk(at - width) || isInk(at - 1)) continue;
      const dot = blotAt(x, y);
      if (dot) dots.push(dot);
    }
  }
  return dots;

  function blotAt(startX: number, startY: number): Dot | null {
    const points = [startY * width + startX];
    let [x0, x1, y1] = [startX, startX, startY];
    for (let i = 0; i < points.length; i++) {
      const at = points[i]!;
      const x = at % width;
      const y = (at - x) / width;
      [x0, x1, y1] = [Math.min(x0, x), Math.max(x1, x), Math.max(y1, y)];
      if (x1 - x0 >= widest || y1 - startY >= widest || y < startY || x <= 0 || x >= width - 1 || y >= height - 1)
        return null;
      for (const near of [at - 1, at + 1, at - width, at + width]) {
        if (isInk(near) && !points.includes(near)) points.push(near);
      }
    }
    for (const at of points) seen[at] = 1;
    return { x: (x0 + x1) / 2, y: (startY + y1) / 2, points };
  }
}
