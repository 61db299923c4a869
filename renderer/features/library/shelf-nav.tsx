/** The sidebar's collections and tags. Documents are dropped on a collection to put them in. */
import { FilePenLine, FolderClosed, MessageSquareText, Pencil, Plus, Tag, Trash2 } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { beginConversation, showLibrary, useWorkspaceStore, writeAbout } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { WithContextMenu, type MenuEntry } from '../../components/menu.tsx';
import { CollectionNameDialog } from './collection-name-dialog.tsx';
import { carriedDocuments, carriesDocuments } from './document-drag.ts';
import { NavItem } from '../../components/nav-item.tsx';
import { deleteCollection, setInCollection } from './shelf-actions.ts';

/** What the name's dialog is open for. */
type Naming = { readonly collection: Shelf | null } | null;

export function ShelfNav() {
  const { collections, tags } = useShelvesStore();
  const view = useWorkspaceStore((state) => state.view);
  const section = view.kind === 'library' ? view.section : null;
  const [naming, setNaming] = useState<Naming>(null);
  return (
    <>
      <div className="mt-3 flex h-6 shrink-0 items-center pl-2">
        <h2 className="flex-1 text-small font-semibold text-faint">Collections</h2>
        <IconButton
          label="New collection"
          className="size-6"
          data-testid="new-collection"
          onClick={() => setNaming({ collection: null })}
        >
          <Plus size={14} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <ul>
          {collections.map((collection) => (
            <li key={collection.id}>
              <CollectionItem
                collection={collection}
                isCurrent={section === `collection:${collection.id}`}
                onRename={() => setNaming({ collection })}
              />
            </li>
          ))}
        </ul>
        {tags.length > 0 ? <h2 className="px-2 pt-2 pb-1 text-small font-semibold text-faint">Tags</h2> : null}
        <ul>
          {tags.map((tag) => (
            <li key={tag.id}>
              <NavItem
                data-testid="tag-item"
                label={tag.name}
                icon={<Tag size={14} />}
                count={tag.documentIds.size}
                isCurrent={section === `tag:${tag.id}`}
                onClick={() => showLibrary(`tag:${tag.id}`)}
              />
            </li>
          ))}
        </ul>
      </div>
      {naming ? (
        <CollectionNameDialog
          collection={naming.collection}
          documentIds={[]}
          onDone={(id) => naming.collection === null && showLibrary(`collection:${id}`)}
          onClose={() => setNaming(null)}
        />
      ) : null}
    </>
  );
}

interface CollectionItemProps {
  readonly collection: Shelf;
  readonly isCurrent: boolean;
  readonly onRename: () => void;
}

function CollectionItem({ collection, isCurrent, onRename }: CollectionItemProps) {
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
    <WithContextMenu entries={() => collectionMenu(collection, onRename)}>
      <NavItem
        data-testid="collection-item"
        label={collection.name}
        icon={<FolderClosed size={15} />}
        count={collection.documentIds.size}
        isCurrent={isCurrent}
        className={isOver ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent' : undefined}
        onClick={() => showLibrary(`collection:${collection.id}`)}
        onDragEnter={accept}
        onDragOver={accept}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        onKeyDown={(event) => {
          if (event.key === 'F2') onRename();
          else if (event.key === 'Delete') void deleteCollection(collection);
          else return;
          event.preventDefault();
        }}
      />
    </WithContextMenu>
  );
}

function collectionMenu(collection: Shelf, onRename: () => void): MenuEntry[] {
  const { documents } = useLibraryStore.getState();
  const askable = [...collection.documentIds].filter((id) => documents.get(id)?.searchable === true);
  return [
    {
      kind: 'action',
      label: 'Ask about this collection',
      icon: <MessageSquareText size={15} />,
      disabled: askable.length === 0,
      run: () => beginConversation(askable, collection.id),
    },
    {
      kind: 'action',
      label: 'Write…',
      icon: <FilePenLine size={15} />,
      disabled: askable.length === 0,
      run: () => writeAbout({ documentIds: askable, selection: null }),
    },
    { kind: 'separator' },
    { kind: 'action', label: 'Rename…', icon: <Pencil size={15} />, shortcut: 'f2', run: onRename },
    {
      kind: 'action',
      label: 'Delete collection',
      icon: <Trash2 size={15} />,
      shortcut: 'delete',
      danger: true,
      run: () => void deleteCollection(collection),
    },
  ];
}
