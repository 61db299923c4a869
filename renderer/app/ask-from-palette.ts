/** A question typed into the palette: a new conversation with the whole library. */
import { wholeLibrary } from '../../shared/scope.ts';
import { ask } from '../features/chat/chat-store.ts';
import { showError } from './stores/toast-store.ts';
import { beginConversation, showConversation } from './stores/workspace-store.ts';

export async function askFromPalette(question: string): Promise<void> {
  beginConversation([]);
  try {
    showConversation(await ask(null, question, wholeLibrary));
  } catch (thrown) {
    showError(thrown);
  }
}
