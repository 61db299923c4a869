/**
 * The conversations that were opened, with the answers that are being written into them.
 *
 * Main owns each stream and saves it; here it is only shown. Parts come about every 30 ms and are taken in once per
 * animation frame, so that a burst of batches costs one rendering.
 */
import { create } from 'zustand';
import type { ConversationScope, ConversationSummary, Message, MessageFigures } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { AskStarted } from '../../../shared/requests/chat.ts';
import type { StreamPart } from '../../../shared/stream.ts';
import { useConversationsStore } from '../../app/stores/conversations-store.ts';
import { showDone, showError } from '../../app/stores/toast-store.ts';
import { nameDraft, showLibrary, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { attachStream, request } from '../../ipc/client.ts';
import { onNextFrame } from './next-frame.ts';
import { beginStream, reduceStream, type AnswerStream } from './stream-reducer.ts';

export interface OpenConversation {
  /** Null until it was fetched. */
  readonly summary: ConversationSummary | null;
  /** Null until it is known: nothing may be asked before, which could be of too many documents. */
  readonly scope: ConversationScope | null;
  /** The branch that is shown. */
  readonly messages: readonly Message[];
  /** Ids of messages that stand in the same place: edited questions, further answers. */
  readonly branches: readonly (readonly string[])[];
  /** What the answers took, by message id. */
  readonly figures: Readonly<Record<string, MessageFigures>>;
  /** The stream whose answer is being written now. */
  readonly streamId: string | null;
  readonly phase: AnswerStream['phase'];
  /** Why it could not be opened, or changed. */
  readonly error: ErrorInfo | null;
}

/** A question that is being written. */
export interface Draft {
  readonly text: string;
  readonly isSending: boolean;
  /** Why it could not be asked. */
  readonly error: ErrorInfo | null;
}

export interface ChatState {
  readonly conversations: ReadonlyMap<string, OpenConversation>;
  /** By the conversation that they are written in; null is the one that begins with its question. */
  readonly drafts: ReadonlyMap<string | null, Draft>;
  /** A message that is brought into view and flashes; `visit` grows with every request. */
  readonly revealed: { readonly messageId: string; readonly visit: number } | null;
}

export const useChatStore = create<ChatState>(() => ({
  conversations: new Map(),
  drafts: new Map(),
  revealed: null,
}));

const nothing: OpenConversation = {
  summary: null,
  scope: null,
  messages: [],
  branches: [],
  figures: {},
  streamId: null,
  phase: null,
  error: null,
};

function change(id: string, fields: Partial<OpenConversation>): void {
  useChatStore.setState((state) => {
    const conversations = new Map(state.conversations);
    conversations.set(id, { ...(state.conversations.get(id) ?? nothing), ...fields });
    return { conversations };
  });
}

function conversation(id: string): OpenConversation {
  return useChatStore.getState().conversations.get(id) ?? nothing;
}

export const noDraft: Draft = { text: '', isSending: false, error: null };

export function draftOf(id: string | null): Draft {
  return useChatStore.getState().drafts.get(id) ?? noDraft;
}

export function changeDraft(id: string | null, fields: Partial<Draft>): void {
  useChatStore.setState(({ drafts }) => ({ drafts: new Map(drafts).set(id, { ...draftOf(id), ...fields }) }));
}

/** The conversation that began with its question has an id now: what is written on belongs to it. */
function moveDraft(id: string): void {
  useChatStore.setState((state) => {
    const drafts = new Map(state.drafts).set(id, draftOf(null));
    drafts.delete(null);
    return { drafts };
  });
}

/**
 * What is known of a conversation, however the list is filtered; undefined until it was opened, and where it is not
 * listed either.
 */
export function summaryOf(id: string): ConversationSummary | undefined {
  return conversation(id).summary ?? useConversationsStore.getState().conversations.find((item) => item.id === id);
}

/** Fetches a conversation and attaches to the answer that is being written in it, if one is. */
export async function openConversation(id: string): Promise<void> {
  const isStreaming = (): boolean => conversation(id).streamId !== null;
  const wasStreaming = isStreaming();
  try {
    const { summary, messages, activeStreamId, branches, figures } = await request('conversations.get', {
      conversationId: id,
    });
    // The messages that stream here are newer than any that main would answer.
    if (wasStreaming || isStreaming()) {
      const { scope } = conversation(id);
      change(id, { summary, figures, scope: scope ?? scopeIn(summary) });
      return;
    }
    change(id, { summary, scope: scopeIn(summary), messages, branches, figures, error: null });
    const last = messages[messages.length - 1];
    if (activeStreamId !== null && last?.role === 'assistant') follow(id, activeStreamId, last);
  } catch (thrown) {
    const error = toAppError(thrown).toInfo();
    const { view } = useWorkspaceStore.getState();
    const isShown = view.kind === 'conversation' && view.conversationId === id;
    change(id, { error });
    // The one that was open when the app ended may be gone since: there is nothing to go on with.
    if (error.code !== 'not-found' || !isShown || conversation(id).summary) return;
    showLibrary('all');
    showError(thrown);
  }
}

const scopeIn = ({ documentIds, collectionId }: ConversationSummary): ConversationScope => ({
  documentIds,
  collectionId,
});

/** A collection goes by its name: main knows what is in it. */
function toSend({ documentIds, collectionId }: ConversationScope) {
  return { documentIds: collectionId === null ? [...documentIds] : [], collectionId };
}

/** Asks; answers with the id of the conversation (a new one, when it was null). Throws what main threw. */
export async function ask(conversationId: string | null, question: string, scope: ConversationScope): Promise<string> {
  const started = await request('chat.ask', { conversationId, question, ...toSend(scope) });
  change(started.conversationId, { scope });
  begin(started, conversation(started.conversationId).messages);
  return started.conversationId;
}

/** Asks what is written in a conversation; a question that is not taken stays there, with the reason. */
export async function sendDraft(
  conversationId: string | null,
  question: string,
  scope: ConversationScope,
): Promise<void> {
  const { text: typed } = draftOf(conversationId);
  // An example that was clicked on leaves what is typed.
  changeDraft(conversationId, { text: typed.trim() === question ? '' : typed, isSending: true, error: null });
  try {
    const id = await ask(conversationId, question, scope);
    if (conversationId === null) moveDraft(id);
    changeDraft(id, { isSending: false });
    nameDraft(id);
  } catch (thrown) {
    // What was typed meanwhile stays.
    const text = draftOf(conversationId).text || question;
    changeDraft(conversationId, { text, isSending: false, error: toAppError(thrown).toInfo() });
  }
}

/** Asks a question anew in other words, as a branch beside it. False when it was not taken. */
export async function editQuestion(conversationId: string, messageId: string, question: string): Promise<boolean> {
  try {
    const started = await request('chat.edit', { messageId, question });
    const { messages } = conversation(conversationId);
    const asked = messages.findIndex((message) => message.id === messageId);
    begin(started, messages.slice(0, Math.max(0, asked)));
    const count = versionsOf(started.userMessage, started).length;
    const later = messages.slice(asked + 1).some(({ role }) => role === 'user');
    showDone(
      `This begins branch ${count} of ${count}. The question as it was${later ? ', and what followed it,' : ''} stays: ‹ ${count - 1}/${count} ›`,
      { label: 'Back', run: () => void leaveBranch(conversationId, messageId) },
    );
    return true;
  } catch (thrown) {
    change(conversationId, { error: toAppError(thrown).toInfo() });
    return false;
  }
}

/** Ids of what stands in the place of a message, its own among them; empty when it stands alone. */
function versionsOf({ id }: Message, { branches }: AskStarted): readonly string[] {
  return branches.find((ids) => ids.includes(id)) ?? [];
}

/** Back to a branch from one that may still be answered: what is not wanted is not written on. */
async function leaveBranch(conversationId: string, messageId: string): Promise<void> {
  if (conversation(conversationId).streamId !== null) {
    await stop(conversationId);
    await new Promise<void>((resolve) => {
      const unsubscribe = useChatStore.subscribe(() => {
        if (conversation(conversationId).streamId !== null) return;
        unsubscribe();
        resolve();
      });
      if (conversation(conversationId).streamId === null) {
        unsubscribe();
        resolve();
      }
    });
  }
  await showBranch(conversationId, messageId);
}

/** Shows the newest branch that has the message. */
export async function showBranch(conversationId: string, messageId: string): Promise<void> {
  try {
    await request('conversations.showMessage', { messageId });
    await openConversation(conversationId);
  } catch (thrown) {
    change(conversationId, { error: toAppError(thrown).toInfo() });
  }
}

/** Brings a message into view, in whichever branch it is. */
export async function revealMessage(conversationId: string, messageId: string): Promise<void> {
  const isShown = (): boolean => conversation(conversationId).messages.some(({ id }) => id === messageId);
  if (!isShown()) await showBranch(conversationId, messageId);
  useChatStore.setState(({ revealed }) => ({ revealed: { messageId, visit: (revealed?.visit ?? 0) + 1 } }));
}

/** Answers the last question again, beside the answer that is there. */
export async function regenerate(conversationId: string): Promise<void> {
  try {
    const started = await request('chat.regenerate', { conversationId });
    const { messages } = conversation(conversationId);
    const asked = messages.findLastIndex((message) => message.role === 'user');
    begin(started, messages.slice(0, Math.max(0, asked)));
    const [old, versions] = [messages[asked + 1], versionsOf(started.assistantMessage, started)];
    // One that failed before a word was replaced.
    if (!old || !versions.includes(old.id)) return;
    const [place, count] = [versions.indexOf(old.id) + 1, versions.length];
    showDone(`This is answer ${count} of ${count}. The answer as it was stays: ‹ ${place}/${count} ›`, {
      label: 'Back',
      run: () => void leaveBranch(conversationId, old.id),
    });
  } catch (thrown) {
    change(conversationId, { error: toAppError(thrown).toInfo() });
  }
}

export async function stop(conversationId: string): Promise<void> {
  const { streamId } = conversation(conversationId);
  if (streamId === null) return;
  try {
    await request('chat.stop', { streamId });
  } catch (thrown) {
    change(conversationId, { error: toAppError(thrown).toInfo() });
  }
}

export async function setScope(conversationId: string, scope: ConversationScope): Promise<void> {
  const before = conversation(conversationId).scope;
  change(conversationId, { scope });
  try {
    await request('conversations.setScope', { conversationId, ...toSend(scope) });
  } catch (thrown) {
    change(conversationId, { scope: before, error: toAppError(thrown).toInfo() });
  }
}

/** The conversation changed in main (a title came, it was renamed): fetches it anew. */
export function onConversationChanged(id: string): void {
  if (useChatStore.getState().conversations.has(id)) void openConversation(id);
}

export function forgetConversation(id: string): void {
  useChatStore.setState((state) => {
    const conversations = new Map(state.conversations);
    conversations.delete(id);
    return { conversations };
  });
}

/** Fetches what is known about a conversation beside its messages, which are there. */
async function refreshFacts(id: string): Promise<void> {
  try {
    const { summary, branches, figures } = await request('conversations.get', { conversationId: id });
    if (useChatStore.getState().conversations.has(id)) change(id, { summary, branches, figures });
  } catch (thrown) {
    change(id, { error: toAppError(thrown).toInfo() });
  }
}

function begin(started: AskStarted, before: readonly Message[]): void {
  const { conversationId, streamId, userMessage, assistantMessage, branches } = started;
  change(conversationId, { messages: [...before, userMessage, assistantMessage], branches, error: null });
  follow(conversationId, streamId, assistantMessage);
}

function follow(conversationId: string, streamId: string, message: Message): void {
  let stream = beginStream(message);
  let waiting: StreamPart[] = [];
  change(conversationId, { streamId, phase: stream.phase });

  const takeIn = onNextFrame(() => {
    stream = reduceStream(stream, waiting);
    waiting = [];
    const { messages } = conversation(conversationId);
    const isOver = stream.phase === null;
    if (isOver) detach();
    change(conversationId, {
      messages: messages.map((other) => (other.id === stream.message.id ? stream.message : other)),
      phase: stream.phase,
      streamId: isOver ? null : streamId,
    });
    // What it took, and the title that it gave.
    if (isOver) void refreshFacts(conversationId);
  });
  const listen = (parts: readonly StreamPart[]): void => {
    waiting.push(...parts);
    takeIn();
  };
  const detach = attachStream(streamId, listen, showError);
}
