/** Gives a document another title; the file keeps its name. */
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { TextField } from '../../components/text-field.tsx';
import { renameDocument } from './document-actions.ts';

export interface RenameDialogProps {
  readonly document: { readonly id: string; readonly title: string };
  readonly onClose: () => void;
}

export function RenameDialog({ document, onClose }: RenameDialogProps) {
  const [title, setTitle] = useState(document.title);
  const trimmed = title.trim();
  return (
    <Dialog open onClose={onClose} title="Rename document">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '' && trimmed !== document.title) void renameDocument(document.id, trimmed);
          if (trimmed !== '') onClose();
        }}
      >
        <TextField
          className="px-5 pt-3"
          label="Title"
          note="The file keeps its name."
          value={title}
          maxLength={500}
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
