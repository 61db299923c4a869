/**
 * The answers that are being written: each a stream that main owns. It is saved as it grows, so that a killed app
 * finds what was there; listeners come and go, and only `stop` ends it.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { AppError, emptyCollection, toAppError } from '../../shared/errors.ts';
import type { ConversationScope, ConversationSummary, Message } from '../../shared/domain.ts';
import type { AskStarted, Conversation } from '../../shared/requests/chat.ts';
import type { StreamPartBody } from '../../shared/stream.ts';
import { outgoing, type TraceRecorder } from './answer-trace.ts';
import type { AnswerRequest } from './answer-types.ts';
import { MessageStream, newMessage, type StreamListener } from './message-stream.ts';
import { callOwner } from './ports/request-meter.ts';

/** What the service knows of a question; the rest of the answer stage's request is filled in where it is wired. */
export type Question = Required<Omit<AnswerRequest, 'scopeName'>>;

export interface ChatOptions {
  readonly database: Database;
  /** The answer stage; throws AppErrors. */
  readonly answer: (question: Question) => AsyncIterable<StreamPartBody>;
  /** `citedTitle`: of the one document that the first answer cites, once it is there. */
  readonly titleOf: (question: string, citedTitle?: string | null) => string;
  /** For each answer, how it is made. */
  readonly newTrace: () => TraceRecorder;
  readonly onConversationChange: (conversationId: string) => void;
  readonly onError: (error: AppError) => void;
}

/** Milliseconds between two writes of a growing message. */
const SAVE_INTERVAL = 300;
/** Milliseconds that a finished stream can still be attached to. */
const LINGER = 60_000;

/** Milliseconds: ten seconds to undo a deletion, and one for the click to arrive. */
const UNDO_TIME = 11_000;

class AnswerStream extends MessageStream {
  readonly trace: TraceRecorder;
  /** The first answer of a new conversation, which may give it its title. */
  readonly isFirst: boolean;
  savedAt = performance.now();

  constructor(message: Message, trace: TraceRecorder, isFirst: boolean) {
    super(randomUUID(), message);
    this.trace = trace;
    this.isFirst = isFirst;
  }

  override push(part: StreamPartBody): void {
    super.push(part);
    if (part.type === 'text-delta') this.trace.text();
  }
}

export class ChatService {
  readonly #options: ChatOptions;
  readonly #streams = new Map<string, AnswerStream>();
  /** Conversations whose next answer is about to begin. */
  readonly #beginning = new Set<string>();
  /** Conversations that go for good once their undo has passed. */
  readonly #purges = new Set<NodeJS.Timeout>();

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  /** Marks what was being written when the app died, and deletes for good what was deleted before; before anything else. */
  async recover(): Promise<void> {
    await this.#options.database.messages.markInterrupted();
    await this.#options.database.conversations.purge(Date.now());
  }

