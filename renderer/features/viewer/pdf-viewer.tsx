/** The pages of a PDF in one column; only those in sight are drawn. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Box } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { boxRectangle } from './highlight-boxes.ts';
import {
  anchorAt,
  layoutPages,
  pageGap,
  pagesInSight,
  pageAt,
  pixelsPerPoint,
  topOf,
  type Anchor,
  type PageSize,
} from './page-layout.ts';
import { openShown, releaseShown } from './pdf-cache.ts';
import { PdfPage } from './pdf-page.tsx';
import type { ViewerProps } from './viewer-props.ts';
import type { Zoom } from './zoom.ts';

const noBoxes: readonly Box[] = [];
/** Where a cited line comes to stand: this part of the pane's height from its top. */
const citedPart = 0.28;

export function PdfViewer(props: ViewerProps & { readonly zoom: Zoom }) {
  const { document } = props;
  const [opened, setOpened] = useState<{ readonly pdf: PDFDocumentProxy; readonly id: string } | null>(null);
  const [failed, setFailed] = useState<{ readonly error: ErrorInfo; readonly id: string } | null>(null);

  const { id, size } = document;
  useEffect(() => {
    let isCurrent = true;
    openShown({ id, size }).then(
      (pdf) => isCurrent && setOpened({ pdf, id }),
      (thrown: unknown) => isCurrent && setFailed({ error: toAppError(thrown).toInfo(), id }),
    );
    return () => {
      isCurrent = false;
      releaseShown(id);
    };
  }, [id, size]);

  if (failed?.id === document.id) return <InlineError error={failed.error} className="m-4" />;
  if (!opened || opened.id !== document.id) {
    return <div className="flex-1 bg-desk" aria-busy="true" data-testid="viewer-loading" />;
  }
  return <Pages key={opened.id} {...props} pdf={opened.pdf} />;
}

interface PagesProps extends ViewerProps {
  readonly pdf: PDFDocumentProxy;
  readonly zoom: Zoom;
}

function Pages({ pdf, target, citation, zoom, onPage, onScale, handle }: PagesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const pane = useElementSize(scroller);
  const [sizes, setSizes] = useState<ReadonlyMap<number, PageSize>>(new Map());
  const [scrollTop, setScrollTop] = useState(0);
  // The page that was asked for comes first; its neighbours would only take the worker's time from it.
  const [hasDrawn, setHasDrawn] = useState(false);
  const onDrawn = useCallback(() => setHasDrawn(true), []);
  const anchor = useRef<Anchor>({ page: target.page, part: 0 });
  const standard = useFirstSize(pdf, target.page);

  const widest = standard?.width ?? 612;
  const scale = zoom === 'fit' ? Math.max(0.2, (pane.width - 2 * pageGap) / widest) : zoom * pixelsPerPoint;
  const layout = useMemo(
    () => (standard && pane.width > 0 ? layoutPages(pdf.numPages, sizes, standard, scale) : null),
    [pdf, sizes, standard, scale, pane.width],
  );
  const boxes = citation?.boxes ?? noBoxes;

  useEffect(() => onScale(scale / pixelsPerPoint), [onScale, scale]);

  const onSize = useCallback((number: number, size: PageSize) => {
    setSizes((known) => {
      const last = known.get(number);
      if (last?.width === size.width && last.height === size.height) return known;
      return new Map(known).set(number, size);
    });
  }, []);

  /** The place stays under the eye when zoom, pane or page sizes change what is above it. */
  useLayoutEffect(() => {
    if (layout && scroller.current) scroller.current.scrollTop = topOf(layout, anchor.current);
  }, [layout]);

  const goTo = useCallback(
    (next: Anchor) => {
      anchor.current = next;
      if (layout && scroller.current) scroller.current.scrollTop = topOf(layout, next);
    },
    [layout],
  );

  useTarget({ pdf, target, boxes, isReady: layout !== null, paneHeight: pane.height, scale, goTo });
  useImperativeHandle(handle, () => ({ goToPage: (page) => goTo({ page, part: -pageGap / 1_000 }) }), [goTo]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element || !layout) return;
    setScrollTop(element.scrollTop);
    anchor.current = anchorAt(layout, element.scrollTop);
    onPage(pageAt(layout, element.scrollTop + pane.height / 3));
  };

  const range = layout ? pagesInSight(layout, scrollTop, pane.height, hasDrawn ? 1 : 0) : { first: 1, last: 0 };
  return (
    <div
      ref={scroller}
      role="document"
      aria-label="Pages"
      tabIndex={0}
      onScroll={onScroll}
      data-testid="pages"
      className="min-h-0 flex-1 overflow-x-auto overflow-y-scroll bg-desk focus-visible:-outline-offset-2"
    >
      {layout && standard ? (
        <div className="relative mx-auto" style={{ height: layout.totalHeight, minWidth: layout.width + 2 * pageGap }}>
          {Array.from({ length: range.last - range.first + 1 }, (_, offset) => {
            const number = range.first + offset;
            return (
              <PdfPage
                key={number}
                pdf={pdf}
                number={number}
                scale={scale}
                top={layout.starts[number - 1] ?? 0}
                size={sizes.get(number) ?? standard}
                boxes={boxes.some((box) => box.page === number) ? boxesOn(boxes, number) : noBoxes}
                onSize={onSize}
                onDrawn={onDrawn}
              />
            );
          })}
        </div>
      ) : null}
    </div>
  );
}

