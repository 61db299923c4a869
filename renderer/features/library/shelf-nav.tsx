/** The sidebar's collections and tags. Documents are dropped on a collection to put them in. */
import { FolderClosed, Plus, Tag } from 'lucide-react';
import { useState, type ComponentProps, type DragEvent } from 'react';
import { nameCollection } from '../../app/stores/library-dialogs-store.ts';
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { showLibrary, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { entryOfKey, WithContextMenu } from '../../components/menu.tsx';
import { carriedDocuments, carriesDocuments } from './document-drag.ts';
import { NavItem } from '../../components/nav-item.tsx';
import { setInCollection } from './shelf-actions.ts';
import { shelfMenu, type ShelfKind } from './shelf-menu.tsx';

export function ShelfNav() {
  const { collections, tags } = useShelvesStore();
  const view = useWorkspaceStore((state) => state.view);
  const section = view.kind === 'library' ? view.section : null;
  return (
    <>
      <div className="mt-3 flex h-6 shrink-0 items-center pl-2">
        <h2 className="flex-1 text-small font-semibold text-faint">Collections</h2>
        <IconButton
          label="New collection"
          className="size-6"
          data-testid="new-collection"
          onClick={() => nameCollection(null)}
        >
          <Plus size={14} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 scrolls-canvas">
        <ul>
          {collections.map((collection) => (
            <li key={collection.id}>
              <CollectionItem collection={collection} isCurrent={section === `collection:${collection.id}`} />
            </li>
          ))}
        </ul>
        {tags.length > 0 ? <h2 className="px-2 pt-2 pb-1 text-small font-semibold text-faint">Tags</h2> : null}
        <ul>
          {tags.map((tag) => (
            <li key={tag.id}>
              <ShelfItem
                data-testid="tag-item"
                kind="tag"
                shelf={tag}
                icon={<Tag size={14} />}
                isCurrent={section === `tag:${tag.id}`}
              />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

interface CollectionItemProps {
  readonly collection: Shelf;
  readonly isCurrent: boolean;
}

function CollectionItem({ collection, isCurrent }: CollectionItemProps) {
  const [isOver, setIsOver] = useState(false);
  const accept = (event: DragEvent) => {
    if (!carriesDocuments(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    setIsOver(true);
  };
  const drop = (event: DragEvent) => {
    setIsOver(false);
    const documentIds = carriedDocuments(event);
    if (documentIds.length === 0) return;
    event.preventDefault();
    void setInCollection(collection, documentIds, true);
  };
  return (
    <ShelfItem
      data-testid="collection-item"
      kind="collection"
      shelf={collection}
      icon={<FolderClosed size={15} />}
      isCurrent={isCurrent}
      className={isOver ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent' : undefined}
      onDragEnter={accept}
      onDragOver={accept}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    />
  );
}

interface ShelfItemProps extends Omit<ComponentProps<typeof NavItem>, 'label' | 'count'> {
  readonly kind: ShelfKind;
  readonly shelf: Shelf;
}

/** Its menu by the mouse, and the menu's keys while it has the focus. */
function ShelfItem({ kind, shelf, ...rest }: ShelfItemProps) {
  return (
    <WithContextMenu entries={() => shelfMenu(kind, shelf)}>
      <NavItem
        label={shelf.name}
        count={shelf.documentIds.size}
        onClick={() => showLibrary(`${kind}:${shelf.id}`)}
        onKeyDown={(event) => {
          const entry = entryOfKey(shelfMenu(kind, shelf), event);
          if (!entry) return;
          event.preventDefault();
          entry.run();
        }}
        {...rest}
      />
    </WithContextMenu>
  );
}
