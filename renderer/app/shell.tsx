/** The window's three panes: sidebar, library or conversation, page. Sizes are kept; each pane can be hidden. */
import { useEffect, useRef } from 'react';
import { Group, Panel, Separator, usePanelRef, type Layout, type LayoutChangedMeta } from 'react-resizable-panels';
import { ConversationList } from '../features/chat/conversation-list.tsx';
import { LibraryNav } from '../features/library/library-nav.tsx';
import { LibraryView } from '../features/library/library-view.tsx';
import { WrittenNav } from '../features/written/written-nav.tsx';
import { ErrorBoundary } from '../components/error-boundary.tsx';
import { useMediaQuery } from '../hooks/use-media-query.ts';
import { narrow } from './narrow.ts';
import { ConversationView, PagePane, SearchView, UsageView, WrittenPane } from './on-demand.ts';
import { keepPaneSizes, paneSizes } from './pane-sizes.ts';
import { StatusBar } from './status-bar.tsx';
import { showError } from './stores/toast-store.ts';
import { closePage, useWorkspaceStore } from './stores/workspace-store.ts';
import { layerId } from '../components/layer.ts';
import { TopBar } from './top-bar.tsx';

export function Shell() {
  const panes = useWorkspaceStore((state) => state.panes);
  const hasTarget = useWorkspaceStore((state) => state.target !== null);
  const isNarrow = useMediaQuery(narrow);
  const isPageOpen = panes.page && hasTarget;
  // Alone, it has the room of the library and the conversation, however narrow the window.
  const isPageBeside = isPageOpen && (!isNarrow || !panes.main);
  const isMainOpen = panes.main || !isPageBeside;
  const sidebar = usePanelRef();
  const page = usePanelRef();
  const sizes = paneSizes();
  const onLayoutChanged = (_layout: Layout, { isUserInteraction }: LayoutChangedMeta) => {
    if (!isUserInteraction) return;
    keepPaneSizes(sidebar.current?.getSize().inPixels ?? 0, page.current?.getSize().inPixels ?? 0);
  };

  return (
    <div className="flex h-full flex-col">
      <ErrorBoundary part="The top bar" onError={showError}>
        <TopBar />
      </ErrorBoundary>
      <main aria-label="Workspace" className="relative min-h-0 flex-1">
        <Group orientation="horizontal" className="h-full" onLayoutChanged={onLayoutChanged}>
          {panes.sidebar ? (
            <>
              <Panel
                id="sidebar"
                panelRef={sidebar}
                defaultSize={sizes.sidebar}
                minSize="176px"
                maxSize="380px"
                groupResizeBehavior="preserve-pixel-size"
              >
                <div className="flex h-full flex-col bg-canvas" data-region="sidebar">
                  <ErrorBoundary part="The sidebar">
                    <LibraryNav />
                    <WrittenNav />
                    <ConversationList />
                  </ErrorBoundary>
                </div>
              </Panel>
              <Divider label="Resize sidebar" />
            </>
          ) : null}
          {isMainOpen ? (
            <Panel id="main" minSize="340px">
              <Main />
            </Panel>
          ) : null}
          {isPageBeside ? (
            <>
              {isMainOpen ? <Divider label="Resize page" /> : null}
              <Panel
                id={isMainOpen ? 'page' : 'page-alone'}
                panelRef={page}
                defaultSize={isMainOpen ? (sizes.page ?? '44%') : undefined}
                minSize="320px"
              >
                <PageArea />
              </Panel>
            </>
          ) : null}
        </Group>
        {isPageOpen && !isPageBeside ? <PageOverlay /> : null}
        <div id={layerId} />
      </main>
      <ErrorBoundary part="The status bar" onError={showError}>
        <StatusBar />
      </ErrorBoundary>
    </div>
  );
}

const partNames = {
  library: 'The library',
  search: 'The search',
  written: 'What was written',
  usage: 'The usage',
  conversation: 'The conversation',
} as const;

function Main() {
  const view = useWorkspaceStore((state) => state.view);
  return (
    <div className="h-full bg-surface" data-region="main">
      <ErrorBoundary part={partNames[view.kind]} shown={Object.values(view).join(' ')}>
        {view.kind === 'library' ? (
          <LibraryView section={view.section} />
        ) : view.kind === 'search' ? (
          <SearchView />
        ) : view.kind === 'written' ? (
          <WrittenPane pieceId={view.pieceId} />
        ) : view.kind === 'usage' ? (
          <UsageView tab={view.tab} />
        ) : (
          <ConversationView conversationId={view.conversationId} />
        )}
      </ErrorBoundary>
    </div>
  );
}

function PageArea() {
  const visit = useWorkspaceStore((state) => state.target?.visit);
  return (
    <section aria-label="Page" className="h-full" data-region="page">
      <ErrorBoundary part="The page" shown={String(visit)}>
        <PagePane fallback={<div className="h-full bg-desk" aria-busy="true" />} />
      </ErrorBoundary>
    </section>
  );
}

/** Takes the focus while it lies over the rest, so that the keys and Esc are its own. */
function PageOverlay() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const pane = element.current?.querySelector<HTMLElement>('[data-testid="page-pane"]');
    (pane ?? element.current)?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div className="absolute inset-0 z-20 flex justify-end">
      <button type="button" tabIndex={-1} aria-label="Close page" className="flex-1 bg-scrim" onClick={closePage} />
      <div ref={element} tabIndex={-1} className="appear w-[min(100%,720px)] shadow-float focus:outline-none">
        <PageArea />
      </div>
    </div>
  );
}

function Divider({ label }: { readonly label: string }) {
  return (
    <Separator
      aria-label={label}
      className="relative w-px bg-line outline-none after:absolute after:inset-y-0 after:-left-[2px] after:w-[5px] after:transition-colors after:duration-100 data-[separator=active]:after:bg-accent data-[separator=hover]:after:bg-line-strong focus-visible:after:bg-accent"
    />
  );
}
