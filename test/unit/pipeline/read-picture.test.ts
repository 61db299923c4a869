/** What is done around the engine with a page's picture. Each test names text that would be lost or made up. */
import { describe, expect, it } from 'vitest';
import { withoutLeaders } from '../../../electron/pipeline/picture-cleaning.ts';
import { densestPart, turned } from '../../../electron/pipeline/picture-turning.ts';
import { readPicture } from '../../../electron/pipeline/read-picture.ts';
import type {
  GreyImage,
  PageRecognizer,
  RecognisedLine,
  RecogniseOptions,
} from '../../../electron/pipeline/ports/page-recognizer.ts';

const paper = 255;
const options = {
  languages: { codes: ['eng'], folder: '' },
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

/** A page of paper with rectangles of ink: x, y, width, height, and their grey. */
function picture(rectangles: readonly (readonly number[])[], width = 400, height = 300): GreyImage {
  const pixels = new Uint8Array(width * height).fill(paper);
  for (const [x = 0, y = 0, wide = 0, high = 0, grey = 0] of rectangles) {
    for (let row = y; row < y + high; row++) pixels.fill(grey, row * width + x, row * width + x + wide);
  }
  return { width, height, pixels, resolution: 200 };
}

function line(text: string, x0: number, y0: number, confidence = 95): RecognisedLine {
  const words = text.split(' ').map((word, i) => ({
    text: word,
    confidence,
    x0: x0 + i * 60,
    x1: x0 + i * 60 + 50,
    y0,
    y1: y0 + 20,
  }));
  return { words, baseline: y0 + 16, height: 20 };
}

interface Seen {
  readonly image: GreyImage;
  readonly layout: RecogniseOptions['layout'];
}

function recognizer(answer: (seen: Seen) => readonly RecognisedLine[]): PageRecognizer & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    lanes: 1,
    recognise: async (image, { layout }) => {
      seen.push({ image, layout });
      return answer({ image, layout });
    },
    close: async () => undefined,
  };
}

/** As letters are: strokes with paper between them. */
function strokes(x: number, y: number, count: number): number[][] {
  return Array.from({ length: count }, (_, i) => [x + i * 10, y, 4, 18]);
}

describe('rows of dots', () => {
  it('are taken away, with the words on both sides left alone', () => {
    const words = [...strokes(10, 100, 4), ...strokes(300, 100, 3)];
    const dots = Array.from({ length: 20 }, (_, i) => [60 + i * 10, 115, 3, 3]);
    expect(withoutLeaders(picture([...words, ...dots])).pixels).toEqual(picture(words).pixels);
  });

  it('are no ellipsis, no full stops and no dirt', () => {
    const page = picture([
      ...[0, 1, 2].map((i) => [40 + i * 10, 50, 3, 3]),
      ...[20, 90, 130, 220, 260, 371].map((x) => [x, 120, 3, 3]),
    ]);
    expect(withoutLeaders(page).pixels).toEqual(page.pixels);
  });
});

describe('turned pictures', () => {
  it('turn clockwise, four times to where they were', () => {
    const page: GreyImage = { width: 3, height: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6), resolution: 200 };
    expect(turned(page, 90)).toMatchObject({ width: 2, height: 3, pixels: Uint8Array.of(4, 1, 5, 2, 6, 3) });
    expect(turned(page, 180).pixels).toEqual(Uint8Array.of(6, 5, 4, 3, 2, 1));
    expect(turned(turned(page, 270), 90)).toEqual(page);
  });

  it('are tried on the part with the most text, and not on the photograph', () => {
    const text = [160, 190, 220, 250].flatMap((y) => strokes(250, y, 14));
    const part = densestPart(picture([[0, 0, 150, 150], ...text]), 150);
    expect(part).toMatchObject({ width: 150, height: 150 });
    expect(part.pixels.filter((grey) => grey === 0)).toHaveLength(4 * 14 * 4 * 18);
  });
});

