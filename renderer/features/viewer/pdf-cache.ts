/**
 * The PDFs that are open now: the one that shows, and a few that were or will be looked at, so that walking from
 * citation to citation opens nothing twice. All are destroyed soon after the pane was closed.
 */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { documentUrl } from '../../ipc/client.ts';
import { openPdf } from './pdf-document.ts';
import { isOriginalHere } from './use-original.ts';
import { endWorkers, openDocumentLimit, readerWorker } from './pdf-workers.ts';

interface Entry {
  readonly contentHash: string;
  readonly pdf: Promise<PDFDocumentProxy>;
  readonly controller: AbortController;
}

export interface PdfSource {
  readonly id: string;
  /** A document whose file changed has other bytes under the same id. */
  readonly contentHash: string;
  /** Bytes. */
  readonly size: number;
}

/** Milliseconds that documents stay open while none shows. */
const idleTime = 45_000;

/** Least recently used first. */
const entries = new Map<string, Entry>();
let shown: string | null = null;
let idleTimer: ReturnType<typeof setTimeout> | null = null;

function close(id: string): void {
  entries.get(id)?.controller.abort();
  entries.delete(id);
}

function closeWhenIdle(): void {
  if (idleTimer !== null) clearTimeout(idleTimer);
  idleTimer = null;
  if (shown !== null || entries.size === 0) return;
  idleTimer = setTimeout(() => {
    for (const id of [...entries.keys()]) close(id);
  }, idleTime);
}

function open(source: PdfSource, password?: string): Promise<PDFDocumentProxy> {
  const { id, contentHash, size } = source;
  if (entries.get(id)?.contentHash !== contentHash) close(id);
  const known = entries.get(id);
  const controller = known?.controller ?? new AbortController();
  const pdf = known?.pdf ?? openPdf(documentUrl(id, contentHash), size, controller.signal, onHang, password);
  entries.delete(id);
  entries.set(id, { contentHash, pdf, controller });
  for (const other of [...entries.keys()]) {
    if (entries.size <= openDocumentLimit) break;
    if (other !== shown) close(other);
  }
  // One that failed is tried anew the next time.
  pdf.catch(() => entries.get(id)?.pdf === pdf && entries.delete(id));
  return pdf;
}

/** A file hangs the worker that all share: every document goes with it, and is opened anew when it is wanted. */
function onHang(): void {
  for (const id of [...entries.keys()]) close(id);
  endWorkers();
}

/** Opens a document to be shown; it stays open until another one shows or `releaseShown`. */
export function openShown(source: PdfSource, password?: string): Promise<PDFDocumentProxy> {
  shown = source.id;
  closeWhenIdle();
  return open(source, password);
}

export function releaseShown(id: string): void {
  if (shown === id) shown = null;
  closeWhenIdle();
}

/**
 * Opens a document that will probably be wanted next. What fails now fails again, and is told, when it is. A file that is
 * elsewhere comes only when it is wanted.
 */
export function prefetchPdf(source: PdfSource): void {
  if (!isOriginalHere(source.id)) return;
  open(source).catch(() => undefined);
  closeWhenIdle();
}

/** Starts the workers, so that the first page does not wait for them. */
export function warmUp(): void {
  readerWorker();
}
