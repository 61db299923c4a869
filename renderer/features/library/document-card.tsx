/** One document in the grid: its first page, its title, where it is on its way. */
import { Check, Ellipsis, RotateCw, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { classNames } from '../../components/class-names.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { retryDocument } from './document-actions.ts';
import { canRetry } from './document-menu.tsx';
import { documentStatus, statusWithHint } from './document-status.ts';
import { FavouriteStar } from './favourite-star.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { SyncBadge } from './sync-badge.tsx';
import { Thumbnail } from './thumbnail.tsx';

export interface DocumentCardProps {
  readonly document: DocumentSummary;
  readonly selected: boolean;
  readonly active: boolean;
  readonly flashing: boolean;
  readonly favourite: boolean;
  readonly column: number;
}

export const DocumentCard = memo(function DocumentCard(props: DocumentCardProps) {
  const { document, selected, active, flashing, favourite, column } = props;
  const status = documentStatus(document);
  const isFailed = status.tone === 'failed';
  return (
    <div
      id={`document-${document.id}`}
      role="gridcell"
      aria-colindex={column}
      aria-selected={selected}
      draggable
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
      {/* Without a minimum of 0, a picture taller than 3:4 would stretch its box. */}
      <div className="relative aspect-3/4 min-h-0 w-full">
        <Thumbnail document={document} />
        {favourite ? (
          <FavouriteStar className="absolute bottom-2 left-2 size-5 rounded-full bg-raised shadow-float" />
        ) : null}
        <SyncBadge
          documentId={document.id}
          className="absolute right-2 bottom-2 size-5 rounded-full bg-raised shadow-float"
        />
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
        {canRetry(document) ? (
          <button
            type="button"
            tabIndex={-1}
            onClick={() => void retryDocument(document.id)}
            className="absolute inset-x-0 bottom-3 mx-auto inline-flex h-7 w-fit items-center gap-1.5 rounded-md bg-raised px-2.5 text-label font-medium text-accent-ink shadow-float hover:bg-sunken"
          >
            <RotateCw size={13} aria-hidden="true" />
            Retry
          </button>
        ) : null}
        {status.tone === 'busy' || status.tone === 'waiting' ? (
          <ProgressBar
            label={`${document.title}: ${status.text}`}
            value={status.tone === 'waiting' ? 0 : status.part}
            className="absolute inset-x-0 bottom-0 rounded-t-none rounded-b-[5px]"
          />
        ) : null}
      </div>
      <p
        className={classNames(
          'mt-2.5 text-label leading-[1.35] font-medium break-words',
          isFailed || status.warning || document.ocrPages > 0 ? 'truncate' : 'line-clamp-2',
        )}
        title={document.title}
      >
        {document.title}
      </p>
      <StatusLine document={document} />
    </div>
  );
});

function StatusLine({ document }: { readonly document: DocumentSummary }) {
  const status = documentStatus(document);
  const { tone, text, warning } = status;
  if (tone === 'failed') {
    return (
      <p className="mt-0.5 line-clamp-3 text-small leading-[1.35]" title={statusWithHint(status)}>
        <span className="text-danger">{text}</span>
        {/* Where trying again is of no use, what is. */}
        {canRetry(document) || !status.hint ? null : <span className="text-muted"> {status.hint}</span>}
      </p>
    );
  }
  if (tone === 'ready' && warning) {
    return (
      <p className="mt-0.5 flex gap-1 text-small leading-[1.35] text-warning tabular" title={warning}>
        <TriangleAlert size={12} className="mt-[2px] shrink-0" aria-hidden="true" />
        <span className="line-clamp-2">{warning}</span>
      </p>
    );
  }
  return (
    <p
      className={classNames(
        'mt-0.5 text-small leading-[1.35] tabular',
        tone === 'busy' ? 'truncate text-accent-ink' : 'line-clamp-2 text-muted',
      )}
      title={text}
    >
      {text}
    </p>
  );
}
