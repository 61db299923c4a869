/** One open document: its toolbar, find, citations and pages, the keys, and the place where reading stopped. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { narrow } from '../../app/narrow.ts';
import { readingPosition } from '../../app/stores/reading-positions.ts';
import { showDone, showError } from '../../app/stores/toast-store.ts';
import { onViewerCommand, type ViewerCommand } from '../../app/stores/viewer-commands.ts';
import {
  askAbout,
  togglePane,
  useWorkspaceStore,
  writeAbout,
  type CitationTrail,
  type PageTarget,
} from '../../app/stores/workspace-store.ts';
import type { OnDemand } from '../../components/load-on-demand.tsx';
import { isMac } from '../../components/platform.ts';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { CitationStrip } from './citation-strip.tsx';
import { FindBar } from './find-bar.tsx';
import { closeFind, openFind, stepMatch, useFindStore } from './find-store.ts';
import { pageTop, type Anchor } from './page-layout.ts';
import { citedText } from './selected-text.ts';
import { SelectionBar } from './selection-bar.tsx';
import { useReadingPosition } from './use-reading-position.ts';
import { selectPage, useSelection } from './use-selection.ts';
import { viewerKey, type ViewerKey } from './viewer-keys.ts';
import type { SidePanel, ViewerHandle, ViewerProps } from './viewer-props.ts';
import { ViewerToolbar } from './viewer-toolbar.tsx';
import { turn, zoomIn, zoomOut, type Rotation, type Zoom } from './zoom.ts';

/** Characters of selected text that are written about. */
const longestSelection = 200_000;

/** Places that the way back remembers. */
const historyLimit = 50;

export interface ReaderProps {
  readonly document: DocumentSummary;
  readonly target: PageTarget;
  readonly trail: CitationTrail | null;
  readonly Viewer: OnDemand<ViewerProps>;
}

