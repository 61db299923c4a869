/** PDF objects and their parser (ISO 32000-1, 7.2 and 7.3). Anything malformed throws `Unsupported`. */

/**
 * Thrown where a file leaves the plain ways that the content reader knows; another engine then reads the page.
 * Not an AppError: nobody is told of it.
 */
export class Unsupported extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Unsupported';
  }
}

export class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class Ref {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** A stream as it lies in the file: encoded. */
export class Stream {
  readonly dictionary: Dictionary;
  readonly start: number;
  readonly source: Uint8Array;
  /** Number and generation of its object: streams are encrypted by them. */
  readonly number: number;
  readonly generation: number;
  constructor(dictionary: Dictionary, source: Uint8Array, start: number, number: number, generation: number) {
    this.dictionary = dictionary;
    this.number = number;
    this.generation = generation;
    this.source = source;
    this.start = start;
  }
}

/** An operator or `obj`, `endobj`, `R`. */
export class Keyword {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Dictionary = Map<string, PdfObject>;
export type PdfObject = null | boolean | number | Uint8Array | Name | Ref | Keyword | Stream | PdfObject[] | Dictionary;

/** 1: white space, 2: delimiter, 0: regular (7.2.2). */
export const characterClass = new Uint8Array(256);
for (const code of [0, 9, 10, 12, 13, 32]) characterClass[code] = 1;
for (const sign of '()<>[]{}/%') characterClass[sign.charCodeAt(0)] = 2;

const deepest = 64;
const endOfData = new Keyword('');

/** Value of a hexadecimal digit by its code, or -1. */
export const hexValues = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  hexValues[digit.toString(16).charCodeAt(0)] = digit;
  hexValues[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

export class Parser {
  readonly bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  skipSpace(): void {
    const { bytes } = this;
    while (this.position < bytes.length) {
      const code = bytes[this.position]!;
      if (characterClass[code] === 1) this.position++;
      else if (code === 0x25) while (this.position < bytes.length && !isLineEnd(bytes[this.position]!)) this.position++;
      else return;
    }
  }

  /** The next object; a Keyword for what is none, with empty text at the end. References are resolved to `Ref`. */
  next(depth = 0): PdfObject {
    if (depth > deepest) throw new Unsupported('nested too deeply');
    this.skipSpace();
    const { bytes } = this;
    const code = bytes[this.position];
    if (code === undefined) return endOfData;
    if (code === 0x2f) return this.#name();
    if (code === 0x28) return this.#literalString();
    if (code === 0x3c) return bytes[this.position + 1] === 0x3c ? this.#dictionary(depth) : this.#hexString();
    if (code === 0x5b) return this.#array(depth);
    if ((code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46) return this.#numberOrReference();
    if (characterClass[code] === 2) {
      this.position++;
      return new Keyword(String.fromCharCode(code));
    }
    return this.#keyword();
  }

  #keyword(): PdfObject {
    const from = this.position;
    const { bytes } = this;
    while (this.position < bytes.length && characterClass[bytes[this.position]!] === 0) this.position++;
    const text = latin(bytes, from, this.position);
    if (text === 'true') return true;
    if (text === 'false') return false;
    return text === 'null' ? null : new Keyword(text);
  }

  #name(): Name {
    const from = ++this.position;
    const { bytes } = this;
    let escaped = false;
    while (this.position < bytes.length && characterClass[bytes[this.position]!] === 0) {
      if (bytes[this.position] === 0x23) escaped = true;
      this.position++;
    }
    const text = latin(bytes, from, this.position);
    return new Name(
      escaped ? text.replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text,
    );
  }

  #number(): number {
    const from = this.position;
    const { bytes } = this;
    while (this.position < bytes.length && characterClass[bytes[this.position]!] === 0) this.position++;
    const value = Number(latin(bytes, from, this.position));
    if (Number.isNaN(value)) throw new Unsupported('malformed number');
    return value;
  }

  #numberOrReference(): number | Ref {
    const value = this.#number();
    if (!Number.isInteger(value) || value < 0) return value;
    // "12 0 R"; anything else is a number after which others may follow.
    const { bytes } = this;
    let at = this.position;
    while (characterClass[bytes[at]!] === 1) at++;
    const from = at;
    while (bytes[at]! >= 48 && bytes[at]! <= 57) at++;
    if (at === from) return value;
    while (characterClass[bytes[at]!] === 1) at++;
    const after = bytes[at + 1];
    if (bytes[at] !== 0x52 || (after !== undefined && characterClass[after] === 0)) return value;
    this.position = at + 1;
    return new Ref(value);
  }

  #literalString(): Uint8Array {
    const { bytes } = this;
    const result: number[] = [];
    let depth = 1;
    this.position++;
    while (depth > 0) {
      let code = bytes[this.position++];
      if (code === undefined) throw new Unsupported('unterminated string');
      if (code === 0x28) depth++;
      else if (code === 0x29 && --depth === 0) break;
      else if (code === 0x5c) {
        const [value, length] = readEscape(bytes, this.position);
        this.position += length;
        if (value < 0) continue;
        code = value;
      }
      result.push(code);
    }
    return Uint8Array.from(result);
  }

  #hexString(): Uint8Array {
    const { bytes } = this;
    const result: number[] = [];
    let high = -1;
    for (this.position++; ; this.position++) {
      const code = bytes[this.position];
      if (code === undefined) throw new Unsupported('unterminated string');
      if (code === 0x3e) break;
      const value = hexValues[code]!;
      if (value < 0) continue;
      if (high < 0) high = value;
      else [high] = [-1, result.push(high * 16 + value)];
    }
    this.position++;
    if (high >= 0) result.push(high * 16);
    return Uint8Array.from(result);
  }

  #array(depth: number): PdfObject[] {
    this.position++;
    const items: PdfObject[] = [];
    for (;;) {
      const item = this.next(depth + 1);
      if (item instanceof Keyword) {
        if (item.text === ']') return items;
        throw new Unsupported('malformed array');
      }
      items.push(item);
    }
  }

  #dictionary(depth: number): Dictionary {
    this.position += 2;
    const dictionary: Dictionary = new Map();
    for (;;) {
      const key = this.next(depth + 1);
      if (key instanceof Keyword && key.text === '>' && this.bytes[this.position] === 0x3e) {
        this.position++;
        return dictionary;
      }
      if (!(key instanceof Name)) throw new Unsupported('malformed dictionary');
      const value = this.next(depth + 1);
      if (value instanceof Keyword) throw new Unsupported('malformed dictionary');
      dictionary.set(key.text, value);
    }
  }
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

export function latin(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** What stands after a backslash: the byte it means (-1 for a continued line) and how many bytes were read. */
export function readEscape(bytes: Uint8Array, at: number): [value: number, length: number] {
  const code = bytes[at] ?? -1;
  switch (code) {
    case 0x6e:
      return [10, 1];
    case 0x72:
      return [13, 1];
    case 0x74:
      return [9, 1];
    case 0x62:
      return [8, 1];
    case 0x66:
      return [12, 1];
    case 13:
      return [-1, bytes[at + 1] === 10 ? 2 : 1];
    case 10:
      return [-1, 1];
  }
  if (code < 48 || code > 55) return [code, 1];
  let value = 0;
  let length = 0;
  while (length < 3) {
    const digit = (bytes[at + length] ?? 0) - 48;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
    length++;
  }
  return [value & 0xff, length];
}
