/**
 * The PDFium WebAssembly module with its exports called directly: a call costs about 10 ns, through the package's
 * `cwrap` wrappers twenty times that, and a page needs thousands.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Pointers and handles are numbers; 0 is none. Signatures as in PDFium's public headers (fpdfview.h, fpdf_text.h). */
export interface PdfiumExports {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(pointer: number): void;
  PDFiumExt_Init(): void;
  FPDF_LoadMemDocument(data: number, size: number, password: number): number;
  FPDF_GetLastError(): number;
  FPDF_CloseDocument(document: number): void;
  FPDF_GetPageCount(document: number): number;
  FPDF_GetMetaText(document: number, tag: number, buffer: number, length: number): number;
  FPDFCatalog_GetLanguage?(document: number, buffer: number, length: number): number;
  FPDF_LoadPage(document: number, index: number): number;
  FPDF_ClosePage(page: number): void;
  FPDF_GetPageWidthF(page: number): number;
  FPDF_GetPageHeightF(page: number): number;
  FPDFPage_GetRotation(page: number): number;
  FPDF_GetPageBoundingBox(page: number, rectangle: number): number;
  FPDFPage_GetAnnotCount(page: number): number;
  FPDFPage_GetAnnot(page: number, index: number): number;
  FPDFPage_CloseAnnot(annotation: number): void;
  FPDFAnnot_GetSubtype(annotation: number): number;
  FPDFPage_Flatten(page: number, flag: number): number;
  FPDFText_LoadPage(page: number): number;
  FPDFText_ClosePage(textPage: number): void;
  FPDFText_CountChars(textPage: number): number;
  FPDFText_GetUnicode(textPage: number, index: number): number;
  FPDFText_GetLooseCharBox(textPage: number, index: number, rectangle: number): number;
  FPDFText_GetCharAngle(textPage: number, index: number): number;
  FPDFText_GetFontSize(textPage: number, index: number): number;
  FPDFText_GetMatrix(textPage: number, index: number, matrix: number): number;
  FPDFText_GetTextObject(textPage: number, index: number): number;
  FPDFText_GetFontWeight(textPage: number, index: number): number;
  FPDFText_GetFontInfo(textPage: number, index: number, buffer: number, length: number, flags: number): number;
  FPDFTextObj_GetFont(textObject: number): number;
  FPDFBitmap_CreateEx(width: number, height: number, format: number, buffer: number, stride: number): number;
  FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, color: number): void;
  FPDFBitmap_GetBuffer(bitmap: number): number;
  FPDFBitmap_GetStride(bitmap: number): number;
  FPDFBitmap_Destroy(bitmap: number): void;
  FPDF_RenderPageBitmap(
    bitmap: number,
    page: number,
    startX: number,
    startY: number,
    sizeX: number,
    sizeY: number,
    rotate: number,
    flags: number,
  ): void;
  FPDFBookmark_GetFirstChild(document: number, bookmark: number): number;
  FPDFBookmark_GetNextSibling(document: number, bookmark: number): number;
  FPDFBookmark_GetTitle(bookmark: number, buffer: number, length: number): number;
  FPDFBookmark_GetDest(document: number, bookmark: number): number;
  FPDFBookmark_GetAction(bookmark: number): number;
  FPDFAction_GetDest(document: number, action: number): number;
  FPDFDest_GetDestPageIndex(document: number, destination: number): number;
}

/** FPDF_GetLastError's codes (fpdfview.h). */
export const pdfiumErrors = { unknown: 1, file: 2, format: 3, password: 4, security: 5, page: 6 } as const;

/** Where the wasm lies: bytes, a path, or the package's own file. */
export interface PdfiumOptions {
  readonly wasm?: Uint8Array | string;
}

/** The package's wasm; packaged apps keep it outside the archive, where it is read like any file. */
export function defaultWasmPath(): string {
  const found = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  return found.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

/** One instance of the module, with its scratch memory and views that are renewed when the memory has grown. */
export class PdfiumModule {
  readonly exports: PdfiumExports;
  /** 64 bytes for results of calls. */
  readonly scratch: number;
  #buffer: ArrayBufferLike | null = null;
  #bytes = new Uint8Array(0);
  #floats = new Float32Array(0);

  private constructor(exports: PdfiumExports) {
    this.exports = exports;
    exports.PDFiumExt_Init();
    this.scratch = exports.malloc(64);
  }

  static async load(options: PdfiumOptions = {}): Promise<PdfiumModule> {
    const { wasm } = options;
    const bytes = wasm instanceof Uint8Array ? wasm : await readFile(wasm ?? defaultWasmPath());
    const wasmBinary = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    // PDFium writes warnings about broken files to its console; they say nothing that the error codes do not.
    const silent = (): void => {};
    const { init } = await import('@embedpdf/pdfium');
    const { pdfium } = await init({ wasmBinary, print: silent, printErr: silent });
    return new PdfiumModule(pdfium.wasmExports as unknown as PdfiumExports);
  }

  #refresh(): void {
    const { buffer } = this.exports.memory;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#floats = new Float32Array(buffer);
  }

  /** Memory as bytes; valid until the next call that may allocate. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  /** Memory as floats, indexed by pointer / 4; valid until the next call that may allocate. */
  get floats(): Float32Array {
    this.#refresh();
    return this.#floats;
  }

  /** Copies bytes into memory of the module; 0 when there is none left. */
  copyIn(data: Uint8Array): number {
    const pointer = this.exports.malloc(Math.max(1, data.length));
    if (pointer !== 0) this.bytes.set(data, pointer);
    return pointer;
  }

  /** Calls a function that fills a buffer and answers the length in bytes; decodes it without its final zero. */
  readString(encoding: 'utf-16le' | 'utf-8', call: (buffer: number, length: number) => number): string {
    const length = call(0, 0);
    const zero = encoding === 'utf-16le' ? 2 : 1;
    if (length <= zero) return '';
    const buffer = this.exports.malloc(length);
    try {
      call(buffer, length);
      return new TextDecoder(encoding).decode(this.bytes.slice(buffer, buffer + length - zero));
    } finally {
      this.exports.free(buffer);
    }
  }

  /** Runs with a zero-terminated string in memory. */
  withString<T>(text: string, run: (pointer: number) => T): T {
    const pointer = this.copyIn(new TextEncoder().encode(`${text}\0`));
    try {
      return run(pointer);
    } finally {
      this.exports.free(pointer);
    }
  }
}
