/** The first engine: PDFium as WebAssembly. Fast, exact, and what it cannot read pdf.js may (see pdfjs-reader.ts). */
import type {
  ExtractedPage,
  OutlineEntry,
  PageImage,
  PageRotation,
  PdfDocument,
  PdfMetadata,
  PdfOpenOptions,
  PdfReader,
  Rectangle,
  RenderOptions,
} from '../pipeline/ports/pdf-reader.ts';
import { buildPage } from '../pipeline/layout.ts';
import { checkPdfHeader, pdfDamaged, pdfEncrypted, pdfNoPages } from '../pipeline/pdf-errors.ts';
import { AppError } from '../../shared/errors.ts';
import { metadataText } from './metadata-text.ts';
import { pdfiumErrors, PdfiumModule, type PdfiumOptions } from './pdfium-module.ts';
import { readSegments } from './pdfium-text.ts';

/** WebAssembly memory never shrinks: past this a module without open documents is replaced. */
const memoryToReplace = 256 * 2 ** 20;
/** Entries of an outline that are read; a loop in a broken one must end. */
const mostOutlineEntries = 5_000;
/** FPDF_ANNOT_FREETEXT, FPDF_ANNOT_STAMP, FPDF_ANNOT_WIDGET (fpdf_annot.h): what they show is text of the page. */
const textAnnotations = new Set([3, 13, 20]);
/** FLAT_NORMALDISPLAY and FLATTEN_SUCCESS (fpdf_flatten.h). */
const flattenForDisplay = 0;
const flattened = 1;
const bitmapWithAlpha = 4;
const white = 0xffffffff;
/** FPDF_ANNOT, FPDF_REVERSE_BYTE_ORDER (red first). */
const renderFlags = 0x01 | 0x10;

/** Opens PDFs with one WebAssembly instance, which is made anew after it has aborted or grown large. */
export class PdfiumReader implements PdfReader {
  readonly source = 'pdfium';
  readonly #options: PdfiumOptions;
  #module: Promise<PdfiumModule> | null = null;
  #open = 0;

  constructor(options: PdfiumOptions = {}) {
    this.#options = options;
  }

