/**
 * Makes a stored page of what was recognised on its picture: the same text, lines and boxes that a page with text of
 * its own has, so that nothing after it needs to know. Pure.
 */
import type { ErrorInfo } from '../../shared/errors.ts';
import { encodeLayout } from './geometry.ts';
import { buildPage } from './layout.ts';
import type { ExtractedPage, PageImage, PageRotation } from './ports/pdf-reader.ts';
import type { GreyImage, PixelBox, RecognisedLine, RecognisedWord } from './ports/page-recognizer.ts';
import type { ReadPicture } from './read-picture.ts';
import type { Direction, Segment, SegmentWord } from './segments.ts';
import type { StoredPage } from './stored-page.ts';

/** What came of one page. */
export interface RecognisedPage extends PageOfPicture {
  /** BCP 47 primary tag of the text; null where there is too little to tell. */
  readonly language: string | null;
  /** Codes of the languages that it was recognised in. */
  readonly languages: readonly string[];
  /** Why it could not be recognised. */
  readonly error?: ErrorInfo;
}

/** A page that could not be recognised; what was recognised on it before stays. */
export function failedPage(number: number, error: ErrorInfo): RecognisedPage {
  return { number, page: null, confidence: null, language: null, languages: [], error };
}

export interface PageOfPicture {
  readonly number: number;
  /** Null when nothing was found that a person would call text. */
  readonly page: StoredPage | null;
  /** 0 to 100: the mean of its words', weighed by their length; null without text. */
  readonly confidence: number | null;
}

/** Pixels an inch; what the engine was trained for is 300, but at 200 it errs no more on print and takes half the time. */
export const RECOGNITION_RESOLUTION = 200;
/** Pixels of a side: a poster is drawn more coarsely. */
const longestSide = 5_000;
/** Specks and lines of drawings come out as words that the engine itself does not believe in. */
const leastWordConfidence = 20;
/** A page that is less certain than this holds a picture, and no text. */
const leastPageConfidence = 35;
/** Steps of grey between the darkest and the lightest point of a page below which it is blank. */
const leastContrast = 32;
/** Rows differ in height by what letters stand in them; one this near the page's usual size has that size. */
const sizeTolerance = 0.14;
/** Of the type's size, above and below the base line; as fonts' boxes mostly have it. */
const ascent = 0.74;
const descent = 0.22;

/** The place of a page's picture: its crop box in user space, and how it is turned when shown. */
export type PagePlace = Pick<ExtractedPage, 'cropBox' | 'rotation'>;

/** Pixels that a page's picture has at most, rotation applied. */
export function pictureSize({ width, height, rotation }: Pick<ExtractedPage, 'width' | 'height' | 'rotation'>): {
  readonly maxWidth: number;
  readonly maxHeight: number;
} {
  const scale = RECOGNITION_RESOLUTION / 72;
  const [wide, high] = rotation % 180 === 0 ? [width, height] : [height, width];
  const shrink = Math.min(1, longestSide / (Math.max(wide, high) * scale));
  const pixels = (points: number): number => Math.max(1, Math.round(points * scale * shrink));
  return { maxWidth: pixels(wide), maxHeight: pixels(high) };
}

/** Luminance (ITU-R BT.601, in 256ths). */
export function toGrey({ width, height, rgba }: PageImage, resolution: number): GreyImage {
  const pixels = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < pixels.length; i++, at += 4) {
    pixels[i] = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29) >> 8;
  }
  return { width, height, pixels, resolution };
}

/** True when nothing is printed on it. */
export function isBlank({ pixels }: GreyImage): boolean {
  let darkest = 255;
  let lightest = 0;
  for (let i = 0; i < pixels.length; i++) {
    const grey = pixels[i]!;
    if (grey < darkest) darkest = grey;
    if (grey > lightest) lightest = grey;
    if (lightest - darkest >= leastContrast) return false;
  }
  return true;
}

/** @param picture What was read on the page's whole picture, turned so that its text stands upright. */
export function recognisedPage(
  page: Pick<ExtractedPage, 'number' | 'width' | 'height' | 'cropBox' | 'rotation'>,
  { image, lines: found, turn }: ReadPicture,
): PageOfPicture {
  const { number, width, height, rotation } = page;
  const lines = found
    .map((line) => ({ ...line, words: line.words.filter(isWord) }))
    .filter(({ words }) => words.length > 0);
  const confidence = meanConfidence(lines);
  const upright = ((rotation + turn) % 360) as PageRotation;
  const { text, layout } = buildPage(toSegments(lines, image, { cropBox: page.cropBox, rotation: upright }));
  if (confidence === null || confidence < leastPageConfidence || !/[\p{L}\p{N}]/u.test(text)) {
    return { number, page: null, confidence: null };
  }
  const geometry = encodeLayout(layout);
  return {
    number,
    confidence,
    page: { number, width, height, rotation, text, geometry, hasText: true, source: 'ocr' },
  };
}

function isWord({ text, confidence, x0, x1 }: RecognisedWord): boolean {
  if (text.trim() === '' || x1 <= x0) return false;
  // A row of dots after a word makes the engine doubt both, and the word is most often right.
  return confidence >= leastWordConfidence || /[\p{L}\p{N}]{3}/u.test(text);
}

