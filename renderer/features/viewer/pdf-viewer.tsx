/** A PDF: its pages, and beside them its outline or small pictures of them. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useEffect, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import type { PageSize } from './page-layout.ts';
import { openShown, releaseShown, type PdfSource } from './pdf-cache.ts';
import { destinationPage, resolveDestination } from './pdf-destination.ts';
import { Fetching } from './fetching.tsx';
import { OutlinePanel } from './outline-panel.tsx';
import { readPdfOutline } from './pdf-outline.ts';
import { PasswordForm } from './password-form.tsx';
import { PdfPages } from './pdf-pages.tsx';
import { ThumbnailStrip } from './thumbnail-strip.tsx';
import { useOriginal } from './use-original.ts';
import type { ViewerProps } from './viewer-props.ts';

interface Opened {
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

export function PdfViewer(props: ViewerProps) {
  const { document, target, onPageCount } = props;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [failed, setFailed] = useState<{ readonly error: ErrorInfo; readonly contentHash: string } | null>(null);
  const [firstPage] = useState(target.page);
  const [password, setPassword] = useState<string | undefined>();

  const { id, contentHash, size } = document;
  const original = useOriginal(id);
  const isHere = original.state === 'here';
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
      (thrown: unknown) => isCurrent && setFailed({ error: toAppError(thrown).toInfo(), contentHash }),
    );
    return () => {
      isCurrent = false;
      releaseShown(id);
    };
  }, [id, contentHash, size, firstPage, password, onPageCount, isHere]);

  if (original.state !== 'here') return <Fetching original={original} />;
  if (failed?.contentHash === contentHash && failed.error.code === 'pdf-encrypted') {
    return <PasswordForm key={password} isWrong={password !== undefined} onPassword={setPassword} />;
  }
  if (failed?.contentHash === contentHash) return <InlineError error={failed.error} className="m-4" />;
  if (!opened || opened.id !== id || opened.contentHash !== contentHash) {
    return <div className="flex-1 bg-desk" aria-busy="true" data-testid="viewer-loading" />;
  }
  return <OpenPdf key={`${id} ${contentHash}`} {...props} opened={opened} />;
}

function OpenPdf({ opened, ...props }: ViewerProps & { readonly opened: Opened }) {
  const { pdf } = opened;
  // pdf.js may stop counting at a damaged page; those behind it that the library knows say so in their places.
  const pageCount = Math.max(pdf.numPages, props.document.pageCount);
  const { side, rotation, onJump } = props;
  const [page, setPage] = useState(Math.min(props.target.page, pageCount));
  const onPage = (number: number) => {
    setPage(number);
    props.onPage(number);
  };
  return (
    <div className="flex min-h-0 flex-1">
      {side === 'outline' ? (
        <OutlinePanel
          load={() => readPdfOutline(pdf)}
          empty="This document has no outline."
          reading={{ page, pageOf: (destination) => destinationPage(pdf, destination) }}
          onOpen={async (destination) => {
            const place = await resolveDestination(pdf, destination, rotation);
            if (place) onJump(place);
          }}
        />
      ) : null}
      {side === 'thumbnails' ? (
        <ThumbnailStrip
          pdf={pdf}
          pageCount={pageCount}
          rotation={rotation}
          page={page}
          standard={opened.standard}
          onGoTo={(number) => onJump({ page: number, part: -0.015 })}
        />
      ) : null}
      <PdfPages
        {...props}
        pdf={pdf}
        pageCount={pageCount}
        knownSizes={opened.sizes}
        standard={opened.standard}
        onPage={onPage}
      />
    </div>
  );
}
