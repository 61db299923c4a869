/** The list of conversations in the sidebar, a page at a time; main searches and filters, the window shows. */
import { create } from 'zustand';
import type { ConversationScope, ListedConversation } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { wholeLibrary } from '../../../shared/scope.ts';
import { request } from '../../ipc/client.ts';
import { withPage } from './next-page.ts';

/** What the list is narrowed down to. */
export interface ConversationFilter {
  readonly search: string;
  /** Conversations limited to one of these documents or citing one; those of a collection, or about what is in it. */
  readonly about: ConversationScope;
  /** Days back from now, of the last message; null for any time. */
  readonly days: number | null;
  readonly archived: boolean;
}

export interface ConversationsState extends ConversationFilter {
  /** What is loaded of the list, from its beginning. */
  readonly conversations: readonly ListedConversation[];
  /** All that the list has. */
  readonly total: number;
  readonly error: ErrorInfo | null;
}

/** Conversations that are asked for at a time, and at most at once when what is loaded is loaded anew. */
const pageSize = 100;
const longestReload = 500;
const day = 86_400_000;

export const noFilter: ConversationFilter = { search: '', about: wholeLibrary, days: null, archived: false };

export const useConversationsStore = create<ConversationsState>(() => ({
  ...noFilter,
  conversations: [],
  total: 0,
  error: null,
}));

const { getState, setState } = useConversationsStore;

function queryOf({ search, about, days, archived }: ConversationFilter) {
  const from = days === null ? null : Date.now() - days * day;
  return { search, documentIds: [...about.documentIds], collectionId: about.collectionId, from, archived };
}

function isSame(a: ConversationFilter, b: ConversationFilter): boolean {
  return a.search === b.search && a.about === b.about && a.days === b.days && a.archived === b.archived;
}

/** Loads anew what is shown. */
export async function loadConversations(): Promise<void> {
  const asked = getState();
  const limit = Math.min(longestReload, Math.max(pageSize, asked.conversations.length));
  try {
    const page = await request('conversations.list', { ...queryOf(asked), limit });
    // A slower answer to an earlier search must not overwrite a later one.
    if (isSame(asked, getState())) setState({ ...page, error: null });
  } catch (thrown) {
    setState({ error: toAppError(thrown).toInfo() });
  }
}

let isLoadingMore = false;

/** Loads the next page; called when its place comes into view. */
export async function loadMoreConversations(): Promise<void> {
  const asked = getState();
  if (isLoadingMore || asked.conversations.length >= asked.total) return;
  isLoadingMore = true;
  try {
    const offset = asked.conversations.length;
    const page = await request('conversations.list', { ...queryOf(asked), limit: pageSize, offset });
    const { conversations } = getState();
    if (!isSame(asked, getState()) || conversations.length !== offset) return;
    setState({ conversations: withPage(conversations, page.conversations), total: page.total, error: null });
  } catch (thrown) {
    setState({ error: toAppError(thrown).toInfo() });
  } finally {
    isLoadingMore = false;
  }
}

export function filterConversations(filter: Partial<ConversationFilter>): void {
  setState({ ...filter, conversations: getState().conversations.slice(0, pageSize) });
  void loadConversations();
}