  async open(bytes: Uint8Array, options: PdfOpenOptions): Promise<PdfDocument> {
    checkPdfHeader(bytes, options.fileName);
    const module = await (this.#module ??= PdfiumModule.load(this.#options));
    this.#open++;
    let done = false;
    const release = (aborted: boolean): void => {
      if (!done) this.#open--;
      done = true;
      if (aborted || (this.#open === 0 && module.bytes.length > memoryToReplace)) this.#module = null;
    };
    try {
      return openDocument(module, bytes, options, release);
    } catch (thrown) {
      release(!(thrown instanceof AppError));
      throw thrown instanceof AppError ? thrown : pdfDamaged(options.fileName, thrown);
    }
  }
}

function openDocument(
  module: PdfiumModule,
  bytes: Uint8Array,
  { fileName, password }: PdfOpenOptions,
  release: (aborted: boolean) => void,
): PdfDocument {
  const { exports } = module;
  const data = module.copyIn(bytes);
  if (data === 0) throw outOfMemory(fileName);
  const handle =
    password === undefined
      ? exports.FPDF_LoadMemDocument(data, bytes.length, 0)
      : module.withString(password, (pointer) => exports.FPDF_LoadMemDocument(data, bytes.length, pointer));
  const pageCount = handle === 0 ? 0 : exports.FPDF_GetPageCount(handle);
  if (pageCount > 0) return new PdfiumDocument(module, handle, data, pageCount, fileName, release);
  const error = handle === 0 ? exports.FPDF_GetLastError() : pdfiumErrors.page;
  if (handle !== 0) exports.FPDF_CloseDocument(handle);
  exports.free(data);
  if (error === pdfiumErrors.password || error === pdfiumErrors.security) {
    throw pdfEncrypted(fileName, password !== undefined);
  }
  throw handle === 0 ? pdfDamaged(fileName) : pdfNoPages(fileName);
}

function outOfMemory(fileName: string): AppError {
  return new AppError('pipeline-out-of-memory', `“${fileName}” is too large for the memory there is.`, {
    hint: 'Close other programs, or split the file.',
    retryable: true,
  });
}

class PdfiumDocument implements PdfDocument {
  readonly pageCount: number;
  readonly metadata: PdfMetadata;
  readonly #module: PdfiumModule;
  readonly #handle: number;
  readonly #data: number;
  readonly #fileName: string;
  readonly #release: (aborted: boolean) => void;
  #closed = false;

  constructor(
    module: PdfiumModule,
    handle: number,
    data: number,
    pageCount: number,
    fileName: string,
    release: (aborted: boolean) => void,
  ) {
    this.#module = module;
    this.#handle = handle;
    this.#data = data;
    this.pageCount = pageCount;
    this.#fileName = fileName;
    this.#release = release;
    this.metadata = this.#readMetadata();
  }

  async readPage(number: number): Promise<ExtractedPage> {
    // A page that was flattened has to be loaded again to show what it got.
    return this.#readPage(number, true) ?? this.#readPage(number, false)!;
  }

  /** Null when annotations were made part of the page. */
  #readPage(number: number, flatten: boolean): ExtractedPage | null {
    return this.#withPage(number, (page, crop) => {
      if (flatten && this.#flattenAnnotations(page)) return null;
      const { exports } = this.#module;
      const textPage = exports.FPDFText_LoadPage(page);
      if (textPage === 0) throw pdfDamaged(this.#fileName);
      try {
        const { text, layout } = buildPage(readSegments(this.#module, textPage, crop));
        const rotation = ((exports.FPDFPage_GetRotation(page) & 3) * 90) as PageRotation;
        const [width, height] = [crop.x1 - crop.x0, crop.y1 - crop.y0];
        return { number, width, height, rotation, cropBox: crop, text, layout, source: 'pdfium' as const };
      } finally {
        exports.FPDFText_ClosePage(textPage);
      }
    });
  }

  /** Makes filled forms and typed notes part of the page's content, where the text page finds them. */
  #flattenAnnotations(page: number): boolean {
    const { exports } = this.#module;
    const count = exports.FPDFPage_GetAnnotCount(page);
    for (let i = 0; i < count; i++) {
      const annotation = exports.FPDFPage_GetAnnot(page, i);
      if (annotation === 0) continue;
      const subtype = exports.FPDFAnnot_GetSubtype(annotation);
      exports.FPDFPage_CloseAnnot(annotation);
      if (textAnnotations.has(subtype)) return exports.FPDFPage_Flatten(page, flattenForDisplay) === flattened;
    }
    return false;
  }

  async renderPage(number: number, { maxWidth, maxHeight }: RenderOptions): Promise<PageImage> {
    return this.#withPage(number, (page) => {
      const { exports } = this.#module;
      // Unlike the crop box these have the rotation applied.
      const [pointsWide, pointsHigh] = [exports.FPDF_GetPageWidthF(page), exports.FPDF_GetPageHeightF(page)];
      const scale = Math.min(maxWidth / pointsWide, maxHeight / pointsHigh);
      const width = Math.max(1, Math.round(pointsWide * scale));
      const height = Math.max(1, Math.round(pointsHigh * scale));
      const bitmap = exports.FPDFBitmap_CreateEx(width, height, bitmapWithAlpha, 0, 0);
      if (bitmap === 0) throw outOfMemory(this.#fileName);
      try {
        exports.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
        exports.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, renderFlags);
        const stride = exports.FPDFBitmap_GetStride(bitmap);
        const from = exports.FPDFBitmap_GetBuffer(bitmap);
        const rgba = new Uint8ClampedArray(width * height * 4);
        const { bytes } = this.#module;
        for (let row = 0; row < height; row++) {
          rgba.set(bytes.subarray(from + row * stride, from + row * stride + width * 4), row * width * 4);
        }
        return { width, height, rgba };
      } finally {
        exports.FPDFBitmap_Destroy(bitmap);
      }
    });
  }

  async readOutline(): Promise<readonly OutlineEntry[]> {
    return this.#guard(() => {
      const entries: OutlineEntry[] = [];
      this.#walkOutline(0, 0, entries);
      return entries;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#module.exports.FPDF_CloseDocument(this.#handle);
      this.#module.exports.free(this.#data);
      this.#release(false);
    } catch (thrown) {
      // An aborted module is thrown away with all its memory; there is nothing to close in it.
      if (!(thrown instanceof WebAssembly.RuntimeError)) throw thrown;
      this.#release(true);
    }
  }

