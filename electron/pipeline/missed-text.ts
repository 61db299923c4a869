/**
 * Finds what looks like text on a page's picture and was not recognised: the engine's layout takes underlined blocks for
 * drawings, leaves out columns of figures, and does not look into dark boxes. Pure; about 10 ms a page.
 */
import { inkThreshold } from './picture-cleaning.ts';
import { cut } from './picture-turning.ts';
import type { GreyImage, PixelBox, RecognisedLine } from './ports/page-recognizer.ts';

/** Sides of a cell, and what is the least and most of a block of text; inches. */
const cellSide = 0.04;
const leastWidth = 0.08;
const leastHeight = 0.06;
/** Cells between words, and between lines, of one block. */
const reachAcross = 3;
const reachDown = 2;
/** Pixels of ink from which a cell is not empty. */
const leastInk = 3;
/** Share of a block's cells with ink: a frame around something else has less. */
const leastFill = 0.2;
/** Share of ink above which a block is light text on dark, or a photograph. */
const darkShare = 0.5;
/** Share of ink in text, light or dark; beyond is a photograph or a shade. */
const mostInk = 0.33;
/** Looking again costs time: a page of small drawings has hundreds of blocks. */
const mostBlocks = 12;
/** Share of the page that is looked at again at most; more is a photograph. */
const mostArea = 0.5;
/** Words of a second look are taken from this confidence on: it is given pictures, too. */
const leastConfidence = 60;
const paper = 255;

/** A block to look at again, as a picture of its own. */
export interface MissedBlock {
  readonly x0: number;
  readonly y0: number;
  /** Dark text on light paper. */
  readonly image: GreyImage;
}

interface Region extends PixelBox {
  readonly cells: number;
}

/** Blocks of ink outside the words of `lines`, the largest ones. */
export function missedBlocks(image: GreyImage, lines: readonly RecognisedLine[]): MissedBlock[] {
  const { width, height, resolution } = image;
  const threshold = inkThreshold(image.pixels);
  const side = Math.max(2, Math.round(cellSide * resolution));
  const columns = Math.ceil(width / side);
  const rows = Math.ceil(height / side);
  const ink = inkOfCells(image, threshold, side, columns);
  const words = lines.flatMap((line) => line.words);
  for (const { x0, y0, x1, y1 } of words) {
    // A cell around each word: underlines, and the dots of what was taken for two letters.
    for (
      let row = Math.max(0, Math.floor(y0 / side) - 1);
      row <= Math.min(rows - 1, Math.floor(y1 / side) + 1);
      row++
    ) {
      const last = Math.min(columns - 1, Math.floor(x1 / side) + 1);
      ink.fill(0, row * columns + Math.max(0, Math.floor(x0 / side) - 1), row * columns + last + 1);
    }
  }
  const blocks: MissedBlock[] = [];
  let area = 0;
  for (const region of regionsOf(ink, columns, rows).sort((a, b) => b.cells - a.cells)) {
    const box = {
      x0: Math.max(0, (region.x0 - 1) * side),
      y0: Math.max(0, (region.y0 - 1) * side),
      x1: Math.min(width, (region.x1 + 2) * side),
      y1: Math.min(height, (region.y1 + 2) * side),
    };
    const [wide, high] = [(region.x1 - region.x0 + 1) * side, (region.y1 - region.y0 + 1) * side];
    if (wide < leastWidth * resolution || high < leastHeight * resolution) continue;
    const block = blockOf(image, box, threshold, words);
    if (!block) continue;
    area += (box.x1 - box.x0) * (box.y1 - box.y0);
    if (area > mostArea * width * height) break;
    blocks.push(block);
    if (blocks.length === mostBlocks) break;
  }
  return blocks;
}

