/** The viewer's requests against a real library: sizes, matches and boxes come from what was stored. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewerHandlers } from '../../electron/ipc/handlers/viewer.ts';
import { heronPage, heronSentence, landscapePage, makeBook } from '../helpers/book.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';

let library: TestCore;
let documentId: string;

beforeAll(async () => {
  library = await openTestCore();
  const file = await library.file('river.pdf', (await makeBook({ pages: 80 })).bytes);
  const [outcome] = await library.core.ingest.add([file]);
  documentId = outcome?.documentId ?? '';
  await library.until(documentId, (document) => document.searchable);
});
afterAll(() => library.close());

test('sizes are those of the pages as they are shown', async () => {
  const sizes = await viewerHandlers(library.core)['viewer.pageSizes']({ documentId });
  expect(sizes).toHaveLength(80);
  expect(sizes[0]).toEqual({ width: 612, height: 792 });
  expect(sizes[landscapePage - 1]).toEqual({ width: 792, height: 612 });
});

test('what is found stands in its boxes, and a word that a line’s end cut has two', async () => {
  const viewer = viewerHandlers(library.core);
  const find = (query: string) => viewer['viewer.findText']({ documentId, query, from: 1, to: 80, limit: 100 });
  const [heron, ...others] = await find('cafe BREVIK');
  expect(others).toEqual([]);
  expect(heron?.page).toBe(heronPage);
  const locate = async (match: typeof heron) =>
    match && (await viewer['viewer.locateText']({ documentId, page: match.page, ranges: [match] }))[0];
  const [box] = (await locate(heron)) ?? [];
  // Drawn at 600 points from the top, in 11 points.
  expect(box?.y1).toBeGreaterThan(792 - 606);
  expect(box?.y0).toBeLessThan(792 - 606);
  expect((box?.x1 ?? 0) - (box?.x0 ?? 0)).toBeGreaterThan(40);
  const [cut] = await find('harbourmaster');
  expect(await locate(cut)).toHaveLength(2);
});

test('one request looks through so many pages and no more', async () => {
  const find = viewerHandlers(library.core)['viewer.findText'];
  await expect(find({ documentId, query: 'river', from: 1, to: 201, limit: 10 })).rejects.toMatchObject({
    code: 'request-invalid',
  });
  expect(await find({ documentId, query: 'river', from: 1, to: 80, limit: 7 })).toHaveLength(7);
});

// Catches: a citation that is marked on its page, and nowhere in its text, while the file is not there.
test('the words in a citation’s boxes are read, on each of its pages', async () => {
  const viewer = viewerHandlers(library.core);
  const found = await viewer['viewer.findText']({ documentId, query: heronSentence, from: 1, to: 80, limit: 1 });
  const cut = await viewer['viewer.findText']({ documentId, query: 'harbourmaster', from: 1, to: 80, limit: 1 });
  const places = [...cut, ...found];
  expect(places).toHaveLength(2);
  const boxes = await Promise.all(
    places.map(({ page, ...range }) => viewer['viewer.locateText']({ documentId, page, ranges: [range] })),
  );
  const read = await viewer['viewer.readBoxes']({ documentId, boxes: boxes.flat(2) });
  const texts = await Promise.all(
    read.map(async ({ page, start, end }) => {
      const [stored] = await library.core.database.pages.readText(documentId, page, page);
      return `${page}: ${stored?.text.slice(start, end).replace(/\s+/g, ' ')}`;
    }),
  );
  expect(texts[0]).toMatch(/^2: harbour-? ?master,?$/);
  expect(texts[1]).toBe(`${heronPage}: ${heronSentence}`);
});

test('headings are those of the stored text, each once, where they stand', async () => {
  const headings = await viewerHandlers(library.core)['viewer.headings']({ documentId });
  const titles = headings.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const heron = headings.find(({ title }) => title === `Page ${heronPage} of the river survey`);
  expect(heron?.page).toBe(heronPage);
});
