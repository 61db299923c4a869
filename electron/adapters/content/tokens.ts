/**
 * Reads a content stream operator by operator without making objects: numbers go to a stack, strings to one buffer.
 * A page has tens of thousands of tokens, and this is where the time goes.
 */
import { characterClass, hexValues, latin, readEscape, Unsupported } from './objects.ts';

const mostOperands = 64;

/** An operator of up to three letters as a number, to be compared fast. */
export function operatorCode(text: string): number {
  return text.charCodeAt(0) | ((text.charCodeAt(1) || 0) << 8) | ((text.charCodeAt(2) || 0) << 16);
}

const inlineImage = operatorCode('BI');

export class ContentTokens {
  readonly numbers = new Float64Array(mostOperands);
  count = 0;
  /** Start and end in the stream of the first and the last name, without their slashes. */
  #firstFrom = 0;
  #firstTo = 0;
  #names = 0;
  #nameFrom = 0;
  #nameTo = 0;
  /** Strings of the operator, one after another; an array's numbers stand between them. */
  strings = new Uint8Array(1024);
  /** For each item of the last array, or the only string: its end in `strings`, or -1 where it is a number. */
  ends = new Int32Array(256);
  adjustments = new Float64Array(256);
  items = 0;
  #filled = 0;
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get name(): string {
    return latin(this.#bytes, this.#nameFrom, this.#nameTo);
  }

  /** Item that holds the operator's /ActualText, or -1. */
  actualText = -1;

  get firstName(): string {
    return latin(this.#bytes, this.#firstFrom, this.#firstTo);
  }

  /** Bytes of an item that is a string. */
  stringAt(item: number): Uint8Array {
    let start = 0;
    for (let i = 0; i < item; i++) start = Math.max(start, this.ends[i]!);
    return this.strings.subarray(start, Math.max(start, this.ends[item] ?? 0));
  }

  /** Reads operands up to the next operator and answers its code; 0 at the end. */
  next(): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    let inArray = false;
    this.count = 0;
    this.items = 0;
    this.#names = 0;
    this.actualText = -1;
    this.#filled = 0;
    for (;;) {
      if (this.#position >= length) return 0;
      const code = bytes[this.#position]!;
      if (characterClass[code] === 1) {
        this.#position++;
      } else if ((code >= 48 && code <= 57) || code === 45 || code === 46 || code === 43) {
        const value = this.#number();
        if (inArray) this.#item(-1, value);
        else if (this.count < mostOperands) this.numbers[this.count++] = value;
      } else if (code === 0x28) {
        this.#literal();
        this.#item(this.#filled, 0);
      } else if (code === 0x2f) {
        this.#nameFrom = ++this.#position;
        while (this.#position < length && characterClass[bytes[this.#position]!] === 0) this.#position++;
        this.#nameTo = this.#position;
        if (this.#nameTo - this.#nameFrom === 10 && this.name === 'ActualText') this.actualText = this.items;
        if (this.#names++ === 0) {
          this.#firstFrom = this.#nameFrom;
          this.#firstTo = this.#nameTo;
        }
      } else if (code === 0x5b) {
        this.#position++;
        inArray = true;
      } else if (code === 0x5d) {
        this.#position++;
        inArray = false;
      } else if (code === 0x3c) {
        if (bytes[this.#position + 1] === 0x3c) {
          this.#position += 2;
        } else {
          this.#hex();
          this.#item(this.#filled, 0);
        }
      } else if (code === 0x25) {
        while (this.#position < length && bytes[this.#position] !== 10 && bytes[this.#position] !== 13)
          this.#position++;
      } else if (characterClass[code] === 2) {
        this.#position++;
      } else {
        const operator = this.#operator();
        if (operator === inlineImage) this.#skipImage();
        else if (operator > 0) return operator;
      }
    }
  }

  #item(end: number, adjustment: number): void {
    if (this.items === this.ends.length) {
      this.ends = grown(this.ends, Int32Array);
      this.adjustments = grown(this.adjustments, Float64Array);
    }
    this.ends[this.items] = end;
    this.adjustments[this.items++] = adjustment;
  }

  #number(): number {
    const bytes = this.#bytes;
    let at = this.#position;
    let negative = false;
    while (bytes[at] === 45 || bytes[at] === 43) {
      if (bytes[at] === 45) negative = true;
      at++;
    }
    let value = 0;
    let code = bytes[at]!;
    while (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      code = bytes[++at]!;
    }
    if (code === 46) {
      let scale = 1;
      code = bytes[++at]!;
      while (code >= 48 && code <= 57) {
        value = value * 10 + code - 48;
        scale *= 10;
        code = bytes[++at]!;
      }
      value /= scale;
    }
    // "12-34" and "--5" occur; what stands after the digits is left to nobody.
    while (at < bytes.length && characterClass[bytes[at]!] === 0 && (bytes[at]! < 65 || bytes[at]! > 122)) at++;
    this.#position = at;
    return negative ? -value : value;
  }

  #put(byte: number): void {
    if (this.#filled === this.strings.length) this.strings = grown(this.strings, Uint8Array);
    this.strings[this.#filled++] = byte;
  }

  #literal(): void {
    const bytes = this.#bytes;
    let depth = 1;
    this.#position++;
    for (;;) {
      if (this.#position >= bytes.length) throw new Unsupported('unterminated string');
      const code = bytes[this.#position++]!;
      if (code === 0x5c) {
        const [value, length] = readEscape(bytes, this.#position);
        this.#position += length;
        if (value >= 0) this.#put(value);
        continue;
      }
      if (code === 0x28) depth++;
      else if (code === 0x29 && --depth === 0) return;
      this.#put(code);
    }
  }

  #hex(): void {
    const bytes = this.#bytes;
    const { length } = bytes;
    let at = this.#position + 1;
    let filled = this.#filled;
    let room = this.strings.length;
    let high = -1;
    for (; ; at++) {
      if (at >= length) throw new Unsupported('unterminated string');
      const code = bytes[at]!;
      if (code === 0x3e) break;
      const value = hexValues[code]!;
      if (value < 0) continue;
      if (high < 0) {
        high = value;
        continue;
      }
      if (filled === room) {
        this.strings = grown(this.strings, Uint8Array);
        room = this.strings.length;
      }
      this.strings[filled++] = high * 16 + value;
      high = -1;
    }
    this.#position = at + 1;
    this.#filled = filled;
    if (high >= 0) this.#put(high * 16);
  }

  /** Operators have up to three letters; `true`, `false` and `null` are operands and pass by as -1. */
  #operator(): number {
    const bytes = this.#bytes;
    const from = this.#position;
    let at = from + 1;
    while (at < bytes.length && characterClass[bytes[at]!] === 0) at++;
    this.#position = at;
    if (at - from > 3) return -1;
    return (
      bytes[from]! | ((at - from > 1 ? bytes[from + 1]! : 0) << 8) | ((at - from > 2 ? bytes[from + 2]! : 0) << 16)
    );
  }

  /** From `BI` to the `EI` after its data (8.9.7). */
  #skipImage(): void {
    const bytes = this.#bytes;
    for (let at = this.#position; at + 2 < bytes.length; at++) {
      const ends = bytes[at + 1] === 0x45 && bytes[at + 2] === 0x49 && characterClass[bytes[at]!] === 1;
      if (!ends || (at + 3 < bytes.length && characterClass[bytes[at + 3]!] !== 1)) continue;
      // Data may hold " EI " by chance; after the real one comes plain text.
      const plain = bytes
        .subarray(at + 3, at + 13)
        .every((code) => code < 0x7f && (code >= 32 || characterClass[code] === 1));
      if (!plain) continue;
      this.#position = at + 3;
      return;
    }
    throw new Unsupported('inline image without an end');
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(old: T, Kind: new (length: number) => T): T {
  const bigger = new Kind(old.length * 2);
  bigger.set(old);
  return bigger;
}
