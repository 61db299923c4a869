/** A long PDF with everything a viewer is for: an outline of two levels, links, pages of two sizes, words on known pages. */
import { createCanvas } from '@napi-rs/canvas';
import PDFKit from 'pdfkit';

export interface Book {
  readonly bytes: Uint8Array;
  readonly pageCount: number;
}

export interface BookOptions {
  readonly pages: number;
  readonly title?: string;
  /** Sentences that stand on one page each, below its text; not on page 1, 2 or the one that lies on its side. */
  readonly sentences?: ReadonlyMap<number, string>;
  /** A picture of some 10 KB on each page, as books have them; the file is then larger than what is read in one go. */
  readonly hasPictures?: boolean;
}

/** Pages of a chapter. */
const chapterPages = 10;
/** The page that the link on page 1 leads to, and the one with a sentence that stands nowhere else. */
export const tablesPage = 60;
export const heronPage = 77;
export const heronSentence = 'The heron crossed the weir at dawn beside Café Brevik.';
export const externalAddress = 'https://example.org/annexe?part=2';
/** The one page that lies on its side. */
export const landscapePage = 3;

const words =
  'survey river gauge flood meadow lock sluice keeper harbour engineer record level autumn water bridge'.split(' ');

function lineOf(page: number, line: number): string {
  return Array.from({ length: 11 }, (_, index) => words[(page * 7 + line * 5 + index * 3) % words.length]).join(' ');
}

/** A picture that hardly compresses; another one for each page. */
async function pictureOf(page: number): Promise<Buffer> {
  const canvas = createCanvas(120, 90);
  const context = canvas.getContext('2d');
  let state = page;
  for (let y = 0; y < 90; y += 3) {
    for (let x = 0; x < 120; x += 3) {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      context.fillStyle = `#${((state >> 4) & 0xffffff).toString(16).padStart(6, '0')}`;
      context.fillRect(x, y, 3, 3);
    }
  }
  return canvas.encode('jpeg', 90);
}

/** At least 80 pages. */
export async function makeBook({
  pages,
  title = 'The book of the river',
  sentences = new Map(),
  hasPictures = false,
}: BookOptions): Promise<Book> {
  const book = new PDFKit({ autoFirstPage: false, size: 'LETTER', margin: 72, info: { Title: title } });
  const pieces: Buffer[] = [];
  book.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<void>((resolve) => book.once('end', resolve));
  for (let page = 1; page <= pages; page += 1) {
    book.addPage({ size: 'LETTER', margin: 36, layout: page === landscapePage ? 'landscape' : 'portrait' });
    if (page % chapterPages === 1) {
      const number = (page - 1) / chapterPages + 1;
      book.outline.addItem(`Chapter ${number}`).addItem(`Introduction ${number}`);
    }
    if (page === tablesPage) book.addNamedDestination('tables', 'XYZ', 0, 0, null);
    book.font('Helvetica-Bold').fontSize(14);
    book.text(page === 1 ? title : `Page ${page} of the river survey`, 72, 72, { lineBreak: false });
    book.font('Helvetica').fontSize(11);
    for (let line = 0; line < 28; line += 1) {
      if (page === landscapePage && line > 20) break;
      book.text(lineOf(page, line), 72, 110 + line * 16, { lineBreak: false });
    }
    const sentence = sentences.get(page);
    if (sentence) book.text(sentence, 72, 640, { lineBreak: false });
    if (hasPictures) book.image(await pictureOf(page), 420, 660, { width: 120 });
    if (page === heronPage) book.text(heronSentence, 72, 600, { lineBreak: false });
    if (page === 2) {
      book.text('All of it was written down by the harbour-', 72, 580, { lineBreak: false });
      book.text('master, who kept the book.', 72, 596, { lineBreak: false });
    }
    if (page === 1) {
      book.text('See the tables', 72, 620, { lineBreak: false });
      book.goTo(72, 616, 90, 18, 'tables');
      book.text('The annexe on the web', 72, 650, { lineBreak: false });
      book.link(72, 646, 120, 18, externalAddress);
    }
  }
  book.end();
  await ended;
  return { bytes: new Uint8Array(Buffer.concat(pieces)), pageCount: pages };
}
