/** The owner of streams on a real database: saving, stopping, attaching late, killed in the middle. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database } from '../../electron/db/database.ts';
import { TraceRecorder } from '../../electron/pipeline/answer-trace.ts';
import { ChatService, type Question } from '../../electron/pipeline/chat.ts';
import { beginStream, reduceStream } from '../../renderer/features/chat/stream-reducer.ts';
import type { Citation } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import type { StreamPart, StreamPartBody } from '../../shared/stream.ts';
import { wholeLibrary } from '../../shared/scope.ts';
import { addDocument } from '../helpers/library.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-chat-'));
  database = await openDatabase({ path: join(folder, 'library.db') });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

function service(answer: (question: Question) => AsyncIterable<StreamPartBody>, asked = database): ChatService {
  return new ChatService({
    database: asked,
    answer,
    titleOf: (question) => question.slice(0, 20),
    newTrace: () =>
      new TraceRecorder(
        () => true,
        () => 0,
      ),
    onConversationChange: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
}

async function* words(text: string, delay = 0): AsyncGenerator<StreamPartBody> {
  yield { type: 'text-start' };
  for (const word of text.split(/(?<= )/)) {
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    yield { type: 'text-delta', text: word };
  }
  yield { type: 'text-end' };
  yield { type: 'finish', reason: 'complete' };
}

function textOf(parts: readonly StreamPart[]): string {
  let text = '';
  for (const part of parts) {
    if (part.type === 'text-start') text = '';
    if (part.type === 'text-delta') text += part.text;
  }
  return text;
}

test('question and answer are saved, and a follow-up is given what was said before', async () => {
  const seen: string[][] = [];
  const chat = service(({ history, question }) => {
    seen.push([...history.map((message) => message.text), question]);
    return words('An answer of several words');
  });
  const first = await chat.ask(null, 'What is this?', wholeLibrary);
  await chat.finished(first.streamId);
  const second = await chat.ask(first.conversationId, 'And that?', wholeLibrary);
  await chat.finished(second.streamId);
  const { messages, activeStreamId } = await chat.conversation(first.conversationId);
  expect(messages.map(({ role, text, state }) => [role, text, state])).toEqual([
    ['user', 'What is this?', 'complete'],
    ['assistant', 'An answer of several words', 'complete'],
    ['user', 'And that?', 'complete'],
    ['assistant', 'An answer of several words', 'complete'],
  ]);
  expect(seen[1]).toEqual(['What is this?', 'An answer of several words', 'And that?']);
  expect(activeStreamId).toBeNull();
});

test('whoever attaches late gets the whole text, once, and in order', async () => {
  const text = Array.from({ length: 60 }, (_, index) => `w${index} `).join('');
  const chat = service(() => words(text, 5));
  const { streamId } = await chat.ask(null, 'Count', wholeLibrary);
  const early: StreamPart[] = [];
  const late: StreamPart[] = [];
  chat.attach(streamId, (parts) => early.push(...parts));
  await new Promise((resolve) => setTimeout(resolve, 150));
  chat.attach(streamId, (parts) => late.push(...parts));
  await chat.finished(streamId);
  expect(textOf(early)).toBe(text);
  expect(textOf(late)).toBe(text);
  const sequences = early.map((part) => part.sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(late.at(-1)).toMatchObject({ type: 'finish', reason: 'complete' });
});

test('whoever attaches before the first word is told once that it begins, and meanwhile what is done', async () => {
  const searching = Promise.withResolvers<void>();
  const found = Promise.withResolvers<void>();
  const chat = service(async function* () {
    yield { type: 'status', status: 'retrieving' };
    searching.resolve();
    await found.promise;
    yield* words('Late words', 5);
  });
  const { streamId, assistantMessage } = await chat.ask(null, 'Slow', wholeLibrary);
  await searching.promise;
  const parts: StreamPart[] = [];
  chat.attach(streamId, (more) => parts.push(...more));
  expect(reduceStream(beginStream(assistantMessage), parts).phase).toBe('retrieving');
  found.resolve();
  await chat.finished(streamId);
  const types = parts.map(({ type }) => type).filter((type) => type !== 'text-delta');
  expect(types).toEqual(['status', 'text-start', 'text-end', 'finish']);
});

test('parts are batched: far fewer messages than tokens', async () => {
  const chat = service(() => words('a '.repeat(200), 1));
  const { streamId } = await chat.ask(null, 'Go', wholeLibrary);
  let batches = 0;
  chat.attach(streamId, () => (batches += 1));
  await chat.finished(streamId);
  expect(batches).toBeLessThan(60);
});

test('stop keeps what came and marks it; detaching does not stop', async () => {
  const chat = service(async function* ({ signal }) {
    yield { type: 'text-start' };
    for (let index = 0; ; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (signal.aborted) throw new AppError('cancelled', 'This was stopped.');
      yield { type: 'text-delta', text: `${index} ` };
    }
  });
  const { streamId, conversationId } = await chat.ask(null, 'For ever', wholeLibrary);
  chat.attach(streamId, () => undefined)();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect((await chat.conversation(conversationId)).activeStreamId).toBe(streamId);
  await chat.stop(streamId);
  const answer = (await database.messages.list(conversationId)).at(-1);
  expect(answer?.state).toBe('stopped');
  expect(answer?.text).toMatch(/^0 1 /);
  expect(answer?.error).toBeNull();
});

test('a failure in the middle keeps the text, and the error with its hint', async () => {
  const chat = service(async function* () {
    yield { type: 'text-start' };
    yield { type: 'text-delta', text: 'Half of' };
    throw new AppError('provider-stream-broken', 'The answer broke off.', { hint: 'Try again.' });
  });
  const { streamId, conversationId } = await chat.ask(null, 'Break', wholeLibrary);
  await chat.finished(streamId);
  expect((await database.messages.list(conversationId)).at(-1)).toMatchObject({
    text: 'Half of',
    state: 'failed',
    error: { code: 'provider-stream-broken', hint: 'Try again.' },
  });
});

test('an answer that was being written when the app died is found, marked as interrupted', async () => {
  const chat = service(async function* () {
    yield { type: 'text-start' };
    yield { type: 'text-delta', text: 'The part that came' };
    await new Promise((resolve) => setTimeout(resolve, 400));
    yield { type: 'text-delta', text: '.' };
    await new Promise(() => undefined);
  });
  const { conversationId } = await chat.ask(null, 'Die', wholeLibrary);
  await expect
    .poll(async () => (await database.messages.list(conversationId)).at(-1)?.text, { timeout: 5_000 })
    .toContain('The part that came');
  // Another process opens the same file, as after a kill.
  const after = await openDatabase({ path: join(folder, 'library.db') });
  await after.messages.markInterrupted();
  expect((await after.messages.list(conversationId)).at(-1)).toMatchObject({ state: 'interrupted' });
  await after.close();
});

async function* failing(text: string): AsyncGenerator<StreamPartBody> {
  yield { type: 'text-start' };
  if (text !== '') yield { type: 'text-delta', text };
  await Promise.resolve();
  throw new AppError('provider-rate-limited', 'Too many requests.');
}

async function* cited(text: string, citation: Citation): AsyncGenerator<StreamPartBody> {
  yield { type: 'citation', citation };
  yield* words(text);
}

// Catches: a good answer, its citations and its trace gone for one that fails, or that was stopped.
test('an answer that is written again stands beside the old one, which stays as it was, also when the new one fails', async () => {
  const documentId = await addDocument(database, ['The work takes nine days.']);
  const citation = { number: 1, documentId, chunkId: null, title: 'Letter', page: 1, boxes: [], quote: 'nine days' };
  const answers = [cited('Nine days [1].', citation), failing(''), failing('Half of'), words('Ten days.')];
  const histories: string[][] = [];
  const chat = service(({ question, history, trace }) => {
    histories.push(history.map(({ text }) => text));
    trace.searched(question, { hits: [], mode: 'hybrid', note: null });
    return answers.shift() ?? words('');
  });
  const first = await chat.ask(null, 'How long?', wholeLibrary);
  const { conversationId, assistantMessage } = first;
  await chat.finished(first.streamId);
  const trace = await database.traces.get(assistantMessage.id);
  expect(trace).not.toBeNull();
  const failed = await chat.regenerate(conversationId);
  expect(failed.branches).toEqual([[assistantMessage.id, failed.assistantMessage.id]]);
  await chat.finished(failed.streamId);
  await chat.showMessage(assistantMessage.id);
  const { messages } = await chat.conversation(conversationId);
  expect(messages.map(({ text }) => text)).toEqual(['How long?', 'Nine days [1].']);
  expect(messages[1]?.citations).toEqual([citation]);
  expect(await database.traces.get(assistantMessage.id)).toEqual(trace);
  // What failed before a word leaves nothing to go back to: the next try takes its place.
  await chat.showMessage(failed.assistantMessage.id);
  const half = await chat.regenerate(conversationId);
  expect(half.branches).toEqual([[assistantMessage.id, half.assistantMessage.id]]);
  await chat.finished(half.streamId);
  const last = await chat.regenerate(conversationId);
  await chat.finished(last.streamId);
  const opened = await chat.conversation(conversationId);
  expect(opened.messages.map(({ text }) => text)).toEqual(['How long?', 'Ten days.']);
  expect(opened.branches).toEqual([[assistantMessage.id, half.assistantMessage.id, last.assistantMessage.id]]);
  expect(histories).toEqual([[], [], [], []]);
  // Each answer keeps what was said after it.
  await chat.showMessage(assistantMessage.id);
  const next = await chat.ask(conversationId, 'And then?', wholeLibrary);
  await chat.finished(next.streamId);
  expect(histories.at(-1)).toEqual(['How long?', 'Nine days [1].']);
  await chat.showMessage(last.assistantMessage.id);
  expect((await chat.conversation(conversationId)).messages.at(-1)?.text).toBe('Ten days.');
  await chat.showMessage(assistantMessage.id);
  expect((await chat.conversation(conversationId)).messages).toHaveLength(4);
});

test('a second question waits for the first: it is refused with a reason', async () => {
  const chat = service(() => words('slow answer', 50));
  const { conversationId, streamId } = await chat.ask(null, 'One', wholeLibrary);
  await expect(chat.ask(conversationId, 'Two', wholeLibrary)).rejects.toMatchObject({ code: 'request-invalid' });
  await chat.finished(streamId);
});

test('the window that attaches late, or after the end, shows the whole answer and that it is over', async () => {
  const chat = service(() => words('An answer of several words', 10));
  const { streamId, assistantMessage } = await chat.ask(null, 'What is this?', wholeLibrary);
  await new Promise((resolve) => setTimeout(resolve, 25));
  let during = beginStream(assistantMessage);
  chat.attach(streamId, (parts) => {
    during = reduceStream(during, parts);
  });
  await chat.finished(streamId);
  let after = beginStream(assistantMessage);
  chat.attach(streamId, (parts) => {
    after = reduceStream(after, parts);
  });
  for (const shown of [during, after]) {
    expect(shown.message).toMatchObject({ text: 'An answer of several words', state: 'complete' });
    expect(shown.phase).toBeNull();
  }
});

test('two questions at the same moment: one is answered, the other refused', async () => {
  const chat = service(() => words('an answer', 5));
  const { conversationId, streamId } = await chat.ask(null, 'One', wholeLibrary);
  await chat.finished(streamId);
  const both = await Promise.allSettled([
    chat.ask(conversationId, 'Two', wholeLibrary),
    chat.ask(conversationId, 'Three', wholeLibrary),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const asked of both) if (asked.status === 'fulfilled') await chat.finished(asked.value.streamId);
  expect(await database.messages.list(conversationId)).toHaveLength(4);
});

// Catches: an edited question whose answer knows what the first one's branch said, or that loses the first.
test('an edited question is asked beside the first, with only what was said before it', async () => {
  const histories: string[][] = [];
  const chat = service((question) => {
    histories.push(question.history.map(({ text }) => text));
    return words(`Answer to ${question.question}`);
  });
  const first = await chat.ask(null, 'One', wholeLibrary);
  await chat.finished(first.streamId);
  const second = await chat.ask(first.conversationId, 'Two', wholeLibrary);
  await chat.finished(second.streamId);
  const edited = await chat.edit(second.userMessage.id, 'Two, again');
  await chat.finished(edited.streamId);
  expect(histories.at(-1)).toEqual(['One', 'Answer to One']);
  const opened = await chat.conversation(first.conversationId);
  expect(opened.messages.map(({ text }) => text)).toEqual([
    'One',
    'Answer to One',
    'Two, again',
    'Answer to Two, again',
  ]);
  expect(opened.branches).toEqual([[second.userMessage.id, edited.userMessage.id]]);
  await chat.showMessage(second.assistantMessage.id);
  expect((await chat.conversation(first.conversationId)).messages.at(-1)?.text).toBe('Answer to Two');
});

test('a deleted conversation comes back until its time has passed, and is gone after the next start', async () => {
  const chat = service(() => words('An answer'));
  const { conversationId, streamId } = await chat.ask(null, 'One', wholeLibrary);
  await chat.finished(streamId);
  await chat.deleteConversation(conversationId);
  await expect(chat.conversation(conversationId)).rejects.toMatchObject({ code: 'not-found' });
  await chat.restoreConversation(conversationId);
  expect((await chat.conversation(conversationId)).messages).toHaveLength(2);
  await chat.deleteConversation(conversationId);
  await chat.close();
  const next = service(() => words('An answer'));
  await next.recover();
  await expect(next.restoreConversation(conversationId)).rejects.toMatchObject({ code: 'not-found' });
  expect(await database.messages.list(conversationId)).toEqual([]);
});

// Catches: a follow-up that asks the collection as it was at the first question, or the whole library when it is empty.
test('a collection is asked as it is at each question, and never as the whole library', async () => {
  const seen: (readonly string[])[] = [];
  const chat = service(({ documentIds }) => {
    seen.push(documentIds);
    return words('So.');
  });
  const [first, second] = [await addDocument(database, ['One.']), await addDocument(database, ['Two.'])];
  const collectionId = randomUUID();
  await database.shelves.createCollection({ id: collectionId, name: 'Filings', documentIds: [first], createdAt: 1 });
  const scope = { documentIds: [], collectionId };
  const { conversationId, streamId } = await chat.ask(null, 'One', scope);
  await chat.finished(streamId);
  await database.shelves.putIn(collectionId, [second]);
  await chat.finished((await chat.ask(conversationId, 'Two', scope)).streamId);
  await chat.finished((await chat.regenerate(conversationId)).streamId);
  expect(seen).toEqual([[first], [first, second], [first, second]]);
  await database.shelves.takeOut(collectionId, [first, second]);
  const refusal = { code: 'request-invalid', message: expect.stringContaining('empty') as string };
  await expect(chat.ask(conversationId, 'Three', scope)).rejects.toMatchObject(refusal);
  await expect(chat.regenerate(conversationId)).rejects.toMatchObject(refusal);
  expect((await chat.conversation(conversationId)).messages).toHaveLength(4);
});

// Catches: a collection that is emptied just as it is asked, whose question goes to the whole library.
test('a collection emptied between the question and its reading is refused', async () => {
  const seen: (readonly string[])[] = [];
  const collectionId = randomUUID();
  const documentIds = [await addDocument(database, ['One.'])];
  await database.shelves.createCollection({ id: collectionId, name: 'Filings', documentIds, createdAt: 1 });
  const create: typeof database.conversations.create = async (conversation) => {
    const created = await database.conversations.create(conversation);
    await database.shelves.takeOut(collectionId, documentIds);
    return created;
  };
  const emptied = { ...database, conversations: { ...database.conversations, create } };
  const chat = service((question) => {
    seen.push(question.documentIds);
    return words('So.');
  }, emptied);
  await expect(chat.ask(null, 'One', { documentIds: [], collectionId })).rejects.toMatchObject({
    message: expect.stringContaining('empty') as string,
  });
  expect(seen).toEqual([]);
});

// Catches: a question that was refused, and changed what the next ones are asked of.
test('a question that is refused while an answer is written leaves the conversation as it was', async () => {
  const going = Promise.withResolvers<void>();
  const chat = service(async function* () {
    yield* words('So.');
    await going.promise;
  });
  const collectionId = randomUUID();
  const documentIds = [await addDocument(database, ['One.'])];
  await database.shelves.createCollection({ id: collectionId, name: 'Filings', documentIds, createdAt: 1 });
  const { conversationId, streamId } = await chat.ask(null, 'One', wholeLibrary);
  await expect(chat.ask(conversationId, 'Two', { documentIds: [], collectionId })).rejects.toMatchObject({
    code: 'request-invalid',
  });
  going.resolve();
  await chat.finished(streamId);
  expect((await chat.conversation(conversationId)).summary).toMatchObject({ collectionId: null, documentIds: [] });
});

// Catches: places in a deleted document that the next save of a growing answer writes down again.
test('an answer that is being written brings nothing of a deleted document back', async () => {
  const [gone, kept] = [
    await addDocument(database, ['The rent is 900 a month.'], { name: 'lease.pdf' }),
    await addDocument(database, ['The deposit is 1,800.'], { name: 'deposit.pdf' }),
  ];
  const cite = async (number: number, documentId: string): Promise<StreamPartBody> => {
    const [chunk] = await database.chunks.range(documentId, 0, 1);
    const boxes = [{ page: 1, x0: 72, y0: 700, x1: 300, y1: 712 }];
    const citation = { number, documentId, chunkId: chunk?.id ?? null, title: 'Lease', page: 1, boxes, quote: 'The' };
    return { type: 'citation', citation };
  };
  const deleted = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const chat = service(async function* () {
    yield { type: 'text-start' };
    yield await cite(1, gone);
    yield await cite(2, kept);
    yield { type: 'text-delta', text: 'The rent is 900 [1] and the deposit 1,800 [2].' };
    written.resolve();
    await deleted.promise;
    yield { type: 'text-end' };
  });
  const { streamId, conversationId } = await chat.ask(null, 'What is the rent?', wholeLibrary);
  await written.promise;
  expect((await database.documents.delete([gone])).left).toEqual([]);
  deleted.resolve();
  await chat.finished(streamId);
  const answer = (await database.messages.list(conversationId)).at(-1);
  expect(answer?.citations).toMatchObject([
    { number: 1, documentId: gone, chunkId: null, boxes: [], title: 'Lease', page: 1, quote: 'The' },
    { number: 2, documentId: kept, chunkId: expect.any(Number) as number },
  ]);
  expect(answer?.citations[1]?.boxes).toHaveLength(1);
});
