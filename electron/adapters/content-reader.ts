/**
 * Reads pages from their content where the file is plain (see content/content-text.ts), and everything else with the
 * engine behind it: pages that are not plain, metadata, outline, pictures.
 */
import { wordAgreement } from './content/agreement.ts';
import { ContentText } from './content/content-text.ts';
import { checkPdfHeader } from '../pipeline/pdf-errors.ts';
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

/** Word F1; engines part words a little differently, and PDFium drops letters here and there. */
const leastAgreement = 0.9;

export class ContentReader implements PdfReader {
  readonly source = 'content';
  readonly #behind: PdfReader;

  constructor(behind: PdfReader) {
    this.#behind = behind;
  }

  async open(bytes: Uint8Array, options: PdfOpenOptions): Promise<PdfDocument> {
    checkPdfHeader(bytes, options.fileName);
    const content = ContentText.open(bytes);
    const metadata = content?.readMetadata();
    if (!content || !metadata) return this.#behind.open(bytes, options);
    return new ContentDocument(content, metadata, () => this.#behind.open(bytes, options));
  }
}

class ContentDocument implements PdfDocument {
  readonly pageCount: number;
  readonly metadata: PdfMetadata;
  readonly #open: () => Promise<PdfDocument>;
  #content: ContentText | null;
  /** Opened when something needs it: a thumbnail, a page that is not plain. */
  #document: Promise<PdfDocument> | null = null;
  #check: Promise<void> | null = null;

  constructor(content: ContentText, metadata: PdfMetadata, open: () => Promise<PdfDocument>) {
    this.#content = content;
    this.#open = open;
    this.pageCount = content.pageCount;
    this.metadata = metadata;
  }

  #behind(): Promise<PdfDocument> {
    return (this.#document ??= this.#open());
  }

  async readPage(number: number): Promise<ExtractedPage> {
    await (this.#check ??= this.#compare());
    return this.#content?.readPage(number) ?? (await this.#behind()).readPage(number);
  }

  /**
   * Has the middle page read by both where a font leaves it open what its codes mean: when they do not say the same, the
   * file is not as plain as it looks, and the engine behind reads all of it.
   */
  async #compare(): Promise<void> {
    const number = Math.ceil(this.pageCount / 2);
    const ours = this.#content?.readPage(number);
    if (!ours || this.#content?.isStated) return;
    const theirs = await (await this.#behind()).readPage(number);
    if (wordAgreement(ours.text, theirs.text) < leastAgreement) this.#content = null;
  }

  async readOutline(): Promise<readonly OutlineEntry[]> {
    return (await this.#behind()).readOutline();
  }

  async renderPage(number: number, options: RenderOptions): Promise<PageImage> {
    return (await this.#behind()).renderPage(number, options);
  }

  async close(): Promise<void> {
    this.#content = null;
    const document = this.#document;
    this.#document = null;
    // One that could not be opened has nothing to close, and who needed it was told.
    await document?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }
}
