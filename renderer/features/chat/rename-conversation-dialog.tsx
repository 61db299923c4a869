/** Gives a conversation another title, which its first question no longer changes. */
import type { ConversationSummary } from '../../../shared/domain.ts';
import { loadConversations } from '../../app/stores/conversations-store.ts';
import { NameDialog } from '../../components/name-dialog.tsx';
import { request } from '../../ipc/client.ts';

export interface RenameConversationDialogProps {
  readonly conversation: ConversationSummary;
  readonly onClose: () => void;
}

export function RenameConversationDialog({ conversation, onClose }: RenameConversationDialogProps) {
  const rename = async (title: string) => {
    await request('conversations.rename', { conversationId: conversation.id, title });
    await loadConversations();
  };
  return (
    <NameDialog
      title="Rename conversation"
      current={conversation.title}
      maxLength={200}
      onName={rename}
      onClose={onClose}
    />
  );
}
