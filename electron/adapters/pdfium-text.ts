/** Reads the characters of a PDFium text page into segments: pieces of lines with the box of every word. */
import type { Direction, Segment, SegmentWord } from '../pipeline/segments.ts';
import type { Rectangle } from '../pipeline/ports/pdf-reader.ts';
import type { PdfiumModule } from './pdfium-module.ts';

/** PDFium's mark for a hyphen that breaks a word at a line's end: U+0002 from GetUnicode, U+FFFE in its texts. */
const isBreakingHyphen = (code: number): boolean => code === 2 || code === 0xfffe;

/** A character further than this outside the crop box is not on the page; points. */
const cropTolerance = 1;

/** Segments of a page in content order, clipped to `crop`. */
export function readSegments(module: PdfiumModule, textPage: number, crop: Rectangle): Segment[] {
  return new SegmentScan(module, textPage, crop).run();
}

class SegmentScan {
  readonly #module: PdfiumModule;
  readonly #textPage: number;
  readonly #crop: Rectangle;
  readonly #segments: Segment[] = [];
  /** By font handle; handles are only good while the page is open. */
  readonly #boldFonts = new Map<number, boolean>();

  #words: SegmentWord[] = [];
  #first = -1;
  #direction: Direction = 0;
  #fontSize = 0;
  #x0 = Infinity;
  #y0 = Infinity;
  #x1 = -Infinity;
  #y1 = -Infinity;
  #word = '';
  #from = Infinity;
  #to = -Infinity;

  constructor(module: PdfiumModule, textPage: number, crop: Rectangle) {
    this.#module = module;
    this.#textPage = textPage;
    this.#crop = crop;
  }

  run(): Segment[] {
    const module = this.#module;
    const textPage = this.#textPage;
    const { exports, scratch } = module;
    const count = exports.FPDFText_CountChars(textPage);
    const at = scratch >> 2;
    let floats = module.floats;
    const { x0: cropX0, y0: cropY0, x1: cropX1, y1: cropY1 } = this.#crop;
    for (let i = 0; i < count; i++) {
      const code = exports.FPDFText_GetUnicode(textPage, i);
      if (code === 32 || code === 0xa0 || code === 9 || code === 0x3000 || (code >= 0x2000 && code <= 0x200b)) {
        this.#endWord();
        continue;
      }
      if (code === 13 || code === 10) {
        this.#endSegment();
        continue;
      }
      if (code === 0 || (code < 32 && code !== 2)) continue;
      exports.FPDFText_GetLooseCharBox(textPage, i, scratch);
      if (floats.length === 0) floats = module.floats;
      // FS_RECTF: left, top, right, bottom.
      let left = floats[at]!;
      let top = floats[at + 1]!;
      let right = floats[at + 2]!;
      let bottom = floats[at + 3]!;
      if (left > right) [left, right] = [right, left];
      if (bottom > top) [bottom, top] = [top, bottom];
      const x = (left + right) / 2;
      const y = (bottom + top) / 2;
      if (
        !(x >= cropX0 - cropTolerance && x <= cropX1 + cropTolerance) ||
        !(y >= cropY0 - cropTolerance && y <= cropY1 + cropTolerance)
      ) {
        this.#endWord();
        continue;
      }
      if (this.#first >= 0 && this.#leavesLine(left, bottom, right, top)) this.#endSegment();
      if (this.#first < 0) {
        this.#begin(i);
        floats = module.floats;
      }
      if (left < this.#x0) this.#x0 = left;
      if (right > this.#x1) this.#x1 = right;
      if (bottom < this.#y0) this.#y0 = bottom;
      if (top > this.#y1) this.#y1 = top;
      const horizontal = (this.#direction & 1) === 0;
      const from = horizontal ? left : bottom;
      const to = horizontal ? right : top;
      if (from < this.#from) this.#from = from;
      if (to > this.#to) this.#to = to;
      if (isBreakingHyphen(code)) {
        this.#word += '-';
        this.#endSegment();
      } else {
        this.#word += code < 0x10000 ? String.fromCharCode(code) : String.fromCodePoint(code);
      }
    }
    this.#endSegment();
    return this.#segments;
  }

  #begin(index: number): void {
    const { exports, scratch } = this.#module;
    this.#first = index;
    const quarter = Math.round(exports.FPDFText_GetCharAngle(this.#textPage, index) / (Math.PI / 2));
    // PDFium's angle runs clockwise, ours counterclockwise.
    this.#direction = ((((4 - quarter) % 4) + 4) % 4) as Direction;
    let size = exports.FPDFText_GetFontSize(this.#textPage, index);
    if (exports.FPDFText_GetMatrix(this.#textPage, index, scratch) !== 0) {
      // FS_MATRIX a b c d e f: the length of (c, d) is what the matrix makes of the font's height.
      const at = scratch >> 2;
      const floats = this.#module.floats;
      size *= Math.hypot(floats[at + 2]!, floats[at + 3]!);
    }
    this.#fontSize = size;
  }

  /** True when PDFium ran on although the character stands on another line: its own line ends miss some. */
  #leavesLine(left: number, bottom: number, right: number, top: number): boolean {
    const horizontal = (this.#direction & 1) === 0;
    const low = horizontal ? this.#y0 : this.#x0;
    const high = horizontal ? this.#y1 : this.#x1;
    const middle = horizontal ? (bottom + top) / 2 : (left + right) / 2;
    const height = high - low;
    return middle < low - 0.25 * height || middle > high + 0.25 * height;
  }

  #endWord(): void {
    if (this.#word !== '') this.#words.push({ text: this.#word, from: this.#from, to: this.#to });
    this.#word = '';
    this.#from = Infinity;
    this.#to = -Infinity;
  }

  #endSegment(): void {
    this.#endWord();
    if (this.#words.length > 0) {
      this.#segments.push({
        words: this.#words,
        x0: this.#x0,
        y0: this.#y0,
        x1: this.#x1,
        y1: this.#y1,
        direction: this.#direction,
        fontSize: this.#fontSize,
        bold: this.#isBold(this.#first),
      });
      this.#words = [];
    }
    this.#first = -1;
    this.#x0 = this.#y0 = Infinity;
    this.#x1 = this.#y1 = -Infinity;
  }

  #isBold(index: number): boolean {
    const { exports } = this.#module;
    const object = exports.FPDFText_GetTextObject(this.#textPage, index);
    const font = object === 0 ? 0 : exports.FPDFTextObj_GetFont(object);
    const known = this.#boldFonts.get(font);
    if (known !== undefined) return known;
    const name = this.#module.readString('utf-8', (buffer, length) =>
      exports.FPDFText_GetFontInfo(this.#textPage, index, buffer, length, 0),
    );
    const bold = /bold|black|heavy|demi/i.test(name);
    if (font !== 0) this.#boldFonts.set(font, bold);
    return bold;
  }
}
