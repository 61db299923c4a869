/** The library as a grid of first pages; only the rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { DocumentCard } from './document-card.tsx';
import { selectionBarRoom, type Selection } from './selection.ts';

/** Pixels. A card is as wide as its column; its text below the 3:4 page has room for a title of two lines and two more. */
const columnMinimum = 164;
const cardPadding = 20;
const textHeight = 78;
const gap = 6;
/** Rows kept ready above and below what is seen. */
const spareRows = 2;

export function columnsFor(width: number): number {
  return Math.max(1, Math.floor((width + gap) / (columnMinimum + gap)));
}

export interface DocumentGridProps {
  readonly documents: readonly DocumentSummary[];
  readonly columns: number;
  /** Width of the space for the cards and height of what is seen of it, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly selection: Selection;
  readonly flashing: ReadonlySet<string>;
  readonly favourites: ReadonlySet<string>;
  readonly scrollElement: RefObject<HTMLElement | null>;
  /** Brought into view when it changes. */
  readonly reveal: string | null;
}

/** True from the first moment with nothing to do on: what is not seen need not be in the first frame. */
function useIsSettled(): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const handle = requestIdleCallback(() => setSettled(true), { timeout: 500 });
    return () => cancelIdleCallback(handle);
  }, []);
  return isSettled;
}

export function DocumentGrid(props: DocumentGridProps) {
  const { documents, columns, width, height, selection, flashing, favourites, scrollElement, reveal } = props;
  const columnWidth = (width - gap * (columns - 1)) / columns;
  const rowHeight = Math.round(((columnWidth - cardPadding) * 4) / 3 + cardPadding + textHeight);
  const rowCount = Math.ceil(documents.length / columns);
  const isSettled = useIsSettled();
  // eslint-disable-next-line react-hooks/incompatible-library -- the React compiler, whom this warns, is not used
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scrollElement.current,
    estimateSize: () => rowHeight,
    gap,
    overscan: isSettled ? spareRows : 0,
    paddingEnd: selectionBarRoom,
    scrollPaddingEnd: selectionBarRoom,
    // Known already: the first rendering has its cards, and not the one after the list has measured itself.
    initialRect: { width, height },
  });

  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const latest = useRef(documents);
  useEffect(() => {
    latest.current = documents;
  }, [documents]);
  useEffect(() => {
    const index = latest.current.findIndex((document) => document.id === reveal);
    if (index >= 0) virtualizer.scrollToIndex(Math.floor(index / columns), { align: 'auto' });
  }, [virtualizer, reveal, columns]);

  return (
    <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((row) => (
        <div
          key={row.key}
          role="row"
          aria-rowindex={row.index + 1}
          // Contained: a row that comes or goes while one scrolls is laid out alone.
          className="absolute inset-x-0 top-0 grid items-start contain-strict"
          style={{
            height: rowHeight,
            transform: `translateY(${row.start}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            columnGap: gap,
          }}
        >
          {documents.slice(row.index * columns, (row.index + 1) * columns).map((document, column) => (
            <DocumentCard
              key={document.id}
              document={document}
              column={column + 1}
              selected={selection.ids.has(document.id)}
              active={selection.active === document.id}
              flashing={flashing.has(document.id)}
              favourite={favourites.has(document.id)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
