/** Names a new collection, or gives one another name. */
import { useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { Shelf } from '../../app/stores/shelves-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
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
  const [name, setName] = useState(collection?.name ?? '');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const trimmed = name.trim();
  const save = async () => {
    if (trimmed === '') return;
    try {
      if (collection) await renameCollection(collection, trimmed);
      onDone(collection?.id ?? (await createCollection(trimmed, documentIds)));
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={collection ? 'Rename collection' : 'New collection'}
      testId="collection-name-dialog"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          className="px-5 pt-3"
          label="Name"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        {error ? <InlineError error={error} className="mx-5 mt-3" /> : null}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={trimmed === ''}>
            {collection ? 'Rename' : 'Create'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