export function Reader({ document: stored, target, trail, Viewer }: ReaderProps) {
  const [pageCount, setPageCount] = useState(stored.pageCount);
  const document = useMemo(
    () => (pageCount > stored.pageCount ? { ...stored, pageCount } : stored),
    [stored, pageCount],
  );
  const [remembered] = useState(() => readingPosition(document.id));
  const [page, setPage] = useState(target.page);
  const [zoom, setZoom] = useState<Zoom>(remembered?.zoom ?? 'fit');
  const [rotation, setRotation] = useState<Rotation>(remembered?.rotation ?? 0);
  const [shownZoom, setShownZoom] = useState(1);
  const [side, setSide] = useState<SidePanel | null>(null);
  const [isSource, setIsSource] = useState(false);
  const [history, setHistory] = useState<readonly Anchor[]>([]);
  const [pageFieldRequest, setPageFieldRequest] = useState(0);
  const isFull = useWorkspaceStore((state) => !state.panes.main);
  const isFinding = useFindStore((state) => state.isOpen);
  const matches = useFindStore((state) => state.matches);
  const current = useFindStore((state) => state.current);
  const found = useMemo(() => ({ matches, current }), [matches, current]);
  const viewer = useRef<ViewerHandle>(null);
  const pane = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const size = useElementSize(area);
  const { selection, clear } = useSelection(area);
  const onMove = useReadingPosition(document.id, viewer, zoom, rotation);
  const onScale = useCallback((scale: number) => setShownZoom(scale), []);

  useEffect(() => () => closeFind(), []);
  // Alone, or over the rest, the page is what the keys are for; beside the conversation the focus stays where it is.
  useEffect(() => {
    const active = window.document.activeElement;
    const isOver = active !== window.document.body && active?.contains(pane.current);
    if (isFull ? !pane.current?.contains(active) : isOver) (viewer.current ?? pane.current)?.focus();
  }, [isFull]);

  const goTo = useCallback((number: number) => viewer.current?.goTo({ page: number, part: pageTop }), []);
  const onJump = useCallback((place: Anchor) => {
    const from = viewer.current?.place();
    if (from) setHistory((before) => [...before.slice(1 - historyLimit), from]);
    viewer.current?.goTo(place);
  }, []);

  const ask = () => {
    if (!selection) return;
    askAbout(document.id, selection.text);
    if (window.matchMedia(narrow).matches) togglePane('page');
    clear();
  };
  /** About the selected text, else about the document. */
  const write = () => {
    const { text, firstPage, lastPage } = selection ?? {};
    const isSelected = text !== undefined && firstPage !== undefined && lastPage !== undefined;
    writeAbout({
      documentIds: [document.id],
      selection: isSelected
        ? { documentId: document.id, firstPage, lastPage, text: text.slice(0, longestSelection) }
        : null,
    });
  };
  const copy = async () => {
    if (!selection) return;
    try {
      await navigator.clipboard.writeText(citedText(selection, document.title));
      showDone('Copied, with its page.');
    } catch (thrown) {
      showError(thrown);
    }
  };

  const isPdf = document.format === 'pdf';
  const run = (command: ViewerCommand): void => {
    switch (command) {
      case 'find':
        return openFind();
      case 'find-next':
        return stepMatch(1);
      case 'find-previous':
        return stepMatch(-1);
      case 'go-to-page':
        return setPageFieldRequest((count) => count + 1);
      case 'zoom-in':
        return setZoom(zoomIn(shownZoom));
      case 'zoom-out':
        return setZoom(zoomOut(shownZoom));
      case 'actual-size':
        return setZoom(1);
      case 'fit-width':
        return setZoom('fit');
      case 'fit-page':
        return setZoom('page');
      case 'rotate-right':
      case 'rotate-left':
        return isPdf ? setRotation(turn(rotation, command === 'rotate-right' ? 1 : -1)) : undefined;
      case 'outline':
        return setSide(side === null || (side === 'thumbnails' && isPdf) ? 'outline' : null);
      case 'thumbnails':
        return setSide(side === 'thumbnails' || !isPdf ? null : 'thumbnails');
      case 'source':
        return document.format === 'markdown' ? setIsSource(!isSource) : undefined;
      case 'back': {
        const place = history[history.length - 1];
        setHistory(history.slice(0, -1));
        if (place) viewer.current?.goTo(place);
        return;
      }
      case 'ask-selection':
        return ask();
      case 'write':
        return write();
      case 'copy-citation':
        return void copy();
    }
  };
  const latestRun = useRef(run);
  useEffect(() => {
    latestRun.current = run;
  });
  useEffect(() => onViewerCommand((command) => latestRun.current(command)), []);

  /** False for a key that scrolls as the browser does. */
  const press = (key: ViewerKey): boolean => {
    const pages = area.current?.querySelector('[data-testid="pages"]');
    switch (key) {
      case 'next-page':
      case 'previous-page':
        // What is wider than the pane is moved sideways with these.
        if (pages && pages.scrollWidth > pages.clientWidth + 1) return false;
        goTo(Math.min(document.pageCount, Math.max(1, page + (key === 'next-page' ? 1 : -1))));
        return true;
      case 'first-page':
        goTo(1);
        return true;
      case 'last-page':
        goTo(document.pageCount);
        return true;
      case 'select-page':
        selectPage(area.current, page);
        return true;
      case 'ask-selection':
      case 'copy-citation':
        if (!selection) return false;
        run(key);
        return true;
      default:
        run(key);
        return true;
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    if (isTyping && event.key !== 'F3') return;
    if (event.key === 'Escape' && selection) {
      clear();
    } else {
      const key = viewerKey(event, isMac);
      if (key === null || !press(key)) return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const citation = trail?.citations[trail.index] ?? null;
  return (
    <div
      ref={pane}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="flex h-full min-w-0 flex-col bg-surface focus:outline-none"
      data-testid="page-pane"
      data-document-id={document.id}
      data-page={page}
    >
      <ViewerToolbar
        document={document}
        page={page}
        zoom={zoom}
        shownZoom={shownZoom}
        side={side}
        isSource={isSource}
        isFull={isFull}
        canGoBack={history.length > 0}
        pageFieldRequest={pageFieldRequest}
        onGoTo={(number) => {
          if (Math.abs(number - page) > 1) onJump({ page: number, part: pageTop });
          else goTo(number);
        }}
        onLeave={() => viewer.current?.focus()}
      />
      {isFinding ? <FindBar document={document} page={page} onLeave={() => viewer.current?.focus()} /> : null}
      {trail && citation ? <CitationStrip trail={trail} /> : null}
      <div ref={area} className="relative flex min-h-0 flex-1 flex-col">
        <Viewer
          document={document}
          target={target}
          citation={citation}
          found={found}
          zoom={zoom}
          rotation={rotation}
          side={side}
          isSource={isSource}
          onPageCount={setPageCount}
          onPage={setPage}
          onScale={onScale}
          onZoom={setZoom}
          onMove={onMove}
          onJump={onJump}
          handle={viewer}
          fallback={<div className="flex-1 bg-desk" aria-busy="true" />}
        />
        {selection ? (
          <SelectionBar
            selection={selection}
            width={size.width}
            height={size.height}
            onAsk={ask}
            onWrite={write}
            onCopy={() => void copy()}
          />
        ) : null}
      </div>
    </div>
  );
}
