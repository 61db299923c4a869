/** Gives a written piece another title. */
import { useState } from 'react';
import type { PieceSummary } from '../../../shared/written.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { TextField } from '../../components/text-field.tsx';
import { renamePiece } from './piece-actions.tsx';

export interface RenamePieceDialogProps {
  readonly piece: PieceSummary;
  readonly onClose: () => void;
}

export function RenamePieceDialog({ piece, onClose }: RenamePieceDialogProps) {
  const [title, setTitle] = useState(piece.title);
  const trimmed = title.trim();
  const rename = () => {
    if (trimmed !== piece.title) void renamePiece(piece.id, trimmed);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title="Rename piece">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') rename();
        }}
      >
        <TextField
          className="px-5 pt-3"
          label="Title"
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={trimmed === ''}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
