/**
 * The conversations that were opened, with the answers that are being written into them.
 *
 * Main owns each stream and saves it; here it is only shown. Parts come about every 30 ms and are taken in once per
 * animation frame, so that a burst of batches costs one rendering.
 */
import { create } from 'zustand';
import type { ConversationScope, Message, MessageFigures } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { wholeLibrary } from '../../../shared/scope.ts';
import type { AskStarted } from '../../../shared/requests/chat.ts';
import type { StreamPart } from '../../../shared/stream.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { attachStream, request } from '../../ipc/client.ts';
import { onNextFrame } from './next-frame.ts';
import { beginStream, reduceStream, type AnswerStream } from './stream-reducer.ts';

export interface OpenConversation {
  /** Null until it was fetched or listed. */
  readonly title: string | null;
  readonly scope: ConversationScope;
  /** The branch that is shown. */
  readonly messages: readonly Message[];
  /** Ids of questions that were asked in the same place. */
  readonly branches: readonly (readonly string[])[];
  /** What the answers took, by message id. */
  readonly figures: Readonly<Record<string, MessageFigures>>;
  /** The stream whose answer is being written now. */
  readonly streamId: string | null;
  readonly phase: AnswerStream['phase'];
  /** Why it could not be opened, or why a question could not be asked. */
  readonly error: ErrorInfo | null;
}

export interface ChatState {
  readonly conversations: ReadonlyMap<string, OpenConversation>;
  /** A message that is brought into view and flashes; `visit` grows with every request. */
  readonly revealed: { readonly messageId: string; readonly visit: number } | null;
}

export const useChatStore = create<ChatState>(() => ({ conversations: new Map(), revealed: null }));

const nothing: OpenConversation = {
  title: null,
  scope: wholeLibrary,
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

/** Fetches a conversation and attaches to the answer that is being written in it, if one is. */
export async function openConversation(id: string): Promise<void> {
  // What streams here already is newer than anything that main would answer.
  if (conversation(id).streamId !== null) return;
  try {
    const { summary, messages, activeStreamId, branches, figures } = await request('conversations.get', {
      conversationId: id,
    });
    if (conversation(id).streamId !== null) return;
    const { title, documentIds, collectionId } = summary;
    change(id, { title, scope: { documentIds, collectionId }, messages, branches, figures, error: null });
    const last = messages[messages.length - 1];
    if (activeStreamId !== null && last?.role === 'assistant') follow(id, activeStreamId, last);
  } catch (thrown) {
    change(id, { error: toAppError(thrown).toInfo() });
  }
}

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

/** Asks a question anew in other words, as a branch beside it. False when it was not taken. */
export async function editQuestion(conversationId: string, messageId: string, question: string): Promise<boolean> {
  try {
    const started = await request('chat.edit', { messageId, question });
    const { messages, branches } = conversation(conversationId);
    const asked = messages.findIndex((message) => message.id === messageId);
    const group = branches.find((ids) => ids.includes(messageId)) ?? [messageId];
    const others = branches.filter((ids) => ids !== group);
    change(conversationId, { branches: [...others, [...group, started.userMessage.id]] });
    begin(started, messages.slice(0, Math.max(0, asked)));
    const [count, later] = [group.length + 1, messages.slice(asked + 1).some(({ role }) => role === 'user')];
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

/** Writes the last answer again; the old one is replaced. */
export async function regenerate(conversationId: string): Promise<void> {
  try {
    const started = await request('chat.regenerate', { conversationId });
    const { messages } = conversation(conversationId);
    const asked = messages.findLastIndex((message) => message.role === 'user');
    begin(started, messages.slice(0, Math.max(0, asked)));
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

/** The conversation changed in main (a title came, it was renamed): fetches it anew unless an answer streams. */
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

function begin(started: AskStarted, before: readonly Message[]): void {
  const { conversationId, streamId, userMessage, assistantMessage } = started;
  change(conversationId, { messages: [...before, userMessage, assistantMessage], error: null });
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
  });
  const detach = attachStream(streamId, (parts) => {
    waiting.push(...parts);
    takeIn();
  });
}
