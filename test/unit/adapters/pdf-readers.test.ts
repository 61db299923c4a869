/** Both engines, and the content reader before them, on files whose words' places are known to the point. */
import { describe, expect, it } from 'vitest';
import { ContentReader } from '../../../electron/adapters/content-reader.ts';
import { PdfiumReader } from '../../../electron/adapters/pdfium-reader.ts';
import { PdfjsReader } from '../../../electron/adapters/pdfjs-reader.ts';
import type { PdfReader } from '../../../electron/pipeline/ports/pdf-reader.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  leftColumn,
  makeCropped,
  makeDamaged,
  makeEncrypted,
  makeHyphenated,
  makeLetter,
  makeNoPages,
  makeOutlined,
  makeOwnerProtected,
  makePlacedLetter,
  makeRotated,
  makeScanned,
  makeTwoColumns,
  makeUnicode,
  rightColumn,
} from '../../helpers/fixtures.ts';
import { boxOf, distanceTo, readPages } from '../../helpers/read-pdf.ts';

const pdfium = new PdfiumReader();
const engines: readonly [string, PdfReader, number][] = [
  ['content', new ContentReader(pdfium), 0.5],
  ['PDFium', pdfium, 0.5],
  // Word edges within an item are estimated from Helvetica's widths; here the font is Helvetica.
  ['pdf.js', new PdfjsReader(), 1.5],
];

async function codeOf(run: Promise<unknown>): Promise<string> {
  const thrown: unknown = await run.then(
    () => 'opened',
    (error: unknown) => error,
  );
  return thrown instanceof AppError ? thrown.code : String(thrown);
}

