/** A conversation in the sidebar, and a message in it that the search found. */
import { Ellipsis, Pin } from 'lucide-react';
import type { ConversationHit, ListedConversation, Snippet } from '../../../shared/domain.ts';
import { showConversation } from '../../app/stores/workspace-store.ts';
import { classNames } from '../../components/class-names.ts';
import { WithContextMenu } from '../../components/menu.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { revealMessage } from './chat-store.ts';
import { conversationMenu, deleteConversation } from './conversation-actions.tsx';

export interface ConversationRowProps {
  readonly conversation: ListedConversation;
  readonly isCurrent: boolean;
  readonly onRename: () => void;
}

export function ConversationRow({ conversation, isCurrent, onRename }: ConversationRowProps) {
  return (
    <WithContextMenu entries={() => conversationMenu(conversation, onRename)}>
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
            if (event.key === 'Delete') void deleteConversation(conversation);
            else if (event.key === 'F2') onRename();
          }}
          className="flex h-7 min-w-0 flex-1 items-center gap-1 rounded-md pr-1 pl-2 text-left"
        >
          {conversation.pinned ? <Pin size={11} className="shrink-0 text-muted" aria-label="Pinned" /> : null}
          <span className="truncate">{conversation.title}</span>
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
  );
}

export interface HitRowProps {
  readonly conversationId: string;
  readonly hit: ConversationHit;
}

export function HitRow({ conversationId, hit }: HitRowProps) {
  return (
    <button
      type="button"
      data-testid="conversation-hit"
      onClick={() => {
        showConversation(conversationId);
        void revealMessage(conversationId, hit.messageId);
      }}
      className="block h-9 w-full rounded-md pr-1.5 pl-4 text-left text-small leading-4 text-muted hover:bg-hover hover:text-ink"
    >
      <span className="line-clamp-2">
        <Marked snippet={hit.snippet} />
      </span>
    </button>
  );
}

/** The words that were searched for stand out. */
function Marked({ snippet: { text, ranges } }: { readonly snippet: Snippet }) {
  const starts = [0, ...ranges.map(({ end }) => end)];
  return starts.map((start, index) => {
    const match = ranges[index];
    return (
      <span key={start}>
        {text.slice(start, match?.start)}
        {match ? (
          <mark className="rounded-sm bg-accent-soft text-accent-ink">{text.slice(match.start, match.end)}</mark>
        ) : null}
      </span>
    );
  });
}
