/** Writing, by the palette: about the page that is open, else what the conversation is limited to. */
import { FilePenLine, Files } from 'lucide-react';
import { useChatStore } from '../features/chat/chat-store.ts';
import type { Action } from './actions.tsx';
import { useLibraryStore } from './stores/library-store.ts';
import { scopeDocuments, useShelvesStore } from './stores/shelves-store.ts';
import { sendViewerCommand } from './stores/viewer-commands.ts';
import { showWritten, useWorkspaceStore, writeAbout } from './stores/workspace-store.ts';

const size = 15;

/** Documents that are meant when no page is open: those of the shelf or the conversation that is shown. */
function meantDocuments(): readonly string[] {
  const { view, draftScope } = useWorkspaceStore.getState();
  const { documents } = useLibraryStore.getState();
  const isReady = (id: string): boolean => documents.get(id)?.searchable === true;
  if (view.kind === 'conversation') {
    const open = view.conversationId === null ? null : useChatStore.getState().conversations.get(view.conversationId);
    return scopeDocuments(open?.scope ?? draftScope, useShelvesStore.getState().collections).filter(isReady);
  }
  if (view.kind !== 'library') return [];
  const { collections, tags, favourites } = useShelvesStore.getState();
  const [kind, ...rest] = view.section.split(':');
  const shelves = kind === 'collection' ? collections : kind === 'tag' ? tags : [];
  const shelf =
    view.section === 'favourites' ? favourites : shelves.find(({ id }) => id === rest.join(':'))?.documentIds;
  if (shelf) return [...shelf].filter(isReady);
  // The whole library is meant only where it is one document.
  const ready = [...documents.keys()].filter(isReady);
  return ready.length === 1 ? ready : [];
}

function isPageOpen(): boolean {
  const { panes, target } = useWorkspaceStore.getState();
  return panes.page && target !== null;
}

export const writingActions: readonly Action[] = [
  {
    id: 'write',
    title: 'Write a summary, key points, an outline…',
    words: 'questions figures table prompt',
    shortcut: 'mod+shift+e',
    icon: <FilePenLine size={size} />,
    isAvailable: () => isPageOpen() || meantDocuments().length > 0,
    run: () => {
      if (isPageOpen()) sendViewerCommand('write');
      else writeAbout({ documentIds: meantDocuments(), selection: null });
    },
  },
  {
    id: 'show-written',
    title: 'Show what was written',
    words: 'pieces summaries list',
    icon: <Files size={size} />,
    run: () => showWritten(null),
  },
];
