/**
 * Questions that are being written are kept in the library, not in the window: a restart, a lock or a window that died
 * finds them again, and they go with their conversation.
 */
import { LONGEST_DRAFT } from '../../../shared/domain.ts';
import { wholeLibrary } from '../../../shared/scope.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { request } from '../../ipc/client.ts';
import { changeDraft, useChatStore } from './chat-store.ts';

/** Milliseconds after the last letter. */
const pause = 400;

/** What main has, by conversation, as `sign` tells it apart. */
const kept = new Map<string | null, string>();
let timer: ReturnType<typeof setTimeout> | null = null;

/** Brings back what was kept, and keeps what is written from then on. Called once, when a library is open. */
export function keepDrafts(): void {
  request('chat.listDrafts', {}).then((drafts) => {
    for (const { conversationId, text, scope } of drafts) {
      kept.set(conversationId, sign(text, scope));
      // What was typed while main was asked is newer.
      if (useChatStore.getState().drafts.has(conversationId)) continue;
      changeDraft(conversationId, { text });
      if (conversationId === null && useWorkspaceStore.getState().draftScope === wholeLibrary)
        useWorkspaceStore.setState({ draftScope: scope });
    }
    useChatStore.subscribe((state, before) => state.drafts !== before.drafts && keepLater());
    useWorkspaceStore.subscribe((state, before) => state.draftScope !== before.draftScope && keepLater());
    window.addEventListener('pagehide', keepNow);
    keepLater();
  }, showError);
}

function keepLater(): void {
  if (timer) clearTimeout(timer);
  timer = setTimeout(keepNow, pause);
}

function keepNow(): void {
  if (timer) clearTimeout(timer);
  timer = null;
  const { drafts } = useChatStore.getState();
  const { draftScope } = useWorkspaceStore.getState();
  for (const conversationId of new Set([...kept.keys(), ...drafts.keys()])) {
    const text = (drafts.get(conversationId)?.text ?? '').slice(0, LONGEST_DRAFT);
    const scope = conversationId === null ? draftScope : wholeLibrary;
    const next = sign(text, scope);
    const before = kept.get(conversationId) ?? '';
    if (next === before) continue;
    kept.set(conversationId, next);
    const { collectionId } = scope;
    request('chat.keepDraft', { conversationId, text, documentIds: [...scope.documentIds], collectionId }).catch(() => {
      // The text is still in its field, and the next letter tries again: no reason to disturb whoever writes.
      kept.set(conversationId, before);
    });
  }
}

/** Empty without a text, whatever would be asked. */
function sign(text: string, scope: { readonly documentIds: readonly string[]; readonly collectionId: string | null }) {
  return text === '' ? '' : JSON.stringify([text, scope.documentIds, scope.collectionId]);
}
