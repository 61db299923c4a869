/** Why these passages, by the palette or a shortcut: of the answer whose source is open, else of the last one. */
import { useChatStore } from '../features/chat/chat-store.ts';
import { showDone } from './stores/toast-store.ts';
import { explainAnswer, useWorkspaceStore } from './stores/workspace-store.ts';

export function explainLastAnswer(): void {
  const { view, trail } = useWorkspaceStore.getState();
  const id = view.kind === 'conversation' ? view.conversationId : null;
  const messages = (id !== null && useChatStore.getState().conversations.get(id)?.messages) || [];
  const answers = messages.filter(({ role, state }) => role === 'assistant' && state !== 'streaming');
  const answer = answers.find((message) => message.id === trail?.messageId) ?? answers.at(-1);
  if (answer) explainAnswer(answer.id);
  else showDone('Open a conversation with an answer first.');
}
