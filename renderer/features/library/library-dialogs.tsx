/** The dialogs that the library's documents have; those that are rarely needed are fetched when they are. */
import type { DocumentSummary } from '../../../shared/domain.ts';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';

const ShelvesDialog = loadOnDemand(async () => (await import('./shelves-dialog.tsx')).ShelvesDialog);
const RecogniseDialog = loadOnDemand(async () => (await import('./recognise-dialog.tsx')).RecogniseDialog);
const DetailsDialog = loadOnDemand(async () => (await import('./details-dialog.tsx')).DetailsDialog);

export type DocumentDialogKind = 'rename' | 'delete' | 'collections' | 'tags' | 'details' | 'recognise';

export interface DocumentDialog {
  readonly kind: DocumentDialogKind;
  /** At least one. */
  readonly documents: readonly DocumentSummary[];
}

/** Opens a dialog about these documents. */
export type OpenDialog = (kind: DocumentDialogKind, documents: readonly DocumentSummary[]) => void;

export interface LibraryDialogsProps extends DocumentDialog {
  readonly onOpen: OpenDialog;
  readonly onClose: () => void;
}

export function LibraryDialogs({ kind, documents, onOpen, onClose }: LibraryDialogsProps) {
  const [first] = documents;
  if (!first) return null;
  switch (kind) {
    case 'rename':
      return <RenameDialog document={first} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog documents={documents} onClose={onClose} />;
    case 'collections':
    case 'tags':
      return <ShelvesDialog kind={kind} documents={documents} onClose={onClose} />;
    case 'recognise':
      return <RecogniseDialog document={first} onClose={onClose} />;
    case 'details':
      return <DetailsDialog documentId={first.id} onRename={() => onOpen('rename', [first])} onClose={onClose} />;
  }
}
