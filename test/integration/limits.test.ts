/** Limits on a real core over a real server: what is asked, what is not, what is told, and what lasts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noLimits, type Limits } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { wholeLibrary } from '../../shared/scope.ts';
import type { Message } from '../../shared/domain.ts';
import type { UsageCall } from '../../shared/usage.ts';
import type { ChatModel } from '../../electron/pipeline/ports/chat-model.ts';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { openSharedCore } from '../../electron/core/core.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { addDocument } from '../helpers/library.ts';
import { modelEnvironment } from '../helpers/models.ts';
import { startOpenAiServer, type ChatRequestBody, type OpenAiServer } from '../helpers/openai-server.ts';

let scene: TestCore;
let server: OpenAiServer;
let administrator: Limits;

beforeEach(async () => {
  administrator = noLimits;
  server = await startOpenAiServer({ tokensPerSecond: 20_000, reply: () => 'The work takes nine days [1].' });
  scene = await openTestCore({}, { administratorLimits: () => Promise.resolve(administrator) });
  const { settings } = scene.core;
  await settings.update({
    ...settings.current,
    answers: { kind: 'provider', baseUrl: server.baseUrl, model: 'test-chat' },
  });
  await addDocument(scene.core.database, ['The work on the crane takes nine days and begins in June.'], {
    name: 'crane.pdf',
  });
});
afterEach(async () => {
  await scene.close();
  await server.close();
});

/** The test's server is on this computer, so that it counts only when that is asked for. */
async function limit(limits: Partial<Limits>): Promise<void> {
  await scene.core.usage.setLimits({ ...noLimits, ...limits }, true);
}

async function ask(question = 'How many days does the work on the crane take?'): Promise<Message> {
  const started = await scene.core.chat.ask(null, question, wholeLibrary);
  await scene.core.chat.finished(started.streamId);
  const message = await scene.core.database.messages.get(started.assistantMessage.id);
  if (!message) throw new Error('The answer is gone.');
  return message;
}

async function calls(): Promise<readonly UsageCall[]> {
  const page = await scene.core.usage.calls({ from: 0, to: Date.now() + 1_000 }, { limit: 500, offset: 0 });
  return page.calls;
}

async function chatModel(): Promise<ChatModel> {
  const model = await scene.core.providers.chatModel();
  if (!model) throw new Error('There is no model.');
  return model;
}

/** The code of what held it, or null when it was answered. */
async function stream(model: ChatModel, content = 'What is known?'): Promise<string | null> {
  try {
    const messages = [{ role: 'user', content }] as const;
    for await (const event of model.stream(messages, { call: { kind: 'answer', documentIds: [] } })) void event;
    return null;
  } catch (error) {
    return (error as AppError).code;
  }
}

const chatRequests = (): readonly ChatRequestBody[] =>
  server.requests.flatMap(({ path, body }) => (path.endsWith('/chat/completions') ? [body as ChatRequestBody] : []));

describe('the ledger', () => {
  // Catches: a call that nobody wrote down, or whose tokens are not those that the server told.
  it('has an answer with its conversation, message, documents and the server’s own count', async () => {
    const message = await ask();
    const [call, ...others] = await calls();
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      ...{ kind: 'answer', host: server.host, model: 'test-chat', isLocal: true, outcome: 'complete', cost: 0 },
      ...{ isEstimated: false, conversationId: message.conversationId, messageId: message.id, pieceId: null },
      promptTokens: message.usage?.inputTokens,
      completionTokens: message.usage?.outputTokens,
      documents: [{ title: 'crane.pdf' }],
    });
    expect(chatRequests()[0]).not.toHaveProperty('max_tokens');
  });

  it('tells how a call ended: stopped, broken off, refused, not reached', async () => {
    server.setTokensPerSecond(50);
    server.setReply(() => 'word '.repeat(200));
    const stopped = await scene.core.chat.ask(null, 'How long does the crane take?', wholeLibrary);
    await expect.poll(() => chatRequests().length).toBe(1);
    await scene.core.chat.stop(stopped.streamId);
    server.setTokensPerSecond(20_000);
    server.fail({ kind: 'cut-off', tokens: 3 });
    await ask();
    server.fail({ kind: 'status', status: 401 });
    await ask();
    server.recover();
    await server.close();
    await ask();
    server = await startOpenAiServer();
    expect(
      (await calls()).map(({ outcome, promptTokens, completionTokens }) => [
        outcome,
        promptTokens > 0,
        completionTokens > 0,
      ]),
    ).toEqual([
      ['failed', false, false],
      ['failed', false, false],
      ['failed', true, true],
      ['stopped', true, expect.any(Boolean)],
    ]);
  });

  it('has follow-ups, written pieces and tries of a server by what they are', async () => {
    const first = await ask();
    const second = await scene.core.chat.ask(first.conversationId, 'And when does it begin?', wholeLibrary);
    await scene.core.chat.finished(second.streamId);
    const [document] = await scene.core.database.documents.list();
    const pieceId = await scene.core.writing.start({
      ...{ kind: 'summary', prompt: null, selection: null },
      documentIds: [document?.id ?? ''],
    });
    await scene.core.writing.finished(pieceId);
    await scene.core.providers.test('answers', server.baseUrl, 'test-chat');
    const made = await calls();
    expect(made.map(({ kind }) => kind)).toEqual(['test', 'piece', 'answer', 'rewrite', 'answer']);
    expect(made[1]).toMatchObject({ pieceId, conversationId: null, documents: [{ id: document?.id }] });
    expect(made[3]).toMatchObject({ conversationId: first.conversationId, documents: [] });
    const { rows } = await scene.core.usage.summary({ from: 0, to: Date.now() + 1_000 }, 'kind');
    expect(Object.fromEntries(rows.map(({ key, calls: count }) => [key, count]))).toEqual({
      ...{ answer: 2, rewrite: 1, piece: 1, test: 1 },
    });
  });
});

