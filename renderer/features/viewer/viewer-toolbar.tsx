/** Above the pages: the document, the page number, the zoom, and what else can be done. */
import {
  ArrowLeft,
  ChevronDown,
  ChevronUp,
  Ellipsis,
  Maximize2,
  Minimize2,
  MoveHorizontal,
  PanelLeft,
  Search,
  X,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { DocumentFormat, DocumentSummary } from '../../../shared/domain.ts';
import { sendViewerCommand } from '../../app/stores/viewer-commands.ts';
import { closePage, togglePane } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { WithDropdown, type MenuEntry } from '../../components/menu.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import type { SidePanel } from './viewer-props.ts';
import type { Zoom } from './zoom.ts';

export interface ViewerToolbarProps {
  readonly document: DocumentSummary;
  readonly page: number;
  readonly zoom: Zoom;
  /** What the zoom came to; 1 is the actual size. */
  readonly shownZoom: number;
  readonly side: SidePanel | null;
  readonly isSource: boolean;
  readonly isFull: boolean;
  readonly canGoBack: boolean;
  /** Grows to ask for the field of the page number. */
  readonly pageFieldRequest: number;
  readonly onGoTo: (page: number) => void;
  /** Gives the focus to the pages. */
  readonly onLeave: () => void;
}

export function ViewerToolbar(props: ViewerToolbarProps) {
  const { document, page, zoom, shownZoom, side, isSource, isFull, canGoBack, pageFieldRequest, onGoTo, onLeave } =
    props;
  const count = document.pageCount;
  const isPdf = document.format === 'pdf';
  return (
    <div
      role="toolbar"
      aria-label="Page"
      className="@container flex h-12 shrink-0 items-center gap-0.5 border-b border-line pr-2 pl-2"
    >
      <IconButton
        label="Outline"
        shortcut="o"
        aria-pressed={side !== null}
        onClick={() => sendViewerCommand('outline')}
        data-testid="toggle-outline"
      >
        <PanelLeft size={15} />
      </IconButton>
      {canGoBack ? (
        <IconButton label="Back to where you were" onClick={() => sendViewerCommand('back')} data-testid="go-back">
          <ArrowLeft size={15} />
        </IconButton>
      ) : null}
      <h2 className="mr-2 ml-1 min-w-0 flex-1 truncate font-medium" title={document.title}>
        {document.title}
      </h2>
      <span className="hidden @md:flex">
        <IconButton label="Previous page" disabled={page <= 1} onClick={() => onGoTo(page - 1)}>
          <ChevronUp size={16} />
        </IconButton>
      </span>
      <PageField
        key={document.id}
        page={page}
        count={count}
        request={pageFieldRequest}
        onGoTo={onGoTo}
        onLeave={onLeave}
      />
      <span className="hidden @md:flex">
        <IconButton label="Next page" disabled={page >= count} onClick={() => onGoTo(page + 1)}>
          <ChevronDown size={16} />
        </IconButton>
      </span>
      <Rule />
      <span className="hidden items-center gap-0.5 @lg:flex">
        <IconButton label="Zoom out" shortcut="-" onClick={() => sendViewerCommand('zoom-out')}>
          <ZoomOut size={15} />
        </IconButton>
        <span data-testid="zoom" className="w-10 text-center text-small text-muted tabular">
          {Math.round(shownZoom * 100)} %
        </span>
        <IconButton label="Zoom in" shortcut="plus" onClick={() => sendViewerCommand('zoom-in')}>
          <ZoomIn size={15} />
        </IconButton>
        {isPdf ? (
          <IconButton
            label="Fit width"
            shortcut="w"
            aria-pressed={zoom === 'fit'}
            onClick={() => sendViewerCommand('fit-width')}
          >
            <MoveHorizontal size={15} />
          </IconButton>
        ) : null}
      </span>
      <IconButton label="Find in document" shortcut="mod+f" onClick={() => sendViewerCommand('find')}>
        <Search size={15} />
      </IconButton>
      <WithDropdown entries={() => moreEntries(zoom, shownZoom, side, document.format, isSource)}>
        <button
          type="button"
          aria-label="More"
          title="More"
          data-testid="viewer-more"
          onClick={(event) => openMenuAt(event.currentTarget)}
          className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-pressed"
        >
          <Ellipsis size={16} />
        </button>
      </WithDropdown>
      <Rule />
      <IconButton
        label={isFull ? 'Beside the conversation' : 'Fill the window'}
        shortcut="mod+2"
        aria-pressed={isFull}
        onClick={() => togglePane('main')}
        data-testid="toggle-full"
      >
        {isFull ? <Minimize2 size={15} /> : <Maximize2 size={15} />}
      </IconButton>
      <IconButton label="Close page" shortcut="escape" onClick={closePage}>
        <X size={16} />
      </IconButton>
    </div>
  );
}

function Rule() {
  return <span className="mx-1 hidden h-4 w-px shrink-0 bg-line @md:block" aria-hidden="true" />;
}

function moreEntries(
  zoom: Zoom,
  shown: number,
  side: SidePanel | null,
  format: DocumentFormat,
  isSource: boolean,
): readonly MenuEntry[] {
  const isPdf = format === 'pdf';
  const run = (command: Parameters<typeof sendViewerCommand>[0]) => () => sendViewerCommand(command);
  const isActual = typeof zoom === 'number' && Math.abs(shown - 1) < 0.005;
  return [
    { kind: 'action', label: 'Outline', shortcut: 'o', checked: side === 'outline', run: run('outline') },
    ...(isPdf
      ? [
          {
            kind: 'action' as const,
            label: 'Thumbnails',
            shortcut: 't',
            checked: side === 'thumbnails',
            run: run('thumbnails'),
          },
        ]
      : []),
    ...(format === 'markdown'
      ? [
          {
            kind: 'action' as const,
            label: 'As it is written',
            shortcut: 'm',
            checked: isSource,
            run: run('source'),
          },
        ]
      : []),
    { kind: 'separator' },
    { kind: 'label', label: `Zoom, ${Math.round(shown * 100)} %` },
    { kind: 'action', label: 'Zoom in', shortcut: 'plus', run: run('zoom-in') },
    { kind: 'action', label: 'Zoom out', shortcut: '-', run: run('zoom-out') },
    { kind: 'action', label: 'Actual size', shortcut: '0', checked: isActual, run: run('actual-size') },
    ...(isPdf
      ? ([
          { kind: 'action', label: 'Fit width', shortcut: 'w', checked: zoom === 'fit', run: run('fit-width') },
          { kind: 'action', label: 'Fit page', shortcut: 'p', checked: zoom === 'page', run: run('fit-page') },
          { kind: 'separator' },
          { kind: 'action', label: 'Rotate right', shortcut: 'r', run: run('rotate-right') },
          { kind: 'action', label: 'Rotate left', shortcut: 'shift+r', run: run('rotate-left') },
        ] satisfies readonly MenuEntry[])
      : []),
    { kind: 'separator' },
    { kind: 'action', label: 'Write…', run: run('write') },
    { kind: 'action', label: 'Go to page…', shortcut: 'mod+g', run: run('go-to-page') },
    { kind: 'action', label: 'Find…', shortcut: 'mod+f', run: run('find') },
  ];
}

interface PageFieldProps {
  readonly page: number;
  readonly count: number;
  readonly request: number;
  readonly onGoTo: (page: number) => void;
  readonly onLeave: () => void;
}

/** The page in sight, and a field to go to another. */
function PageField({ page, count, request, onGoTo, onLeave }: PageFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (request > 0) field.current?.focus();
  }, [request]);
  const go = () => {
    const number = Number(typed);
    if (typed !== null && Number.isInteger(number) && number >= 1) onGoTo(Math.min(count, number));
    setTyped(null);
    // It was asked for to be read: the next keys are the page's.
    onLeave();
  };
  return (
    <span className="flex items-center gap-1 text-label whitespace-nowrap text-muted tabular">
      <input
        ref={field}
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
          else if (event.key === 'Escape') onLeave();
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
