/**
 * The port through which the pipeline reads PDFs; two adapters implement it (PDFium first, pdf.js as the second opinion).
 *
 * Coordinates everywhere are PDF points in the page's user space (origin bottom left, y upwards, before /Rotate),
 * the same space as `Box` in shared/domain.ts. Every failure is an AppError with a `pdf-…` or `file-…` code.
 */
import type { PageLayout } from '../geometry.ts';

/** What read a page: the content reader or PDFium behind it, pdf.js, the reader of .txt and .md files, or recognition. */
export type PageSource = 'content' | 'pdfium' | 'pdfjs' | 'text' | 'ocr';

/** Clockwise, as the page's /Rotate entry has it. */
export type PageRotation = 0 | 90 | 180 | 270;

/** A rectangle without a page, PDF points, user space. */
export interface Rectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The document information dictionary, as the file has it: trimmed, null when absent or empty. */
export interface PdfMetadata {
  readonly title: string | null;
  readonly author: string | null;
  readonly subject: string | null;
  readonly keywords: string | null;
  readonly creator: string | null;
  readonly producer: string | null;
  /** BCP 47 tag of the catalog's /Lang, when the engine gives it. */
  readonly language: string | null;
}

/** One entry of the outline (bookmarks), flattened in order. */
export interface OutlineEntry {
  readonly title: string;
  /** From 0, the top level. */
  readonly level: number;
  /** Page number from 1, or null when the destination is not a page of this document. */
  readonly page: number | null;
}

/** The text of one page in reading order, with the place of every word. */
export interface ExtractedPage {
  /** From 1. */
  readonly number: number;
  /** Size of the crop box in points, before rotation. */
  readonly width: number;
  readonly height: number;
  readonly rotation: PageRotation;
  readonly cropBox: Rectangle;
  /**
   * Reading order; the lines of a paragraph are joined by a space (a word broken by a hyphen at the line's end is
   * whole again), and paragraphs, headings, list items and table rows are separated by a line feed.
   */
  readonly text: string;
  /** Lines and words with their boxes; its offsets are UTF-16 indices into `text`. */
  readonly layout: PageLayout;
  readonly source: PageSource;
}

/** A rendered page: 8-bit RGBA, rows from the top, rotation applied. */
export interface PageImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

export interface PdfOpenOptions {
  /** The file's name as the person knows it; error messages carry it. */
  readonly fileName: string;
  readonly password?: string;
}

export interface RenderOptions {
  /** Pixels; the image is as large as fits both. */
  readonly maxWidth: number;
  readonly maxHeight: number;
}

/** An open document; `close` must be called, it frees memory outside the JavaScript heap. */
export interface PdfDocument {
  readonly pageCount: number;
  readonly metadata: PdfMetadata;
  /** Reads the outline; empty when there is none. */
  readOutline(): Promise<readonly OutlineEntry[]>;
  /** @param number From 1. */
  readPage(number: number): Promise<ExtractedPage>;
  renderPage(number: number, options: RenderOptions): Promise<PageImage>;
  close(): Promise<void>;
}

export interface PdfReader {
  readonly source: PageSource;
  /** Opens a document from its bytes; the caller must not change them until `close`. */
  open(bytes: Uint8Array, options: PdfOpenOptions): Promise<PdfDocument>;
}
