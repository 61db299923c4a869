/** What the menu of a collection or a tag holds; the palette offers the same for the one that shows. */
import { FilePenLine, MessageSquareText, Pencil, Trash2 } from 'lucide-react';
import { nameCollection, nameTag } from '../../app/stores/library-dialogs-store.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import type { Shelf } from '../../app/stores/shelves-store.ts';
import { beginConversation, writeAbout } from '../../app/stores/workspace-store.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import { deleteCollection, deleteTag } from './shelf-actions.ts';

export type ShelfKind = 'collection' | 'tag';

const size = 15;

export function shelfMenu(kind: ShelfKind, shelf: Shelf): MenuEntry[] {
  const { documents } = useLibraryStore.getState();
  const askable = [...shelf.documentIds].filter((id) => documents.get(id)?.searchable === true);
  const isCollection = kind === 'collection';
  return [
    {
      kind: 'action',
      label: isCollection ? 'Ask about this collection' : 'Ask about these documents',
      icon: <MessageSquareText size={size} />,
      disabled: askable.length === 0,
      run: () => beginConversation(askable, isCollection ? shelf.id : null),
    },
    {
      kind: 'action',
      label: 'Write…',
      icon: <FilePenLine size={size} />,
      disabled: askable.length === 0,
      run: () => writeAbout({ documentIds: askable, selection: null }),
    },
    { kind: 'separator' },
    {
      kind: 'action',
      label: isCollection ? 'Rename collection…' : 'Rename or merge tag…',
      icon: <Pencil size={size} />,
      shortcut: 'f2',
      run: () => (isCollection ? nameCollection(shelf) : nameTag(shelf)),
    },
    {
      kind: 'action',
      label: isCollection ? 'Delete collection' : 'Delete tag',
      icon: <Trash2 size={size} />,
      shortcut: 'delete',
      danger: true,
      run: () => void (isCollection ? deleteCollection(shelf) : deleteTag(shelf.name)),
    },
  ];
}
