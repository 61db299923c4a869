/**
 * Reads text straight from the content of whole, plain PDFs, faster and with the exact widths that the file states.
 * What it does not know for certain it leaves to PDFium: every method answers null then.
 *
 * PDFium takes 3.7 ms a page of a filing for its text, poppler 2.4 ms, this about 1 ms (see scripts/bench/text.ts);
 * and PDFium drops a doubled letter that was set by itself ("affect" comes out as "afect").
 */
import { buildPage } from '../../pipeline/layout.ts';
import type { ExtractedPage, PageRotation, PdfMetadata, Rectangle } from '../../pipeline/ports/pdf-reader.ts';
import { PdfFile, type PageNode } from './file.ts';
import { loadFont, type ContentFont } from './fonts.ts';
import { Interpreter } from './interpreter.ts';
import { Stream, Unsupported, type Dictionary } from './objects.ts';
import { Segmenter } from './segmenter.ts';

/** Annotations whose appearance holds text that belongs to the page: filled forms, notes typed on it. */
const textAnnotations = new Set(['Widget', 'FreeText', 'Stamp']);

/** Hebrew, Arabic and their kin are drawn backwards; PDFium puts them in reading order. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

export class ContentText {
  readonly #file: PdfFile;
  readonly #pages: readonly PageNode[];
  /** Layers that are not shown. */
  readonly #hidden: ReadonlySet<Dictionary>;
  readonly #fonts = new Map<Dictionary, ContentFont | Unsupported>();

  private constructor(file: PdfFile) {
    this.#file = file;
    this.#pages = file.pages();
    const layers = file.dictionary(file.dictionary(file.root.get('OCProperties')).get('D'));
    if (file.name(layers.get('BaseState')) === 'OFF') throw new Unsupported('hidden layers');
    this.#hidden = new Set(file.array(layers.get('OFF')).map((layer) => file.dictionary(layer)));
  }

  /** Null when the file is damaged, wants a password, has no pages or is otherwise not plain. */
  static open(bytes: Uint8Array): ContentText | null {
    const opened = orNull(() => new ContentText(new PdfFile(bytes)));
    return opened && opened.pageCount > 0 ? opened : null;
  }

  get pageCount(): number {
    return this.#pages.length;
  }

  /** Whether all fonts of the pages read so far state what their codes mean. */
  get isStated(): boolean {
    return [...this.#fonts.values()].every((font) => font instanceof Unsupported || font.stated);
  }

  /** The document information dictionary and the catalog's language; null when it cannot be read. */
  readMetadata(): PdfMetadata | null {
    return orNull(() => {
      const read = this.#file.readInformation();
      const keys = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer'];
      const [title, author, subject, keywords, creator, producer] = keys.map((key) => read(key));
      const language = this.#file.readLanguage();
      return {
        title: title ?? null,
        author: author ?? null,
        subject: subject ?? null,
        keywords: keywords ?? null,
        creator: creator ?? null,
        producer: producer ?? null,
        language,
      };
    });
  }

  /** @param number From 1. */
  readPage(number: number): ExtractedPage | null {
    return orNull(() => this.#readPage(number));
  }

  #readPage(number: number): ExtractedPage | null {
    const file = this.#file;
    const { dictionary, resources } = this.#pages[number - 1]!;
    if (file.number(dictionary.get('UserUnit'), 1) !== 1 || this.#hasTextAnnotations(dictionary)) return null;
    const crop = this.#cropBox(dictionary);
    const out = new Segmenter(crop);
    const interpreter = new Interpreter(file, (font) => this.#font(font), out, this.#hidden);
    interpreter.runPage(this.#content(dictionary), resources);
    // A page that shows no text has none; one whose text all fell away deserves another look.
    if (out.segments.length === 0 && interpreter.hasShown) return null;
    const { text, layout } = buildPage(out.segments);
    if (rightToLeft.test(text)) return null;
    const rotation = ((((file.number(dictionary.get('Rotate'), 0) % 360) + 360) % 360) / 90) * 90;
    if (rotation % 90 !== 0) return null;
    const [width, height] = [crop.x1 - crop.x0, crop.y1 - crop.y0];
    return {
      number,
      width,
      height,
      rotation: rotation as PageRotation,
      cropBox: crop,
      text,
      layout,
      source: 'content',
    };
  }

  #font(dictionary: Dictionary): ContentFont {
    let font = this.#fonts.get(dictionary);
    if (!font) {
      try {
        font = loadFont(this.#file, dictionary);
      } catch (thrown) {
        if (!(thrown instanceof Unsupported)) throw thrown;
        font = thrown;
      }
      this.#fonts.set(dictionary, font);
    }
    if (font instanceof Unsupported) throw font;
    return font;
  }

  #hasTextAnnotations(page: Dictionary): boolean {
    return this.#file.array(page.get('Annots')).some((annotation) => {
      const subtype = this.#file.name(this.#file.dictionary(annotation).get('Subtype'));
      return subtype !== null && textAnnotations.has(subtype);
    });
  }

  #cropBox(page: Dictionary): Rectangle {
    const media = this.#rectangle(page, 'MediaBox') ?? { x0: 0, y0: 0, x1: 612, y1: 792 };
    const crop = this.#rectangle(page, 'CropBox') ?? media;
    const x0 = Math.max(media.x0, crop.x0);
    const y0 = Math.max(media.y0, crop.y0);
    const x1 = Math.min(media.x1, crop.x1);
    const y1 = Math.min(media.y1, crop.y1);
    if (x1 <= x0 || y1 <= y0) throw new Unsupported('crop box outside the page');
    return { x0, y0, x1, y1 };
  }

  #rectangle(page: Dictionary, key: string): Rectangle | null {
    const [a, b, c, d] = this.#file.array(page.get(key)).map((value) => this.#file.number(value, 0));
    if (a === undefined || b === undefined || c === undefined || d === undefined) return null;
    return { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) };
  }

  /** The page's content streams, one after another. */
  #content(page: Dictionary): Uint8Array {
    const contents = this.#file.resolve(page.get('Contents'));
    const list = Array.isArray(contents) ? contents.map((item) => this.#file.resolve(item)) : [contents];
    const parts = list.filter((item) => item instanceof Stream).map((stream) => this.#file.decode(stream));
    if (parts.length === 1) return parts[0]!;
    // A stream may end in the middle of a token; a line feed parts it from the next.
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0)).fill(10);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length + 1;
    }
    return whole;
  }
}

/** A hostile file may break the reader in ways that nobody thought of; the engine behind it then decides. */
function orNull<T>(run: () => T): T | null {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof Unsupported || thrown instanceof RangeError || thrown instanceof TypeError) return null;
    throw thrown;
  }
}
