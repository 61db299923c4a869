/**
 * Opens a file and reads it page by page: PDFs with the first reader and, where that cannot open them, finds no text or only
 * garbage, with pdf.js; text files directly.
 */
import type { DocumentFormat } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import { errno } from '../errno.ts';
import { readStored, writeStored, type StoredFile } from '../encryption/stored-file.ts';
import { registrantOf, sensibleAuthor, sensibleTitle, titleFromPages, withPeriod } from './document-info.ts';
import { isGarbage, unreadableShare } from './garbage.ts';
import { encodeLayout } from './geometry.ts';
import type { ImageEncoder } from './ports/image-encoder.ts';
import type { ExtractedPage, PdfDocument, PdfReader } from './ports/pdf-reader.ts';
import type { ReadInfo } from './ports/pipeline-host.ts';
import type { StoredPage } from './stored-page.ts';
import { readTextDocument } from './text-document.ts';

/** The engines and the encoder; `main`, the host and the command line wire them. */
export interface SourceReaders {
  readonly first: PdfReader;
  readonly second: PdfReader;
  readonly thumbnails: ImageEncoder;
}

export interface SourceFile {
  readonly file: StoredFile;
  /** As the person knows it; errors name it. */
  readonly fileName: string;
  readonly format: DocumentFormat;
}

/** An open document, read page by page; `close` must be called. */
export interface OpenSource {
  readonly pageCount: number;
  /** @param number From 1. A page that neither engine can read comes back without text. */
  readPage(number: number): Promise<StoredPage>;
  /**
   * Title, author and language from the metadata and the pages read so far.
   *
   * @param thumbnail Where the first page's picture is written (webp); null when it is not wanted.
   */
  readInfo(thumbnail: StoredFile | null): Promise<ReadInfo>;
  close(): Promise<void>;
}

/** Pixels; twice what the dashboard shows, for dense screens. */
const thumbnailSize = { maxWidth: 400, maxHeight: 520 };
/** Pages without text in a row after which the second engine is not asked any more: it is a scan. */
const vainSecondOpinions = 3;
/** Pages kept for telling title and language. */
const pagesForInfo = 8;

export async function openSource({ file, fileName, format }: SourceFile, readers: SourceReaders): Promise<OpenSource> {
  const bytes = await readBytes(file, fileName);
  if (format !== 'pdf') return new TextSource(readTextDocument(bytes, format, fileName));
  return PdfSource.open(bytes, fileName, readers);
}

async function readBytes(file: StoredFile, fileName: string): Promise<Uint8Array> {
  try {
    return await readStored(file);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw errno(thrown) === 'ENOENT'
      ? new AppError('file-not-found', `“${fileName}” is not there any more.`, { hint: 'Add it again.', cause: thrown })
      : new AppError('file-unreadable', `“${fileName}” can't be read.`, {
          hint: 'Check that you may read the file and that no other program holds it.',
          retryable: true,
          cause: thrown,
        });
  }
}

class TextSource implements OpenSource {
  readonly pageCount: number;
  readonly #pages: readonly StoredPage[];

  constructor(pages: readonly StoredPage[]) {
    this.#pages = pages;
    this.pageCount = pages.length;
  }

  async readPage(number: number): Promise<StoredPage> {
    return this.#pages[number - 1]!;
  }

