/** A conversation: questions and answers, the composer below. */
import { ArrowDown, Ellipsis } from 'lucide-react';
import { Fragment, useCallback, useEffect, useMemo, useState } from 'react';
import type { ConversationScope, Message } from '../../../shared/domain.ts';
import { useConversationsStore } from '../../app/stores/conversations-store.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { WithDropdown } from '../../components/menu.tsx';
import { Answer } from './answer.tsx';
import {
  changeDraft,
  draftOf,
  editQuestion,
  noDraft,
  openConversation,
  regenerate,
  sendDraft,
  setScope,
  showBranch,
  stop,
  useChatStore,
} from './chat-store.ts';
import { chipId } from './citation-chip.tsx';
import { Composer } from './composer.tsx';
import { conversationMenu } from './conversation-actions.tsx';
import { RenameConversationDialog } from './rename-conversation-dialog.tsx';
import { Question } from './question.tsx';
import { useFollowEnd } from './use-follow-end.ts';
import { Welcome } from './welcome.tsx';

export function ConversationView({ conversationId }: { readonly conversationId: string | null }) {
  const open = useChatStore((state) => (conversationId === null ? undefined : state.conversations.get(conversationId)));
  const listed = useConversationsStore((state) => state.conversations.find((item) => item.id === conversationId));
  const draftScope = useWorkspaceStore((state) => state.draftScope);
  const disabledReason = useDisabledReason();
  const draft = useChatStore((state) => state.drafts.get(conversationId) ?? noDraft);
  const { scroller, content, follows, toEnd } = useFollowEnd(
    conversationId,
    open?.streamId !== null && open !== undefined,
  );
  useOpenCitationInSight();
  useRevealedMessage(open?.messages ?? noMessages);
  const [isRenaming, setIsRenaming] = useState(false);

  useEffect(() => {
    if (conversationId !== null) void openConversation(conversationId);
  }, [conversationId]);

  const messages = open?.messages ?? noMessages;
  const scope = conversationId === null ? draftScope : (open?.scope ?? null);
  const error = draft.error ?? open?.error ?? null;
  const isStreaming = open?.streamId !== null && open !== undefined;
  const last = messages[messages.length - 1];

  const send = (question: string) => {
    if (scope === null) return;
    toEnd();
    void sendDraft(conversationId, question, scope);
  };
  const setText = useCallback(
    (change: (typed: string) => string) => changeDraft(conversationId, { text: change(draftOf(conversationId).text) }),
    [conversationId],
  );

  const edit = useCallback(
    async (messageId: string, question: string) =>
      conversationId !== null && (await editQuestion(conversationId, messageId, question)),
    [conversationId],
  );
  const show = useCallback(
    (messageId: string) =>
      conversationId !== null && void showBranch(conversationId, messageId).then(() => focusSwitch(messageId)),
    [conversationId],
  );

  const changeScope = (chosen: ConversationScope) => {
    if (conversationId === null) useWorkspaceStore.setState({ draftScope: chosen });
    else void setScope(conversationId, chosen);
  };

  const answerAgain = useMemo(
    () =>
      conversationId === null
        ? null
        : () => {
            // Another answer takes its place: without its end to hold on to, the text would jump to its top.
            toEnd();
            void regenerate(conversationId);
          },
    [conversationId, toEnd],
  );

  // The list may be filtered, or not have come that far: what was opened is known by itself.
  const summary = open?.summary ?? listed;
  const title = conversationId === null ? 'New conversation' : (summary?.title ?? 'Conversation');
  return (
    <section aria-label={title} className="flex h-full flex-col" data-testid="conversation">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-6">
        <h1 className="min-w-0 flex-1 truncate font-medium text-muted">{title}</h1>
        {summary ? (
          <WithDropdown entries={() => conversationMenu(summary, () => setIsRenaming(true))}>
            <IconButton label="Conversation" data-testid="conversation-menu">
              <Ellipsis size={16} />
            </IconButton>
          </WithDropdown>
        ) : null}
      </header>
      <div className="relative min-h-0 flex-1">
        <div
          ref={scroller}
          className="h-full scrolls-surface [scrollbar-gutter:stable_both-edges]"
          tabIndex={-1}
          data-testid="messages"
        >
          {/* As wide as the composer below, which no scroll bar takes from. */}
          <div
            ref={content}
            className="mx-auto flex min-h-full w-full max-w-[calc(720px-2*var(--scrollbar-width))] flex-col px-[calc(24px-var(--scrollbar-width))] pt-6 pb-8"
          >
            {messages.length === 0 && conversationId === null ? (
              <Welcome onAsk={disabledReason === null ? send : null} />
            ) : null}
            {messages.map((message, index) => (
              <Fragment key={message.id}>
                {message.role === 'user' ? (
                  <>
                    {index > 0 ? <hr className="my-7 border-line" /> : null}
                    <Question
                      message={message}
                      branch={open?.branches.find((ids) => ids.includes(message.id)) ?? null}
                      onEdit={isStreaming || disabledReason !== null ? null : edit}
                      onShow={show}
                    />
                  </>
                ) : (
                  <Answer
                    message={message}
                    figures={open?.figures[message.id] ?? null}
                    phase={message === last ? (open?.phase ?? null) : null}
                    onRegenerate={message === last && !isStreaming ? answerAgain : null}
                    branch={open?.branches.find((ids) => ids.includes(message.id)) ?? null}
                    onShow={show}
                  />
                )}
              </Fragment>
            ))}
          </div>
        </div>
        {follows || messages.length === 0 ? null : (
          <button
            type="button"
            onClick={toEnd}
            className="appear absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-raised px-3 text-label font-medium shadow-float hover:bg-sunken"
          >
            <ArrowDown size={13} />
            {isStreaming ? 'Still writing' : 'To the end'}
          </button>
        )}
      </div>
      {error ? (
        <div className="mx-auto w-full max-w-[720px] px-6 pb-3">
          <InlineError error={error} />
        </div>
      ) : null}
      <Composer
        scope={scope}
        onScope={changeScope}
        text={draft.text}
        setText={setText}
        isSending={draft.isSending}
        onSend={send}
        onStop={() => conversationId !== null && void stop(conversationId)}
        isStreaming={isStreaming}
        disabledReason={disabledReason}
      />
      {isRenaming && summary ? (
        <RenameConversationDialog conversation={summary} onClose={() => setIsRenaming(false)} />
      ) : null}
    </section>
  );
}

