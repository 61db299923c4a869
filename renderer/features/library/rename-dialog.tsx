/** Gives a document another title; the file keeps its name. */
import { showDone } from '../../app/stores/toast-store.ts';
import { NameDialog } from '../../components/name-dialog.tsx';
import { request } from '../../ipc/client.ts';

export interface RenameDialogProps {
  readonly document: { readonly id: string; readonly title: string };
  readonly onClose: () => void;
}

export function RenameDialog({ document, onClose }: RenameDialogProps) {
  const rename = async (title: string) => {
    if (title === document.title) return;
    await request('library.renameDocument', { documentId: document.id, title });
    showDone('Renamed.');
  };
  return (
    <NameDialog
      title="Rename document"
      note="The file keeps its name."
      current={document.title}
      maxLength={500}
      onName={rename}
      onClose={onClose}
    />
  );
}
