/** Renaming a conversation. */
import { useState } from 'react';
import type { ConversationSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { loadConversations } from '../../app/stores/conversations-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';

interface DialogProps {
  readonly conversation: ConversationSummary;
  readonly onClose: () => void;
}

export function RenameConversationDialog({ conversation, onClose }: DialogProps) {
  const [title, setTitle] = useState(conversation.title);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const trimmed = title.trim();
  const rename = async () => {
    try {
      await request('conversations.rename', { conversationId: conversation.id, title: trimmed });
      await loadConversations();
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  };
  return (
    <Dialog open onClose={onClose} title="Rename conversation">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') void rename();
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
        {error ? <InlineError error={error} className="mx-5 mt-3" /> : null}
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