const noMessages: readonly Message[] = [];

/** The version that was walked from is gone, and the focus with it: it goes on at the one that came. */
function focusSwitch(messageId: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const version = `[data-message-id="${messageId}"] :is([data-testid=branches], [data-testid=answer-branches])`;
    document.querySelector<HTMLElement>(`${version} button:enabled`)?.focus();
  });
}

/** Milliseconds; as long as the flash's animation. */
const flashTime = 1_700;

/** A message that a search found comes into view, and flashes once. */
function useRevealedMessage(messages: readonly Message[]): void {
  const revealed = useChatStore((state) => state.revealed);
  const isThere = revealed !== null && messages.some(({ id }) => id === revealed.messageId);
  useEffect(() => {
    if (!revealed || !isThere) return;
    const element = document.querySelector<HTMLElement>(`[data-message-id="${revealed.messageId}"]`);
    // After the view went to its end, which it does when it opens.
    const frame = requestAnimationFrame(() => element?.scrollIntoView({ block: 'start' }));
    element?.classList.add('flash');
    const timer = setTimeout(() => element?.classList.remove('flash'), flashTime);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      element?.classList.remove('flash');
    };
  }, [revealed, isThere]);
}

/** Walking the citations with j and k brings each one's place in the answer into view. */
function useOpenCitationInSight(): void {
  const trail = useWorkspaceStore((state) => state.trail);
  useEffect(() => {
    const number = trail?.citations[trail.index]?.number;
    if (!trail || number === undefined) return;
    const selector = `[data-chip="${chipId(trail.messageId, number)}"]`;
    const focused = document.activeElement;
    // The same source may stand behind several sentences: the one that was clicked is in view already.
    const chip = focused?.matches(selector) ? focused : document.querySelector<HTMLElement>(selector);
    chip?.scrollIntoView({ block: 'nearest' });
    // The focus walks along, so that Tab and Esc go on from the sentence that is being checked.
    if (chip instanceof HTMLElement && focused?.matches('[data-chip]')) chip.focus({ preventScroll: true });
  }, [trail]);
}

function useDisabledReason(): string | null {
  const size = useLibraryStore((state) => state.documents.size);
  const isSearchable = useLibraryStore((state) =>
    [...state.documents.values()].some((document) => document.searchable),
  );
  if (size === 0) return 'Your library is empty. Drop PDFs on the window first.';
  return isSearchable ? null : 'Your first documents are being read. You can ask in a moment.';
}
