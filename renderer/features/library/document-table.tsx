/** The library as a dense list; only the rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Ellipsis, RotateCw, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef, type RefObject } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { classNames } from '../../components/class-names.ts';
import { formatDay } from '../../components/format.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { retryDocument } from './document-actions.ts';
import { canRetry } from './document-menu.tsx';
import { documentStatus, recognitionText, statusWithHint } from './document-status.ts';
import { sortBy } from './library-preferences.ts';
import { FavouriteStar } from './favourite-star.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { selectionBarRoom, type Selection } from './selection.ts';
import type { SortKey, SortOrder } from './sort-filter.ts';
import { SyncBadge } from './sync-badge.tsx';
import { Thumbnail } from './thumbnail.tsx';

/** Pixels. */
const rowHeight = 36;
export const tableColumns =
  'grid grid-cols-[28px_minmax(0,4fr)_minmax(0,2fr)_64px_84px_minmax(150px,4fr)_32px] items-center gap-3 px-3 @max-[720px]:grid-cols-[28px_minmax(0,3fr)_48px_76px_minmax(120px,2fr)_28px] @max-[560px]:grid-cols-[28px_minmax(0,1fr)_120px_28px]';
/** The column that goes first where there is little room, and those that go next: the title is what rows are known by. */
const spareColumn = '@max-[720px]:hidden';
const nextColumn = '@max-[560px]:hidden';

const headings: readonly { readonly key: SortKey; readonly label: string; readonly numeric?: boolean }[] = [
  { key: 'title', label: 'Title' },
  { key: 'author', label: 'Author' },
  { key: 'pages', label: 'Pages', numeric: true },
  { key: 'added', label: 'Added' },
  { key: 'state', label: 'State' },
];

export function TableHead({ sort }: { readonly sort: SortOrder }) {
  return (
    <div role="rowgroup">
      <div role="row" className={classNames(tableColumns, 'h-8 border-b border-line bg-surface')}>
        <span role="columnheader">
          <span className="sr-only">First page</span>
        </span>
        {headings.map(({ key, label, numeric }) => {
          const isSorted = sort.key === key;
          const Arrow = sort.descending ? ArrowDown : ArrowUp;
          return (
            <div
              key={key}
              role="columnheader"
              aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
              className={classNames(
                numeric && 'text-right',
                key === 'author' && spareColumn,
                (key === 'pages' || key === 'added') && nextColumn,
              )}
            >
              <button
                type="button"
                onClick={() => sortBy(key)}
                className="inline-flex items-center gap-1 rounded text-small font-medium text-muted hover:text-ink"
              >
                {label}
                {isSorted ? <Arrow size={12} aria-hidden="true" /> : null}
              </button>
            </div>
          );
        })}
        <span role="columnheader">
          <span className="sr-only">Actions</span>
        </span>
      </div>
    </div>
  );
}

export interface DocumentTableProps {
  readonly documents: readonly DocumentSummary[];
  readonly selection: Selection;
  readonly flashing: ReadonlySet<string>;
  readonly favourites: ReadonlySet<string>;
  readonly scrollElement: RefObject<HTMLElement | null>;
  readonly reveal: string | null;
  /** Milliseconds since the epoch: what `Today` means. */
  readonly now: number;
}

export function DocumentTable(props: DocumentTableProps) {
  const { documents, selection, flashing, favourites, scrollElement, reveal, now } = props;
  // eslint-disable-next-line react-hooks/incompatible-library -- the React compiler, whom this warns, is not used
  const virtualizer = useVirtualizer({
    count: documents.length,
    getScrollElement: () => scrollElement.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingEnd: selectionBarRoom,
    scrollPaddingEnd: selectionBarRoom,
  });
  const latest = useRef(documents);
  useEffect(() => {
    latest.current = documents;
  }, [documents]);
  useEffect(() => {
    const index = latest.current.findIndex((document) => document.id === reveal);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [virtualizer, reveal]);

  return (
    <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((row) => {
        const document = documents[row.index];
        return document ? (
          <div
            key={row.key}
            className="absolute inset-x-0 top-0"
            style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
            role="presentation"
          >
            <DocumentRow
              document={document}
              index={row.index}
              now={now}
              selected={selection.ids.has(document.id)}
              active={selection.active === document.id}
              flashing={flashing.has(document.id)}
              favourite={favourites.has(document.id)}
            />
          </div>
        ) : null;
      })}
    </div>
  );
}

