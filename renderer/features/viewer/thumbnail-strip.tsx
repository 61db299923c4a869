/** Small pictures of the pages; those in sight are drawn, once they have stood still for a moment. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { classNames } from '../../components/class-names.ts';
import { turnedSize, type PageSize } from './page-layout.ts';
import type { Rotation } from './zoom.ts';

/** Pixels. */
const pictureWidth = 96;
const labelHeight = 26;
/** Milliseconds that a picture stands still before it is drawn, so that flying past draws nothing. */
const settleTime = 90;
/** A picture is at most this much taller than wide; the rest of a longer page is seen smaller. */
const tallest = 1.7;
const overscan = 2;

export interface ThumbnailStripProps {
  readonly pdf: PDFDocumentProxy;
  readonly pageCount: number;
  readonly rotation: Rotation;
  readonly page: number;
  readonly standard: PageSize;
  readonly onGoTo: (page: number) => void;
}

export function ThumbnailStrip({ pdf, pageCount, rotation, page, standard, onGoTo }: ThumbnailStripProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useElementSize(scroller);
  const [top, setTop] = useState(0);
  const shown = turnedSize(standard, rotation);
  const pictureHeight = Math.round(pictureWidth * Math.min(tallest, shown.height / shown.width));
  const rowHeight = pictureHeight + labelHeight;

  // The page in sight stays in sight here, too.
  useEffect(() => {
    const element = scroller.current;
    if (!element || height === 0) return;
    const start = (page - 1) * rowHeight;
    if (start < element.scrollTop) element.scrollTop = start - 8;
    else if (start + rowHeight > element.scrollTop + height) element.scrollTop = start + rowHeight - height + 8;
  }, [page, rowHeight, height]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowDown: page + 1,
      ArrowUp: page - 1,
      PageDown: page + Math.max(1, Math.floor(height / rowHeight)),
      PageUp: page - Math.max(1, Math.floor(height / rowHeight)),
      Home: 1,
      End: pageCount,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onGoTo(Math.min(pageCount, Math.max(1, next)));
  };

  const first = Math.max(1, Math.floor(top / rowHeight) + 1 - overscan);
  const last = Math.min(pageCount, Math.ceil((top + height) / rowHeight) + overscan);
  return (
    <aside aria-label="Page thumbnails" className="flex w-[132px] shrink-0 flex-col border-r border-line bg-canvas">
      <div
        ref={scroller}
        role="listbox"
        aria-label="Pages as pictures"
        aria-activedescendant={page >= first && page <= last ? `thumbnail-${page}` : undefined}
        tabIndex={0}
        data-testid="thumbnails"
        onKeyDown={onKeyDown}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        className="min-h-0 flex-1 scrolls-canvas focus-visible:-outline-offset-2"
      >
        <div role="presentation" className="relative" style={{ height: pageCount * rowHeight + 8 }}>
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => {
            const number = first + offset;
            return (
              <div
                key={number}
                id={`thumbnail-${number}`}
                role="option"
                aria-selected={number === page}
                aria-label={`Page ${number}`}
                data-testid="thumbnail"
                data-number={number}
                onClick={() => onGoTo(number)}
                className="absolute inset-x-0 flex cursor-default flex-col items-center pt-2"
                style={{ top: (number - 1) * rowHeight, height: rowHeight }}
              >
                <div
                  className={classNames(
                    'flex items-center justify-center overflow-hidden rounded-[3px] bg-[#fff] outline-2 outline-offset-2',
                    number === page ? 'outline-accent' : 'outline-transparent hover:outline-line-strong',
                  )}
                  style={{ width: pictureWidth, height: pictureHeight - 4 }}
                >
                  <Picture
                    pdf={pdf}
                    number={number}
                    rotation={rotation}
                    width={pictureWidth}
                    height={pictureHeight - 4}
                  />
                </div>
                <span
                  aria-hidden="true"
                  className={classNames('mt-[3px] text-micro tabular', number === page ? 'text-ink' : 'text-muted')}
                >
                  {number}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </aside>
  );
}

interface PictureProps {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
  readonly rotation: Rotation;
  readonly width: number;
  readonly height: number;
}

const Picture = memo(function Picture({ pdf, number, rotation, width, height }: PictureProps) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    let cancel = () => {};
    const draw = async () => {
      const page = await pdf.getPage(number);
      if (!isCurrent) return;
      const turned = (page.rotate + rotation) % 360;
      const plain = page.getViewport({ scale: 1, rotation: turned });
      const scale = Math.min(width / plain.width, height / plain.height);
      const viewport = page.getViewport({ scale: scale * (window.devicePixelRatio || 1), rotation: turned });
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.floor(viewport.width));
      canvas.height = Math.max(1, Math.floor(viewport.height));
      canvas.style.width = `${plain.width * scale}px`;
      const task = page.render({ canvas, viewport });
      cancel = () => task.cancel();
      await task.promise;
      holder.current?.replaceChildren(canvas);
      holder.current?.setAttribute('data-drawn', 'true');
    };
    const timer = setTimeout(() => {
      // A page that can't be drawn stays white here; in the column it says so.
      draw().catch(() => undefined);
    }, settleTime);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      cancel();
    };
  }, [pdf, number, rotation, width, height]);
  return <div ref={holder} aria-hidden="true" className="flex items-center justify-center" />;
});
