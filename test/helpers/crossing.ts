/** A PDF whose cited sentences run over lines, from one column to the next, and from one page to the next. */
import { PDFDocument, StandardFonts, type PDFFont, type PDFPage } from 'pdf-lib';

/** A line as it was drawn, in points: from its first to its last advance, and its base line. */
export interface PlacedLine {
  readonly page: number;
  readonly text: string;
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
}

export interface CrossingPdf {
  readonly bytes: Uint8Array;
  /** The lines of the sentence that goes on in the right column. */
  readonly overColumns: readonly PlacedLine[];
  /** The lines of the sentence that goes on on the next page. */
  readonly overPages: readonly PlacedLine[];
}

export const fontSize = 11;
const lineHeight = 15;
const topLine = 700;
const columns = [60, 330] as const;

const filler = [
  'The banks were raised with clay and stone',
  'each autumn before the heavy rains began,',
  'and the farmers brought carts and horses.',
  'A clerk wrote down what everyone had given',
  'and read the list aloud on market days.',
];

const overColumns = [
  'The Tarnholm lighthouse was repaired by',
  'Ingrid Vasse and her two brothers, who',
  'carried eleven hundred bricks up the rock',
  'during the dark winter of 1911.',
];
const overPages = [
  'The Tarnholm ferry sank in the narrows because Captain Brodie had taken forty',
  'barrels of herring on deck, and all nine passengers were saved by the pilot boat.',
];
const fullWidth = 'Every spring the council walked along the water and noted which stones had moved.';

function width(font: PDFFont, text: string): number {
  return [...text].reduce((sum, letter) => sum + font.widthOfTextAtSize(letter, fontSize), 0);
}

export async function makeCrossing(): Promise<CrossingPdf> {
  const document = await PDFDocument.create();
  document.setTitle('Chronicle of Tarnholm');
  const font = await document.embedFont(StandardFonts.Helvetica);
  const lines: PlacedLine[] = [];
  const draw = (page: PDFPage, text: string, x: number, row: number) => {
    const y = topLine - row * lineHeight;
    page.drawText(text, { x, y, size: fontSize, font });
    lines.push({ page: document.getPageCount(), text, x0: x, x1: x + width(font, text), y });
  };
  const size: [number, number] = [612, 792];

  const first = document.addPage(size);
  const rows = 20;
  for (let row = 0; row < rows - 2; row += 1)
    draw(first, row === rows - 3 ? 'of the parish.' : filler[row % 5]!, columns[0], row);
  overColumns.slice(0, 2).forEach((text, index) => draw(first, text, columns[0], rows - 2 + index));
  overColumns.slice(2).forEach((text, index) => draw(first, text, columns[1], index));
  for (let row = 2; row < rows; row += 1) draw(first, filler[(row - 2) % 5]!, columns[1], row);

  // Paragraphs of four lines, parted by an empty one; the last of the second page goes on on the third.
  const paragraphs = (page: PDFPage, from: number, rowCount: number) => {
    for (let row = from; row < rowCount; row += 1) if ((row - from) % 5 < 4) draw(page, fullWidth, columns[0], row);
  };
  const second = document.addPage(size);
  paragraphs(second, 0, 39);
  draw(second, overPages[0]!, columns[0], 40);
  const third = document.addPage(size);
  draw(third, overPages[1]!, columns[0], 0);
  paragraphs(third, 2, 31);

  const of = (texts: readonly string[]) => lines.filter(({ text }) => texts.includes(text));
  return { bytes: await document.save(), overColumns: of(overColumns), overPages: of(overPages) };
}