  /** Saves the question and begins the answer. */
  async ask(conversationId: string | null, question: string, scope: ConversationScope): Promise<AskStarted> {
    const { database, titleOf } = this.#options;
    const conversation = conversationId
      ? await this.#conversation(conversationId)
      : await database.conversations.create({
          id: randomUUID(),
          title: titleOf(question),
          scope,
          createdAt: Date.now(),
        });
    return this.#alone(conversation.id, async () => {
      let { documentIds } = scope;
      if (scope.collectionId !== null) {
        if (conversationId !== null) await database.conversations.setScope(conversationId, scope);
        ({ documentIds } = await this.#askable(conversation.id));
      }
      const history = await database.messages.list(conversation.id);
      const userMessage = messageOf(conversation.id, 'user', question);
      await database.messages.append(userMessage);
      return this.#begin(conversation.id, userMessage, history, documentIds, history.length === 0);
    });
  }

  /** Asks a question anew in other words, as a branch beside it; the first one and its answers stay. */
  async edit(messageId: string, question: string): Promise<AskStarted> {
    const { database } = this.#options;
    const original = await database.messages.get(messageId);
    if (original?.role !== 'user') throw new AppError('not-found', 'This question no longer exists.');
    const conversation = await this.#askable(original.conversationId);
    return this.#alone(conversation.id, async () => {
      await database.messages.show(messageId);
      const shown = await database.messages.list(conversation.id);
      const history = shown.slice(
        0,
        shown.findIndex(({ id }) => id === messageId),
      );
      const userMessage = messageOf(conversation.id, 'user', question);
      await database.messages.append(userMessage, history.at(-1)?.id ?? null);
      return this.#begin(conversation.id, userMessage, history, conversation.documentIds);
    });
  }

  /** Answers the last question again, as a branch beside its answer; one that failed before a word is replaced. */
  async regenerate(conversationId: string): Promise<AskStarted> {
    const { database } = this.#options;
    const conversation = await this.#askable(conversationId);
    return this.#alone(conversationId, async () => {
      const messages = await database.messages.list(conversationId);
      const last = messages.findLastIndex((message) => message.role === 'user');
      const userMessage = messages[last];
      if (!userMessage) throw new AppError('not-found', 'This conversation has no question to answer again.');
      const old = messages[last + 1];
      if (old?.text === '' && old.state !== 'complete') await database.messages.deleteFrom(old.id);
      return this.#begin(conversationId, userMessage, messages.slice(0, last), conversation.documentIds);
    });
  }

  /** Ends an answer; what is there stays, marked as stopped. */
  async stop(streamId: string): Promise<void> {
    const stream = this.#streams.get(streamId);
    if (!stream || stream.finished) return;
    stream.controller.abort();
    await stream.done.promise;
  }

  /** Resolves when the answer is written and saved. */
  async finished(streamId: string): Promise<void> {
    await this.#streams.get(streamId)?.done.promise;
  }

  /** Listens from now on, beginning with all that there is; the returned function ends it and leaves the stream alone. */
  attach(streamId: string, listener: StreamListener): () => void {
    const stream = this.#streams.get(streamId);
    if (!stream) {
      const error = new AppError('not-found', 'This answer is no longer being written.').toInfo();
      listener([
        { type: 'error', error, streamId, sequence: 0 },
        { type: 'finish', reason: 'interrupted', streamId, sequence: 1 },
      ]);
      return () => undefined;
    }
    return stream.attach(listener);
  }

  async conversation(conversationId: string): Promise<Conversation> {
    const summary = await this.#conversation(conversationId);
    const messages = await this.#options.database.messages.list(conversationId);
    const active = this.#activeStream(conversationId);
    const [branches, figures] = await Promise.all([
      this.#options.database.messages.branches(conversationId),
      this.#options.database.messages.figures(conversationId),
    ]);
    return {
      summary,
      branches,
      figures,
      // What is being written is ahead of what is saved.
      messages: active
        ? messages.map((message) => (message.id === active.message.id ? active.message : message))
        : messages,
      activeStreamId: active?.id ?? null,
    };
  }

  /** Shows the newest branch that has the message. */
  async showMessage(messageId: string): Promise<void> {
    const message = await this.#options.database.messages.get(messageId);
    if (!message) throw new AppError('not-found', 'This message was deleted.');
    if (this.#activeStream(message.conversationId)) {
      throw new AppError('request-invalid', 'An answer is still being written in this conversation.', {
        hint: 'Wait for it or stop it, then change the branch.',
      });
    }
    await this.#options.database.messages.show(messageId);
  }

  /** Out of sight at once, for good after the time for an undo. */
  async deleteConversation(conversationId: string): Promise<void> {
    const { database, onConversationChange, onError } = this.#options;
    const active = this.#activeStream(conversationId);
    if (active) await this.stop(active.id);
    const deletedAt = Date.now();
    await database.conversations.setDeleted(conversationId, deletedAt);
    onConversationChange(conversationId);
    const timer = setTimeout(() => {
      this.#purges.delete(timer);
      database.conversations.purge(deletedAt).catch((error: unknown) => onError(toAppError(error)));
    }, UNDO_TIME);
    this.#purges.add(timer);
  }

  /** Brings back what was deleted less than the time for an undo ago. */
  async restoreConversation(conversationId: string): Promise<void> {
    await this.#options.database.conversations.setDeleted(conversationId, null);
    this.#options.onConversationChange(conversationId);
  }

  /** Stops all answers; each is saved as far as it came. */
  async close(): Promise<void> {
    // What they would have purged, the next start does.
    for (const timer of this.#purges) clearTimeout(timer);
    await Promise.all([...this.#streams.keys()].map((id) => this.stop(id)));
  }

  async #begin(
    conversationId: string,
    userMessage: Message,
    history: readonly Message[],
    documentIds: readonly string[],
    isFirst = false,
  ): Promise<AskStarted> {
    const message = messageOf(conversationId, 'assistant', '', 'streaming');
    const { messages } = this.#options.database;
    await messages.append(message, userMessage.id);
    const branches = await messages.branches(conversationId);
    const stream = new AnswerStream(message, this.#options.newTrace(), isFirst);
    this.#streams.set(stream.id, stream);
    this.#options.onConversationChange(conversationId);
    const { trace, controller } = stream;
    const question = { question: userMessage.text, history, documentIds, signal: controller.signal, trace };
    const owner = { conversationId, messageId: message.id };
    void callOwner.run(owner, () => outgoing.run(trace.bytesSent, () => this.#write(stream, question)));
    return { streamId: stream.id, conversationId, userMessage, assistantMessage: message, branches };
  }

  async #write(stream: AnswerStream, question: Question): Promise<void> {
    const { answer, onError } = this.#options;
    try {
      for await (const part of answer(question)) {
        stream.push(part);
        if (performance.now() - stream.savedAt > SAVE_INTERVAL) await this.#save(stream);
      }
      if (stream.message.state === 'streaming') stream.push({ type: 'finish', reason: 'complete' });
    } catch (thrown) {
      const error = toAppError(thrown);
      const stopped = stream.controller.signal.aborted;
      if (!stopped) stream.push({ type: 'error', error: error.toInfo() });
      if (error.code === 'internal') onError(error);
      stream.push({ type: 'finish', reason: stopped ? 'stopped' : 'failed' });
    }
    try {
      await this.#save(stream);
      const trace = stream.trace.finish(stream.message);
      if (trace) await this.#options.database.traces.put(stream.message.id, trace);
      if (stream.isFirst) await this.#titleAnew(stream, question.question);
    } catch (error) {
      onError(toAppError(error));
    }
    stream.finish();
    this.#options.onConversationChange(stream.message.conversationId);
    setTimeout(() => this.#streams.delete(stream.id), LINGER).unref();
  }

  async #save(stream: AnswerStream): Promise<void> {
    stream.savedAt = performance.now();
    const { text, state, citations, verification, source, usage, error } = stream.message;
    const patch = { text, state, citations, verification, source, usage, error };
    await this.#options.database.messages.update(stream.message.id, patch);
  }

  /** After the first exchange, when the answer tells more than the question. */
  async #titleAnew({ message }: AnswerStream, question: string): Promise<void> {
    const { database, titleOf } = this.#options;
    const titles = [...new Set(message.citations.map(({ title }) => title))];
    const [only] = titles;
    if (titles.length !== 1 || only === undefined) return;
    await database.conversations.retitle(message.conversationId, titleOf(question, only));
  }

  #activeStream(conversationId: string): AnswerStream | undefined {
    return [...this.#streams.values()].find(
      (stream) => stream.message.conversationId === conversationId && !stream.finished,
    );
  }

  /** One answer at a time in a conversation, from the moment it is asked for. */
  async #alone<T>(conversationId: string, begin: () => Promise<T>): Promise<T> {
    if (this.#beginning.has(conversationId) || this.#activeStream(conversationId)) {
      throw new AppError('request-invalid', 'An answer is still being written in this conversation.', {
        hint: 'Wait for it or stop it, then ask again.',
      });
    }
    this.#beginning.add(conversationId);
    try {
      return await begin();
    } finally {
      this.#beginning.delete(conversationId);
    }
  }

  async #conversation(conversationId: string): Promise<ConversationSummary> {
    const conversation = await this.#options.database.conversations.get(conversationId);
    if (!conversation) throw new AppError('not-found', 'This conversation no longer exists.');
    return conversation;
  }

  /** Refuses an empty collection: without documents, the whole library would be asked. */
  async #askable(conversationId: string): Promise<ConversationSummary> {
    const conversation = await this.#conversation(conversationId);
    if (conversation.collectionId !== null && conversation.documentIds.length === 0) throw emptyCollection();
    return conversation;
  }
}

function messageOf(
  conversationId: string,
  role: Message['role'],
  text: string,
  state: Message['state'] = 'complete',
): Message {
  return newMessage({ id: randomUUID(), conversationId, role, text, state, createdAt: Date.now() });
}
