/**
 * Reads pages from their content where the file is plain (see content/content-text.ts), and everything else with the
 * engine behind it: pages that are not plain, metadata, outline, pictures.
 */
import { ContentText } from './content/content-text.ts';
import type {
  ExtractedPage,
  OutlineEntry,
  PageImage,
  PdfDocument,
  PdfMetadata,
  PdfOpenOptions,
  PdfReader,
  RenderOptions,
} from '../pipeline/ports/pdf-reader.ts';

export class ContentReader implements PdfReader {
  readonly source = 'content';
  readonly #behind: PdfReader;

  constructor(behind: PdfReader) {
    this.#behind = behind;
  }

  async open(bytes: Uint8Array, options: PdfOpenOptions): Promise<PdfDocument> {
    const document = await this.#behind.open(bytes, options);
    return new ContentDocument(document, ContentText.open(bytes, document.pageCount));
  }
}

class ContentDocument implements PdfDocument {
  readonly pageCount: number;
  readonly metadata: PdfMetadata;
  readonly #document: PdfDocument;
  #content: ContentText | null;

  constructor(document: PdfDocument, content: ContentText | null) {
    this.#document = document;
    this.#content = content;
    this.pageCount = document.pageCount;
    this.metadata = document.metadata;
  }

  async readPage(number: number): Promise<ExtractedPage> {
    return this.#content?.readPage(number) ?? this.#document.readPage(number);
  }

  readOutline(): Promise<readonly OutlineEntry[]> {
    return this.#document.readOutline();
  }

  renderPage(number: number, options: RenderOptions): Promise<PageImage> {
    return this.#document.renderPage(number, options);
  }

  close(): Promise<void> {
    this.#content = null;
    return this.#document.close();
  }
}
