/** Asks before documents are deleted, and says in numbers what goes. */
import { useEffect, useState } from 'react';
import type { DeletionCounts } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { forgetDocuments } from '../../app/stores/workspace-store.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { request } from '../../ipc/client.ts';
import { describeCounts } from './deletion-text.ts';

export interface DeleteDialogProps {
  readonly documents: readonly { readonly id: string; readonly title: string }[];
  readonly onClose: () => void;
}

export function DeleteDialog({ documents, onClose }: DeleteDialogProps) {
  const [counts, setCounts] = useState<DeletionCounts | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isDeleting, setIsDeleting] = useState(false);
  const ids = documents.map((document) => document.id);
  const key = ids.join(' ');

  useEffect(() => {
    let isCurrent = true;
    request('library.describeDeletion', { documentIds: key.split(' ') }).then(
      (value) => isCurrent && setCounts(value),
      (thrown: unknown) => isCurrent && setError(toAppError(thrown).toInfo()),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);

  const [first] = documents;
  const title =
    documents.length === 1 && first ? `Delete “${first.title}”?` : `Delete ${countOf(ids.length, 'document')}?`;

  const confirm = async () => {
    setIsDeleting(true);
    setError(null);
    try {
      const deleted = await request('library.deleteDocuments', { documentIds: ids });
      forgetDocuments(ids);
      showDone(`Deleted ${countOf(deleted.documents, 'document')}.`);
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
      setIsDeleting(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      testId="delete-dialog"
      description={
        <>
          <p data-testid="deletion-counts">{counts ? describeCounts(counts) : 'Counting what goes…'}</p>
          <p className="mt-2">The files that you added stay where they are on your disk.</p>
        </>
      }
    >
      {error ? <InlineError error={error} className="mx-5 mt-3" /> : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" disabled={isDeleting || !counts} onClick={() => void confirm()}>
          {isDeleting ? 'Deleting…' : 'Delete'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
