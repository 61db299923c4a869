/** One page: canvas at the screen's resolution, selectable text above it, boxes between them, links on top. */
import { TextLayer, type PDFDocumentProxy, type PDFPageProxy, type RenderTask } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import type { Box } from '../../../shared/domain.ts';
import type { TextMatch } from '../../../shared/requests/viewer.ts';
import { request } from '../../ipc/client.ts';
import { FoundBoxes, Highlights } from './page-highlights.tsx';
import { turnedSize, type Anchor, type PageSize } from './page-layout.ts';
import { PageLinks } from './page-links.tsx';
import { recognisedContent } from './recognised-text.ts';
import { guardSelection } from './selection-guard.ts';
import type { Rotation } from './zoom.ts';

/** Device pixels; beyond it a canvas costs more memory than it shows. */
const maximumCanvasArea = 24_000_000;
/** Milliseconds without another step of the zoom until a page that is drawn already is drawn sharp. */
const restTime = 120;
/** Milliseconds after which a page that is still being drawn says so. */
const slowTime = 4_000;

export interface PdfPageProps {
  readonly pdf: PDFDocumentProxy;
  readonly documentId: string;
  /** Whether the words of some of the document's pages were recognised on their pictures. */
  readonly isRecognised: boolean;
  readonly number: number;
  /** Pixels a point. */
  readonly scale: number;
  readonly rotation: Rotation;
  readonly top: number;
  readonly size: PageSize;
  readonly boxes: readonly Box[];
  readonly matches: readonly TextMatch[];
  /** The match that is gone to, if it is on this page. */
  readonly current: TextMatch | null;
  readonly onSize: (number: number, size: PageSize) => void;
  /** Called once something of the page is to be seen (or never will be). */
  readonly onDrawn: () => void;
  readonly onJump: (place: Anchor) => void;
}

export const PdfPage = memo(function PdfPage(props: PdfPageProps) {
  const { pdf, documentId, isRecognised, number, scale, rotation, top, size, boxes, matches, current } = props;
  const { onSize, onDrawn, onJump } = props;
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  const [state, setState] = useState<'waiting' | 'slow' | 'drawn' | 'failed'>('waiting');
  const [isDoubtful, setIsDoubtful] = useState(false);
  /** Grows with each time that a page that failed is tried again. */
  const [attempt, setAttempt] = useState(0);
  const end = useCallback(
    (next: 'drawn' | 'failed') => {
      setState(next);
      onDrawn();
    },
    [onDrawn],
  );

  useEffect(() => {
    let isCurrent = true;
    pdf.getPage(number).then(
      (loaded) => {
        if (!isCurrent) return;
        const { width, height } = loaded.getViewport({ scale: 1 });
        onSize(number, { width, height });
        setPage(loaded);
      },
      () => isCurrent && end('failed'),
    );
    return () => {
      isCurrent = false;
    };
  }, [pdf, number, attempt, onSize, end]);

  useEffect(() => {
    if (state !== 'waiting') return;
    const timer = setTimeout(() => setState('slow'), slowTime);
    return () => clearTimeout(timer);
  }, [state]);

  const tryAgain = () => {
    // What pdf.js kept of the failed attempt would fail again.
    page?.cleanup();
    setState('waiting');
    setAttempt((count) => count + 1);
  };

  const shown = turnedSize(size, rotation);
  return (
    <div
      data-testid="page"
      data-page-number={number}
      role="region"
      aria-label={`Page ${number}`}
      className="absolute left-1/2 -translate-x-1/2 overflow-hidden bg-[#fff] shadow-page"
      style={{ top, width: Math.round(shown.width * scale), height: Math.round(shown.height * scale) }}
    >
      {page ? (
        <>
          <PageCanvas key={attempt} page={page} scale={scale} rotation={rotation} onEnd={end} />
          <Highlights page={page} boxes={boxes} rotation={rotation} />
          {matches.length > 0 ? (
            <FoundBoxes page={page} documentId={documentId} matches={matches} current={current} rotation={rotation} />
          ) : null}
          {state === 'waiting' || state === 'slow' ? null : (
            <>
              <PageText
                page={page}
                recognised={isRecognised ? documentId : null}
                scale={scale}
                rotation={rotation}
                onDoubtful={setIsDoubtful}
              />
              <PageLinks pdf={pdf} page={page} rotation={rotation} onJump={onJump} />
            </>
          )}
        </>
      ) : null}
      {isDoubtful ? (
        <p
          role="note"
          data-testid="page-doubtful"
          className="pointer-events-none absolute top-1 right-1 left-1 mx-auto w-fit rounded-md bg-[#fff4d6] px-2 py-0.5 text-center text-small text-[#6b4200]"
        >
          Recognised with doubt: what is quoted may differ from the picture
        </p>
      ) : null}
      {state === 'slow' ? (
        <p role="status" className="absolute inset-x-0 top-1/3 px-6 text-center text-[#5c5c66]">
          Page {number} takes long to draw…
        </p>
      ) : null}
      {state === 'failed' ? (
        <div role="alert" data-testid="page-failed" className="absolute inset-x-0 top-1/3 px-6 text-center">
          <p className="text-[#8a1f24]">Page {number} could not be drawn: this part of the file is damaged.</p>
          <button
            type="button"
            onClick={tryAgain}
            className="mt-3 rounded-md border border-[#c9c9d1] px-3 py-1 text-[#26262c] hover:bg-[#f1f1f4]"
          >
            Try again
          </button>
        </div>
      ) : null}
    </div>
  );
});

