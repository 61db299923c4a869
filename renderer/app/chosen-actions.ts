/** What the palette offers for the documents that are chosen and the shelf that shows: their own menus, entry by entry. */
import { documentMenu } from '../features/library/document-menu.tsx';
import { shelfOf } from '../features/library/section-members.ts';
import { shelfMenu } from '../features/library/shelf-menu.tsx';
import { countOf } from '../components/format.ts';
import { actionsOf, type MenuAction } from '../components/menu.tsx';
import { chosenDocuments, useSelectionStore } from './stores/selection-store.ts';
import { useShelvesStore } from './stores/shelves-store.ts';
import { useWorkspaceStore } from './stores/workspace-store.ts';

export interface ActionGroup {
  /** What they are about. */
  readonly heading: string;
  /** The word that finds them all. */
  readonly words: string;
  readonly actions: readonly MenuAction[];
  /** Whether the keys that they show hold where the palette was opened. */
  readonly hasKeys: boolean;
}

export function chosenActions(): readonly ActionGroup[] {
  const groups: ActionGroup[] = [];
  const documents = chosenDocuments();
  const [first] = documents;
  if (first) {
    const heading = documents.length === 1 ? `“${first.title}”` : countOf(documents.length, 'chosen document');
    const hasKeys = useSelectionStore.getState().selected.length > 0;
    groups.push({ heading, words: 'document', actions: actionsOf(documentMenu(documents)), hasKeys });
  }
  const { view } = useWorkspaceStore.getState();
  const shelf = view.kind === 'library' ? shelfOf(view.section, useShelvesStore.getState()) : undefined;
  if (shelf && view.kind === 'library') {
    const kind = view.section.startsWith('tag:') ? 'tag' : 'collection';
    const heading = kind === 'tag' ? `Tag “${shelf.name}”` : `Collection “${shelf.name}”`;
    groups.push({ heading, words: kind, actions: actionsOf(shelfMenu(kind, shelf)), hasKeys: false });
  }
  return groups;
}