/** The page's lines with those of a block where they are read: after the last line above them. */
export function withBlock(lines: readonly RecognisedLine[], block: readonly RecognisedLine[]): RecognisedLine[] {
  const first = block[0];
  if (!first) return [...lines];
  const x0 = Math.min(...block.flatMap(({ words }) => words.map((word) => word.x0)));
  const x1 = Math.max(...block.flatMap(({ words }) => words.map((word) => word.x1)));
  const isAbove = ({ baseline }: RecognisedLine): boolean => baseline < first.baseline - first.height / 2;
  const above = lines.findLastIndex((line) => isAbove(line) && line.words.some((word) => word.x0 < x1 && word.x1 > x0));
  const at = (above < 0 ? lines.findLastIndex(isAbove) : above) + 1;
  return [...lines.slice(0, at), ...block, ...lines.slice(at)];
}

/** Lines of a block's picture at their place on the page; those that the engine is not sure of are left out. */
export function linesOfBlock({ x0, y0 }: MissedBlock, found: readonly RecognisedLine[]): RecognisedLine[] {
  return found.flatMap(({ words, baseline, height }) => {
    const sure = words.filter(({ text, confidence }) => confidence >= leastConfidence && text.trim() !== '');
    if (!sure.some(({ text }) => /[\p{L}\p{N}]/u.test(text))) return [];
    const moved = sure.map((word) => ({
      ...word,
      x0: word.x0 + x0,
      x1: word.x1 + x0,
      y0: word.y0 + y0,
      y1: word.y1 + y0,
    }));
    return [{ words: moved, baseline: baseline + y0, height }];
  });
}

function inkOfCells(
  { width, height, pixels }: GreyImage,
  threshold: number,
  side: number,
  columns: number,
): Uint16Array {
  const ink = new Uint16Array(columns * Math.ceil(height / side));
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x++, at++) {
      if (pixels[at]! < threshold) ink[row + Math.floor(x / side)]!++;
    }
  }
  return ink;
}

/** Groups of cells with ink near each other; places in cells, both ends inclusive. */
function regionsOf(ink: Uint16Array, columns: number, rows: number): Region[] {
  const regions: Region[] = [];
  const waiting: number[] = [];
  const take = (cell: number): void => {
    ink[cell] = 0;
    waiting.push(cell);
  };
  for (let first = 0; first < ink.length; first++) {
    if (ink[first]! < leastInk) continue;
    let [x0, y0, x1, y1] = [columns, rows, 0, 0];
    let cells = 0;
    take(first);
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
      const x = cell % columns;
      const y = (cell - x) / columns;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
      cells++;
      for (let row = Math.max(0, y - reachDown); row <= Math.min(rows - 1, y + reachDown); row++) {
        for (let column = Math.max(0, x - reachAcross); column <= Math.min(columns - 1, x + reachAcross); column++) {
          if (ink[row * columns + column]! >= leastInk) take(row * columns + column);
        }
      }
    }
    if (cells >= leastFill * (x1 - x0 + 1) * (y1 - y0 + 1)) regions.push({ x0, y0, x1, y1, cells });
  }
  return regions;
}

/** The block cut out, without the words that are known; null when it has too much ink for text. */
function blockOf(page: GreyImage, box: PixelBox, threshold: number, known: readonly PixelBox[]): MissedBlock | null {
  const image = cut(page, box);
  const { pixels } = image;
  let dark = 0;
  for (let i = 0; i < pixels.length; i++) dark += Number(pixels[i]! < threshold);
  const isDark = dark > darkShare * pixels.length;
  if (isDark) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = 255 - pixels[i]!;
  }
  const share = (isDark ? pixels.length - dark : dark) / pixels.length;
  if (share > mostInk) return null;
  for (const { x0, y0, x1, y1 } of known) {
    for (let y = Math.max(y0, box.y0); y < Math.min(y1, box.y1); y++) {
      const row = (y - box.y0) * image.width - box.x0;
      pixels.fill(paper, row + Math.max(x0, box.x0), row + Math.max(box.x0, Math.min(x1, box.x1)));
    }
  }
  return { x0: box.x0, y0: box.y0, image };
}