/** The same array for the same boxes, so that a page is drawn anew only when its own boxes change. */
const boxesOfPage = new WeakMap<readonly Box[], Map<number, readonly Box[]>>();
function boxesOn(boxes: readonly Box[], page: number): readonly Box[] {
  const known = boxesOfPage.get(boxes) ?? new Map<number, readonly Box[]>();
  boxesOfPage.set(boxes, known);
  const found = known.get(page) ?? boxes.filter((box) => box.page === page);
  known.set(page, found);
  return found;
}

/** The size of the page that is wanted first; it stands for all others until they are looked at. */
function useFirstSize(pdf: PDFDocumentProxy, wanted: number): PageSize | null {
  const [size, setSize] = useState<PageSize | null>(null);
  const first = useRef(Math.min(Math.max(wanted, 1), pdf.numPages));
  useEffect(() => {
    let isCurrent = true;
    const fallback = { width: 612, height: 792 };
    pdf.getPage(first.current).then(
      (page) => {
        const { width, height } = page.getViewport({ scale: 1 });
        if (isCurrent) setSize({ width, height });
      },
      // The page itself says that it could not be drawn; the others need a size.
      () => isCurrent && setSize(fallback),
    );
    return () => {
      isCurrent = false;
    };
  }, [pdf]);
  return size;
}

interface TargetOptions {
  readonly pdf: PDFDocumentProxy;
  readonly target: ViewerProps['target'];
  readonly boxes: readonly Box[];
  readonly isReady: boolean;
  readonly paneHeight: number;
  readonly scale: number;
  readonly goTo: (anchor: Anchor) => void;
}

/** Goes to what was asked for, once for each asking: the first cited line, or the page's top. */
function useTarget({ pdf, target, boxes, isReady, paneHeight, scale, goTo }: TargetOptions): void {
  const visited = useRef(0);
  const latest = useRef({ goTo, paneHeight, scale });
  useEffect(() => {
    latest.current = { goTo, paneHeight, scale };
  });
  useEffect(() => {
    if (!isReady || visited.current === target.visit) return;
    visited.current = target.visit;
    const number = Math.min(Math.max(target.page, 1), pdf.numPages);
    latest.current.goTo({ page: number, part: -0.015 });
    const box = boxes.find((candidate) => candidate.page === number);
    if (!box) return;
    let isCurrent = true;
    pdf.getPage(number).then(
      (page) => {
        if (!isCurrent) return;
        const viewport = page.getViewport({ scale: 1 });
        const above = (latest.current.paneHeight * citedPart) / (viewport.height * latest.current.scale);
        const { top } = boxRectangle(box, viewport);
        latest.current.goTo({ page: number, part: Math.max(-0.015, top - above) });
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [pdf, target, boxes, isReady]);
}
