/** Above the pages: the document, the page number, the zoom. */
import { ChevronDown, ChevronUp, MoveHorizontal, X, ZoomIn, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { closePage } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { zoomIn, zoomOut, type Zoom } from './zoom.ts';

export interface ViewerToolbarProps {
  readonly document: DocumentSummary;
  readonly page: number;
  readonly onGoTo: (page: number) => void;
  /** Null for text, which is as large as the app's own. */
  readonly zoom: { readonly value: Zoom; readonly shown: number; readonly onChange: (zoom: Zoom) => void } | null;
}

export function ViewerToolbar({ document, page, onGoTo, zoom }: ViewerToolbarProps) {
  const count = document.pageCount;
  return (
    <div
      role="toolbar"
      aria-label="Page"
      className="flex h-12 shrink-0 items-center gap-0.5 border-b border-line pr-2 pl-4"
    >
      <h2 className="mr-2 min-w-0 flex-1 truncate font-medium" title={document.title}>
        {document.title}
      </h2>
      <IconButton label="Previous page" disabled={page <= 1} onClick={() => onGoTo(page - 1)}>
        <ChevronUp size={16} />
      </IconButton>
      <PageField page={page} count={count} onGoTo={onGoTo} />
      <IconButton label="Next page" disabled={page >= count} onClick={() => onGoTo(page + 1)}>
        <ChevronDown size={16} />
      </IconButton>
      {zoom ? (
        <>
          <span className="mx-1 h-4 w-px bg-line" aria-hidden="true" />
          <IconButton label="Zoom out" onClick={() => zoom.onChange(zoomOut(zoom.shown))}>
            <ZoomOut size={15} />
          </IconButton>
          <IconButton label="Zoom in" onClick={() => zoom.onChange(zoomIn(zoom.shown))}>
            <ZoomIn size={15} />
          </IconButton>
          <IconButton label="Fit width" aria-pressed={zoom.value === 'fit'} onClick={() => zoom.onChange('fit')}>
            <MoveHorizontal size={15} />
          </IconButton>
        </>
      ) : null}
      <span className="mx-1 h-4 w-px bg-line" aria-hidden="true" />
      <IconButton label="Close page" shortcut="escape" onClick={closePage}>
        <X size={16} />
      </IconButton>
    </div>
  );
}

/** The page in sight, and a field to go to another. */
function PageField({ page, count, onGoTo }: Pick<ViewerToolbarProps, 'page' | 'onGoTo'> & { readonly count: number }) {
  const [typed, setTyped] = useState<string | null>(null);
  const go = () => {
    const number = Number(typed);
    if (typed !== null && Number.isInteger(number) && number >= 1) onGoTo(Math.min(count, number));
    setTyped(null);
  };
  return (
    <span className="flex items-center gap-1 text-label whitespace-nowrap text-muted tabular">
      <input
        type="text"
        inputMode="numeric"
        aria-label="Page number"
        data-testid="page-number"
        value={typed ?? String(page)}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go();
          else if (event.key === 'Escape') setTyped(null);
          else return;
          event.stopPropagation();
        }}
        style={{ width: `${Math.max(2, String(count).length) + 1.6}ch` }}
        className="readable h-6 cursor-text rounded-md border border-line bg-surface text-center text-ink focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0"
      />
      <span>/ {count.toLocaleString('en')}</span>
    </span>
  );
}