describe('reading a picture', () => {
  const prose = 'these five words stand here';

  it('asks once for a page that stands upright and is read whole', async () => {
    const engine = recognizer(() => [line(prose, 20, 100)]);
    const page = picture(prose.split(' ').flatMap((_, i) => strokes(20 + i * 60, 101, 5)));
    expect(await readPicture(page, engine, options)).toMatchObject({ turn: 0, lines: [line(prose, 20, 100)] });
    expect(engine.seen.map(({ layout }) => layout)).toEqual(['page']);
  });

  it('turns a page that lies on its side, and reads it turned', async () => {
    const page = picture(strokes(20, 100, 5), 400, 300);
    const upright = turned(page, 270);
    // Sure only where the strokes run as they do after a turn to the left.
    const engine = recognizer(({ image }) => [line(prose, 10, 10, sideOf(image) === sideOf(upright) ? 93 : 40)]);
    const read = await readPicture(page, engine, options);
    expect(read).toMatchObject({ turn: 270, image: { width: 300, height: 400 } });
    expect(read.lines[0]?.words[0]?.confidence).toBe(93);
  });

  it('leaves a page as it is when no way up is read better: a bad print, a language without data', async () => {
    const engine = recognizer(() => [line(prose, 10, 10, 40)]);
    expect(await readPicture(picture(strokes(20, 100, 5)), engine, options)).toMatchObject({ turn: 0 });
  });

  it('looks again at a block that was left out, and puts its lines where they are read', async () => {
    const known = [line(prose, 20, 20), line(prose, 20, 220)];
    const engine = recognizer(({ layout }) =>
      layout === 'page' ? known : [line('left out', 8, 6), line('?! 5', 8, 40, 30)],
    );
    const ink = [20, 101, 220].flatMap((y) => prose.split(' ').flatMap((_, i) => strokes(20 + i * 60, y, 5)));
    const { lines } = await readPicture(picture(ink), engine, options);
    expect(engine.seen.map(({ layout }) => layout)).toEqual(['page', 'block']);
    expect(lines.map(({ words }) => words.map(({ text }) => text).join(' '))).toEqual([prose, 'left out', prose]);
    const word = lines[1]!.words[0]!;
    // Its place on the page, not on the block.
    expect(Math.abs(word.y0 - 101)).toBeLessThan(16);
    expect(Math.abs(word.x0 - 20)).toBeLessThan(16);
  });

  it('reads light letters on a dark box as dark ones on paper', async () => {
    const engine = recognizer(({ layout }) => (layout === 'page' ? [line(prose, 20, 20)] : []));
    const letters = strokes(60, 150, 6).map((stroke) => [...stroke, paper]);
    const page = picture([
      ...prose.split(' ').flatMap((_, i) => strokes(20 + i * 60, 21, 5)),
      [40, 120, 160, 80],
      ...letters,
    ]);
    await readPicture(page, engine, options);
    const block = engine.seen[1]!.image;
    expect(block.pixels.filter((grey) => grey === 0).length).toBeGreaterThanOrEqual(6 * 4 * 18);
    expect(block.pixels.filter((grey) => grey === paper).length).toBeGreaterThan(block.pixels.length / 2);
  });

  it('takes neither a photograph nor a frame for text', async () => {
    const engine = recognizer(({ layout }) => (layout === 'page' ? [line(prose, 20, 20)] : []));
    const frame = [
      [20, 60, 300, 2],
      [20, 280, 300, 2],
      [20, 60, 2, 220],
      [318, 60, 2, 220],
    ];
    const shade = Array.from({ length: 60 }, (_, i) => [60 + (i % 2), 100 + 2 * i, 220, 1]);
    const ink = prose.split(' ').flatMap((_, i) => strokes(20 + i * 60, 21, 5));
    await readPicture(picture([...ink, ...frame, ...shade]), engine, options);
    expect(engine.seen).toHaveLength(1);
  });
});

/** Where the ink is: which quarter of the picture holds its first point. */
function sideOf({ width, height, pixels }: GreyImage): string {
  const at = pixels.findIndex((grey) => grey < 128);
  const ink = pixels.filter((grey) => grey < 128).length;
  return `${width}x${height} ${at} ${ink}`.replace(
    / \d+ /,
    ` ${Math.floor(at / width) > height / 2 ? 'low' : 'high'} `,
  );
}
