/**
 * PDFs made by code, for tests and benchmarks: what they say and where is known to the point.
 * Each `make…` answers bytes; the plain ones also say which words stand where.
 */
import { deflateSync } from 'node:zlib';
import { degrees, PDFDocument, PDFName, StandardFonts, type PDFFont, type PDFPage } from 'pdf-lib';
import PDFKit from 'pdfkit';
import { liberationSans } from './fonts.ts';

/** US Letter, points. */
export const letterSize = { width: 612, height: 792 } as const;

/** A word as it was drawn: its box runs from its first to its last advance, from descent to ascent. */
export interface PlacedWord {
  readonly page: number;
  readonly text: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface PlacedPdf {
  readonly bytes: Uint8Array;
  readonly words: readonly PlacedWord[];
}

interface Pen {
  readonly page: PDFPage;
  readonly number: number;
  readonly font: PDFFont;
  readonly words: PlacedWord[];
}

/** Arial's ascent and descent in em, which viewers take for Helvetica. */
const ascent = 0.905;
const descent = -0.212;

/** What pdf-lib draws has no kerning, although its own measure has. */
function widthOf(font: PDFFont, text: string, fontSize: number): number {
  return [...text].reduce((sum, letter) => sum + font.widthOfTextAtSize(letter, fontSize), 0);
}

/** Draws a line and notes where each word stands. */
function drawLine(pen: Pen, text: string, x: number, y: number, size: number): void {
  pen.page.drawText(text, { x, y, size, font: pen.font });
  for (const match of text.matchAll(/\S+/g)) {
    const from = x + widthOf(pen.font, text.slice(0, match.index), size);
    const x1 = from + widthOf(pen.font, match[0], size);
    pen.words.push({ page: pen.number, text: match[0], x0: from, y0: y + descent * size, x1, y1: y + ascent * size });
  }
}

async function makePlaced(
  draw: (document: PDFDocument, pen: (page: PDFPage) => Pen) => Promise<void>,
): Promise<PlacedPdf> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const words: PlacedWord[] = [];
  await draw(document, (page) => ({ page, number: document.getPageCount(), font, words }));
  return { bytes: await document.save(), words };
}

const size = [letterSize.width, letterSize.height] as [number, number];

/** A letter of one page (or as many as its paragraphs need), 11 point Helvetica; another title is another file. */
export async function makeLetter(title?: string, paragraphs?: readonly string[]): Promise<Uint8Array> {
  return (await makePlacedLetter(title, paragraphs)).bytes;
}

const letterText = [
  'Dear Ms Okafor, thank you for your letter of 3 March about the crane in the eastern harbour.',
  'The crane was inspected on 12 February by two engineers. They found that the slewing ring is worn by 4.2 millimetres, which is more than the 3.5 millimetres that the maker allows.',
  'We propose to replace the ring in June. The work takes nine days and costs 48,300 euros, of which the insurance bears 31,000 euros.',
  'Until then the crane may lift at most 12 tonnes. Please tell us by the end of April whether you agree.',
];

/** The letter with the place of each of its words. */
export async function makePlacedLetter(
  title = 'Re: The harbour crane',
  paragraphs: readonly string[] = letterText,
): Promise<PlacedPdf> {
  return makePlaced(async (document, penFor) => {
    document.setTitle(title);
    let pen = penFor(document.addPage(size));
    drawLine(pen, title, 72, 708, 16);
    let y = 680;
    for (const paragraph of paragraphs) {
      for (const line of wrap(paragraph, pen.font, 11, 468)) {
        if (y < 72) {
          pen = penFor(document.addPage(size));
          y = 708;
        }
        drawLine(pen, line, 72, y, 11);
        y -= 14;
      }
      y -= 10;
    }
  });
}

