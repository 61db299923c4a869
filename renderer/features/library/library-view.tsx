/** The library: toolbar, documents as a grid or a list, and what to do with the selected ones. */
import { useMemo, useRef, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { loadLibrary, useLibraryStore } from '../../app/stores/library-store.ts';
import { useWorkspaceStore, type LibrarySection } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { WithContextMenu } from '../../components/menu.tsx';
import { useElementSize } from '../../hooks/use-element-size.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { columnsFor, DocumentGrid } from './document-grid.tsx';
import { documentMenu } from './document-menu.tsx';
import { DocumentTable, TableHead } from './document-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { useLibraryPreferences } from './library-preferences.ts';
import { LibraryToolbar } from './library-toolbar.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { inSection, visibleDocuments } from './sort-filter.ts';
import { useDocumentSelection } from './use-document-selection.ts';

const headings: Record<LibrarySection, string> = { all: 'All documents', recent: 'Recent', failed: 'Failed' };
/** Pixels on each side of the grid. */
const gridPadding = 14;

export function LibraryView({ section }: { readonly section: LibrarySection }) {
  const { documents, loaded, error } = useLibraryStore();
  if (!loaded) return <div data-testid="library-loading" className="h-full bg-surface" aria-busy="true" />;
  if (error) {
    return (
      <div className="p-6">
        <InlineError error={error} action={<Button onClick={() => void loadLibrary()}>Retry</Button>} />
      </div>
    );
  }
  if (documents.size === 0) return <EmptyState />;
  return <Documents section={section} documents={documents} />;
}

interface DocumentsProps {
  readonly section: LibrarySection;
  readonly documents: ReadonlyMap<string, DocumentSummary>;
}

function Documents({ section, documents }: DocumentsProps) {
  const { layout, sort } = useLibraryPreferences();
  const [query, setQuery] = useState('');
  const [renaming, setRenaming] = useState<DocumentSummary | null>(null);
  const [deleting, setDeleting] = useState<readonly DocumentSummary[]>([]);
  const [now] = useState(() => Date.now());
  const scroller = useRef<HTMLDivElement>(null);
  const size = useElementSize(scroller);
  const highlight = useWorkspaceStore((state) => state.highlight);
  const flashing = useMemo(() => new Set(highlight), [highlight]);

  const visible = useMemo(
    () => visibleDocuments(documents.values(), { section, query, sort, now }),
    [documents, section, query, sort, now],
  );
  const total = useMemo(
    () => [...documents.values()].filter((document) => inSection(document, section, now)).length,
    [documents, section, now],
  );

  const width = Math.max(0, size.width - 2 * gridPadding);
  const columns = layout === 'grid' ? columnsFor(width) : 1;
  const chosen = useDocumentSelection({ documents: visible, columns, onRename: setRenaming, onDelete: setDeleting });
  const { selection, selected } = chosen;
  const reveal = highlight[0] ?? selection.active;

  const shared = { documents: visible, selection, flashing, scrollElement: scroller, reveal };
  return (
    <div className="relative flex h-full flex-col">
      <LibraryToolbar
        heading={headings[section]}
        shown={visible.length}
        total={total}
        query={query}
        onQuery={setQuery}
        onLeave={() => scroller.current?.focus()}
      />
      <WithContextMenu entries={() => documentMenu(selected, { onRename: setRenaming, onDelete: setDeleting })}>
        <div
          ref={scroller}
          data-testid="library-grid"
          data-layout={layout}
          role="grid"
          aria-label={headings[section]}
          aria-multiselectable="true"
          aria-rowcount={layout === 'grid' ? Math.ceil(visible.length / columns) : visible.length + 1}
          aria-colcount={layout === 'grid' ? columns : 7}
          aria-activedescendant={selection.active ? `document-${selection.active}` : undefined}
          tabIndex={0}
          className="group/grid min-h-0 flex-1 overflow-y-auto focus-visible:outline-none"
          onClick={chosen.onClick}
          onDoubleClick={chosen.onDoubleClick}
          onContextMenu={chosen.onContextMenu}
          onKeyDown={chosen.onKeyDown}
        >
          {layout === 'list' ? (
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
          {visible.length === 0 ? <NothingFound section={section} query={query} onClear={() => setQuery('')} /> : null}
        </div>
      </WithContextMenu>
      {selected.length > 0 ? <SelectionBar selected={selected} onDelete={setDeleting} onClear={chosen.clear} /> : null}
      {renaming ? <RenameDialog document={renaming} onClose={() => setRenaming(null)} /> : null}
      {deleting.length > 0 ? <DeleteDialog documents={deleting} onClose={() => setDeleting([])} /> : null}
    </div>
  );
}

interface NothingFoundProps {
  readonly section: LibrarySection;
  readonly query: string;
  readonly onClear: () => void;
}

function NothingFound({ section, query, onClear }: NothingFoundProps) {
  const text = query
    ? `No document matches “${query}”.`
    : { all: '', recent: 'Nothing was added in the last seven days.', failed: 'Nothing failed.' }[section];
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-24 text-muted">
      <p>{text}</p>
      {query ? <Button onClick={onClear}>Clear filter</Button> : null}
    </div>
  );
}
