/** The pages of a text or Markdown file, with the cited passage and what was found marked. */
import { memo, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { Citation } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import { matchesByPage } from './find-order.ts';
import { locateQuote } from './locate-quote.ts';
import { OutlinePanel } from './outline-panel.tsx';
import { pageTop, type Anchor } from './page-layout.ts';
import { textHeadings, textPieces, type TextMark } from './text-marks.ts';
import { headingOutline } from './text-outline.ts';
import { useZoomWheel } from './use-zoom-wheel.ts';
import type { ViewerProps } from './viewer-props.ts';

/** Pages that are fetched with one request. */
const batch = 40;
/** Pixels of the text at its actual size. */
const fontSize = 14;
const noMatches: readonly TextMatch[] = [];

export function TextViewer(props: ViewerProps) {
  const { document, target, citation, found, zoom, side, onPage, onScale, onMove, onJump, handle } = props;
  const { pages, error } = usePages(document.id, document.pageCount);
  const scroller = useRef<HTMLDivElement>(null);
  const isComplete = pages.length >= document.pageCount;
  const scale = typeof zoom === 'number' ? zoom : 1;
  const matches = useMemo(() => matchesByPage(found.matches), [found.matches]);
  useEffect(() => onScale(scale), [onScale, scale]);
  useZoomWheel(scroller);

  const place = useCallback((): Anchor => {
    const element = scroller.current;
    const shown = element && pageAtTop(element);
    if (!element || !shown) return { page: 1, part: 0 };
    return {
      page: Number(shown.dataset['pageNumber']),
      part: shown.offsetHeight === 0 ? 0 : (element.scrollTop - shown.offsetTop) / shown.offsetHeight,
    };
  }, []);
  const goTo = useCallback(({ page, part }: Anchor) => {
    const element = scroller.current;
    const shown = element?.querySelector<HTMLElement>(`[data-page-number="${page}"]`);
    if (!element || !shown) return;
    // Pages that were never in sight have a guessed height: once they are, the place is known.
    for (let round = 0; round < 2; round += 1)
      element.scrollTop = shown.offsetTop + Math.max(part, 0) * shown.offsetHeight;
  }, []);

  const hasTarget = pages.some((page) => page.number === target.page);
  const latest = useRef({ goTo });
  useEffect(() => {
    latest.current = { goTo };
  });
  useEffect(() => {
    if (!hasTarget) return;
    latest.current.goTo({ page: target.page, part: target.part ?? 0 });
    const shown = scroller.current?.querySelector(`[data-page-number="${target.page}"]`);
    if (citation) shown?.querySelector('[data-mark=citation]')?.scrollIntoView({ block: 'center' });
  }, [target, hasTarget, citation]);

  const { current } = found;
  useEffect(() => {
    if (!current) return;
    latest.current.goTo({ page: current.page, part: 0 });
    scroller.current?.querySelector('[data-mark=current]')?.scrollIntoView({ block: 'center' });
  }, [current]);
  useImperativeHandle(handle, () => ({ goTo, place, focus: () => scroller.current?.focus({ preventScroll: true }) }), [
    goTo,
    place,
  ]);

  if (error) return <InlineError error={error} className="m-4" />;
  return (
    <div className="flex min-h-0 flex-1">
      {side === 'outline' && isComplete ? (
        <OutlinePanel
          load={async () => headingOutline(pages.flatMap((page) => textHeadings(page.number, page.text)))}
          empty="This text has no headings."
          onOpen={(page) => onJump({ page, part: pageTop })}
        />
      ) : null}
      <div
        ref={scroller}
        role="document"
        aria-label="Pages"
        aria-busy={!isComplete}
        tabIndex={0}
        data-testid="pages"
        onScroll={() => {
          onPage(place().page);
          onMove();
        }}
        className="relative min-h-0 min-w-0 flex-1 overflow-y-auto bg-surface px-6 py-5 focus-visible:-outline-offset-2"
      >
        <div className="mx-auto max-w-[72ch]" style={{ fontSize: fontSize * scale }}>
          {pages.map((page) => (
            <TextPage
              key={page.number}
              page={page}
              citation={citation?.page === page.number ? citation : null}
              matches={matches.get(page.number) ?? noMatches}
              current={current?.page === page.number ? current : null}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The page at the upper edge; halving, for there may be thousands. */
function pageAtTop(scroller: HTMLElement): HTMLElement | null {
  const pages = scroller.querySelectorAll<HTMLElement>('[data-page-number]');
  let low = 0;
  let high = pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pages[middle]?.offsetTop ?? 0) <= scroller.scrollTop + 1) low = middle;
    else high = middle - 1;
  }
  return pages[low] ?? null;
}

function usePages(
  documentId: string,
  pageCount: number,
): { readonly pages: readonly PageText[]; readonly error: ErrorInfo | null } {
  const [pages, setPages] = useState<readonly PageText[]>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const load = async () => {
      setPages([]);
      setError(null);
      for (let from = 1; from <= pageCount; from += batch) {
        const to = Math.min(pageCount, from + batch - 1);
        const read = await request('library.readPages', { documentId, from, to });
        if (!isCurrent) return;
        setPages((before) => [...before, ...read]);
      }
    };
    load().catch((thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()));
    return () => {
      isCurrent = false;
    };
  }, [documentId, pageCount]);
  return { pages, error };
}

interface TextPageProps {
  readonly page: PageText;
  readonly citation: Citation | null;
  readonly matches: readonly TextMatch[];
  readonly current: TextMatch | null;
}

const looks: Record<TextMark, { readonly className: string; readonly testId: string }> = {
  citation: { className: 'bg-(--marker-text)', testId: 'citation-box' },
  found: { className: 'bg-(--found-text)', testId: 'found-box' },
  current: { className: 'bg-(--found-text) outline-2 outline-accent', testId: 'found-current' },
};

/** Pages out of sight are not laid out. */
const TextPage = memo(function TextPage({ page, citation, matches, current }: TextPageProps) {
  const { number, text } = page;
  const range = citation === null ? null : locateQuote(text, citation.quote);
  return (
    <pre
      data-testid="page"
      data-page-number={number}
      className="readable mb-4 font-sans leading-[1.6] break-words whitespace-pre-wrap [contain-intrinsic-height:auto_900px] [content-visibility:auto]"
    >
      {textPieces(text, range, matches, current).map((piece, index) =>
        piece.mark === null ? (
          piece.text
        ) : (
          <mark
            key={index}
            data-mark={piece.mark}
            data-testid={looks[piece.mark].testId}
            className={`rounded-[2px] text-ink ${looks[piece.mark].className}`}
          >
            {piece.text}
          </mark>
        ),
      )}
    </pre>
  );
});
