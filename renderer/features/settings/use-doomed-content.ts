/** What goes with the account that is open: counted, so that whoever deletes it knows. */
import { useEffect, useState } from 'react';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useSessionStore } from '../../app/stores/session-store.ts';
import { request } from '../../ipc/client.ts';
import type { AccountContent } from './account-settings-words.ts';

export interface DoomedContent extends AccountContent {
  /** Nobody has another account on this computer. */
  readonly isLast: boolean;
}

/** Null until it is counted. */
export function useDoomedContent(): DoomedContent | null {
  const documents = useLibraryStore((state) => state.documents.size);
  const [others, setOthers] = useState<Omit<DoomedContent, 'documents'> | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void countOthers().then((counts) => isCurrent && setOthers(counts));
    return () => {
      isCurrent = false;
    };
  }, []);
  return others && { documents, ...others };
}

async function countOthers(): Promise<Omit<DoomedContent, 'documents'>> {
  const conversations = (archived: boolean) => request('conversations.list', { archived, limit: 1 });
  const { session } = useSessionStore.getState();
  // The last one is its administrator's.
  const isAdministrator = session?.state === 'open' && session.account.isAdministrator;
  const [shown, archived, pieces, accounts] = await Promise.all([
    conversations(false),
    conversations(true),
    request('written.list', { limit: 1 }),
    isAdministrator ? request('accounts.list', {}) : null,
  ]);
  const isLast = accounts?.filter(({ kind }) => kind === 'account').length === 1;
  return { conversations: shown.total + archived.total, pieces: pieces.total, isLast };
}
