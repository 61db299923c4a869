/** Gives a written piece another title. */
import type { PieceSummary } from '../../../shared/written.ts';
import { NameDialog } from '../../components/name-dialog.tsx';
import { request } from '../../ipc/client.ts';

export interface RenamePieceDialogProps {
  readonly piece: PieceSummary;
  readonly onClose: () => void;
}

export function RenamePieceDialog({ piece, onClose }: RenamePieceDialogProps) {
  const rename = async (title: string) => {
    if (title !== piece.title) await request('written.rename', { pieceId: piece.id, title });
  };
  return <NameDialog title="Rename piece" current={piece.title} maxLength={200} onName={rename} onClose={onClose} />;
}
