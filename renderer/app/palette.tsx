/** Ctrl+K: every action, document and conversation by name, and any question. */
import { Command } from 'cmdk';
import { FileText, MessageSquareText, Sparkles } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ConversationHit, ListedConversation } from '../../shared/domain.ts';
import { Dialog } from '../components/dialog.tsx';
import { Keys } from '../components/keys.tsx';
import { MarkedText } from '../components/marked-text.tsx';
import { revealMessage } from '../features/chat/chat-store.ts';
import { actions, runAction } from './actions.tsx';
import { askFromPalette } from './ask-from-palette.ts';
import { chosenActions, type ActionGroup } from './chosen-actions.ts';
import { fold, searchDocuments } from './document-search.ts';
import { useConversationsStore } from './stores/conversations-store.ts';
import { PaletteItem } from './palette-item.tsx';
import { FoundInDocuments, groupClass, type Pick } from './palette-pages.tsx';
import { useLibraryStore } from './stores/library-store.ts';
import { openPage, setPaletteOpen, showConversation, useWorkspaceStore } from './stores/workspace-store.ts';
import { useFoundConversations } from './use-found-conversations.ts';

/** Lines of each kind; more words narrow them down. */
const documentLimit = 7;
const conversationLimit = 5;
export function Palette() {
  const [query, setQuery] = useState('');
  const documents = useLibraryStore((state) => state.documents);
  const conversations = useConversationsStore((state) => state.conversations);
  const close = () => setPaletteOpen(false);
  const text = query.trim();
  const words = fold(text).split(/\s+/).filter(Boolean);
  const matches = (candidate: string) => words.every((word) => fold(candidate).includes(word));

  const foundActions = actions.filter(
    (action) => action.isAvailable?.() !== false && matches(`${action.title} ${action.words ?? ''}`),
  );
  // As it was when the palette opened.
  const [chosen] = useState(chosenActions);
  const foundChosen = chosen.flatMap((group) => {
    const found = group.actions.filter((action) => matches(`${action.label} ${action.words ?? ''} ${group.words}`));
    return found.length > 0 ? [{ ...group, actions: found }] : [];
  });
  const foundDocuments = text === '' ? [] : searchDocuments([...documents.values()], text).slice(0, documentLimit);
  const named = conversations.filter((item) => matches(item.title));
  const known = new Set(named.map(({ id }) => id));
  // The list of the sidebar is at hand at once; it may be filtered, and has not come to the end.
  const others = useFoundConversations(text).filter(({ id }) => !known.has(id));
  const byTitle = others.filter((item) => matches(item.title));
  const byMessage = others.filter((item) => !matches(item.title) && item.hits.length > 0);
  const foundConversations = [...named, ...byTitle, ...byMessage].slice(0, conversationLimit);
  const canAsk = text !== '' && documents.size > 0;

  /** Enter asks what reads like a question, and opens what reads like a name. */
  const isQuestion =
    words.length > 3 ||
    text.endsWith('?') ||
    foundActions.length + foundChosen.length + foundDocuments.length + named.length + byTitle.length === 0;

  const picked = useRef<{ readonly isElsewhere: boolean } | null>(null);
  const pick = (run: () => void) => () => {
    const { view } = useWorkspaceStore.getState();
    close();
    run();
    picked.current = { isElsewhere: useWorkspaceStore.getState().view !== view };
  };
  /** What was picked may have taken the focus, or shows another view, whose it is then. */
  const returnsFocus = () =>
    picked.current === null || (!picked.current.isElsewhere && document.activeElement === document.body);

  return (
    <Dialog
      open
      head={false}
      onClose={close}
      title="Search or ask"
      testId="palette"
      returnsFocus={returnsFocus}
      className="w-[min(600px,calc(100vw-32px))]"
    >
      <Command
        shouldFilter={false}
        loop
        vimBindings={false}
        label="Search or ask"
        className="flex min-h-0 flex-1 flex-col"
      >
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder="Search or ask anything…"
          className="readable h-12 w-full shrink-0 cursor-text border-b border-line bg-transparent px-4 text-reading focus-visible:outline-none"
        />
        <Command.List className="max-h-[min(420px,60vh)] overflow-y-auto p-1.5">
          <Command.Empty className="px-3 py-8 text-center text-muted">
            {documents.size === 0 ? 'Nothing found. Add documents to ask about them.' : 'Nothing found.'}
          </Command.Empty>
          {canAsk && isQuestion ? <AskItem text={text} pick={pick} /> : null}
          {foundActions.length > 0 && text !== '' ? <Actions found={foundActions} pick={pick} /> : null}
          {foundChosen.map((group) => (
            <ChosenActions key={group.heading} group={group} pick={pick} />
          ))}
          {foundDocuments.length > 0 ? (
            <Command.Group heading="Documents" className={groupClass}>
              {foundDocuments.map((item) => (
                <PaletteItem
                  key={item.id}
                  value={`document ${item.id}`}
                  icon={<FileText size={15} />}
                  onSelect={pick(() => openPage(item.id))}
                >
                  <span className="truncate">{item.title}</span>
                  {item.author ? <span className="shrink-0 text-small text-muted">{item.author}</span> : null}
                </PaletteItem>
              ))}
            </Command.Group>
          ) : null}
          {text === '' ? null : <FoundInDocuments typed={query} pick={pick} />}
          {foundConversations.length > 0 ? (
            <Command.Group heading="Conversations" className={groupClass}>
              {foundConversations.map((item) => (
                <ConversationItem
                  key={item.id}
                  item={item}
                  hit={byMessage.includes(item) ? item.hits[0] : undefined}
                  pick={pick}
                />
              ))}
            </Command.Group>
          ) : null}
          {text === '' ? <Actions found={foundActions} pick={pick} /> : null}
          {canAsk && !isQuestion ? <AskItem text={text} pick={pick} /> : null}
        </Command.List>
      </Command>
    </Dialog>
  );
}

