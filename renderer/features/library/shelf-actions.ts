/** Putting documents into collections, tagging them, marking favourites; each can be undone from its confirmation. */
import type { RequestInput } from '../../../shared/requests/index.ts';
import { useShelvesStore } from '../../app/stores/shelves-store.ts';
import { showDone, showError } from '../../app/stores/toast-store.ts';
import { showLibrary, useWorkspaceStore, type LibrarySection } from '../../app/stores/workspace-store.ts';
import { countOf } from '../../components/format.ts';
import { request } from '../../ipc/client.ts';
import { tagToMergeInto } from './tag-names.ts';

type ChangeName =
  'shelves.putInCollection' | 'shelves.takeOutOfCollection' | 'shelves.tag' | 'shelves.untag' | 'shelves.setFavourite';

type Change = {
  readonly [Name in ChangeName]: { readonly name: Name; readonly params: RequestInput<Name> };
}[ChangeName];

/** Carries out a change, says what it did, and offers to turn it back for exactly those documents that it changed. */
async function carryOut(change: Change, undo: (changed: string[]) => Change, words: (count: string) => string) {
  try {
    const { changed } = await request(change.name, change.params);
    if (changed.length === 0) return;
    const turnBack = undo([...changed]);
    const run = () => void request(turnBack.name, turnBack.params).catch(showError);
    showDone(words(countOf(changed.length, 'document')), { label: 'Undo', run });
  } catch (thrown) {
    showError(thrown);
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

export function setFavourite(documentIds: readonly string[], favourite: boolean): Promise<void> {
  const change = (ids: readonly string[], value: boolean): Change => ({
    name: 'shelves.setFavourite',
    params: { documentIds: [...ids], favourite: value },
  });
  return carryOut(
    change(documentIds, favourite),
    (changed) => change(changed, !favourite),
    (count) => (favourite ? `${count} marked as favourite.` : `${count} no longer marked as favourite.`),
  );
}

function inCollection(collection: Named, ids: readonly string[], isIn: boolean): Change {
  return {
    name: isIn ? 'shelves.putInCollection' : 'shelves.takeOutOfCollection',
    params: { collectionId: collection.id, documentIds: [...ids] },
  };
}

export function setInCollection(collection: Named, documentIds: readonly string[], isIn: boolean): Promise<void> {
  return carryOut(
    inCollection(collection, documentIds, isIn),
    (changed) => inCollection(collection, changed, !isIn),
    (count) => (isIn ? `${count} put into “${collection.name}”.` : `${count} taken out of “${collection.name}”.`),
  );
}

function tagged(tag: string, ids: readonly string[], isOn: boolean): Change {
  return { name: isOn ? 'shelves.tag' : 'shelves.untag', params: { name: tag, documentIds: [...ids] } };
}

export function setTag(tag: string, documentIds: readonly string[], isOn: boolean): Promise<void> {
  return carryOut(
    tagged(tag, documentIds, isOn),
    (changed) => tagged(tag, changed, !isOn),
    (count) => (isOn ? `${count} tagged “${tag}”.` : `“${tag}” removed from ${count}.`),
  );
}

/** Throws the AppError that main answered with: a name that is taken is told beside its field. */
export async function createCollection(name: string, documentIds: readonly string[]): Promise<string> {
  const { collectionId } = await request('shelves.createCollection', { name, documentIds: [...documentIds] });
  return collectionId;
}

export async function renameCollection(collection: Named, name: string): Promise<void> {
  await request('shelves.renameCollection', { collectionId: collection.id, name });
}

/** Its documents stay; the undo brings back the same one, which conversations that followed it follow again. */
export async function deleteCollection(collection: Named): Promise<void> {
  try {
    const { id: collectionId, name } = collection;
    const deleted = await request('shelves.deleteCollection', { collectionId });
    leaveSection(`collection:${collectionId}`);
    const [documentIds, conversationIds] = [[...deleted.changed], [...deleted.conversationIds]];
    const params = { collectionId, name, documentIds, conversationIds };
    const undo = () => void request('shelves.restoreCollection', params).catch(showError);
    showDone(`Deleted the collection “${name}”. Its documents stay in the library.`, {
      label: 'Undo',
      run: undo,
    });
  } catch (thrown) {
    showError(thrown);
  }
}

/** Throws the AppError that main answered with. The undo gives each document back exactly what it had. */
export async function renameTag(name: string, newName: string): Promise<void> {
  if (name === newName) return;
  const into = tagToMergeInto(useShelvesStore.getState().tags, name, newName);
  const { changed, gained } = await request('shelves.renameTag', { name, newName });
  leaveSection(`tag:${name}`, `tag:${into?.name ?? newName}`);
  const undo = async () => {
    if (!into) {
      await request('shelves.renameTag', { name: newName, newName: name });
      leaveSection(`tag:${newName}`, `tag:${name}`);
      return;
    }
    await request('shelves.tag', { name, documentIds: [...changed] });
    if (gained.length > 0) await request('shelves.untag', { name: into.name, documentIds: [...gained] });
  };
  showDone(into ? `Merged “${name}” into “${into.name}”.` : `Renamed “${name}” to “${newName}”.`, {
    label: 'Undo',
    run: () => void undo().catch(showError),
  });
}

/** Its documents stay; the undo tags them again. */
export async function deleteTag(name: string): Promise<void> {
  try {
    const { changed } = await request('shelves.deleteTag', { name });
    leaveSection(`tag:${name}`);
    if (changed.length === 0) return;
    const undo = () => void request('shelves.tag', { name, documentIds: [...changed] }).catch(showError);
    showDone(`Deleted the tag “${name}”. It was on ${countOf(changed.length, 'document')}.`, {
      label: 'Undo',
      run: undo,
    });
  } catch (thrown) {
    showError(thrown);
  }
}

/** Shows another section where this one was shown. */
function leaveSection(section: LibrarySection, next: LibrarySection = 'all'): void {
  const { view } = useWorkspaceStore.getState();
  if (view.kind === 'library' && view.section === section) showLibrary(next);
}

/** Marks all of them, or none when all are marked already. */
export function toggleFavourite(documentIds: readonly string[]): Promise<void> {
  const { favourites } = useShelvesStore.getState();
  return setFavourite(documentIds, !documentIds.every((id) => favourites.has(id)));
}
