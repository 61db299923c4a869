/** One document in the grid: its first page, its title, where it is on its way. */
import { Check, Ellipsis, RotateCw, ScanText, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { classNames } from '../../components/class-names.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { retryDocument } from './document-actions.ts';
import { documentStatus } from './document-status.ts';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { Thumbnail } from './thumbnail.tsx';

export interface DocumentCardProps {
  readonly document: DocumentSummary;
  readonly selected: boolean;
  readonly active: boolean;
  readonly flashing: boolean;
  readonly column: number;
}

export const DocumentCard = memo(function DocumentCard(props: DocumentCardProps) {
  const { document, selected, active, flashing, column } = props;
  const status = documentStatus(document);
  const isFailed = status.tone === 'failed';
  return (
    <div
      id={`document-${document.id}`}
      role="gridcell"
      aria-colindex={column}
      aria-selected={selected}
      data-testid="document-card"
      data-document-id={document.id}
      data-state={document.state}
      className={classNames(
        'group relative flex min-w-0 flex-1 flex-col rounded-[10px] p-2.5 transition-colors duration-100',
        selected ? 'bg-accent-soft' : 'hover:bg-hover',
        // The keyboard's place shows only while the grid has the focus by keyboard.
        active && 'group-focus-visible/grid:outline-2 group-focus-visible/grid:outline-accent',
        flashing && 'flash',
      )}
    >
      <div className="relative aspect-3/4 w-full">
        <Thumbnail document={document} />
        {selected ? (
          <span className="absolute top-1.5 left-1.5 flex size-[18px] items-center justify-center rounded-full bg-accent text-on-accent ring-2 ring-white">
            <Check size={12} strokeWidth={3} aria-hidden="true" />
          </span>
        ) : null}
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Actions for ${document.title}`}
          onClick={(event) => openMenuAt(event.currentTarget)}
          className="absolute top-1.5 right-1.5 hidden size-6 items-center justify-center rounded-md bg-raised text-muted shadow-float group-hover:flex hover:text-ink"
        >
          <Ellipsis size={15} />
        </button>
        {status.tone === 'busy' || status.tone === 'waiting' ? (
          <ProgressBar
            label={`${document.title}: ${status.text}`}
            value={status.tone === 'waiting' ? 0 : status.part}
            className="absolute inset-x-0 bottom-0 rounded-t-none rounded-b-[5px]"
          />
        ) : null}
      </div>
      <h3 className="mt-2.5 line-clamp-2 text-label leading-[1.35] font-medium break-words" title={document.title}>
        {document.title}
      </h3>
      {isFailed ? (
        <div className="mt-0.5 flex items-start gap-1.5">
          <p
            className="line-clamp-2 min-w-0 flex-1 text-small leading-[1.3] text-danger"
            title={[status.text, document.error?.hint].filter(Boolean).join(' ')}
          >
            {status.text}
          </p>
          {document.error?.retryable === false ? null : (
            <button
              type="button"
              tabIndex={-1}
              onClick={() => void retryDocument(document.id)}
              className="inline-flex shrink-0 items-center gap-1 rounded px-1 text-small font-medium text-accent-ink hover:underline"
            >
              <RotateCw size={11} aria-hidden="true" />
              Retry
            </button>
          )}
        </div>
      ) : (
        <p className="mt-0.5 flex items-center gap-1 truncate text-small text-muted tabular">
          {status.tone === 'ready' || status.tone === 'waiting' ? null : (
            <ScanText size={12} className="shrink-0 text-accent-ink" aria-hidden="true" />
          )}
          <span className="truncate">{status.text}</span>
        </p>
      )}
      {status.warning ? (
        <p className="flex items-center gap-1 text-small text-warning tabular" title={status.warning}>
          <TriangleAlert size={12} className="shrink-0" aria-hidden="true" />
          <span className="truncate">{status.warning}</span>
        </p>
      ) : null}
    </div>
  );
});
