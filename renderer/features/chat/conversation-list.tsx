/** The sidebar's conversations: find, open, rename, delete. */
import { Ellipsis, Pencil, Search, SquarePen, Trash2, X } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { ConversationSummary } from '../../../shared/domain.ts';
import { searchConversations, useConversationsStore } from '../../app/stores/conversations-store.ts';
import { beginConversation, showConversation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { WithContextMenu, type MenuEntry } from '../../components/menu.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { DeleteConversationDialog, RenameConversationDialog } from './conversation-dialogs.tsx';

/** Pixels. */
const rowHeight = 28;

export function ConversationList() {
  const { conversations, search, error } = useConversationsStore();
  const view = useWorkspaceStore((state) => state.view);
  const [isSearching, setIsSearching] = useState(false);
  const [renaming, setRenaming] = useState<ConversationSummary | null>(null);
  const [deleting, setDeleting] = useState<ConversationSummary | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the React compiler, whom this warns, is not used
  const virtualizer = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });

  const menuOf = (conversation: ConversationSummary) => (): MenuEntry[] => [
    {
      kind: 'action',
      label: 'Rename…',
      icon: <Pencil size={15} />,
      shortcut: 'f2',
      run: () => setRenaming(conversation),
    },
    { kind: 'separator' },
    {
      kind: 'action',
      label: 'Delete…',
      icon: <Trash2 size={15} />,
      shortcut: 'delete',
      danger: true,
      run: () => setDeleting(conversation),
    },
  ];
  const endSearch = () => {
    setIsSearching(false);
    searchConversations('');
  };

  return (
    <nav aria-label="Conversations" className="flex min-h-0 flex-1 flex-col px-2 pt-4" data-testid="conversation-list">
      <div className="flex h-7 items-center pl-2">
        <h2 className="flex-1 text-small font-semibold text-faint">Conversations</h2>
        {conversations.length > 0 || isSearching ? (
          <IconButton
            label="Search conversations"
            aria-pressed={isSearching}
            onClick={() => (isSearching ? endSearch() : setIsSearching(true))}
          >
            <Search size={14} />
          </IconButton>
        ) : null}
        <IconButton
          label="New conversation"
          shortcut="mod+n"
          onClick={() => beginConversation([])}
          data-testid="new-conversation"
        >
          <SquarePen size={14} />
        </IconButton>
      </div>
      {isSearching ? (
        <div className="relative mb-1">
          <input
            type="text"
            role="searchbox"
            autoFocus
            aria-label="Search conversations"
            placeholder="Search in titles and text"
            value={search}
            spellCheck={false}
            onChange={(event) => searchConversations(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && endSearch()}
            className="readable h-7 w-full cursor-text rounded-md border border-line-strong bg-surface pr-7 pl-2 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0"
          />
          <button
            type="button"
            aria-label="End search"
            onClick={endSearch}
            className="absolute top-1 right-1 flex size-5 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
          >
            <X size={13} />
          </button>
        </div>
      ) : null}
      <div ref={scroller} className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1 pb-2">
        <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((row) => {
            const conversation = conversations[row.index];
            if (!conversation) return null;
            const isCurrent = view.kind === 'conversation' && view.conversationId === conversation.id;
            return (
              <li
                key={conversation.id}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <WithContextMenu entries={menuOf(conversation)}>
                  <div
                    className={classNames(
                      'group flex h-7 items-center rounded-md',
                      isCurrent ? 'bg-pressed font-medium' : 'hover:bg-hover',
                    )}
                  >
                    <button
                      type="button"
                      data-testid="conversation-item"
                      data-conversation-id={conversation.id}
                      aria-current={isCurrent ? 'page' : undefined}
                      title={conversation.title}
                      onClick={() => showConversation(conversation.id)}
                      onKeyDown={(event) => {
                        if (event.key === 'Delete') setDeleting(conversation);
                        else if (event.key === 'F2') setRenaming(conversation);
                      }}
                      className="h-7 min-w-0 flex-1 truncate rounded-md pr-1 pl-2 text-left"
                    >
                      {conversation.title}
                    </button>
                    <button
                      type="button"
                      aria-label={`Actions for ${conversation.title}`}
                      onClick={(event) => openMenuAt(event.currentTarget)}
                      className="flex h-5 w-0 shrink-0 items-center justify-center overflow-hidden rounded text-muted group-hover:mr-1 group-hover:w-5 hover:bg-pressed hover:text-ink focus-visible:mr-1 focus-visible:w-5 data-[state=open]:w-5"
                    >
                      <Ellipsis size={14} />
                    </button>
                  </div>
                </WithContextMenu>
              </li>
            );
          })}
        </ul>
        {conversations.length === 0 ? (
          <p className="px-2 py-1 text-small text-faint">
            {error ? error.message : search ? 'No conversation matches.' : 'Your questions will be listed here.'}
          </p>
        ) : null}
      </div>
      {renaming ? <RenameConversationDialog conversation={renaming} onClose={() => setRenaming(null)} /> : null}
      {deleting ? <DeleteConversationDialog conversation={deleting} onClose={() => setDeleting(null)} /> : null}
    </nav>
  );
}
