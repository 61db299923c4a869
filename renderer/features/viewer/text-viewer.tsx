/** The pages of a text or Markdown file, with the cited passage marked. */
import { useEffect, useImperativeHandle, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import { locateQuote } from './locate-quote.ts';
import type { ViewerProps } from './viewer-props.ts';

/** Pages that are fetched with one request. */
const batch = 40;

export function TextViewer({ document, target, citation, onPage, handle }: ViewerProps) {
  const [pages, setPages] = useState<readonly PageText[]>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const isComplete = pages.length >= document.pageCount;

  useEffect(() => {
    let isCurrent = true;
    const load = async () => {
      setPages([]);
      setError(null);
      for (let from = 1; from <= document.pageCount; from += batch) {
        const to = Math.min(document.pageCount, from + batch - 1);
        const read = await request('library.readPages', { documentId: document.id, from, to });
        if (!isCurrent) return;
        setPages((before) => [...before, ...read]);
      }
    };
    load().catch((thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()));
    return () => {
      isCurrent = false;
    };
  }, [document.id, document.pageCount]);

  const show = (page: number) => {
    const element = scroller.current?.querySelector(`[data-page-number="${page}"]`);
    const mark = element?.querySelector('mark');
    if (mark) mark.scrollIntoView({ block: 'center' });
    else element?.scrollIntoView({ block: 'start' });
    onPage(page);
  };
  const latestShow = useRef(show);
  useEffect(() => {
    latestShow.current = show;
  });
  const hasTarget = pages.some((page) => page.number === target.page);
  useEffect(() => {
    if (hasTarget) latestShow.current(target.page);
  }, [target, hasTarget, citation]);
  useImperativeHandle(handle, () => ({ goToPage: (page) => latestShow.current(page) }), []);

  if (error) return <InlineError error={error} className="m-4" />;
  return (
    <div
      ref={scroller}
      role="document"
      aria-label="Pages"
      aria-busy={!isComplete}
      tabIndex={0}
      data-testid="pages"
      className="min-h-0 flex-1 overflow-y-auto bg-surface px-6 py-5 focus-visible:-outline-offset-2"
    >
      <div className="mx-auto max-w-[72ch]">
        {pages.map((page) => (
          <pre
            key={page.number}
            data-testid="page"
            data-page-number={page.number}
            className="readable mb-4 font-sans text-[14px] leading-[1.6] break-words whitespace-pre-wrap"
          >
            <MarkedText text={page.text} quote={citation?.page === page.number ? citation.quote : null} />
          </pre>
        ))}
      </div>
    </div>
  );
}

function MarkedText({ text, quote }: { readonly text: string; readonly quote: string | null }) {
  const range = quote === null ? null : locateQuote(text, quote);
  if (!range) return text;
  return (
    <>
      {text.slice(0, range.start)}
      <mark data-testid="citation-box" className="rounded-[2px] bg-(--marker-text) text-ink">
        {text.slice(range.start, range.end)}
      </mark>
      {text.slice(range.end)}
    </>
  );
}