describe('a budget', () => {
  // Catches: calls at once that each see the same rest.
  it('holds fifty calls at once, and what they leave is for the next', async () => {
    await limit({ monthlyTokens: 30_000 });
    const model = await chatModel();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => stream(model)));
    const answered = outcomes.filter((outcome) => outcome === null).length;
    expect(answered).toBeGreaterThan(1);
    expect(new Set(outcomes)).toEqual(new Set([null, 'budget-exceeded']));
    expect(chatRequests()).toHaveLength(answered);
    const { spent, reserved } = await scene.core.usage.budget();
    expect(reserved.tokens).toBe(0);
    expect(spent.tokens).toBeLessThan(30_000);
    expect(await stream(model)).toBeNull();
  });

  // Catches: an answer that fails, or is quoted without a word of why, and a limit that a restart lifts.
  it('that is used up lets the documents answer, and says why and until when, after a restart too', async () => {
    await limit({ monthlyTokens: 0 });
    for (const time of ['before', 'after']) {
      const { state, source, text, error } = await ask();
      expect({ time, state, error, kind: source?.kind }).toEqual({
        time,
        state: 'complete',
        error: null,
        kind: 'extractive',
      });
      expect(text).toContain('nine days');
      expect(source?.note).toMatch(/^This month’s budget for models, 0 tokens, is used up until 1 \w+\. These are/);
      await scene.restart();
    }
    expect(chatRequests()).toEqual([]);
    await expect.poll(() => scene.core.status.current.budget?.level).toBe('exceeded');
  });

  it('in money counts by the person’s own price, and tells of calls without one', async () => {
    // Not a loopback address by its name, though it leads here.
    const host = server.host.replace('127.0.0.1', '0.0.0.0');
    const { settings, usage } = scene.core;
    const answers = { kind: 'provider', baseUrl: `http://${host}/v1`, model: 'test-chat' } as const;
    await settings.update({ ...settings.current, answers });
    await usage.setLimits({ ...noLimits, monthlyCost: 0.1 }, false);
    expect((await ask()).source?.kind).toBe('provider');
    expect(await usage.budget()).toMatchObject({ spent: { cost: 0 }, callsWithoutPrice: 1, percentage: 0 });
    expect((await usage.prices()).unpriced).toEqual([{ host, model: 'test-chat' }]);
    // A dollar for a thousand tokens.
    await usage.setPrices([{ host, model: 'test-chat', input: 1_000, output: 1_000 }]);
    const budget = await usage.budget();
    expect(budget.callsWithoutPrice).toBe(0);
    expect(budget.spent.cost).toBeCloseTo(budget.spent.tokens / 1_000);
    expect(budget.level).toBe('exceeded');
    const { source, id } = await ask();
    expect(source?.kind).toBe('extractive');
    expect(source?.note).toContain('$0.10, is used up until');
    expect((await scene.core.database.traces.get(id))?.facts.cost).toBe(0);
  });

  it('of the administrator holds beside one’s own', async () => {
    await limit({ monthlyTokens: 1_000_000 });
    administrator = { ...noLimits, monthlyTokens: 0 };
    expect((await ask()).source?.note).toContain('by this computer’s administrator, is used up');
    expect(await scene.core.usage.budget()).toMatchObject({ monthlyTokens: { value: 0, by: 'administrator' } });
    administrator = noLimits;
    expect((await ask()).source?.kind).toBe('provider');
  });

  // Catches: a budget that is told by a price of 0, and so as whole while calls are refused for it.
  it('of the administrator in money is told as it counts, and the prices say so', async () => {
    const { database, usage } = scene.core;
    await usage.setPrices([{ host: 'api.openai.com', model: 'gpt-5', input: 0, output: 0 }]);
    const reservation = await database.modelCalls.reserve(
      {
        ...{ account: 'local', createdAt: Date.now(), kind: 'answer', host: 'api.openai.com', model: 'gpt-5' },
        ...{ isLocal: false, conversationId: null, messageId: null, pieceId: null, documentIds: [] },
        ...{ promptTokens: 10, canWait: false },
      },
      noLimits,
    );
    if (reservation.outcome !== 'reserved') throw new Error('It was refused.');
    const tokens = { promptTokens: 400_000, completionTokens: 50_000, isEstimated: false };
    await database.modelCalls.settle(reservation.id, { ...tokens, outcome: 'complete', duration: 1 });
    expect(await usage.budget()).toMatchObject({ spent: { cost: 0 }, level: 'unlimited' });
    expect((await usage.prices()).isListLeast).toBe(false);
    administrator = { ...noLimits, monthlyCost: 1.001 };
    const { spent, level } = await usage.budget();
    expect(spent.cost).toBeCloseTo(1);
    // Less than an answer takes is left.
    expect(level).toBe('exceeded');
    expect((await usage.prices()).isListLeast).toBe(true);
  });

  // Catches: a command line that asks on when the app beside it has used the budget up.
  it('is one for all that have the library open', async () => {
    await limit({ monthlyTokens: 10_000 });
    const shared = await openSharedCore({
      folder: scene.folder,
      keys: null,
      launcher: createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: modelEnvironment }),
      keychain: createEnvironmentKeychain({}),
      onError: (_where, error) => {
        throw error;
      },
    });
    const askBeside = async (): Promise<Message | undefined> => {
      const started = await shared.chat.ask(null, 'How many days does the work on the crane take?', wholeLibrary);
      await shared.chat.finished(started.streamId);
      return (await shared.chat.conversation(started.conversationId)).messages.at(-1);
    };
    expect((await askBeside())?.source?.kind).toBe('provider');
    expect((await scene.core.usage.budget()).spent.tokens).toBeGreaterThan(0);
    await limit({ monthlyTokens: 100 });
    expect((await askBeside())?.source).toMatchObject({
      kind: 'extractive',
      note: expect.stringContaining('100 tokens'),
    });
    await shared.close();
  });

  // Catches: an answer longer than what was reserved for it, and one that is cut without a word.
  it('ends an answer at what it has left, keeps what came, and says so', async () => {
    server.setReply(() => 'The work takes nine days and a half of one. '.repeat(400));
    await limit({ monthlyTokens: 4_000 });
    const { state, text, error } = await ask();
    expect(state).toBe('interrupted');
    expect(text).toContain('nine days');
    expect(error).toMatchObject({ code: 'provider-stream-broken' });
    expect(error?.message).toContain('all that the month’s budget let it have');
    const asked = chatRequests()[0] as ChatRequestBody & { readonly max_tokens: number };
    expect(asked.max_tokens).toBeGreaterThan(512);
    const { spent, reserved } = await scene.core.usage.budget();
    expect(spent.tokens + reserved.tokens).toBeLessThanOrEqual(4_000);
  });

  it('warns from 80 % on, once a month', async () => {
    // So many that what is left has room for another answer.
    server.setReply(() => 'The work takes nine days [1]. '.repeat(600));
    await ask();
    const { tokens } = (await scene.core.usage.setLimits(noLimits, true)).spent;
    await limit({ monthlyTokens: Math.ceil(tokens / 0.85) });
    await expect.poll(() => scene.core.status.current.budget?.level).toBe('warning');
    expect(scene.core.status.current.budget?.note).toMatch(/^8[45] % of this month’s budget for models/);
    await scene.core.usage.dismissWarning();
    await expect.poll(() => scene.core.status.current.budget).toBeNull();
    await scene.restart();
    expect(scene.core.status.current.budget).toBeNull();
    await limit({ monthlyTokens: tokens });
    await expect.poll(() => scene.core.status.current.budget?.level).toBe('exceeded');
  });

  // Catches: “98 % is used” while nothing can be asked any more.
  it('with less left than an answer takes counts as used up, and says what is so', async () => {
    await ask();
    const { tokens } = (await scene.core.usage.setLimits(noLimits, true)).spent;
    await limit({ monthlyTokens: tokens + 511 });
    const { level, percentage } = await scene.core.usage.budget();
    expect(level).toBe('exceeded');
    expect(percentage).toBeLessThan(100);
    await expect.poll(() => scene.core.status.current.budget?.note).toContain('is too little for an answer');
    expect((await ask()).source).toMatchObject({ kind: 'extractive', note: expect.stringContaining('too little') });
    await limit({ monthlyTokens: tokens + 5_000 });
    expect((await scene.core.usage.budget()).level).toBe('ok');
  });

  // Catches: an answer that fails with what a file of the accounts is damaged by, or that is asked for without limits.
  it('that cannot be read lets nothing be asked, says so, and holds again when it can', async () => {
    const readable = scene;
    let isReadable = false;
    scene = await openTestCore(
      {},
      {
        administratorLimits: () =>
          isReadable
            ? Promise.resolve(noLimits)
            : Promise.reject(
                new AppError('database-damaged', 'The list of accounts is damaged.', { hint: 'Mend it.' }),
              ),
      },
    );
    await readable.close();
    const { settings, database } = scene.core;
    const answers = { kind: 'provider', baseUrl: server.baseUrl, model: 'test-chat' } as const;
    await settings.update({ ...settings.current, answers });
    await addDocument(database, ['The work on the crane takes nine days and begins in June.'], { name: 'crane.pdf' });
    const { state, source } = await ask();
    expect({ state, kind: source?.kind }).toEqual({ state: 'complete', kind: 'extractive' });
    expect(source?.note).toMatch(/^No model was asked, because .* cannot be read\. The list of accounts is damaged\./);
    expect(chatRequests()).toEqual([]);
    await expect(scene.core.usage.budget()).rejects.toMatchObject({ code: 'limits-unknown', hint: 'Mend it.' });
    isReadable = true;
    expect((await ask()).source?.kind).toBe('provider');
  });

  it('refuses a written piece with the way out, and lets it go on when there is room again', async () => {
    await limit({ monthlyTokens: 0 });
    const [document] = await scene.core.database.documents.list();
    const about = { kind: 'summary', prompt: null, selection: null, documentIds: [document?.id ?? ''] } as const;
    const id = await scene.core.writing.start(about);
    await scene.core.writing.finished(id);
    const { state, error } = await scene.core.writing.get(id);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'budget-exceeded' });
    expect(error?.hint).toMatch(/Raise it in Settings under Usage and limits.*Quoted instead of written/);
    await limit({});
    await scene.core.writing.goOn(id);
    await scene.core.writing.finished(id);
    expect((await scene.core.writing.get(id)).state).toBe('complete');
  });
});

