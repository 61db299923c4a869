/**
 * Opens PDFs with pdf.js, from main's own bytes, in a worker that all documents share.
 * Nothing remote is fetched and no script of a PDF runs: there is no scripting sandbox in this bundle.
 * The legacy build is used because the newest one expects a newer Chromium than the oldest Electron that Quire runs on.
 */
import { getDocument, PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { LARGEST_ANSWER } from '../../../shared/document-file.ts';
import { AppError } from '../../../shared/errors.ts';
import { readerWorker } from './pdf-workers.ts';

/** Bytes. Smaller files are read whole, larger ones piece by piece as pages are looked at. */
const wholeFileLimit = LARGEST_ANSWER;
/** Bytes of a long range that are asked for at once. */
const longestPiece = 1_048_576;
const rangeChunkSize = 262_144;
/** Milliseconds in which a document must open. */
const openTimeout = 20_000;

async function fetchBytes(
  url: string,
  signal: AbortSignal,
  range?: { begin: number; end: number },
): Promise<Uint8Array> {
  const response = await fetch(url, {
    signal,
    headers: range ? { range: `bytes=${range.begin}-${range.end - 1}` } : {},
  });
  if (!response.ok) {
    throw new AppError('file-unreadable', 'The stored copy of this document could not be read.', {
      hint: 'Add its file again to put it back; nothing else of the document changes.',
    });
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A server without ranges answers 200 with everything.
  return range && response.status === 200 ? bytes.slice(range.begin, range.end) : bytes;
}

/** A range of any length: a damaged file is looked through whole. */
export async function fetchRange(url: string, signal: AbortSignal, begin: number, end: number): Promise<Uint8Array> {
  if (end - begin <= longestPiece) return fetchBytes(url, signal, { begin, end });
  const bytes = new Uint8Array(end - begin);
  for (let at = begin; at < end; at += longestPiece) {
    bytes.set(await fetchBytes(url, signal, { begin: at, end: Math.min(at + longestPiece, end) }), at - begin);
  }
  return bytes;
}

/** Hands pdf.js the byte ranges that it asks for. */
class FetchedRanges extends PDFDataRangeTransport {
  private readonly url: string;
  private readonly controller = new AbortController();
  private readonly onFailure: (reason: unknown) => void;

  constructor(url: string, length: number, onFailure: (reason: unknown) => void) {
    super(length, null);
    this.url = url;
    this.onFailure = onFailure;
  }

  override requestDataRange(begin: number, end: number): void {
    fetchRange(this.url, this.controller.signal, begin, end).then(
      (bytes) => this.onDataRange(begin, bytes),
      (reason: unknown) => {
        if (!this.controller.signal.aborted) this.onFailure(reason);
      },
    );
  }

  override abort(): void {
    this.controller.abort();
  }
}

/** Says in our words why pdf.js would not open a file. */
function openError(thrown: unknown): unknown {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'PasswordException') {
    return new AppError('pdf-encrypted', 'This PDF is protected by a password.', {
      hint: 'Enter the password, or add a copy without it.',
    });
  }
  if (name === 'InvalidPDFException') {
    return new AppError('pdf-damaged', 'This PDF is damaged: its pages cannot be shown.', {
      hint: 'Text that could be read of it is still found. Add its file again: that mends the stored copy. Where the file itself can’t be read, save it anew in another program and add that.',
    });
  }
  return thrown;
}

/**
 * Opens a document; aborting the signal destroys it, opened or not.
 * `onHang` is called when it does not open in time: the worker must then be ended, nothing else stops it.
 */
export async function openPdf(
  url: string,
  size: number,
  signal: AbortSignal,
  onHang: () => void,
  password?: string,
): Promise<PDFDocumentProxy> {
  const assets = new URL('pdfjs/', document.baseURI).href;
  const { promise: failure, reject: onFailure } = Promise.withResolvers<never>();
  const source =
    size <= wholeFileLimit
      ? { data: await fetchBytes(url, signal) }
      : { range: new FetchedRanges(url, size, onFailure), rangeChunkSize, disableAutoFetch: true, disableStream: true };
  signal.throwIfAborted();
  const task = getDocument({
    ...source,
    ...(password === undefined ? {} : { password }),
    worker: readerWorker(),
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}standard_fonts/`,
    iccUrl: `${assets}iccs/`,
    wasmUrl: `${assets}wasm/`,
    enableXfa: false,
    verbosity: 0,
  });
  const destroy = () => void task.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  const timer = setTimeout(() => {
    onFailure(
      new AppError('pipeline-hung', 'This PDF took too long to open.', { hint: 'Its text may still be searchable.' }),
    );
    onHang();
  }, openTimeout);
  try {
    return await Promise.race([task.promise, failure]);
  } catch (thrown) {
    destroy();
    throw openError(thrown);
  } finally {
    clearTimeout(timer);
  }
}