function AskItem({ text, pick }: { readonly text: string; readonly pick: Pick }) {
  return (
    <PaletteItem
      value="ask"
      icon={<Sparkles size={15} className="text-accent-ink" />}
      onSelect={pick(() => void askFromPalette(text))}
    >
      <span className="min-w-0 flex-1 truncate">
        Ask: <span className="font-medium">{text}</span>
      </span>
    </PaletteItem>
  );
}

interface ConversationItemProps {
  readonly item: ListedConversation;
  /** The message that has what is typed, where the title has not. */
  readonly hit: ConversationHit | undefined;
  readonly pick: Pick;
}

function ConversationItem({ item: { id, title }, hit, pick }: ConversationItemProps) {
  const open = () => {
    showConversation(id);
    if (hit) void revealMessage(id, hit.messageId);
  };
  return (
    <PaletteItem
      tall={hit !== undefined}
      value={`conversation ${id}`}
      icon={<MessageSquareText size={15} />}
      onSelect={pick(open)}
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate">{title}</span>
        {hit ? (
          <span className="block truncate text-label text-muted">
            <MarkedText snippet={hit.snippet} />
          </span>
        ) : null}
      </span>
    </PaletteItem>
  );
}

function ChosenActions({ group, pick }: { readonly group: ActionGroup; readonly pick: Pick }) {
  const { heading, words, actions: found, hasKeys } = group;
  return (
    <Command.Group heading={heading} className={groupClass} data-testid={`palette-${words}`}>
      {found.map(({ label, icon, shortcut, run }) => (
        <PaletteItem key={label} value={`${words} ${label}`} icon={icon} onSelect={pick(run)}>
          <span className="flex-1 truncate">{label}</span>
          {hasKeys && shortcut ? <Keys shortcut={shortcut} /> : null}
        </PaletteItem>
      ))}
    </Command.Group>
  );
}

function Actions({ found, pick }: { readonly found: typeof actions; readonly pick: Pick }) {
  return (
    <Command.Group heading="Actions" className={groupClass}>
      {found.map((action) => (
        <PaletteItem
          key={action.id}
          value={`action ${action.id}`}
          icon={action.icon}
          onSelect={pick(() => runAction(action.id))}
        >
          <span className="flex-1 truncate">{action.title}</span>
          {action.shortcut ? <Keys shortcut={action.shortcut} /> : null}
        </PaletteItem>
      ))}
    </Command.Group>
  );
}