function wrap(text: string, font: PDFFont, fontSize: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && font.widthOfTextAtSize(longer, fontSize) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** One page under /Rotate, drawn so that it reads upright in a viewer; words' boxes are in user space. */
export async function makeRotated(rotation: 90 | 180 | 270): Promise<PlacedPdf> {
  return makePlaced(async (document, penFor) => {
    const page = document.addPage(size);
    page.setRotation(degrees(rotation));
    const { font, number, words } = penFor(page);
    // Text turned against the page's rotation stands upright; along it the pen moves in (dx, dy).
    const [dx, dy] = ({ 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const)[rotation];
    const lines = [
      'Quarterly results of the northern region',
      'Revenue rose to 512 million euros',
      'Costs fell by 18 million euros',
    ];
    lines.forEach((line, i) => {
      const [x, y] = ({ 90: [100 + i * 20, 120], 180: [500, 700 - i * -20], 270: [500 - i * 20, 700] } as const)[
        rotation
      ];
      page.drawText(line, { x, y, size: 12, font, rotate: degrees(rotation) });
      for (const match of line.matchAll(/\S+/g)) {
        const from = widthOf(font, line.slice(0, match.index), 12);
        const to = from + widthOf(font, match[0], 12);
        const xs = [x + dx * from - dy * descent * 12, x + dx * to - dy * ascent * 12];
        const ys = [y + dy * from + dx * descent * 12, y + dy * to + dx * ascent * 12];
        words.push({
          page: number,
          text: match[0],
          x0: Math.min(...xs),
          y0: Math.min(...ys),
          x1: Math.max(...xs),
          y1: Math.max(...ys),
        });
      }
    });
  });
}

/** A page whose crop box leaves out a line at its top and a column at its right. */
export async function makeCropped(): Promise<PlacedPdf> {
  return makePlaced(async (document, penFor) => {
    const page = document.addPage(size);
    page.setCropBox(50, 100, 400, 600);
    const pen = penFor(page);
    drawLine(pen, 'Kept inside the box', 80, 500, 12);
    drawLine(pen, 'Second kept line', 80, 480, 12);
    page.drawText('PRINTER MARKS 2024', { x: 80, y: 750, size: 12, font: pen.font });
    page.drawText('OUTSIDE', { x: 500, y: 500, size: 12, font: pen.font });
  });
}

/** Running text with words broken by hyphens at the ends of lines. */
export async function makeHyphenated(): Promise<Uint8Array> {
  const { bytes } = await makePlaced(async (document, penFor) => {
    const pen = penFor(document.addPage(size));
    const lines = [
      'The committee discussed the inter-',
      'national agreement on fisheries and found that the admin-',
      'istration of quotas needs a well-known and long-',
      'term plan. A long-term plan was made in May by the Smith-',
      'Jones office.',
    ];
    lines.forEach((line, i) => drawLine(pen, line, 72, 700 - i * 14, 11));
  });
  return bytes;
}

export const leftColumn = [
  'Rivers carry sand and clay from the hills',
  'down to the plain, where the current slows',
  'and lets the heavier grains sink first. Over',
  'centuries the bed rises above the fields',
  'and people build banks along the water to',
  'keep it where it is, until a flood breaks',
  'through and the river finds another way.',
];
export const rightColumn = [
  'Engineers now give the water room instead.',
  'They move the banks back by a mile or two',
  'and let meadows flood each winter, so that',
  'the towns below stay dry in wet years. Birds',
  'return within a few seasons, and farmers',
  'are paid for the hay that they lose when',
  'the water stands on the grass till May.',
];

/** Two columns under a title, drawn row by row across both, as some programs do. */
export async function makeTwoColumns(): Promise<Uint8Array> {
  const { bytes } = await makePlaced(async (document, penFor) => {
    const pen = penFor(document.addPage(size));
    drawLine(pen, 'Living with rivers', 220, 720, 18);
    leftColumn.forEach((line, i) => {
      drawLine(pen, line, 60, 680 - i * 14, 11);
      drawLine(pen, rightColumn[i]!, 330, 680 - i * 14, 11);
    });
  });
  return bytes;
}

/** A table of the given number of rows with its header, drawn column by column; rows run over pages of 40. */
export async function makeTable(rows: number): Promise<Uint8Array> {
  const { bytes } = await makePlaced(async (document, penFor) => {
    for (let first = 0; first < rows; first += 40) {
      const pen = penFor(document.addPage(size));
      const columns = [72, 330, 430];
      const draw = (cells: readonly string[], y: number, column: number): void =>
        drawLine(pen, cells[column]!, columns[column]!, y, 10);
      drawLine(pen, 'HARBOUR DUES BY QUAY', 72, 730, 13);
      columns.forEach((_, column) => {
        draw(['(In thousands of euros)', '2023', '2022'], 705, column);
        for (let row = first; row < Math.min(rows, first + 40); row++) {
          const cells = [`Quay number ${row + 1}, dues and fees`, `${1_000 + row * 7}`, `${900 + row * 5}`];
          draw(cells, 690 - (row - first) * 15, column);
        }
      });
    }
  });
  return bytes;
}

/** Pages with a running header, a footer and page numbers around text of their own. */
export async function makeRunningHeaders(pages: number): Promise<Uint8Array> {
  const { bytes } = await makePlaced(async (document, penFor) => {
    for (let number = 1; number <= pages; number++) {
      const pen = penFor(document.addPage(size));
      drawLine(pen, 'Annual Review of the Harbour Authority', 180, 760, 9);
      const text = `On page ${number} the authority reports about quay ${number} and the ${number * 3} ships that called there. `;
      wrap(text.repeat(6).trim(), pen.font, 11, 468).forEach((line, i) => drawLine(pen, line, 72, 700 - i * 14, 11));
      drawLine(pen, 'Confidential - not for distribution', 72, 40, 8);
      drawLine(pen, `${number}`, 306, 28, 9);
    }
  });
  return bytes;
}

/** A scan: pages that hold nothing but a picture. */
export async function makeScanned(pages = 1): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const image = await document.embedPng(greyPng(60, 80));
  for (let i = 0; i < pages; i++)
    document.addPage(size).drawImage(image, { x: 0, y: 0, width: size[0], height: size[1] });
  return document.save();
}

/** A page with text and a picture, a scanned page, and an empty page. */
export async function makeMixed(): Promise<Uint8Array> {
  const { bytes } = await makePlaced(async (document, penFor) => {
    const image = await document.embedPng(greyPng(40, 40));
    const pen = penFor(document.addPage(size));
    drawLine(pen, 'The only page with words on it', 72, 700, 12);
    pen.page.drawImage(image, { x: 72, y: 400, width: 200, height: 200 });
    document.addPage(size).drawImage(image, { x: 0, y: 0, width: size[0], height: size[1] });
    document.addPage(size);
  });
  return bytes;
}

/** An 8-bit grey PNG with a gradient. */
function greyPng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = (x * 4 + y) & 0xff;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(data: Uint8Array): number {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

/** A letter cut off after two thirds, its table of contents (xref) gone. */
export async function makeTruncated(): Promise<Uint8Array> {
  const bytes = await makeLetter();
  return bytes.slice(0, Math.floor((bytes.length * 2) / 3));
}

/** A PDF header and noise: nothing can be read from it. */
export function makeDamaged(): Uint8Array {
  const bytes = new Uint8Array(4_000);
  let state = 7;
  for (let i = 0; i < bytes.length; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  bytes.set(new TextEncoder().encode('%PDF-1.7\n'));
  return bytes;
}

/** A letter that wants a password to be opened; AES with 128 bits. */
export async function makeEncrypted(password: string): Promise<Uint8Array> {
  return withPdfKit({ userPassword: password, ownerPassword: `${password}-owner`, pdfVersion: '1.7' }, (document) => {
    document.fontSize(12).text('The secret harbour plan costs nine million.', 72, 72);
  });
}

/** A letter that anybody may read, but whose permissions an owner's password guards. */
export async function makeOwnerProtected(): Promise<Uint8Array> {
  return withPdfKit({ ownerPassword: 'owner', pdfVersion: '1.7', permissions: { copying: false } }, (document) => {
    document.fontSize(12).text('Readable without a password.', 72, 72);
  });
}

/** Ligatures and letters beyond Latin, in an embedded font. */
export async function makeUnicode(): Promise<Uint8Array> {
  return withPdfKit({ lang: 'ru' }, (document) => {
    document.font(liberationSans()).fontSize(14);
    document.text('The official file of the affluent offices', 72, 72);
    document.text('Годовой отчёт компании за прошлый год', 72, 110);
    document.text('Ετήσια έκθεση της εταιρείας', 72, 150);
  });
}

/** Chapters with an outline of two levels and a link. */
export async function makeOutlined(): Promise<Uint8Array> {
  return withPdfKit({ info: { Title: 'Handbook of Cranes', Author: 'A. Lindqvist' } }, (document) => {
    const { outline } = document;
    const first = outline.addItem('Chapter 1 Foundations');
    document.fontSize(18).text('Chapter 1 Foundations', 72, 72);
    document.fontSize(11).text('A crane stands on piles. '.repeat(10), 72, 110);
    document.addPage();
    first.addItem('1.1 Piles');
    document.fontSize(14).text('1.1 Piles', 72, 72);
    document.fontSize(11).text('Piles are driven twelve metres deep.', 72, 110, { link: 'https://example.com/' });
    document.addPage();
    outline.addItem('Chapter 2 Loads');
    document.fontSize(18).text('Chapter 2 Loads', 72, 72);
    document.fontSize(11).text('No load is lifted over people. '.repeat(10), 72, 110);
  });
}

/** A document whose page tree is empty. */
export async function makeNoPages(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage(size);
  document.removePage(0);
  document.catalog.delete(PDFName.of('Outlines'));
  return document.save({ addDefaultPage: false });
}

function withPdfKit(
  options: PDFKit.PDFDocumentOptions & { lang?: string },
  draw: (document: PDFKit.PDFDocument) => void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const document = new PDFKit({ size: 'LETTER', margin: 72, ...options });
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    document.on('error', reject);
    draw(document);
    document.end();
  });
}
