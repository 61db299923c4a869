/**
 * The second engine: pdf.js. Slower than PDFium, it opens files that PDFium refuses and finds text where fonts lack
 * what PDFium needs. Word edges within an item are shared out by the widths of Helvetica's letters.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import type * as PdfJsModule from 'pdfjs-dist/legacy/build/pdf.mjs';
import type {
  ExtractedPage,
  OutlineEntry,
  PageImage,
  PageRotation,
  PdfDocument,
  PdfMetadata,
  PdfOpenOptions,
  PdfReader,
  RenderOptions,
} from '../pipeline/ports/pdf-reader.ts';
import { buildPage } from '../pipeline/layout.ts';
import { checkPdfHeader, pdfDamaged, pdfEncrypted, pdfNoPages } from '../pipeline/pdf-errors.ts';
import { AppError } from '../../shared/errors.ts';
import { readItems } from './pdfjs-text.ts';

type PdfJs = typeof PdfJsModule;

/** Without a worker thread of its own: the whole pipeline already runs in a process apart. */
async function loadPdfJs(): Promise<PdfJs> {
  // pdf.js takes an Electron process other than main for a window and then wants a DOM; a utility process has none:
  // https://github.com/mozilla/pdf.js/blob/master/src/shared/util.js (isNodeJS).
  if ('type' in process) Object.defineProperty(process, 'type', { value: undefined, configurable: true });
  return import('pdfjs-dist/legacy/build/pdf.mjs');
}

/** Character maps, standard fonts and decoders that the package carries. */
function assets(): { cMapUrl: string; standardFontDataUrl: string; wasmUrl: string; iccUrl: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')).replace(
    /app\.asar(?=[\\/])/,
    'app.asar.unpacked',
  );
  return {
    cMapUrl: `${join(folder, 'cmaps')}/`,
    standardFontDataUrl: `${join(folder, 'standard_fonts')}/`,
    wasmUrl: `${pathToFileURL(join(folder, 'wasm')).href}/`,
    iccUrl: `${pathToFileURL(join(folder, 'iccs')).href}/`,
  };
}

export class PdfjsReader implements PdfReader {
  readonly source = 'pdfjs';

  async open(bytes: Uint8Array, { fileName, password }: PdfOpenOptions): Promise<PdfDocument> {
    checkPdfHeader(bytes, fileName);
    const { getDocument, VerbosityLevel } = await loadPdfJs();
    const task = getDocument({
      // pdf.js takes the bytes over, and wants no Buffer.
      data: new Uint8Array(bytes),
      ...(password === undefined ? {} : { password }),
      ...assets(),
      cMapPacked: true,
      useSystemFonts: false,
      disableFontFace: true,
      verbosity: VerbosityLevel.ERRORS,
    });
    try {
      const document = await task.promise;
      if (document.numPages === 0) throw pdfNoPages(fileName);
      // A damaged record of author and title keeps nobody from reading the pages.
      const { info } = await document.getMetadata().catch(() => ({ info: {} }));
      return new PdfjsDocument(document, readMetadata(info), fileName);
    } catch (thrown) {
      await task.destroy();
      if (thrown instanceof AppError) throw thrown;
      if (thrown instanceof Error && thrown.name === 'PasswordException') {
        throw pdfEncrypted(fileName, password !== undefined, thrown);
      }
      throw pdfDamaged(fileName, thrown);
    }
  }
}

class PdfjsDocument implements PdfDocument {
  readonly pageCount: number;
  readonly metadata: PdfMetadata;
  readonly #document: PDFDocumentProxy;
  readonly #fileName: string;

  constructor(document: PDFDocumentProxy, metadata: PdfMetadata, fileName: string) {
    this.#document = document;
    this.pageCount = document.numPages;
    this.metadata = metadata;
    this.#fileName = fileName;
  }

  async readPage(number: number): Promise<ExtractedPage> {
    return this.#withPage(number, async (page) => {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = page.view;
      const cropBox = { x0, y0, x1, y1 };
      const { items, styles } = await page.getTextContent();
      const { text, layout } = buildPage(readItems(items, styles, cropBox));
      const rotation = (((page.rotate % 360) + 360) % 360) as PageRotation;
      return { number, width: x1 - x0, height: y1 - y0, rotation, cropBox, text, layout, source: 'pdfjs' };
    });
  }

  async renderPage(number: number, { maxWidth, maxHeight }: RenderOptions): Promise<PageImage> {
    return this.#withPage(number, async (page) => {
      const natural = page.getViewport({ scale: 1 });
      const scale = Math.min(maxWidth / natural.width, maxHeight / natural.height);
      const viewport = page.getViewport({ scale });
      const [width, height] = [Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height))];
      const { createCanvas } = await import('@napi-rs/canvas');
      const canvas = createCanvas(width, height);
      const context = canvas.getContext('2d');
      // The canvas library speaks the browser's interface; its types are its own.
      const canvasContext = context as unknown as CanvasRenderingContext2D;
      await page.render({ canvas: null, canvasContext, viewport, background: 'white' }).promise;
      return { width, height, rgba: new Uint8ClampedArray(context.getImageData(0, 0, width, height).data) };
    });
  }

  async readOutline(): Promise<readonly OutlineEntry[]> {
    const entries: OutlineEntry[] = [];
    type Node = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>[number];
    const walk = async (nodes: readonly Node[], level: number): Promise<void> => {
      for (const node of nodes) {
        entries.push({ title: node.title.replace(/\s+/g, ' ').trim(), level, page: await this.#pageOf(node.dest) });
        await walk(node.items as readonly Node[], level + 1);
      }
    };
    await walk((await this.#document.getOutline()) ?? [], 0);
    return entries;
  }

  async close(): Promise<void> {
    await this.#document.loadingTask.destroy();
  }

  async #pageOf(destination: string | readonly unknown[] | null): Promise<number | null> {
    const explicit =
      typeof destination === 'string' ? await this.#document.getDestination(destination) : (destination ?? null);
    const target: unknown = explicit?.[0];
    if (typeof target === 'number') return target + 1;
    if (typeof target !== 'object' || target === null || !('num' in target) || !('gen' in target)) return null;
    const reference = { num: Number(target.num), gen: Number(target.gen) };
    // A reference to what is no page is a broken link, not a broken document.
    return this.#document.getPageIndex(reference).then(
      (index) => index + 1,
      () => null,
    );
  }

  async #withPage<T>(number: number, run: (page: PDFPageProxy) => Promise<T>): Promise<T> {
    try {
      const page = await this.#document.getPage(number);
      try {
        return await run(page);
      } finally {
        page.cleanup();
      }
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : pdfDamaged(this.#fileName, thrown);
    }
  }
}

function readMetadata(info: object): PdfMetadata {
  const fields = new Map<string, unknown>(Object.entries(info));
  const read = (name: string): string | null => {
    const value = fields.get(name);
    const text = typeof value === 'string' ? value.trim() : '';
    return text === '' ? null : text;
  };
  return {
    title: read('Title'),
    author: read('Author'),
    subject: read('Subject'),
    keywords: read('Keywords'),
    creator: read('Creator'),
    producer: read('Producer'),
    language: read('Language'),
  };
}
