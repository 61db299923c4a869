/** The pages of a PDF in one column; only those in sight are drawn. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Box } from '../../../shared/domain.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { matchesByPage } from './find-order.ts';
import { boxRectangle } from './highlight-boxes.ts';
import { locateMatches } from './locate-matches.ts';
import {
  anchorAt,
  layoutPages,
  pageAt,
  pageGap,
  pageScale,
  pagesInSight,
  pageTop,
  pixelsPerPoint,
  scaleToFit,
  topOf,
  turnedSize,
  type Anchor,
  type PageRange,
  type PageSize,
} from './page-layout.ts';
import { PdfPage } from './pdf-page.tsx';
import { useTakesFocus } from './use-takes-focus.ts';
import { useZoomWheel } from './use-zoom-wheel.ts';
import type { ViewerProps } from './viewer-props.ts';
import { zoomBy } from './zoom.ts';

const noBoxes: readonly Box[] = [];
const noMatches: readonly TextMatch[] = [];
/** Where a cited line comes to stand: this part of the pane's height from its top. */
const citedPart = 0.28;
/** Points; sizes that differ by less are the same to the eye. */
const sameSize = 0.5;

interface ZoomFocus {
  readonly place: Anchor;
  /** Points from the middle of the column. */
  readonly across: number;
  /** Pixels from the pane's upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface PdfPagesProps extends ViewerProps {
  readonly pdf: PDFDocumentProxy;
  readonly pageCount: number;
  readonly knownSizes: ReadonlyMap<number, PageSize>;
  readonly standard: PageSize;
}

export function PdfPages(props: PdfPagesProps) {
  const { pdf, pageCount, document, target, citation, found, zoom, rotation, knownSizes, standard } = props;
  const { onPage, onScale, onZoom, onMove, onJump, handle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const pane = useElementSize(scroller);
  const [sizes, setSizes] = useState(knownSizes);
  const [inSight, setInSight] = useState<PageRange>({ first: target.page, last: target.page });
  // The page that was asked for comes first; its neighbours would only take the worker's time from it.
  const [hasDrawn, setHasDrawn] = useState(false);
  const onDrawn = useCallback(() => setHasDrawn(true), []);
  const anchor = useRef<Anchor>({ page: target.page, part: 0 });

  const scale =
    typeof zoom === 'number' ? zoom * pixelsPerPoint : scaleToFit(zoom, turnedSize(standard, rotation), pane);
  // Fitted pages never need scrolling sideways: one that is wider than the others is shown smaller.
  const room = typeof zoom === 'number' ? Infinity : Math.max(1, pane.width - 2 * pageGap);
  const layout = useMemo(
    () => (pane.width > 0 ? layoutPages(pageCount, sizes, standard, scale, rotation, room) : null),
    [pageCount, sizes, standard, scale, rotation, room, pane.width],
  );
  const boxes = citation?.boxes ?? noBoxes;
  const matches = useMemo(() => matchesByPage(found.matches), [found.matches]);

  useEffect(() => onScale(scale / pixelsPerPoint), [onScale, scale]);

  /** What is under the pointer while it zooms: it stays there. */
  const zoomFocus = useRef<ZoomFocus | null>(null);
  useZoomWheel(scroller, (factor, { x, y }) => {
    const element = scroller.current;
    const next = zoomBy(scale / pixelsPerPoint, factor);
    if (!element || !layout || Math.abs(next * pixelsPerPoint - scale) < 0.001) return;
    const across = (element.scrollLeft + x - element.scrollWidth / 2) / scale;
    zoomFocus.current = { place: anchorAt(layout, element.scrollTop + y), across, x, y };
    onZoom(next);
  });