  async readInfo(): Promise<ReadInfo> {
    const title = titleFromPages(this.#pages);
    const { languageOf } = await import('./language.ts');
    const language = languageOf(this.#pages, null);
    return { title, author: null, language, pageCount: this.pageCount, hasThumbnail: false };
  }

  async close(): Promise<void> {}
}

class PdfSource implements OpenSource {
  readonly pageCount: number;
  readonly #bytes: Uint8Array;
  readonly #fileName: string;
  readonly #readers: SourceReaders;
  readonly #document: PdfDocument;
  /** Opened when a page first needs it; null after it could not be opened. */
  #second: PdfDocument | null | undefined;
  #inVain = 0;
  readonly #firstPages: StoredPage[] = [];

  private constructor(
    bytes: Uint8Array,
    fileName: string,
    readers: SourceReaders,
    document: PdfDocument,
    isSecond: boolean,
  ) {
    this.#bytes = bytes;
    this.#fileName = fileName;
    this.#readers = readers;
    this.#document = document;
    this.pageCount = document.pageCount;
    if (isSecond) this.#second = null;
  }

  static async open(bytes: Uint8Array, fileName: string, readers: SourceReaders): Promise<PdfSource> {
    try {
      return new PdfSource(bytes, fileName, readers, await readers.first.open(bytes, { fileName }), false);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !secondMayOpen(thrown)) throw thrown;
      try {
        return new PdfSource(bytes, fileName, readers, await readers.second.open(bytes, { fileName }), true);
      } catch (again) {
        // Where one engine names a password and the other only damage, the password is the reason.
        throw again instanceof AppError && again.code === 'pdf-encrypted' ? again : thrown;
      }
    }
  }

  async readPage(number: number): Promise<StoredPage> {
    const first = await this.#readFirst(number);
    const isReadable = first !== null && !isGarbage(first.text);
    // Content in which nothing is shown has no text for anybody.
    const isCertain = isReadable || (first?.source === 'content' && first.text === '');
    const page = isCertain ? first : await this.#readSecond(number, first);
    const stored = toStored(page, number, page === first ? isReadable : page !== null && !isGarbage(page.text));
    if (this.#firstPages.length < pagesForInfo) this.#firstPages.push(stored);
    return stored;
  }

  async #readFirst(number: number): Promise<ExtractedPage | null> {
    try {
      return await this.#document.readPage(number);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'pdf-damaged') return null;
      throw thrown;
    }
  }

  /** The second engine's page when it reads more than the first's. */
  async #readSecond(number: number, first: ExtractedPage | null): Promise<ExtractedPage | null> {
    if (this.#second === null || this.#inVain >= vainSecondOpinions) return first;
    try {
      this.#second ??= await this.#readers.second.open(this.#bytes, { fileName: this.#fileName });
      const page = await this.#second.readPage(number);
      if (isBetter(page.text, first?.text ?? '')) {
        this.#inVain = 0;
        return page;
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      if (this.#second === undefined) this.#second = null;
    }
    this.#inVain++;
    return first;
  }

  async readInfo(thumbnail: StoredFile | null): Promise<ReadInfo> {
    const { languageOf } = await import('./language.ts');
    const { metadata } = this.#document;
    const pages = await this.#pagesForInfo();
    const title = registrantOf(pages) ?? sensibleTitle(metadata.title) ?? titleFromPages(pages);
    const picture = thumbnail && (await this.readThumbnail());
    if (thumbnail && picture) await writeStored(thumbnail, picture);
    return {
      title: title && withPeriod(title, pages),
      author: sensibleAuthor(metadata.author),
      language: languageOf(pages, metadata),
      pageCount: this.pageCount,
      hasThumbnail: thumbnail === null || picture !== null,
    };
  }

  /** The document's first pages; read again when reading went on from a later one after a restart. */
  async #pagesForInfo(): Promise<readonly StoredPage[]> {
    if (this.#firstPages[0]?.number === 1) return this.#firstPages;
    this.#firstPages.length = 0;
    for (let number = 1; number <= Math.min(pagesForInfo, this.pageCount); number += 1) await this.readPage(number);
    return this.#firstPages;
  }

  /** The first page as webp; null when it cannot be drawn, which is no reason to refuse the document. */
  async readThumbnail(): Promise<Uint8Array | null> {
    try {
      return await this.#readers.thumbnails.encode(await this.#document.renderPage(1, thumbnailSize));
    } catch (thrown) {
      if (thrown instanceof AppError) return null;
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await this.#document.close();
    await this.#second?.close();
  }
}

function secondMayOpen(error: AppError): boolean {
  return error.code === 'pdf-damaged' || error.code === 'pdf-no-pages' || error.code === 'pdf-encrypted';
}

function isBetter(text: string, other: string): boolean {
  if (text === '') return false;
  return unreadableShare(text) < unreadableShare(other) || (isGarbage(other) && !isGarbage(text));
}

function toStored(page: ExtractedPage | null, number: number, isReadable: boolean): StoredPage {
  if (!page) {
    const geometry = encodeLayout({ lines: [] });
    return { number, width: 0, height: 0, rotation: 0, text: '', geometry, hasText: false, source: 'pdfium' };
  }
  const { width, height, rotation, text, layout, source } = page;
  return {
    number,
    width,
    height,
    rotation,
    text,
    geometry: encodeLayout(layout),
    hasText: isReadable && /[\p{L}\p{N}]/u.test(text),
    source,
  };
}
