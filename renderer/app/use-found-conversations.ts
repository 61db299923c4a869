/** The conversations that what is typed into the palette names or occurs in, as main finds them among all. */
import { useEffect, useState } from 'react';
import type { ListedConversation } from '../../shared/domain.ts';
import { newestOnly } from '../hooks/newest-only.ts';
import { request } from '../ipc/client.ts';
import { showError } from './stores/toast-store.ts';

/** Conversations that main is asked for: titles come before messages, so more than are shown. */
const asked = 50;
/** Characters that main takes. */
const longestQuery = 500;

const nothing: readonly ListedConversation[] = [];

/** @param query Trimmed; nothing is found for an empty one. */
export function useFoundConversations(query: string): readonly ListedConversation[] {
  const [found, setFound] = useState(nothing);
  const [search] = useState(() =>
    newestOnly({
      ask: (text: string) => request('conversations.list', { search: text, limit: asked }),
      onAnswer: ({ conversations }) => setFound(conversations),
      onError: showError,
    }),
  );
  useEffect(() => {
    if (query !== '') search(query.slice(0, longestQuery));
  }, [search, query]);
  return query === '' ? nothing : found;
}