function meanConfidence(lines: readonly RecognisedLine[]): number | null {
  let sum = 0;
  let letters = 0;
  for (const { words } of lines) {
    for (const { text, confidence } of words) {
      sum += confidence * text.length;
      letters += text.length;
    }
  }
  return letters === 0 ? null : sum / letters;
}

/** Lines of the picture as pieces of lines in the page's user space. */
export function toSegments(
  lines: readonly RecognisedLine[],
  image: Pick<GreyImage, 'width' | 'height'>,
  place: PagePlace,
): Segment[] {
  const sizes = usualSizes(lines);
  return lines.map((line, i) => {
    // A quarter turn more than the page: text along the edge of a sheet.
    const course = courseOf(line);
    const direction = ((place.rotation / 90 + course) % 4) as Direction;
    const height = sizes[i]!;
    const [x0, y0, x1, y1] = boundsOf(line);
    const box =
      course === 0
        ? { x0, y0: line.baseline - ascent * height, x1, y1: line.baseline + descent * height }
        : { x0, y0, x1, y1 };
    const turned = toUserSpace(box, image, place);
    const sideways = direction % 2 !== 0;
    const words = line.words.map((word): SegmentWord => {
      const { x0, y0, x1, y1 } = toUserSpace(word, image, place);
      const text = word.text.trim().replace(/\s+/g, '');
      return sideways ? { text, from: y0, to: y1 } : { text, from: x0, to: x1 };
    });
    const points = sideways ? turned.x1 - turned.x0 : turned.y1 - turned.y0;
    // To half a point, as type is set.
    const fontSize = Math.max(1, Math.round((2 * points) / (ascent + descent)) / 2);
    return { words, ...turned, direction, fontSize, bold: false };
  });
}

/** Letters of a line from which its shape tells how it runs. */
const leastLetters = 4;

/** How a line runs on the picture, in quarter turns counterclockwise: 0 across, 1 upwards, 3 downwards. */
export function courseOf(line: RecognisedLine): 0 | 1 | 3 {
  const [x0, y0, x1, y1] = boundsOf(line);
  const letters = line.words.reduce((sum, { text }) => sum + text.length, 0);
  if (letters < leastLetters || y1 - y0 <= 1.5 * (x1 - x0)) return 0;
  return line.words[0]!.y0 > line.words.at(-1)!.y0 ? 1 : 3;
}

function boundsOf({ words }: RecognisedLine): [x0: number, y0: number, x1: number, y1: number] {
  return [
    Math.min(...words.map(({ x0 }) => x0)),
    Math.min(...words.map(({ y0 }) => y0)),
    Math.max(...words.map(({ x1 }) => x1)),
    Math.max(...words.map(({ y1 }) => y1)),
  ];
}

/** Heights of the lines in pixels; those near the height of most of the page's letters have that one. */
function usualSizes(lines: readonly RecognisedLine[]): number[] {
  const weighed = lines
    .map(({ height, words }) => ({ height, letters: words.reduce((sum, { text }) => sum + text.length, 0) }))
    .sort((a, b) => a.height - b.height);
  const half = weighed.reduce((sum, { letters }) => sum + letters, 0) / 2;
  let seen = 0;
  const usual = weighed.find(({ letters }) => (seen += letters) >= half)?.height ?? 0;
  return lines.map(({ height }) => (Math.abs(height - usual) <= sizeTolerance * usual ? usual : height));
}

/** A rectangle of the picture as one of the page: undoes the scale, the direction of y, and /Rotate. */
export function toUserSpace(
  box: PixelBox,
  image: Pick<GreyImage, 'width' | 'height'>,
  { cropBox, rotation }: PagePlace,
): PixelBox {
  const [wide, high] = [cropBox.x1 - cropBox.x0, cropBox.y1 - cropBox.y0];
  const [shownWide, shownHigh] = rotation % 180 === 0 ? [wide, high] : [high, wide];
  // Points to the right of, and below, the top left corner of the page as it is shown.
  const [u0, u1] = [(box.x0 / image.width) * shownWide, (box.x1 / image.width) * shownWide];
  const [v0, v1] = [(box.y0 / image.height) * shownHigh, (box.y1 / image.height) * shownHigh];
  switch (rotation) {
    case 0:
      return { x0: cropBox.x0 + u0, y0: cropBox.y1 - v1, x1: cropBox.x0 + u1, y1: cropBox.y1 - v0 };
    case 90:
      return { x0: cropBox.x0 + v0, y0: cropBox.y0 + u0, x1: cropBox.x0 + v1, y1: cropBox.y0 + u1 };
    case 180:
      return { x0: cropBox.x1 - u1, y0: cropBox.y0 + v0, x1: cropBox.x1 - u0, y1: cropBox.y0 + v1 };
    case 270:
      return { x0: cropBox.x1 - v1, y0: cropBox.y1 - u1, x1: cropBox.x1 - v0, y1: cropBox.y1 - u0 };
  }
}
