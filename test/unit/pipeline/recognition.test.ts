import { describe, expect, it } from 'vitest';
import { boxesForRange } from '../../../electron/pipeline/geometry.ts';
import { isBlank, pictureSize, recognisedPage, toGrey, toUserSpace } from '../../../electron/pipeline/recognition.ts';
import type { ReadPicture } from '../../../electron/pipeline/read-picture.ts';
import type { RecognisedLine } from '../../../electron/pipeline/ports/page-recognizer.ts';

const cropBox = { x0: 10, y0: 20, x1: 610, y1: 820 };
const page = { number: 4, width: 600, height: 800, cropBox, rotation: 0 } as const;
/** Two pixels a point. */
const image = { width: 1_200, height: 1_600 };

function line(text: string, y: number, confidence = 95, x = 100): RecognisedLine {
  let at = x;
  const words = text.split(' ').map((word) => {
    const x0 = at;
    at += word.length * 10 + 10;
    return { text: word, confidence, x0, x1: at - 10, y0: y - 16, y1: y + 4 };
  });
  return { words, baseline: y, height: 24 };
}

function upright(lines: readonly RecognisedLine[]): ReadPicture {
  return { turn: 0, image, lines };
}

describe('places on the picture and on the page', () => {
  const box = { x0: 100, y0: 200, x1: 300, y1: 260 };
  it('turns y around and adds the corner of the crop box', () => {
    expect(toUserSpace(box, image, page)).toEqual({ x0: 60, y0: 690, x1: 160, y1: 720 });
  });

  it('undoes the rotation with which the picture was drawn', () => {
    const sideways = { width: 1_600, height: 1_200 };
    expect(toUserSpace(box, sideways, { cropBox, rotation: 90 })).toEqual({ x0: 110, y0: 70, x1: 140, y1: 170 });
    expect(toUserSpace(box, image, { cropBox, rotation: 180 })).toEqual({ x0: 460, y0: 120, x1: 560, y1: 150 });
    expect(toUserSpace(box, sideways, { cropBox, rotation: 270 })).toEqual({ x0: 480, y0: 670, x1: 510, y1: 770 });
  });

  it('draws a turned page as wide as it is shown, and a poster no larger than memory allows', () => {
    expect(pictureSize({ width: 612, height: 792, rotation: 0 })).toEqual({ maxWidth: 1_700, maxHeight: 2_200 });
    expect(pictureSize({ width: 612, height: 792, rotation: 90 })).toEqual({ maxWidth: 2_200, maxHeight: 1_700 });
    expect(pictureSize({ width: 3_600, height: 7_200, rotation: 0 })).toEqual({ maxWidth: 2_500, maxHeight: 5_000 });
  });
});

describe('a recognised page', () => {
  it('has the text, and for each word the box that it was seen in', () => {
    const { page: stored, confidence } = recognisedPage(
      page,
      upright([line('The ring is', 200), line('worn out.', 230)]),
    );
    expect(stored).toMatchObject({ number: 4, text: 'The ring is worn out.', hasText: true, source: 'ocr' });
    expect(confidence).toBe(95);
    const at = stored!.text.indexOf('worn');
    const [box] = boxesForRange(stored!.geometry, 4, at, at + 4);
    // Seen from x 100 to 140 on the line of y 230.
    expect(box!.x0).toBeCloseTo(60, 1);
    expect(box!.x1).toBeCloseTo(80, 1);
    expect(box!.y0).toBeLessThan(820 - 115);
    expect(box!.y1).toBeGreaterThan(820 - 115);
  });

  it('boxes the words of a sheet that was scanned upside down where they are on the sheet', () => {
    const { page: stored } = recognisedPage(page, { ...upright([line('The ring is worn.', 200)]), turn: 180 });
    const [box] = boxesForRange(stored!.geometry, 4, 4, 8);
    // Upright it is at x 140 to 180 and y 200, of 1,200 by 1,600 pixels.
    expect(box!.x0).toBeCloseTo(610 - 90, 1);
    expect(box!.x1).toBeCloseTo(610 - 70, 1);
    expect(box!.y0).toBeLessThan(20 + 100);
    expect(box!.y1).toBeGreaterThan(20 + 100);
    // The page is still shown as the file says.
    expect(stored!.rotation).toBe(0);
  });

  it('boxes text along the edge of a sheet along that edge', () => {
    const words = [
      { text: 'arXiv', confidence: 95, x0: 20, x1: 44, y0: 900, y1: 1_000 },
      { text: 'stamp', confidence: 95, x0: 20, x1: 44, y0: 780, y1: 880 },
    ];
    const { page: stored } = recognisedPage(page, upright([{ words, baseline: 890, height: 24 }]));
    expect(stored?.text).toBe('arXiv stamp');
    const [box] = boxesForRange(stored!.geometry, 4, 6, 11);
    expect(box).toMatchObject({ x0: expect.closeTo(20, 1), x1: expect.closeTo(32, 1) });
    expect(box).toMatchObject({ y0: expect.closeTo(820 - 440, 1), y1: expect.closeTo(820 - 390, 1) });
  });

  it('gives rows of about one height one size, so that no row of prose becomes a heading', () => {
    const rows = ['All of this is', 'one paragraph with', 'rows of uneven height.'].map((text, i) => ({
      ...line(text, 200 + i * 30),
      height: [22, 24, 26][i]!,
    }));
    expect(recognisedPage(page, upright(rows)).page?.text).not.toContain('\n');
  });

  it('leaves out what the engine itself does not believe, and weighs words by their length', () => {
    const words = [
      ...line('Anchor', 200, 90).words,
      ...line('x', 200, 5, 300).words,
      ...line('no', 200, 50, 400).words,
    ];
    const { page: stored, confidence } = recognisedPage(page, upright([{ words, baseline: 200, height: 24 }]));
    expect(stored?.text).not.toContain('x');
    expect(confidence).toBe((6 * 90 + 2 * 50) / 8);
  });

  it('keeps a word of which a row of dots made the engine doubt', () => {
    const words = [...line('Deferred', 200, 95).words, ...line('revenue......', 200, 8, 300).words];
    expect(recognisedPage(page, upright([{ words, baseline: 200, height: 24 }])).page?.text).toContain('revenue');
  });

  it('takes the specks of a photograph for no text', () => {
    expect(recognisedPage(page, upright([line('lI |; ~', 200, 28)]))).toEqual({
      number: 4,
      page: null,
      confidence: null,
    });
    expect(recognisedPage(page, upright([line('— . |', 200, 90)])).page).toBeNull();
    expect(recognisedPage(page, upright([]))).toEqual({ number: 4, page: null, confidence: null });
  });
});

describe('the picture', () => {
  it('is blank when nothing stands out from the paper', () => {
    const grey = (values: readonly number[]) => ({
      width: values.length,
      height: 1,
      rgba: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
    });
    expect(isBlank(toGrey(grey([250, 255, 247, 255]), 200))).toBe(true);
    expect(isBlank(toGrey(grey([250, 40, 247, 255]), 200))).toBe(false);
  });
});
