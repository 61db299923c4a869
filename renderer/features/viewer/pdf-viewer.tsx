/** A PDF: its pages, and beside them its outline or small pictures of them. While its file is not there, its text. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { destinationPage, resolveDestination } from './pdf-destination.ts';
import { FetchingNotice, MissingNotice } from './original-notices.tsx';
import { OutlinePanel } from './outline-panel.tsx';
import { readPdfOutline } from './pdf-outline.ts';
import { PasswordForm } from './password-form.tsx';
import { PdfPages } from './pdf-pages.tsx';
import { TextViewer } from './text-viewer.tsx';
import { ThumbnailStrip } from './thumbnail-strip.tsx';
import { useOpenedPdf, type Opened } from './use-opened-pdf.ts';
import { useOriginal } from './use-original.ts';
import type { ViewerProps } from './viewer-props.ts';

export function PdfViewer(props: ViewerProps) {
  const { document, target, onPageCount, onPage } = props;
  const { id, contentHash } = document;
  const [firstPage] = useState(target.page);
  const [password, setPassword] = useState<string | undefined>();
  const original = useOriginal(id);
  const { opened, error, again } = useOpenedPdf(document, {
    isHere: original.state === 'here',
    firstPage,
    password,
    onPageCount,
  });
  const failure = original.state === 'failed' ? original : error ? { error, again } : null;
  const isFetched = original.state === 'asked' && original.isSlow;

  // Once its text is read, it stays until there are pages.
  const [isText, setIsText] = useState(false);
  const isEncrypted = error?.code === 'pdf-encrypted';
  if (!isText && !opened && !isEncrypted && (failure || isFetched)) setIsText(true);
  if (isText && (opened || isEncrypted)) setIsText(false);
  const [read, setRead] = useState({ visit: target.visit, page: target.page });
  const onTextPage = useCallback(
    (page: number) => {
      setRead((last) => (last.page === page && last.visit === target.visit ? last : { visit: target.visit, page }));
      onPage(page);
    },
    [target.visit, onPage],
  );
  /** The page of the text that was read last, where that is another than what was asked for. */
  const reached = useMemo(
    () =>
      read.visit === target.visit && read.page !== target.page ? { ...target, page: read.page, part: null } : target,
    [read, target],
  );

  if (isEncrypted) return <PasswordForm key={password} isWrong={password !== undefined} onPassword={setPassword} />;
  if (opened) return <OpenPdf key={`${id} ${contentHash}`} {...props} target={reached} opened={opened} />;
  if (!isText) return <div className="flex-1 bg-desk" aria-busy="true" data-testid="viewer-loading" />;
  return (
    <BeforePages>
      {failure ? (
        <MissingNotice error={failure.error} onAgain={failure.again} />
      ) : isFetched ? (
        <FetchingNotice />
      ) : null}
      <TextViewer {...props} onPage={onTextPage} />
    </BeforePages>
  );
}

/** What stands in the place of pages. When they come they take over its focus. */
function BeforePages({ children }: { readonly children: ReactNode }) {
  const holder = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = holder.current;
    return () => {
      if (element?.contains(window.document.activeElement)) {
        element.closest<HTMLElement>('[data-testid="page-pane"]')?.focus({ preventScroll: true });
      }
    };
  }, []);
  return (
    <div ref={holder} className="flex min-h-0 flex-1 flex-col">
      {children}
    </div>
  );
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
