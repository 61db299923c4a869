/** Puts glyphs together to words and pieces of lines as they are drawn. */
import type { Direction, Segment, SegmentWord } from '../../pipeline/segments.ts';
import type { Rectangle } from '../../pipeline/ports/pdf-reader.ts';

/** Font sizes: a gap wider than this parts words (poppler's minimum word break is 0.1). */
const wordGap = 0.1;
/** Further ahead than this, or this far back, is another piece. */
const pieceGap = 4;
const stepBack = 0.4;
/** A base line this far off is another line; superscripts stay. */
const lineShift = 0.45;
const raisedShift = 0.65;
/** Two pieces with the same words this close are one, drawn twice to look bold or shadowed. */
const doubledShift = 0.15;
const doubledWindow = 6;
/** The packed geometry counts a line's offsets in 16 bits. */
const mostCharacters = 8_000;

/**
 * Positions come as p along and q across the writing direction: for direction 0 p is x and q is y, for 1 they are y
 * and -x, for 2 -x and -y, for 3 -y and x.
 */
export class Segmenter {
  readonly segments: Segment[] = [];
  readonly #crop: Rectangle;
  #direction: Direction = 0;
  #size = 0;
  #boldCharacters = 0;
  #characters = 0;
  #base = 0;
  #low = 0;
  #high = 0;
  /** Where the pen stands. */
  #at = 0;
  #open = false;
  #words: SegmentWord[] = [];
  #word = '';
  #from = 0;
  #to = 0;

  constructor(crop: Rectangle) {
    this.#crop = crop;
  }

  /** A space of the text itself; it ends the word. */
  space(to: number): void {
    this.#endWord();
    if (this.#open && to > this.#at) this.#at = to;
  }

  /** Characters side by side. */
  glyphs(
    text: string,
    direction: Direction,
    from: number,
    to: number,
    base: number,
    size: number,
    ascent: number,
    descent: number,
    bold: boolean,
  ): void {
    if (this.#open) {
      const gap = from - this.#at;
      if (
        direction !== this.#direction ||
        gap < -stepBack * size ||
        gap > pieceGap * this.#size ||
        Math.abs(base - this.#base) >
          (size < 0.85 * this.#size ? raisedShift : lineShift) * Math.max(size, this.#size) ||
        this.#characters > mostCharacters
      ) {
        this.end();
      } else if (gap > wordGap * Math.min(size, this.#size)) {
        this.#endWord();
      }
    }
    if (!this.#open) {
      this.#open = true;
      this.#direction = direction;
      this.#size = 0;
      this.#low = Infinity;
      this.#high = -Infinity;
      this.#at = from;
    }
    if (size > this.#size) {
      this.#size = size;
      this.#base = base;
    }
    const low = base + descent * size;
    const high = base + ascent * size;
    if (low < this.#low) this.#low = low;
    if (high > this.#high) this.#high = high;
    if (this.#word === '') {
      this.#from = from;
      this.#to = to;
    } else {
      if (from < this.#from) this.#from = from;
      if (to > this.#to) this.#to = to;
    }
    this.#word += text;
    this.#characters += text.length;
    if (bold) this.#boldCharacters += text.length;
    this.#at = to;
  }

  #endWord(): void {
    if (this.#word === '') return;
    const turned = this.#direction > 1;
    const from = turned ? -this.#to : this.#from;
    const to = turned ? -this.#from : this.#to;
    const { x0, y0, x1, y1 } = this.#crop;
    const middle = (from + to) / 2;
    const inside =
      this.#direction % 2 === 0 ? middle >= x0 - 1 && middle <= x1 + 1 : middle >= y0 - 1 && middle <= y1 + 1;
    if (inside) this.#words.push({ text: this.#word, from, to });
    this.#word = '';
  }

  /** Ends the piece; called at the end of the page. */
  end(): void {
    this.#endWord();
    if (this.#words.length > 0) this.#push(this.#words);
    this.#words = [];
    this.#open = false;
    this.#characters = 0;
    this.#boldCharacters = 0;
  }

  #push(words: SegmentWord[]): void {
    let from = Infinity;
    let to = -Infinity;
    for (const word of words) {
      if (word.from < from) from = word.from;
      if (word.to > to) to = word.to;
    }
    const negative = this.#direction === 1 || this.#direction === 2;
    const low = negative ? -this.#high : this.#low;
    const high = negative ? -this.#low : this.#high;
    const across = (low + high) / 2;
    const horizontal = this.#direction % 2 === 0;
    const crop = this.#crop;
    if (horizontal ? across < crop.y0 || across > crop.y1 : across < crop.x0 || across > crop.x1) return;
    const box = horizontal ? { x0: from, x1: to, y0: low, y1: high } : { x0: low, x1: high, y0: from, y1: to };
    const bold = this.#boldCharacters * 2 > this.#characters;
    const segment: Segment = { words, ...box, direction: this.#direction, fontSize: this.#size, bold };
    if (!this.#isDoubled(segment)) this.segments.push(segment);
  }

  #isDoubled(segment: Segment): boolean {
    const { segments } = this;
    const near = doubledShift * segment.fontSize;
    for (let i = segments.length - 1; i >= 0 && i >= segments.length - doubledWindow; i--) {
      const other = segments[i]!;
      if (
        Math.abs(other.x0 - segment.x0) < near &&
        Math.abs(other.y0 - segment.y0) < near &&
        other.words.length === segment.words.length &&
        other.words.every((word, k) => word.text === segment.words[k]!.text)
      ) {
        return true;
      }
    }
    return false;
  }
}
