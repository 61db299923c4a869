/** Renaming and deleting a conversation. */
import { useState } from 'react';
import type { ConversationSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { loadConversations } from '../../app/stores/conversations-store.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { beginConversation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { countOf } from '../../components/format.ts';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';
import { forgetConversation } from './chat-store.ts';

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

export function DeleteConversationDialog({ conversation, onClose }: DialogProps) {
  const [error, setError] = useState<ErrorInfo | null>(null);
  const remove = async () => {
    try {
      await request('conversations.delete', { conversationId: conversation.id });
      forgetConversation(conversation.id);
      const { view } = useWorkspaceStore.getState();
      if (view.kind === 'conversation' && view.conversationId === conversation.id) beginConversation([]);
      await loadConversations();
      showDone('Deleted the conversation.');
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete “${conversation.title}”?`}
      testId="delete-conversation-dialog"
      description={`${countOf(conversation.messageCount, 'message')} ${conversation.messageCount === 1 ? 'goes' : 'go'} with it. Your documents stay.`}
    >
      {error ? <InlineError error={error} className="mx-5 mt-3" /> : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" onClick={() => void remove()}>
          Delete
        </Button>
      </DialogActions>
    </Dialog>
  );
}
