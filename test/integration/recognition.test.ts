/** Recognition of scans with everything real. Each test names a way in which a scanned page could be lost or misplaced. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { expect, test } from 'vitest';
import { makeFiling } from '../helpers/filing.ts';
import { makePlacedLetter, makeScanned } from '../helpers/fixtures.ts';
import { addOne, newCore } from '../helpers/recognition.ts';
import { scan } from '../helpers/scans.ts';
import { boxesForRange } from '../../electron/pipeline/geometry.ts';

test.each([
  [0, 'shown upright', false],
  [90, 'shown upright', false],
  [180, 'shown upright', false],
  [270, 'shown upright', false],
  [90, 'shown as it lay', true],
  [180, 'shown as it lay', true],
  [270, 'shown as it lay', true],
] as const)(
  'a scanned letter, turned by %i degrees and %s, is read, found, and boxed where its words stand',
  async (turned, _, laidWrong) => {
    const test = await newCore();
    const letter = await makePlacedLetter();
    const id = await addOne(test, 'scan.pdf', await scan(letter.bytes, { turned, laidWrong }));
    await test.settled();
    const document = await test.core.database.documents.get(id);
    expect(document).toMatchObject({
      state: 'ready',
      searchable: true,
      textPages: 1,
      ocrPages: 1,
      doubtfulPages: 0,
      recognition: { done: 1, total: 1 },
      error: null,
    });
    expect(document?.ocrConfidence).toBeGreaterThan(85);
    expect(document?.chunkCount).toBeGreaterThan(0);
    expect(document?.embeddedChunks).toBe(document?.chunkCount);
    const found = await test.core.questions.retrieve('How worn is the slewing ring?', { documentIds: [], k: 3 });
    expect(found.hits[0]).toMatchObject({ documentId: id, page: 1 });
    expect(found.hits[0]?.text).toContain('4.2 millimetres');

    const [page] = await test.core.database.pages.read(id, 1, 1);
    if (!page) throw new Error('no page');
    expect(page.source).toBe('ocr');
    // Words that stand once on the letter, so that place and text can be matched.
    const expected = letter.words.filter(
      ({ text }) => text.length > 4 && letter.words.filter((word) => word.text.includes(text)).length === 1,
    );
    const misplaced: string[] = [];
    for (const word of expected) {
      const at = page.text.indexOf(word.text);
      const [box] = at < 0 ? [] : boxesForRange(page.geometry, 1, at, at + word.text.length);
      const truth = turnBack(word, turned);
      const sideways = turned % 180 !== 0;
      if (!box || !liesOn(sideways ? turnAxes(box) : box, sideways ? turnAxes(truth) : truth))
        misplaced.push(`${word.text} ${JSON.stringify(box)} ${JSON.stringify(truth)}`);
    }
    expect(expected.length).toBeGreaterThan(20);
    expect(misplaced).toEqual([]);
    expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  },
);

interface Rectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Points: a letter is about five wide, a line fourteen high. */
function liesOn(box: Rectangle, truth: Rectangle): boolean {
  const ends = Math.abs(box.x0 - truth.x0) < 3 && Math.abs(box.x1 - truth.x1) < 3;
  return ends && Math.abs((box.y0 + box.y1) / 2 - (truth.y0 + truth.y1) / 2) < 4;
}

function turnAxes({ x0, y0, x1, y1 }: Rectangle): Rectangle {
  return { x0: y0, y0: x0, x1: y1, y1: x1 };
}

/** Where a place of the upright letter is on the sheet that was turned before /Rotate. */
function turnBack({ x0, y0, x1, y1 }: Rectangle, turned: 0 | 90 | 180 | 270): Rectangle {
  const [width, height] = [612, 792];
  if (turned === 90) return { x0: height - y1, y0: x0, x1: height - y0, y1: x1 };
  if (turned === 180) return { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 };
  if (turned === 270) return { x0: y0, y0: width - x1, x1: y1, y1: width - x0 };
  return { x0, y0, x1, y1 };
}

test('pages without text of a longer document are recognised after the others can be searched, and join them', async () => {
  const test = await newCore();
  const filing = await makeFiling({ pages: 30 });
  const mixed = await scan(filing.bytes, { pages: [1, 2, 3, 4], kept: [1, 2, 4] });
  const id = await addOne(test, 'mixed.pdf', mixed);
  const early = await test.until(id, ({ state }) => state === 'ready');
  expect(early).toMatchObject({ searchable: true, textPages: 3, recognition: { done: 0, total: 1 } });
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'ready', textPages: 4, ocrPages: 1 });
  const chunks = await test.core.database.chunks.range(id, 0, 1_000);
  expect(new Set(chunks.map(({ page }) => page))).toContain(3);
  expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

test('a page whose own text nobody can read is recognised, and what it says is found', async () => {
  const test = await newCore();
  const letter = await makePlacedLetter();
  const file = await PDFDocument.load(await scan(letter.bytes));
  // What a scanner's bad text layer, or a font without a map of its codes, gives: every code moved by three.
  const text = 'The lease runs for ten years from the first of March and the tenant pays the rent in advance. '.repeat(
    4,
  );
  const moved = [...text].map((code) => (code === ' ' ? ' ' : String.fromCharCode(code.charCodeAt(0) + 3))).join('');
  const font = await file.embedFont(StandardFonts.Helvetica);
  file.getPage(0).drawText(moved, { x: 40, y: 400, size: 8, font, maxWidth: 500, lineHeight: 10, opacity: 0 });
  const id = await addOne(test, 'bad layer.pdf', await file.save());
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({ state: 'ready', ocrPages: 1, textPages: 1 });
  const found = await test.core.questions.retrieve('How worn is the slewing ring?', { documentIds: [], k: 3 });
  expect(found.hits[0]?.text).toContain('4.2 millimetres');
  expect(found.hits[0]?.text).not.toContain('ohdvh');
});

test('pictures without a word are never taken for a document that can be asked', async () => {
  const test = await newCore();
  const id = await addOne(test, 'pictures.pdf', await makeScanned(2));
  await test.settled();
  expect(await test.core.database.documents.get(id)).toMatchObject({
    state: 'failed',
    error: { code: 'document-no-text' },
    recognition: { done: 2, total: 2 },
    ocrPages: 0,
  });
});