interface PageCanvasProps {
  readonly page: PDFPageProxy;
  readonly scale: number;
  readonly rotation: Rotation;
  readonly onEnd: (state: 'drawn' | 'failed') => void;
}

/** Draws into a new canvas and puts it in place when it is complete, so that zooming never flashes white. */
function PageCanvas({ page, scale, rotation, onEnd }: PageCanvasProps) {
  const holder = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let task: RenderTask | null = null;
    const draw = () => {
      const turned = (page.rotate + rotation) % 360;
      const standard = page.getViewport({ scale, rotation: turned });
      const area = standard.width * standard.height;
      const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(maximumCanvasArea / area));
      const viewport = page.getViewport({ scale: scale * ratio, rotation: turned });
      const canvas = document.createElement('canvas');
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      canvas.className = 'block size-full';
      canvas.setAttribute('aria-hidden', 'true');
      task = page.render({ canvas, viewport });
      task.promise.then(
        () => {
          holder.current?.replaceChildren(canvas);
          holder.current?.setAttribute('data-drawn', 'true');
          holder.current?.setAttribute('data-rotation', String(rotation));
          onEnd('drawn');
        },
        (reason: unknown) => {
          const isCancelled = reason instanceof Error && reason.name === 'RenderingCancelledException';
          if (!isCancelled) onEnd('failed');
        },
      );
    };
    // While it zooms, what is drawn is stretched; drawing each step would only take the time from the next one.
    const isDrawn = holder.current?.hasAttribute('data-drawn') === true;
    const timer = isDrawn ? setTimeout(draw, restTime) : null;
    if (!isDrawn) draw();
    return () => {
      if (timer !== null) clearTimeout(timer);
      task?.cancel();
    };
  }, [page, scale, rotation, onEnd]);

  return <div ref={holder} data-testid="page-canvas" className="absolute inset-0" />;
}

interface PageTextProps {
  readonly page: PDFPageProxy;
  /** The document in whose recognised pages this one may be; null when none was recognised. */
  readonly recognised: string | null;
  readonly scale: number;
  readonly rotation: Rotation;
  /** Told whether it was recognised with little certainty. */
  readonly onDoubtful: (isDoubtful: boolean) => void;
}

/** Its spans are placed in parts of the page, and sized by a variable: zooming lays nothing out anew. */
function PageText({ page, recognised, scale, rotation, onDoubtful }: PageTextProps) {
  const container = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    let isCurrent = true;
    let layer: TextLayer | null = null;
    let unguard: (() => void) | null = null;
    const render = async () => {
      const { lines, isDoubtful } =
        recognised === null
          ? { lines: [], isDoubtful: false }
          : await request('viewer.recognisedText', { documentId: recognised, page: page.pageNumber });
      if (!isCurrent) return;
      onDoubtful(isDoubtful);
      layer = new TextLayer({
        textContentSource:
          lines.length > 0
            ? recognisedContent(lines, page.rotate)
            : page.streamTextContent({ includeMarkedContent: true }),
        container: element,
        viewport: page.getViewport({ scale: 1, rotation: (page.rotate + rotation) % 360 }),
      });
      await layer.render();
      if (!isCurrent) return;
      unguard = guardSelection(element);
      element.setAttribute('data-complete', 'true');
    };
    // A page without its text is still a page to read: selecting is what is lost, and cancelling is no failure at all.
    render().catch(() => element.setAttribute('data-complete', 'false'));
    return () => {
      isCurrent = false;
      layer?.cancel();
      unguard?.();
      element.replaceChildren();
    };
  }, [page, recognised, rotation, onDoubtful]);

  return (
    <div
      ref={container}
      className="textLayer"
      data-testid="text-layer"
      style={{ '--total-scale-factor': scale } as React.CSSProperties}
    />
  );
}