  const onSize = useCallback((number: number, size: PageSize) => {
    setSizes((known) => {
      const last = known.get(number);
      const isSame =
        last && Math.abs(last.width - size.width) < sameSize && Math.abs(last.height - size.height) < sameSize;
      return isSame ? known : new Map(known).set(number, size);
    });
  }, []);

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element || !layout) return;
    const next = pagesInSight(layout, element.scrollTop, element.clientHeight, 0);
    setInSight((last) => (last.first === next.first && last.last === next.last ? last : next));
    onPage(pageAt(layout, element.scrollTop + element.clientHeight / 3));
  }, [layout, onPage]);

  const goTo = useCallback(
    (next: Anchor) => {
      anchor.current = next;
      if (!layout || !scroller.current) return;
      scroller.current.scrollTop = topOf(layout, next);
      look();
    },
    [layout, look],
  );

  // A column that is wider than the pane begins with its middle in sight.
  const width = layout?.width ?? 0;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || width === 0) return;
    const focus = zoomFocus.current;
    element.scrollLeft = focus
      ? element.scrollWidth / 2 + focus.across * scale - focus.x
      : (element.scrollWidth - element.clientWidth) / 2;
  }, [width, scale]);

  /** The place stays under the eye when zoom, pane or page sizes change what is above it. */
  useLayoutEffect(() => {
    if (!layout || !scroller.current) return;
    const focus = zoomFocus.current;
    zoomFocus.current = null;
    if (focus) anchor.current = anchorAt(layout, topOf(layout, focus.place) - focus.y);
    scroller.current.scrollTop = topOf(layout, anchor.current);
    // Where it ended is known only now, and the pages in sight follow from it, before anything is painted.
    look();
  }, [layout, look]);

  useTarget({
    pdf,
    pageCount,
    target,
    boxes,
    isReady: layout !== null,
    paneHeight: pane.height,
    scale,
    rotation,
    goTo,
  });
  useCurrentMatch({ pdf, documentId: document.id, current: found.current, scroller, rotation, goTo });
  useImperativeHandle(
    handle,
    () => ({
      goTo,
      place: () => anchor.current,
      focus: () => scroller.current?.focus({ preventScroll: true }),
    }),
    [goTo],
  );

  useTakesFocus(scroller);

  const onScroll = () => {
    const element = scroller.current;
    if (!element || !layout) return;
    anchor.current = anchorAt(layout, element.scrollTop);
    look();
    onMove();
  };

  const overscan = hasDrawn ? 1 : 0;
  const first = Math.max(1, inSight.first - overscan);
  const last = Math.min(pageCount, inSight.last + overscan);
  return (
    <div
      ref={scroller}
      role="document"
      aria-label="Pages"
      tabIndex={0}
      onScroll={onScroll}
      data-testid="pages"
      data-home=""
      className="min-h-0 min-w-0 flex-1 overflow-x-auto overflow-y-scroll bg-desk [overflow-anchor:none] focus-visible:-outline-offset-2"
    >
      {layout ? (
        <div className="relative mx-auto" style={{ height: layout.totalHeight, minWidth: layout.width + 2 * pageGap }}>
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => {
            const number = first + offset;
            return (
              <PdfPage
                key={number}
                pdf={pdf}
                documentId={document.id}
                isRecognised={document.ocrPages > 0}
                number={number}
                scale={pageScale(turnedSize(sizes.get(number) ?? standard, rotation), scale, room)}
                rotation={rotation}
                top={layout.starts[number - 1] ?? 0}
                size={sizes.get(number) ?? standard}
                boxes={boxes.some((box) => box.page === number) ? boxesOn(boxes, number) : noBoxes}
                matches={matches.get(number) ?? noMatches}
                current={found.current?.page === number ? found.current : null}
                onSize={onSize}
                onDrawn={onDrawn}
                onJump={onJump}
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

interface TargetOptions {
  readonly pdf: PDFDocumentProxy;
  readonly pageCount: number;
  readonly target: ViewerProps['target'];
  readonly boxes: readonly Box[];
  readonly isReady: boolean;
  readonly paneHeight: number;
  readonly scale: number;
  readonly rotation: ViewerProps['rotation'];
  readonly goTo: (anchor: Anchor) => void;
}

/** Goes to what was asked for, once for each asking: the first cited line, the place where reading stopped, or the page's top. */
function useTarget({ pdf, pageCount, target, boxes, isReady, paneHeight, scale, rotation, goTo }: TargetOptions): void {
  const visited = useRef(0);
  const latest = useRef({ goTo, paneHeight, scale, rotation });
  useEffect(() => {
    latest.current = { goTo, paneHeight, scale, rotation };
  });
  useEffect(() => {
    if (!isReady || visited.current === target.visit) return;
    visited.current = target.visit;
    const number = Math.min(Math.max(target.page, 1), pageCount);
    latest.current.goTo({ page: number, part: target.part ?? pageTop });
    const box = boxes.find((candidate) => candidate.page === number);
    if (!box) return;
    let isCurrent = true;
    pdf.getPage(number).then(
      (page) => {
        if (!isCurrent) return;
        const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + latest.current.rotation) % 360 });
        const above = (latest.current.paneHeight * citedPart) / (viewport.height * latest.current.scale);
        const { top } = boxRectangle(box, viewport);
        latest.current.goTo({ page: number, part: Math.max(pageTop, top - above) });
      },
      // The page says itself that it could not be drawn.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [pdf, pageCount, target, boxes, isReady]);
}

interface MatchOptions {
  readonly pdf: PDFDocumentProxy;
  readonly documentId: string;
  readonly current: TextMatch | null;
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly rotation: ViewerProps['rotation'];
  readonly goTo: (anchor: Anchor) => void;
}

/** Brings the match that is gone to into sight, unless it is in sight already. */
function useCurrentMatch({ pdf, documentId, current, scroller, rotation, goTo }: MatchOptions): void {
  const latest = useRef({ goTo, rotation });
  useEffect(() => {
    latest.current = { goTo, rotation };
  });
  useEffect(() => {
    if (!current) return;
    let isCurrent = true;
    const show = async () => {
      const [[box] = []] = await locateMatches(documentId, [current]);
      const page = await pdf.getPage(current.page);
      if (!isCurrent) return;
      const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + latest.current.rotation) % 360 });
      const place = box ? boxRectangle(box, viewport) : { top: 0, height: 0 };
      const pane = scroller.current?.getBoundingClientRect();
      const shown = scroller.current?.querySelector(`[data-page-number="${current.page}"]`)?.getBoundingClientRect();
      if (pane && shown) {
        const top = shown.top + place.top * shown.height;
        if (top >= pane.top + 8 && top + place.height * shown.height <= pane.bottom - 8) return;
      }
      const above = 0.3 * (shown && pane ? pane.height / shown.height : 0.5);
      latest.current.goTo({ page: current.page, part: Math.max(pageTop, place.top - above) });
    };
    show().catch(() => {
      // Without its place the page itself is what can be shown.
      if (isCurrent) latest.current.goTo({ page: current.page, part: pageTop });
    });
    return () => {
      isCurrent = false;
    };
  }, [pdf, documentId, current, scroller]);
}