interface DocumentRowProps {
  readonly document: DocumentSummary;
  readonly index: number;
  readonly now: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly flashing: boolean;
  readonly favourite: boolean;
}

const DocumentRow = memo(function DocumentRow(props: DocumentRowProps) {
  const { document, index, now, selected, active, flashing, favourite } = props;
  const status = documentStatus(document);
  const note = status.tone === 'ready' ? (status.warning ?? recognitionText(document)) : statusWithHint(status);
  return (
    <div
      id={`document-${document.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      draggable
      data-testid="document-card"
      data-document-id={document.id}
      data-state={document.state}
      className={classNames(
        tableColumns,
        'group h-full border-b border-line/60 text-ui',
        selected ? 'bg-accent-soft' : 'hover:bg-hover',
        active &&
          'group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent',
        flashing && 'flash',
      )}
    >
      <div role="gridcell" className="h-7 w-[21px]">
        <Thumbnail document={document} />
      </div>
      <div role="gridcell" className="flex min-w-0 items-center gap-1.5 font-medium" title={document.title}>
        <span className="truncate">{document.title}</span>
        {favourite ? <FavouriteStar className="size-4" /> : null}
        <SyncBadge documentId={document.id} className="ml-auto size-4 shrink-0" />
      </div>
      <div role="gridcell" className={classNames('truncate text-muted', spareColumn)}>
        {document.author ?? '–'}
      </div>
      <div role="gridcell" className={classNames('text-right text-muted tabular', nextColumn)}>
        {document.pageCount > 0 ? document.pageCount.toLocaleString('en') : '–'}
      </div>
      <div role="gridcell" className={classNames('text-muted tabular', nextColumn)}>
        {formatDay(document.addedAt, now)}
      </div>
      <div role="gridcell" className="flex min-w-0 items-center gap-2">
        <StateWord document={document} note={note} />
        {canRetry(document) ? (
          <button
            type="button"
            tabIndex={-1}
            onClick={() => void retryDocument(document.id)}
            className="inline-flex shrink-0 items-center gap-1 rounded px-1 text-small font-medium text-accent-ink hover:underline"
          >
            <RotateCw size={11} aria-hidden="true" />
            Retry
          </button>
        ) : null}
      </div>
      <div role="gridcell">
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Actions for ${document.title}`}
          onClick={(event) => openMenuAt(event.currentTarget)}
          className="flex size-6 items-center justify-center rounded-md text-muted opacity-0 group-hover:opacity-100 hover:bg-pressed hover:text-ink"
        >
          <Ellipsis size={15} />
        </button>
      </div>
    </div>
  );
});

function StateWord({ document, note }: { readonly document: DocumentSummary; readonly note: string | null }) {
  const status = documentStatus(document);
  if (status.tone === 'busy') {
    return (
      <div className="min-w-0 flex-1" title={status.text}>
        <div className="truncate text-small leading-[14px] text-muted tabular">{status.text}</div>
        <ProgressBar label={`${document.title}: ${status.text}`} value={status.part} className="mt-1" />
      </div>
    );
  }
  const isFailed = status.tone === 'failed';
  return (
    <span
      className={classNames('flex min-w-0 items-center gap-1.5', isFailed ? 'text-danger' : 'text-muted')}
      title={note ?? undefined}
    >
      {isFailed || status.warning ? (
        <TriangleAlert size={13} className={classNames('shrink-0', !isFailed && 'text-warning')} aria-hidden="true" />
      ) : null}
      <span className={classNames('truncate', status.warning && 'text-warning')}>
        {isFailed ? (canRetry(document) ? status.text : note) : (status.warning ?? status.word)}
      </span>
    </span>
  );
}
