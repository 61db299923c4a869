/**
 * pdf.js's workers: one that reads documents, a few that draw pages, shared by all documents and started once, because
 * starting one costs more than drawing a page. They can be ended and started anew when a hostile file hangs them.
 */
import { GlobalWorkerOptions, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs';
import rendererUrl from 'pdfjs-dist/legacy/build/pdf.renderer.min.mjs?url';
import readerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

/** One drawing worker for each document that is kept open. */
export const openDocumentLimit = 3;

interface Workers {
  readonly threads: readonly Worker[];
  readonly reader: PDFWorker;
}

let current: Workers | null = null;

function start(): Workers {
  const reading = new Worker(readerUrl, { type: 'module' });
  const drawing = Array.from({ length: openDocumentLimit }, () => new Worker(rendererUrl, { type: 'module' }));
  // For a document too many, whose drawing worker pdf.js then starts itself.
  GlobalWorkerOptions.rendererSrc = rendererUrl;
  GlobalWorkerOptions.rendererPorts = drawing;
  return { threads: [reading, ...drawing], reader: PDFWorker.create({ port: reading, name: 'quire-pdf' }) };
}

/** The worker that reads documents; starts all of them at the first call. */
export function readerWorker(): PDFWorker {
  current ??= start();
  return current.reader;
}

/** Ends them, whatever they are doing; the next document starts new ones. */
export function endWorkers(): void {
  if (!current) return;
  current.reader.destroy();
  for (const thread of current.threads) thread.terminate();
  GlobalWorkerOptions.rendererPorts = [];
  current = null;
}
