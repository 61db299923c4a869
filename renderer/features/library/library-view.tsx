/** The library: toolbar, documents as a grid or a list, and what to do with the selected ones. */
import { useDeferredValue, useMemo, useRef, useState, type DragEvent } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { loadLibrary, useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { useWorkspaceStore, type LibrarySection } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { WithContextMenu } from '../../components/menu.tsx';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { columnsFor, DocumentGrid } from './document-grid.tsx';
import { carryDocuments } from './document-drag.ts';
import { documentMenu } from './document-menu.tsx';
import { DocumentTable, TableHead } from './document-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { useLibraryPreferences } from './library-preferences.ts';
import { LibraryOpening } from './library-opening.tsx';
import { LibraryToolbar } from './library-toolbar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { emptyText, headingOf, memberTest, needsShelves } from './section-members.ts';
import { visibleDocuments } from './sort-filter.ts';
import { useDocumentSelection } from './use-document-selection.ts';

/** Pixels on each side of the grid. */
const gridPadding = 14;

export function LibraryView({ section }: { readonly section: LibrarySection }) {
  const { documents, loaded, updating, error } = useLibraryStore();
  // A window that opens on a shelf does not say that it is empty before it knows.
  const isKnown = useShelvesStore((state) => state.loaded) || !needsShelves(section);
  // The first documents bring a whole view along: deferred, React builds it in slices and not in one go of 50 ms.
  const isEmpty = useDeferredValue(documents.size === 0);
  if (!loaded || !isKnown) return updating ? <LibraryOpening /> : <Loading />;
  if (error) {
    return (
      <div className="p-6">
        <InlineError error={error} action={<Button onClick={() => void loadLibrary()}>Retry</Button>} />
      </div>
    );
  }
  if (isEmpty) return <EmptyState />;
  return <Documents section={section} documents={documents} />;
}

function Loading() {
  return <div data-testid="library-loading" className="h-full bg-surface" aria-busy="true" />;
}

interface DocumentsProps {
  readonly section: LibrarySection;
  readonly documents: ReadonlyMap<string, DocumentSummary>;
}

function Documents({ section, documents }: DocumentsProps) {
  const { layout, sort } = useLibraryPreferences();
  const [query, setQuery] = useState('');
  const shelves = useShelvesStore();
  const [now] = useState(() => Date.now());
  const scroller = useRef<HTMLDivElement>(null);
  const size = useElementSize(scroller);
  const highlight = useWorkspaceStore((state) => state.highlight);
  const flashing = useMemo(() => new Set(highlight), [highlight]);

  const isMember = useMemo(() => memberTest(section, shelves, now), [section, shelves, now]);
  const visible = useMemo(
    () => visibleDocuments(documents.values(), { isMember, query, sort }),
    [documents, isMember, query, sort],
  );
  const total = useMemo(() => [...documents.values()].filter(isMember).length, [documents, isMember]);
  const heading = headingOf(section, shelves);

  const width = Math.max(0, size.width - 2 * gridPadding);
  const columns = layout === 'grid' ? columnsFor(width) : 1;
  const chosen = useDocumentSelection({ documents: visible, columns });
  const { selection, selected } = chosen;
  const reveal = highlight[0] ?? chosen.reached;

  /** The selection goes along when one of it is dragged. */
  const onDragStart = (event: DragEvent<HTMLElement>) => {
    const card = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-document-id]') : null;
    const id = card?.dataset['documentId'];
    if (id !== undefined) carryDocuments(event, selection.ids.has(id) ? [...selection.ids] : [id]);
  };

  const shared = {
    documents: visible,
    favourites: shelves.favourites,
    selection,
    flashing,
    scrollElement: scroller,
    reveal,
  };
  // A grid without rows, with a button in it, is none to a screen reader.
  const isEmpty = visible.length === 0;
  return (
    <div className="relative flex h-full flex-col">
      <LibraryToolbar
        heading={heading}
        shown={visible.length}
        total={total}
        query={query}
        onQuery={setQuery}
        onLeave={() => scroller.current?.focus()}
      />
      <WithContextMenu entries={() => documentMenu(selected)}>
        <div
          ref={scroller}
          data-testid="library-grid"
          data-home=""
          data-layout={layout}
          {...(isEmpty
            ? { role: 'group' }
            : {
                role: 'grid',
                'aria-multiselectable': true,
                'aria-rowcount': layout === 'grid' ? Math.ceil(visible.length / columns) : visible.length + 1,
                'aria-colcount': layout === 'grid' ? columns : 7,
              })}
          aria-label={heading}
          aria-activedescendant={selection.active ? `document-${selection.active}` : undefined}
          tabIndex={0}
          className={classNames(
            'group/grid @container min-h-0 flex-1 scrolls-surface',
            // The place of the keyboard has the ring, where there is one.
            selection.active === null ? 'focus-visible:-outline-offset-2' : 'focus-visible:outline-none',
          )}
          onClick={chosen.onClick}
          onDoubleClick={chosen.onDoubleClick}
          onContextMenu={chosen.onContextMenu}
          onDragStart={onDragStart}
          onKeyDown={chosen.onKeyDown}
        >
          {isEmpty ? (
            <NothingFound section={section} query={query} onClear={() => setQuery('')} />
          ) : layout === 'list' ? (
            <>
              <div className="sticky top-0 z-10" role="presentation">
                <TableHead sort={sort} />
              </div>
              <DocumentTable {...shared} now={now} />
            </>
          ) : (
            <div className="px-3.5 pt-3.5" role="presentation">
              {size.width > 0 ? (
                <DocumentGrid {...shared} columns={columns} width={width} height={size.height} />
              ) : null}
            </div>
          )}
        </div>
      </WithContextMenu>
      {selected.length > 0 ? <SelectionBar selected={selected} onClear={chosen.clear} /> : null}
    </div>
  );
}

interface NothingFoundProps {
  readonly section: LibrarySection;
  readonly query: string;
  readonly onClear: () => void;
}

function NothingFound({ section, query, onClear }: NothingFoundProps) {
  const text = query ? `No document matches “${query}”.` : emptyText(section);
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-24 text-muted">
      <p>{text}</p>
      {query ? <Button onClick={onClear}>Clear filter</Button> : null}
    </div>
  );
}
