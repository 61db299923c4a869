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
import { deletedText, goesText, keptLibrariesText, staysText } from './deletion-text.ts';

type Described = DeletionCounts & { readonly keptLibraries: number };

export interface DeleteDialogProps {
  readonly documents: readonly { readonly id: string; readonly title: string }[];
  readonly onClose: () => void;
}

export function DeleteDialog({ documents, onClose }: DeleteDialogProps) {
  const [counts, setCounts] = useState<Described | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isDeleting, setIsDeleting] = useState(false);
  const kept = keptLibrariesText(counts?.keptLibraries ?? 0);
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
      showDone(deletedText(deleted, counts?.keptLibraries));
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
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5 pt-1 tabular">
          <dt className="font-medium text-ink">Goes</dt>
          <dd data-testid="deletion-counts">{counts ? goesText(counts) : 'Counting…'}</dd>
          <dt className="font-medium text-ink">Stays</dt>
          <dd data-testid="deletion-stays">{counts ? staysText(counts) : ''}</dd>
          {kept === null ? null : (
            <>
              <dt className="font-medium text-ink">Elsewhere</dt>
              <dd data-testid="deletion-elsewhere">{kept}</dd>
            </>
          )}
        </dl>
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
