/** What can be done with a conversation; one menu for the list and the conversation's own head. */
import { Archive, ArchiveRestore, Braces, FileDown, FileText, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import type { ConversationSummary } from '../../../shared/domain.ts';
import type { ExportFormat } from '../../../shared/requests/chat.ts';
import { loadConversations } from '../../app/stores/conversations-store.ts';
import { showDone, showError } from '../../app/stores/toast-store.ts';
import { beginConversation, showConversation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { countOf } from '../../components/format.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import { request } from '../../ipc/client.ts';
import { forgetConversation } from './chat-store.ts';

function isShown(id: string): boolean {
  const { view } = useWorkspaceStore.getState();
  return view.kind === 'conversation' && view.conversationId === id;
}

export async function markConversation(
  { id, title }: ConversationSummary,
  marks: { readonly pinned?: boolean; readonly archived?: boolean },
): Promise<void> {
  try {
    await request('conversations.mark', { conversationId: id, ...marks });
    await loadConversations();
    if (marks.archived === undefined) return;
    showDone(marks.archived ? `Archived “${title}”.` : `“${title}” is among the conversations again.`);
  } catch (thrown) {
    showError(thrown);
  }
}

/** Deletes at once; for ten seconds it can be undone. */
export async function deleteConversation({ id, title, messageCount }: ConversationSummary): Promise<void> {
  try {
    const wasShown = isShown(id);
    await request('conversations.delete', { conversationId: id });
    forgetConversation(id);
    if (wasShown) beginConversation([]);
    await loadConversations();
    const undo = async () => {
      try {
        await request('conversations.restore', { conversationId: id });
        await loadConversations();
        if (wasShown) showConversation(id);
      } catch (thrown) {
        showError(thrown);
      }
    };
    const what = `Deleted “${title}” with ${countOf(messageCount, 'message')}.`;
    showDone(what, { label: 'Undo', run: () => void undo() });
  } catch (thrown) {
    showError(thrown);
  }
}

export async function exportConversation({ id }: ConversationSummary, format: ExportFormat): Promise<void> {
  try {
    const fileName = await request('conversations.export', { conversationId: id, format });
    if (fileName !== null) showDone(`Saved ${fileName}.`);
  } catch (thrown) {
    showError(thrown);
  }
}

const size = 15;

export function conversationMenu(conversation: ConversationSummary, rename: () => void): readonly MenuEntry[] {
  const { pinned, archived } = conversation;
  const exportAs = (format: ExportFormat) => () => void exportConversation(conversation, format);
  return [
    { kind: 'action', label: 'Rename…', icon: <Pencil size={size} />, shortcut: 'f2', run: rename },
    {
      kind: 'action',
      label: pinned ? 'Unpin' : 'Pin to the top',
      icon: pinned ? <PinOff size={size} /> : <Pin size={size} />,
      run: () => void markConversation(conversation, { pinned: !pinned }),
    },
    {
      kind: 'action',
      label: archived ? 'Take out of the archive' : 'Archive',
      icon: archived ? <ArchiveRestore size={size} /> : <Archive size={size} />,
      run: () => void markConversation(conversation, { archived: !archived }),
    },
    { kind: 'separator' },
    { kind: 'action', label: 'Export as Markdown…', icon: <FileText size={size} />, run: exportAs('markdown') },
    { kind: 'action', label: 'Export as PDF…', icon: <FileDown size={size} />, run: exportAs('pdf') },
    { kind: 'action', label: 'Export as JSON…', icon: <Braces size={size} />, run: exportAs('json') },
    { kind: 'separator' },
    {
      kind: 'action',
      label: 'Delete',
      icon: <Trash2 size={size} />,
      shortcut: 'delete',
      danger: true,
      run: () => void deleteConversation(conversation),
    },
  ];
}
