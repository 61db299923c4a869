/** The dialogs about documents and shelves; those that are rarely needed are fetched when they are. */
import { closeLibraryDialog, openDocumentDialog, useLibraryDialogs } from '../../app/stores/library-dialogs-store.ts';
import { showLibrary } from '../../app/stores/workspace-store.ts';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { CollectionNameDialog } from './collection-name-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { TagNameDialog } from './tag-name-dialog.tsx';

const ShelvesDialog = loadOnDemand(async () => (await import('./shelves-dialog.tsx')).ShelvesDialog);
const RecogniseDialog = loadOnDemand(async () => (await import('./recognise-dialog.tsx')).RecogniseDialog);
const ShareDialog = loadOnDemand(async () => (await import('./share-dialog.tsx')).ShareDialog);
const DetailsDialog = loadOnDemand(async () => (await import('./details-dialog.tsx')).DetailsDialog);

export function LibraryDialogs() {
  const dialog = useLibraryDialogs((state) => state.dialog);
  const onClose = closeLibraryDialog;
  if (!dialog) return null;
  if (dialog.kind === 'name-tag') return <TagNameDialog tag={dialog.tag} onClose={onClose} />;
  if (dialog.kind === 'name-collection') {
    const { collection } = dialog;
    return (
      <CollectionNameDialog
        collection={collection}
        documentIds={[]}
        onDone={(id) => collection === null && showLibrary(`collection:${id}`)}
        onClose={onClose}
      />
    );
  }
  const { kind, documents } = dialog;
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
    case 'share':
      return <ShareDialog document={first} onClose={onClose} />;
    case 'details':
      return (
        <DetailsDialog
          documentId={first.id}
          onRename={() => openDocumentDialog('rename', [first])}
          onRecognise={() => openDocumentDialog('recognise', [first])}
          onClose={onClose}
        />
      );
  }
}