describe('requests a minute', () => {
  it('let the documents answer when they are used up, and say when the next may go', async () => {
    await limit({ requestsPerMinute: 1 });
    expect((await ask()).source?.kind).toBe('provider');
    await scene.restart();
    const { source } = await ask();
    expect(source?.kind).toBe('extractive');
    expect(source?.note).toMatch(
      /limit of 1 request a minute to models is reached; the next one can be made in \d+ seconds?\./,
    );
    expect(chatRequests()).toHaveLength(1);
  });
});

describe('vectors of a provider', () => {
  const embedWithServer = async (): Promise<void> => {
    const { settings, embedderChange } = scene.core;
    const embedder = { kind: 'compatible', baseUrl: server.baseUrl, model: 'test-embedding' } as const;
    await embedderChange.update({ ...settings.current, embedder });
  };

  // Catches: a document that fails for want of money, and work that does not go on by itself when there is some.
  it('rest while the budget is used up, say so, and go on when it is raised', async () => {
    await limit({ monthlyTokens: 0 });
    await embedWithServer();
    await expect.poll(() => scene.core.status.current.embedder.ready).toBe(false);
    expect(scene.core.status.current.embedder.note).toMatch(/is used up until .* Raise it in Settings/);
    expect(server.requests).toEqual([]);
    const [document] = await scene.core.database.documents.list();
    expect(document).toMatchObject({ state: 'ready', error: null, embeddedChunks: 0 });
    await limit({});
    await scene.until(document?.id ?? '', ({ embeddedChunks }) => embeddedChunks === 1);
    expect(scene.core.status.current.embedder).toEqual({ ready: true, note: null });
    await expect.poll(async () => (await calls()).map(({ kind }) => kind)).toEqual(['embedding', 'test']);
    expect((await calls())[0]).toMatchObject({ outcome: 'complete', documents: [{ id: document?.id }] });
  });

  it('of questions are counted, and a question is searched by its words when there is no room', async () => {
    await embedWithServer();
    const [document] = await scene.core.database.documents.list();
    await scene.until(document?.id ?? '', ({ embeddedChunks }) => embeddedChunks === 1);
    await scene.core.embedQueue.idle();
    await ask();
    expect((await calls()).map(({ kind }) => kind)).toEqual(['answer', 'question', 'embedding', 'test']);
    await limit({ monthlyTokens: 0 });
    const { source } = await ask();
    expect(source).toMatchObject({ kind: 'extractive', retrieval: 'text' });
    expect(source?.note).toContain('Searched by words only.');
  });
});