  #walkOutline(parent: number, level: number, entries: OutlineEntry[]): void {
    const { exports } = this.#module;
    let bookmark = exports.FPDFBookmark_GetFirstChild(this.#handle, parent);
    while (bookmark !== 0 && entries.length < mostOutlineEntries && level < 20) {
      const at = bookmark;
      const title = this.#module.readString('utf-16le', (buffer, length) =>
        exports.FPDFBookmark_GetTitle(at, buffer, length),
      );
      let destination = exports.FPDFBookmark_GetDest(this.#handle, at);
      const action = destination === 0 ? exports.FPDFBookmark_GetAction(at) : 0;
      if (action !== 0) destination = exports.FPDFAction_GetDest(this.#handle, action);
      const index = destination === 0 ? -1 : exports.FPDFDest_GetDestPageIndex(this.#handle, destination);
      entries.push({ title: title.replace(/\s+/g, ' ').trim(), level, page: index >= 0 ? index + 1 : null });
      this.#walkOutline(at, level + 1, entries);
      bookmark = exports.FPDFBookmark_GetNextSibling(this.#handle, at);
    }
  }

  #readMetadata(): PdfMetadata {
    const { exports } = this.#module;
    const read = (tag: string): string | null =>
      this.#module.withString(tag, (pointer) =>
        metadataText(
          this.#module.readString('utf-16le', (buffer, length) =>
            exports.FPDF_GetMetaText(this.#handle, pointer, buffer, length),
          ),
        ),
      );
    const language = exports.FPDFCatalog_GetLanguage
      ? this.#module.readString('utf-16le', (buffer, length) =>
          exports.FPDFCatalog_GetLanguage!(this.#handle, buffer, length),
        )
      : '';
    return {
      title: read('Title'),
      author: read('Author'),
      subject: read('Subject'),
      keywords: read('Keywords'),
      creator: read('Creator'),
      producer: read('Producer'),
      language: metadataText(language),
    };
  }

  #withPage<T>(number: number, run: (page: number, crop: Rectangle) => T): T {
    return this.#guard(() => {
      const { exports, scratch } = this.#module;
      const page = exports.FPDF_LoadPage(this.#handle, number - 1);
      if (page === 0) throw pdfDamaged(this.#fileName);
      try {
        exports.FPDF_GetPageBoundingBox(page, scratch);
        // FS_RECTF: left, top, right, bottom.
        const at = scratch >> 2;
        const [left, top, right, bottom] = this.#module.floats.subarray(at, at + 4);
        return run(page, { x0: left!, y0: bottom!, x1: right!, y1: top! });
      } finally {
        exports.FPDF_ClosePage(page);
      }
    });
  }

  /** An abort of the module (an assertion, no memory) is told as damage; the module is not used again. */
  #guard<T>(run: () => T): T {
    if (this.#closed) throw new AppError('internal', `“${this.#fileName}” was used after it was closed.`);
    try {
      return run();
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      this.#closed = true;
      this.#release(true);
      throw pdfDamaged(this.#fileName, thrown);
    }
  }
}
