/** Names a new collection, or gives one another name. */
import type { Shelf } from '../../app/stores/shelves-store.ts';
import { NameDialog } from '../../components/name-dialog.tsx';
import { createCollection, renameCollection } from './shelf-actions.ts';

export interface CollectionNameDialogProps {
  /** Null makes a new one. */
  readonly collection: Pick<Shelf, 'id' | 'name'> | null;
  /** What a new one begins with. */
  readonly documentIds: readonly string[];
  readonly onDone: (collectionId: string) => void;
  readonly onClose: () => void;
}

export function CollectionNameDialog({ collection, documentIds, onDone, onClose }: CollectionNameDialogProps) {
  const save = async (name: string) => {
    if (collection) await renameCollection(collection, name);
    onDone(collection?.id ?? (await createCollection(name, documentIds)));
  };
  return (
    <NameDialog
      title={collection ? 'Rename collection' : 'New collection'}
      label="Name"
      action={collection ? 'Rename' : 'Create'}
      current={collection?.name ?? ''}
      maxLength={80}
      testId="collection-name-dialog"
      onName={save}
      onClose={onClose}
    />
  );
}
