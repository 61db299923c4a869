/**
 * A PDF file's cross-reference, objects, streams and page tree (ISO 32000-1, 7.4 and 7.5), for files that are whole:
 * repair, passwords and rare filters are left to the other engines.
 */
import { metadataText } from '../metadata-text.ts';
import { inflateSync, constants } from 'node:zlib';
import { openWithoutPassword, type StreamDecryption } from './decryption.ts';
import { Keyword, latin, Name, Parser, Ref, Stream, Unsupported, type Dictionary, type PdfObject } from './objects.ts';

/** Bytes that one stream may unfold to. */
const largestStream = 64 * 2 ** 20;
const mostPages = 100_000;

interface Entry {
  /** 1: at `offset` of the file; 2: the `index`th object of the object stream `offset`. */
  readonly type: number;
  readonly offset: number;
  readonly index: number;
}

/** A page's dictionary with what it inherits. */
export interface PageNode {
  readonly dictionary: Dictionary;
  readonly resources: Dictionary;
}

export class PdfFile {
  readonly #bytes: Uint8Array;
  readonly #entries = new Map<number, Entry>();
  readonly #objects = new Map<number, PdfObject>();
  readonly #objectStreams = new Map<
    number,
    { readonly data: Uint8Array; readonly numbers: number[]; readonly offsets: number[] }
  >();
  readonly #trailer: Dictionary = new Map();
  #decryption: StreamDecryption | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    if (latin(bytes, 0, 5) !== '%PDF-') throw new Unsupported('header is not at the start');
    this.#readCrossReferences(this.#startOfCrossReference());
    this.#decryption = this.#openEncryption();
  }

  /** The catalog. */
  get root(): Dictionary {
    return this.dictionary(this.#trailer.get('Root'));
  }

  #openEncryption(): StreamDecryption | null {
    const encrypt = this.resolve(this.#trailer.get('Encrypt'));
    if (encrypt === null) return null;
    if (!(encrypt instanceof Map)) throw new Unsupported('malformed encryption dictionary');
    const id = this.resolve(this.array(this.#trailer.get('ID'))[0]);
    return openWithoutPassword(encrypt, id instanceof Uint8Array ? id : new Uint8Array(0));
  }

  #startOfCrossReference(): number {
    const from = Math.max(0, this.#bytes.length - 2048);
    const tail = latin(this.#bytes, from, this.#bytes.length);
    const at = tail.lastIndexOf('startxref');
    if (at < 0) throw new Unsupported('no startxref');
    const offset = new Parser(this.#bytes, from + at + 9).next();
    if (typeof offset !== 'number') throw new Unsupported('malformed startxref');
    return offset;
  }

  #readCrossReferences(start: number): void {
    const seen = new Set<number>();
    const open = [start];
    for (let offset = open.shift(); offset !== undefined; offset = open.shift()) {
      if (seen.has(offset)) continue;
      seen.add(offset);
      const parser = new Parser(this.#bytes, offset);
      const first = parser.next();
      const trailer =
        first instanceof Keyword && first.text === 'xref'
          ? this.#readTable(parser)
          : this.#readCrossReferenceStream(offset);
      for (const [key, value] of trailer) if (!this.#trailer.has(key)) this.#trailer.set(key, value);
      for (const key of ['XRefStm', 'Prev']) {
        const next = trailer.get(key);
        if (typeof next === 'number') open.push(next);
      }
    }
  }

  #readTable(parser: Parser): Dictionary {
    for (;;) {
      const first = parser.next();
      if (first instanceof Keyword && first.text === 'trailer') {
        const trailer = parser.next();
        if (trailer instanceof Map) return trailer;
        throw new Unsupported('malformed trailer');
      }
      const count = parser.next();
      if (typeof first !== 'number' || typeof count !== 'number') throw new Unsupported('malformed xref');
      for (let i = 0; i < count; i++) {
        const offset = parser.next();
        parser.next();
        const kind = parser.next();
        if (typeof offset !== 'number' || !(kind instanceof Keyword)) throw new Unsupported('malformed xref');
        this.#enter(first + i, kind.text === 'n' ? 1 : 0, offset, 0);
      }
    }
  }

  #enter(number: number, type: number, offset: number, index: number): void {
    if (!this.#entries.has(number)) this.#entries.set(number, { type, offset, index });
  }

  #readCrossReferenceStream(offset: number): Dictionary {
    const stream = this.#parseObject(offset);
    if (!(stream instanceof Stream)) throw new Unsupported('malformed xref stream');
    const { dictionary } = stream;
    const widths = dictionary.get('W');
    const size = dictionary.get('Size');
    if (!Array.isArray(widths) || typeof size !== 'number') throw new Unsupported('malformed xref stream');
    const [w0, w1, w2] = widths.map(Number) as [number, number, number];
    const index = dictionary.get('Index') ?? [0, size];
    if (!Array.isArray(index)) throw new Unsupported('malformed xref stream');
    const data = this.decode(stream);
    let at = 0;
    const field = (width: number): number => {
      let value = 0;
      for (let i = 0; i < width; i++) value = value * 256 + (data[at++] ?? 0);
      return value;
    };
    for (let pair = 0; pair + 1 < index.length; pair += 2) {
      for (let i = 0; i < Number(index[pair + 1]) && at < data.length; i++) {
        const type = w0 === 0 ? 1 : field(w0);
        this.#enter(Number(index[pair]) + i, type, field(w1), field(w2));
      }
    }
    return dictionary;
  }

  /** Reads `n g obj …` at an offset. */
  #parseObject(offset: number, expected?: number): PdfObject {
    const parser = new Parser(this.#bytes, offset);
    const number = parser.next();
    const generation = parser.next();
    const keyword = parser.next();
    if (!(keyword instanceof Keyword) || keyword.text !== 'obj' || (expected !== undefined && number !== expected)) {
      throw new Unsupported('no object where the xref says');
    }
    const value = parser.next();
    if (!(value instanceof Map)) return value;
    parser.skipSpace();
    const { bytes } = parser;
    let at = parser.position;
    if (latin(bytes, at, at + 6) !== 'stream') return value;
    at += 6;
    if (bytes[at] === 13) at++;
    if (bytes[at] === 10) at++;
    return new Stream(value, bytes, at, Number(number), Number(generation));
  }

  resolve(value: PdfObject | undefined): PdfObject {
    for (let hops = 0; value instanceof Ref; hops++) {
      if (hops > 16) throw new Unsupported('circular reference');
      value = this.#load(value.number);
    }
    return value ?? null;
  }

  #load(number: number): PdfObject {
    const known = this.#objects.get(number);
    if (known !== undefined) return known;
    const entry = this.#entries.get(number);
    const value =
      entry?.type === 1
        ? this.#parseObject(entry.offset, number)
        : entry?.type === 2
          ? this.#fromObjectStream(entry, number)
          : null;
    this.#objects.set(number, value);
    return value;
  }

  #fromObjectStream({ offset, index }: Entry, number: number): PdfObject {
    let open = this.#objectStreams.get(offset);
    if (!open) {
      const stream = this.#load(offset);
      if (!(stream instanceof Stream)) throw new Unsupported('malformed object stream');
      const data = this.decode(stream);
      const [count, first] = [stream.dictionary.get('N'), stream.dictionary.get('First')];
      if (typeof count !== 'number' || typeof first !== 'number') throw new Unsupported('malformed object stream');
      const parser = new Parser(data);
      const numbers: number[] = [];
      const offsets: number[] = [];
      for (let i = 0; i < count; i++) {
        numbers.push(Number(parser.next()));
        offsets.push(first + Number(parser.next()));
      }
      open = { data, numbers, offsets };
      this.#objectStreams.set(offset, open);
    }
    const at = open.numbers[index] === number ? index : open.numbers.indexOf(number);
    const start = open.offsets[at];
    if (start === undefined) throw new Unsupported('object is not in its stream');
    return new Parser(open.data, start).next();
  }

  dictionary(value: PdfObject | undefined): Dictionary {
    const resolved = this.resolve(value);
    if (resolved instanceof Map) return resolved;
    if (resolved instanceof Stream) return resolved.dictionary;
    return new Map();
  }

  array(value: PdfObject | undefined): PdfObject[] {
    const resolved = this.resolve(value);
    return Array.isArray(resolved) ? resolved : [];
  }

  number(value: PdfObject | undefined, otherwise: number): number {
    const resolved = this.resolve(value);
    return typeof resolved === 'number' ? resolved : otherwise;
  }

  name(value: PdfObject | undefined): string | null {
    const resolved = this.resolve(value);
    return resolved instanceof Name ? resolved.text : null;
  }

  /** Reads entries of the document information dictionary as text. */
  readInformation(): (key: string) => string | null {
    const reference = this.#trailer.get('Info');
    const information = this.dictionary(reference);
    return (key) => this.#readText(information.get(key), this.#ownerOf(reference));
  }

  /** The catalog's language tag. */
  readLanguage(): string | null {
    return this.#readText(this.root.get('Lang'), this.#ownerOf(this.#trailer.get('Root')));
  }

  /** The object by whose number strings in it are encrypted; null for one from an object stream, which is as a whole. */
  #ownerOf(reference: PdfObject | undefined): number | null {
    return reference instanceof Ref && this.#entries.get(reference.number)?.type === 1 ? reference.number : null;
  }

  /**
   * A text string: UTF-16 or UTF-8 by its mark, else PDFDocEncoding, which is Latin-1 but for a few signs.
   */
  #readText(value: PdfObject | undefined, owner: number | null): string | null {
    let bytes = this.resolve(value);
    if (!(bytes instanceof Uint8Array)) return null;
    if (this.#decryption && owner !== null) bytes = this.#decryption(bytes, owner, 0);
    const label =
      bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : bytes[0] === 0xef && bytes[1] === 0xbb
          ? 'utf-8'
          : 'windows-1252';
    return metadataText(new TextDecoder(label).decode(bytes));
  }

  /** A stream's data, unfolded. */
  decode(stream: Stream): Uint8Array {
    const { dictionary, source, start } = stream;
    const length = this.number(dictionary.get('Length'), -1);
    if (length < 0 || start + length > source.length) throw new Unsupported('malformed stream');
    let data = source.subarray(start, start + length);
    const encrypted = this.#decryption !== null && this.name(dictionary.get('Type')) !== 'XRef';
    if (encrypted) data = this.#decryption!(data, stream.number, stream.generation);
    const filters = this.resolve(dictionary.get('Filter'));
    const parameters = this.resolve(dictionary.get('DecodeParms'));
    const list = filters === null ? [] : Array.isArray(filters) ? filters : [filters];
    list.forEach((filter, i) => {
      const name = this.name(filter);
      if (name !== 'FlateDecode' && name !== 'Fl') throw new Unsupported(`filter ${name}`);
      data = inflate(data);
      const options = this.dictionary(Array.isArray(parameters) ? parameters[i] : parameters);
      const predictor = this.number(options.get('Predictor'), 1);
      if (predictor >= 10) data = undoPngPredictor(data, this.number(options.get('Columns'), 1));
      else if (predictor !== 1) throw new Unsupported('TIFF predictor');
    });
    return data;
  }

  /** The pages in order, with inherited resources, boxes and rotation filled in. */
  pages(): PageNode[] {
    const pages: PageNode[] = [];
    const seen = new Set<Dictionary>();
    const walk = (node: Dictionary, inherited: Dictionary): void => {
      if (seen.has(node) || pages.length > mostPages) throw new Unsupported('circular page tree');
      seen.add(node);
      const all: Dictionary = new Map(inherited);
      for (const key of ['Resources', 'MediaBox', 'CropBox', 'Rotate']) {
        const value = node.get(key);
        if (value !== undefined) all.set(key, value);
      }
      if (node.has('Kids')) {
        for (const kid of this.array(node.get('Kids'))) {
          // Not an empty page but a damaged one, which the engine behind says.
          if (!(this.resolve(kid) instanceof Map)) throw new Unsupported('an entry of the page tree that is no page');
          walk(this.dictionary(kid), all);
        }
      } else {
        pages.push({ dictionary: new Map([...node, ...all]), resources: this.dictionary(all.get('Resources')) });
      }
    };
    walk(this.dictionary(this.root.get('Pages')), new Map());
    return pages;
  }
}

function inflate(data: Uint8Array): Uint8Array {
  try {
    // A missing checksum at the end does not matter; some producers reach further back than their header says.
    const finishFlush = constants.Z_SYNC_FLUSH;
    return inflateSync(data, { finishFlush, windowBits: 15, maxOutputLength: largestStream });
  } catch (thrown) {
    throw new Unsupported(`cannot unfold a stream: ${String(thrown)}`);
  }
}

/** PNG's filters None, Sub, Up, Average and Paeth on rows of single bytes (7.4.4.4). */
function undoPngPredictor(data: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(data.length / (columns + 1));
  const result = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const filter = data[row * (columns + 1)]!;
    for (let i = 0; i < columns; i++) {
      const at = row * columns + i;
      const left = i > 0 ? result[at - 1]! : 0;
      const up = row > 0 ? result[at - columns]! : 0;
      const corner = i > 0 && row > 0 ? result[at - columns - 1]! : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      if (predicted === undefined) throw new Unsupported('unknown PNG filter');
      result[at] = data[row * (columns + 1) + 1 + i]! + predicted;
    }
  }
  return result;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
