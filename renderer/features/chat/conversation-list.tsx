/** The sidebar's conversations: find, open, pin, archive, delete. Loaded a page at a time as the list is scrolled. */
import { Search, SquarePen } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ConversationHit, ConversationSummary, ListedConversation } from '../../../shared/domain.ts';
import { isWholeLibrary } from '../../../shared/scope.ts';
import {
  filterConversations,
  loadMoreConversations,
  noFilter,
  useConversationsStore,
} from '../../app/stores/conversations-store.ts';
import { beginConversation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { loadOnDemand } from '../../components/load-on-demand.tsx';
import { RenameConversationDialog } from './rename-conversation-dialog.tsx';
import { ConversationRow, HitRow } from './conversation-row.tsx';

const Filters = loadOnDemand(async () => (await import('./conversation-filters.tsx')).ConversationFilters);

/** Pixels. */
const rowHeight = 28;
const hitHeight = 36;
/** Rows before the end of what is loaded at which more is loaded. */
const loadAhead = 20;

type Row =
  | { readonly kind: 'conversation'; readonly conversation: ListedConversation }
  | { readonly kind: 'hit'; readonly conversation: ListedConversation; readonly hit: ConversationHit };

export function ConversationList() {
  const { conversations, total, search, about, days, archived, error } = useConversationsStore();
  const view = useWorkspaceStore((state) => state.view);
  const [isSearching, setIsSearching] = useState(false);
  const [renaming, setRenaming] = useState<ConversationSummary | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      conversations.flatMap((conversation): Row[] => [
        { kind: 'conversation', conversation },
        ...conversation.hits.map((hit): Row => ({ kind: 'hit', conversation, hit })),
      ]),
    [conversations],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- the React compiler, whom this warns, is not used
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'hit' ? hitHeight : rowHeight),
    getItemKey: (index) => {
      const row = rows[index];
      return row?.kind === 'hit' ? row.hit.messageId : (row?.conversation.id ?? index);
    },
    overscan: 6,
  });
  const shown = virtualizer.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? 0;
  const isNearEnd = conversations.length < total && last >= rows.length - loadAhead;
  useEffect(() => {
    if (isNearEnd) void loadMoreConversations();
  }, [isNearEnd, conversations.length]);

  const isFiltered = search !== '' || !isWholeLibrary(about) || days !== null || archived;
  const endSearch = () => {
    setIsSearching(false);
    filterConversations(noFilter);
  };

  return (
    <nav aria-label="Conversations" className="flex min-h-0 flex-1 flex-col px-2 pt-4" data-testid="conversation-list">
      <div className="flex h-7 items-center pl-2">
        <h2 className="flex-1 text-small font-semibold text-faint">{archived ? 'Archive' : 'Conversations'}</h2>
        <IconButton
          label="Search conversations"
          aria-pressed={isSearching}
          onClick={() => (isSearching ? endSearch() : setIsSearching(true))}
          data-testid="search-conversations"
        >
          <Search size={14} />
        </IconButton>
        <IconButton
          label="New conversation"
          shortcut="mod+n"
          onClick={() => beginConversation([])}
          data-testid="new-conversation"
        >
          <SquarePen size={14} />
        </IconButton>
      </div>
      {isSearching ? <Filters onEnd={() => setIsSearching(false)} /> : null}
      <div ref={scroller} className="-mx-1 min-h-0 flex-1 scrolls-canvas px-1 pb-2">
        <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const row = rows[index];
            if (!row) return null;
            const { conversation } = row;
            return (
              <li key={key} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
                {row.kind === 'hit' ? (
                  <HitRow conversationId={conversation.id} hit={row.hit} />
                ) : (
                  <ConversationRow
                    conversation={conversation}
                    isCurrent={view.kind === 'conversation' && view.conversationId === conversation.id}
                    onRename={() => setRenaming(conversation)}
                  />
                )}
              </li>
            );
          })}
        </ul>
        {conversations.length === 0 ? (
          <p className="px-2 py-1 text-small text-faint">
            {error ? error.message : isFiltered ? emptyText(archived, search) : 'Your questions will be listed here.'}
          </p>
        ) : null}
      </div>
      {renaming ? <RenameConversationDialog conversation={renaming} onClose={() => setRenaming(null)} /> : null}
    </nav>
  );
}

function emptyText(archived: boolean, search: string): string {
  return archived && search === '' ? 'Nothing in the archive.' : 'No conversation matches.';
}
