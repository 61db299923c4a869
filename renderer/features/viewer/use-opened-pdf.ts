/** An open PDF, or why it can't be opened. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useCallback, useEffect, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { request } from '../../ipc/client.ts';
import type { PageSize } from './page-layout.ts';
import { openShown, releaseShown, type PdfSource } from './pdf-cache.ts';

export interface Opened {
  readonly id: string;
  readonly contentHash: string;
  readonly pdf: PDFDocumentProxy;
  /** Sizes of the pages, as far as they are known before pdf.js looked at one. */
  readonly sizes: ReadonlyMap<number, PageSize>;
  readonly standard: PageSize;
}

/** What the library knows; nothing when it knows nothing yet, or can't be asked: pdf.js looks at the pages then. */
async function knownSizes(documentId: string): Promise<ReadonlyMap<number, PageSize>> {
  const sizes = await request('viewer.pageSizes', { documentId }).catch(() => []);
  return new Map(sizes.flatMap((size, index) => (size.width > 0 ? [[index + 1, size] as const] : [])));
}

/** The size of the page that is wanted first stands for all that are not known. */
async function sizeOf(pdf: PDFDocumentProxy, number: number): Promise<PageSize> {
  try {
    const page = await pdf.getPage(Math.min(Math.max(number, 1), pdf.numPages));
    const { width, height } = page.getViewport({ scale: 1 });
    return { width, height };
  } catch {
    // The page itself says that it could not be drawn; the others need a size.
    return { width: 612, height: 792 };
  }
}

async function openDocument(source: PdfSource, page: number, password?: string): Promise<Opened> {
  const { id, contentHash } = source;
  const [pdf, sizes] = await Promise.all([openShown(source, password), knownSizes(id)]);
  return { id, contentHash, pdf, sizes, standard: sizes.get(page) ?? (await sizeOf(pdf, page)) };
}

/** A file that main could not read may be one that it could not fetch: then it knows why. */
async function whyNotOpened(thrown: unknown, documentId: string): Promise<ErrorInfo> {
  const error = toAppError(thrown);
  if (error.code !== 'file-unreadable') return error.toInfo();
  return request('sync.fetchOriginal', { documentId }).then(
    () => error.toInfo(),
    (why: unknown) => toAppError(why).toInfo(),
  );
}

/** What adding the file again may mend. */
const mendable: ReadonlySet<string> = new Set(['file-unreadable', 'pdf-damaged']);

interface Failed {
  readonly error: ErrorInfo;
  readonly contentHash: string;
}

export interface OpeningOptions {
  /** It is opened once its file is there. */
  readonly isHere: boolean;
  /** The page that is wanted first. */
  readonly firstPage: number;
  readonly password: string | undefined;
  readonly onPageCount: (count: number) => void;
}

export interface Opening {
  readonly opened: Opened | null;
  readonly error: ErrorInfo | null;
  readonly again: () => void;
}

/** Opened anew when the file has other bytes, and once more when a document changes that could not be opened. */
export function useOpenedPdf(document: DocumentSummary, options: OpeningOptions): Opening {
  const { isHere, firstPage, password, onPageCount } = options;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((count) => count + 1), []);

  const { id, contentHash, size } = document;
  // Whoever adds a file again puts a lost or damaged copy back, and all that is told is that something changed.
  const [known, setKnown] = useState(document);
  if (known !== document) {
    setKnown(document);
    if (failed && mendable.has(failed.error.code)) setAttempt(attempt + 1);
  }
  useEffect(() => {
    if (!isHere) return;
    let isCurrent = true;
    openDocument({ id, contentHash, size }, firstPage, password).then(
      (next) => {
        if (!isCurrent) return;
        setOpened(next);
        setFailed(null);
        onPageCount(next.pdf.numPages);
      },
      async (thrown: unknown) => {
        const error = await whyNotOpened(thrown, id);
        if (isCurrent) setFailed({ error, contentHash });
      },
    );
    return () => {
      isCurrent = false;
      releaseShown(id);
    };
  }, [id, contentHash, size, firstPage, password, onPageCount, isHere, attempt]);

  const isOpen = opened?.id === id && opened.contentHash === contentHash;
  const isFailed = failed?.contentHash === contentHash;
  return { opened: isOpen ? opened : null, error: isFailed ? failed.error : null, again };
}
