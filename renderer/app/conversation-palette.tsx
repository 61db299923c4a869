/** What can be done with the conversation that is open, for the palette. */
import { Archive, Braces, FileDown, FileText, Pin, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConversationSummary } from '../../shared/domain.ts';
import { deleteConversation, exportConversation, markConversation } from '../features/chat/conversation-actions.tsx';
import { summaryOf } from '../features/chat/chat-store.ts';
import type { Action } from './actions.tsx';
import { useWorkspaceStore } from './stores/workspace-store.ts';

const size = 15;

function openConversation(): ConversationSummary | undefined {
  const { view } = useWorkspaceStore.getState();
  if (view.kind !== 'conversation') return undefined;
  return view.conversationId === null ? undefined : summaryOf(view.conversationId);
}

function action(
  id: string,
  title: string,
  icon: ReactNode,
  run: (conversation: ConversationSummary) => Promise<void>,
): Action {
  return {
    id,
    title,
    words: 'conversation chat',
    icon,
    isAvailable: () => openConversation() !== undefined,
    run: () => {
      const conversation = openConversation();
      if (conversation) void run(conversation);
    },
  };
}

export const conversationActions: readonly Action[] = [
  action('pin-conversation', 'Pin or unpin this conversation', <Pin size={size} />, (conversation) =>
    markConversation(conversation, { pinned: !conversation.pinned }),
  ),
  action('archive-conversation', 'Archive this conversation, or take it out', <Archive size={size} />, (conversation) =>
    markConversation(conversation, { archived: !conversation.archived }),
  ),
  action('export-markdown', 'Export this conversation as Markdown…', <FileText size={size} />, (conversation) =>
    exportConversation(conversation, 'markdown'),
  ),
  action('export-pdf', 'Export this conversation as PDF…', <FileDown size={size} />, (conversation) =>
    exportConversation(conversation, 'pdf'),
  ),
  action('export-json', 'Export this conversation as JSON…', <Braces size={size} />, (conversation) =>
    exportConversation(conversation, 'json'),
  ),
  action('delete-conversation', 'Delete this conversation', <Trash2 size={size} />, deleteConversation),
];
