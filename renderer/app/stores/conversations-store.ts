/** The list of conversations in the sidebar; main searches, the window shows. */
import { create } from 'zustand';
import type { ConversationSummary } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { request } from '../../ipc/client.ts';

export interface ConversationsState {
  readonly conversations: readonly ConversationSummary[];
  readonly search: string;
  readonly error: ErrorInfo | null;
}

export const useConversationsStore = create<ConversationsState>(() => ({ conversations: [], search: '', error: null }));

export async function loadConversations(): Promise<void> {
  const { search } = useConversationsStore.getState();
  try {
    const conversations = await request('conversations.list', { search });
    // A slower answer to an earlier search must not overwrite a later one.
    if (useConversationsStore.getState().search === search)
      useConversationsStore.setState({ conversations, error: null });
  } catch (thrown) {
    useConversationsStore.setState({ error: toAppError(thrown).toInfo() });
  }
}

export function searchConversations(search: string): void {
  useConversationsStore.setState({ search });
  void loadConversations();
}
