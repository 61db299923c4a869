/** The window's three panes: sidebar, library or conversation, page. Sizes are kept; each pane can be hidden. */
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { ConversationList } from '../features/chat/conversation-list.tsx';
import { ConversationView } from '../features/chat/conversation-view.tsx';
import { LibraryNav } from '../features/library/library-nav.tsx';
import { LibraryView } from '../features/library/library-view.tsx';
import { useMediaQuery } from '../hooks/use-media-query.ts';
import { PagePane } from './on-demand.ts';
import { StatusBar } from './status-bar.tsx';
import { closePage, useWorkspaceStore } from './stores/workspace-store.ts';
import { layerId } from '../components/layer.ts';
import { TopBar } from './top-bar.tsx';

/** Below this width the page lies over the rest instead of beside it. */
const narrow = '(max-width: 999px)';

export function Shell() {
  const panes = useWorkspaceStore((state) => state.panes);
  const hasTarget = useWorkspaceStore((state) => state.target !== null);
  const isNarrow = useMediaQuery(narrow);
  const isPageOpen = panes.page && hasTarget;
  const isPageBeside = isPageOpen && !isNarrow;
  const isMainOpen = panes.main || !isPageBeside;
  const panelIds = [panes.sidebar && 'sidebar', isMainOpen && 'main', isPageBeside && 'page'].filter(
    (id) => id !== false,
  );
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: 'quire.layout', panelIds, storage: localStorage });

  return (
    <div className="flex h-full flex-col">
      <TopBar />
      <main aria-label="Workspace" className="relative min-h-0 flex-1">
        <Group
          orientation="horizontal"
          className="h-full"
          defaultLayout={defaultLayout}
          onLayoutChanged={onLayoutChanged}
        >
          {panes.sidebar ? (
            <>
              <Panel
                id="sidebar"
                defaultSize="232px"
                minSize="176px"
                maxSize="380px"
                groupResizeBehavior="preserve-pixel-size"
              >
                <div className="flex h-full flex-col bg-canvas">
                  <LibraryNav />
                  <ConversationList />
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
              <Panel id="page" defaultSize="44%" minSize="320px">
                <PageArea />
              </Panel>
            </>
          ) : null}
        </Group>
        {isPageOpen && isNarrow ? <PageOverlay /> : null}
        <div id={layerId} />
      </main>
      <StatusBar />
    </div>
  );
}

function Main() {
  const view = useWorkspaceStore((state) => state.view);
  return (
    <div className="h-full bg-surface">
      {view.kind === 'library' ? (
        <LibraryView section={view.section} />
      ) : (
        <ConversationView conversationId={view.conversationId} />
      )}
    </div>
  );
}

function PageArea() {
  return (
    <section aria-label="Page" className="h-full">
      <PagePane fallback={<div className="h-full bg-desk" aria-busy="true" />} />
    </section>
  );
}

function PageOverlay() {
  return (
    <div className="absolute inset-0 z-20 flex justify-end">
      <button type="button" tabIndex={-1} aria-label="Close page" className="flex-1 bg-scrim" onClick={closePage} />
      <div className="appear w-[min(100%,720px)] shadow-float">
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
