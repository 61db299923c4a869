/** Tells screen readers, politely, what changed out of sight: documents that became ready or failed, answers that ended. */
import { useEffect, useState } from 'react';
import { useChatStore } from '../features/chat/chat-store.ts';
import { countOf } from '../components/format.ts';
import { LARGE_IMPORT } from '../../shared/imports.ts';
import { useLibraryStore } from './stores/library-store.ts';
import { useStatusStore } from './stores/status-store.ts';

/** Milliseconds; many documents becoming ready at once are told in one sentence. */
const quietTime = 1_500;

export function Announcer() {
  const [text, setText] = useState('');

  useEffect(() => {
    let ready = 0;
    let failed = 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const tell = () => {
      timer = null;
      // A thousand files are told of when the last one is done.
      const imported = useStatusStore.getState().status?.import;
      if (imported?.active && imported.total > LARGE_IMPORT) {
        timer = setTimeout(tell, quietTime);
        return;
      }
      const parts = [
        ready > 0 && `${countOf(ready, 'document')} ready.`,
        failed > 0 && `${countOf(failed, 'document')} failed.`,
      ].filter(Boolean);
      setText(parts.join(' '));
      ready = 0;
      failed = 0;
    };
    const unsubscribeLibrary = useLibraryStore.subscribe((state, before) => {
      if (state.documents === before.documents || !before.loaded) return;
      for (const [id, document] of state.documents) {
        const earlier = before.documents.get(id);
        if (earlier === document || earlier?.state === document.state) continue;
        if (document.state === 'ready') ready += 1;
        else if (document.state === 'failed') failed += 1;
      }
      if (ready + failed > 0) timer ??= setTimeout(tell, quietTime);
    });
    const unsubscribeChat = useChatStore.subscribe((state, before) => {
      for (const [id, { streamId, messages }] of state.conversations) {
        if (streamId !== null || !before.conversations.get(id)?.streamId) continue;
        const last = messages[messages.length - 1];
        setText(
          last?.state === 'complete'
            ? `Answer finished, ${countOf(last.citations.length, 'source')}.`
            : 'The answer ended early.',
        );
      }
    });
    return () => {
      if (timer !== null) clearTimeout(timer);
      unsubscribeLibrary();
      unsubscribeChat();
    };
  }, []);

  return (
    <div role="status" aria-live="polite" className="sr-only" data-testid="announcer">
      {text}
    </div>
  );
}