describe.each(engines)('%s', (name, reader, tolerance) => {
  it('places every word of a letter where it was drawn', async () => {
    // Would catch offsets into the text that slip, and boxes in the wrong space.
    const { bytes, words } = await makePlacedLetter();
    const [page] = await readPages(reader, bytes);
    let start = 0;
    for (const word of words) {
      start = page!.text.indexOf(word.text, start);
      const line = page!.layout.lines.find((one) => one.start <= start && start < one.end)!;
      const found = line.words.find((one) => one.start === start)!;
      const { along, across } = distanceTo({ page: 1, x0: found.from, x1: found.to, y0: line.y0, y1: line.y1 }, word);
      expect(along, word.text).toBeLessThan(tolerance);
      expect(across, word.text).toBeLessThan(1.5);
      start += word.text.length;
    }
  });

  it.each([90, 180, 270] as const)('gives boxes in user space on a page rotated by %i degrees', async (rotation) => {
    const { bytes, words } = await makeRotated(rotation);
    const [page] = await readPages(reader, bytes);
    expect(page!.rotation).toBe(rotation);
    expect([page!.width, page!.height]).toEqual([612, 792]);
    expect(page!.text.replace(/\n/g, ' ')).toBe(
      'Quarterly results of the northern region Revenue rose to 512 million euros Costs fell by 18 million euros',
    );
    for (const text of ['northern', 'Revenue', '512', '18']) {
      const word = words.find((one) => one.text === text)!;
      const { along, across } = distanceTo(boxOf(page!, text), word, rotation !== 180);
      expect(along, text).toBeLessThan(tolerance);
      expect(across, text).toBeLessThan(2);
    }
  });

  it('leaves out what lies outside the crop box', async () => {
    // Would catch printer's marks and hidden columns in search results.
    const { bytes, words } = await makeCropped();
    const [page] = await readPages(reader, bytes);
    expect(page!.text.replace(/\n/g, ' ')).toBe('Kept inside the box Second kept line');
    expect([page!.width, page!.height]).toEqual([400, 600]);
    expect(
      distanceTo(
        boxOf(page!, 'inside'),
        words.find(({ text }) => text === 'inside')!,
      ).along,
    ).toBeLessThan(tolerance);
  });

  it('makes words whole that a hyphen broke, and keeps compounds', async () => {
    const [page] = await readPages(reader, await makeHyphenated());
    expect(page!.text).toContain('international agreement');
    expect(page!.text).toContain('administration of quotas');
    expect(page!.text).toContain('well-known and long-term plan');
    expect(page!.text).toContain('Smith-Jones office');
  });

  it('reads one column after the other although the file draws them row by row', async () => {
    const [page] = await readPages(reader, await makeTwoColumns());
    const lines = page!.text.replace(/\n/g, ' ');
    expect(lines).toBe(['Living with rivers', ...leftColumn, ...rightColumn].join(' '));
  });

  it('writes ligatures out and reads Cyrillic and Greek', async () => {
    const [page] = await readPages(reader, await makeUnicode());
    expect(page!.text).toContain('The official file of the affluent offices');
    expect(page!.text).toContain('Годовой отчёт компании за прошлый год');
    expect(page!.text).toContain('Ετήσια έκθεση της εταιρείας');
  });

  it('finds no text on a scan, and draws it', async () => {
    const document = await reader.open(await makeScanned(), { fileName: 'scan.pdf' });
    expect((await document.readPage(1)).text).toBe('');
    const image = await document.renderPage(1, { maxWidth: 100, maxHeight: 100 });
    expect([image.width, image.height]).toEqual([77, 100]);
    expect(new Set(image.rgba).size).toBeGreaterThan(20);
    await document.close();
  });

  it('says which file wants a password, and opens it with one', async () => {
    const bytes = await makeEncrypted('s3cret');
    const refused = reader.open(bytes, { fileName: 'plans.pdf' });
    await expect(refused).rejects.toMatchObject({
      code: 'pdf-encrypted',
      message: expect.stringContaining('plans.pdf'),
    });
    expect(await codeOf(reader.open(bytes, { fileName: 'plans.pdf', password: 'wrong' }))).toBe('pdf-encrypted');
    const document = await reader.open(bytes, { fileName: 'plans.pdf', password: 's3cret' });
    expect((await document.readPage(1)).text).toBe('The secret harbour plan costs nine million.');
    await document.close();
  });

  it('reads a file that only restricts printing and copying', async () => {
    // Would catch filings refused as encrypted: most are made like this.
    const [page] = await readPages(reader, await makeOwnerProtected());
    expect(page!.text).toBe('Readable without a password.');
  });

  it('tells empty, foreign, damaged and pageless files apart', async () => {
    const open = (bytes: Uint8Array): Promise<string> => codeOf(reader.open(bytes, { fileName: 'x.pdf' }));
    expect(await open(new Uint8Array(0))).toBe('file-empty');
    expect(await open(new TextEncoder().encode('Dear reader, this is a text.'))).toBe('pdf-not-a-pdf');
    expect(await open(makeDamaged())).toBe('pdf-damaged');
    expect(['pdf-no-pages', 'pdf-damaged']).toContain(await open(await makeNoPages()));
  });

  it('reads metadata and the outline with its pages', async () => {
    const document = await reader.open(await makeOutlined(), { fileName: 'cranes.pdf' });
    expect(document.metadata).toMatchObject({ title: 'Handbook of Cranes', author: 'A. Lindqvist' });
    expect(await document.readOutline()).toEqual([
      { title: 'Chapter 1 Foundations', level: 0, page: 1 },
      { title: '1.1 Piles', level: 1, page: 2 },
      { title: 'Chapter 2 Loads', level: 0, page: 3 },
    ]);
    await document.close();
  });

  it('goes on reading good files after a bad one', async () => {
    // Would catch an aborted WebAssembly module that is used again.
    await codeOf(reader.open(makeDamaged(), { fileName: 'bad.pdf' }));
    const [page] = await readPages(reader, await makeLetter());
    expect(page!.text).toContain('slewing ring');
    expect(name).toBeTruthy();
  });
});

describe('engines among each other', () => {
  it('agree on text, and on boxes within two points', async () => {
    for (const bytes of [await makeLetter(), (await makeRotated(90)).bytes, await makeTwoColumns()]) {
      const [first, ...others] = await Promise.all(
        engines.map(async ([, reader]) => (await readPages(reader, bytes))[0]!),
      );
      for (const other of others) {
        expect(other.text).toBe(first!.text);
        expect(other.layout.lines.length).toBe(first!.layout.lines.length);
        other.layout.lines.forEach((line, i) => {
          const same = first!.layout.lines[i]!;
          for (const edge of ['x0', 'x1', 'y0', 'y1'] as const) {
            expect(
              Math.abs(line[edge] - same[edge]),
              `${edge} of ${other.text.slice(line.start, line.end)}`,
            ).toBeLessThan(2);
          }
        });
      }
    }
  });

  it('reads plain pages from their content, without PDFium', async () => {
    // Would catch a content reader that silently gives everything up: correct, but half as fast.
    const [page] = await readPages(engines[0]![1], await makeLetter());
    expect(page!.source).toBe('content');
    const [cyrillic] = await readPages(engines[0]![1], await makeUnicode());
    expect(cyrillic!.source).toBe('content');
    const [restricted] = await readPages(engines[0]![1], await makeOwnerProtected());
    expect(restricted!.source).toBe('content');
  });
});
