/** The ledger of model calls in the database: what is reserved, what is settled, what is told, what a deletion leaves. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import type { NewModelCall, Reservation } from '../../../electron/db/database.ts';
import { migrations } from '../../../electron/db/migrations/index.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { monthOf, OWN_LIMITS } from '../../../electron/pipeline/limits.ts';
import { noLimits, type Limits } from '../../../shared/accounts.ts';
import { addDocument, openTestLibrary, temporaryFolder, type TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;

beforeEach(async () => {
  library = await openTestLibrary();
});
afterEach(() => library.close());

const noon = new Date(2026, 10, 21, 12).getTime();
const november = monthOf(noon);
const span = { from: november.start, to: november.end };

const callOf = (fields: Partial<NewModelCall> = {}): NewModelCall => ({
  ...{ account: 'local', createdAt: noon, kind: 'answer', host: 'api.openai.com', model: 'gpt-5', isLocal: false },
  ...{ conversationId: null, messageId: null, pieceId: null, documentIds: [], promptTokens: 1_000, canWait: false },
  ...fields,
});

async function setOwn(limits: Partial<Limits>, countsLocal = false): Promise<void> {
  await library.database.settings.set(OWN_LIMITS, { limits: { ...noLimits, ...limits }, countsLocal });
}

function reserve(fields: Partial<NewModelCall> = {}, administrator: Limits = noLimits): Promise<Reservation> {
  return library.database.modelCalls.reserve(callOf(fields), administrator);
}

/** Makes a call to its end. */
async function spend(fields: Partial<NewModelCall>, promptTokens: number, completionTokens: number): Promise<number> {
  const reservation = await reserve(fields);
  if (reservation.outcome !== 'reserved') throw new Error(`It was refused: ${reservation.outcome}.`);
  const end = { outcome: 'complete', promptTokens, completionTokens, isEstimated: false, duration: 1_200 } as const;
  await library.database.modelCalls.settle(reservation.id, end);
  return reservation.id;
}

async function addConversation(): Promise<{ conversationId: string; messageId: string }> {
  const [conversationId, messageId] = [randomUUID(), randomUUID()];
  const { conversations, messages } = library.database;
  await conversations.create({
    id: conversationId,
    title: 'The crane',
    scope: { documentIds: [], collectionId: null },
    createdAt: noon,
  });
  await messages.append({
    ...{ id: messageId, conversationId, role: 'assistant', text: 'Nine days.', state: 'complete', citations: [] },
    ...{ verification: [], source: null, usage: null, error: null, createdAt: noon },
  });
  return { conversationId, messageId };
}

// Catches: a library of before that does not open, or whose earlier messages lose something.
test('a library of before gets its ledger, empty, beside what it has', async () => {
  const { folder, remove } = temporaryFolder();
  const path = join(folder, 'library.db');
  const before = migrations.findIndex(({ name }) => name === 'modelCalls');
  const old = openConnection({ path, migrations: migrations.slice(0, before) });
  old.exec(`
    INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES ('c', 'Old', '[]', 1, 1);
    INSERT INTO messages (id, conversation_key, role, state, created_at, text)
      VALUES ('q', 1, 'user', 'complete', 1, 'How much?');
    UPDATE conversations SET leaf_key = 1;
  `);
  old.close();
  const database = await openDatabase({ path });
  const reservation = await database.modelCalls.reserve(
    callOf({ conversationId: 'c', messageId: 'q', promptTokens: 10 }),
    noLimits,
  );
  expect(reservation).toMatchObject({ outcome: 'reserved', maxTokens: null });
  expect((await database.modelCalls.list(span, { limit: 10, offset: 0 })).calls).toMatchObject([
    { conversationId: 'c', conversationTitle: 'Old', messageId: 'q', outcome: 'running' },
  ]);
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  await database.close();
  remove();
});

describe('a reservation', () => {
  // Catches: calls at once that all see the same rest, and a call that is written though it was refused.
  it('counts for the next one at once: fifty together come to no more than the budget', async () => {
    await setOwn({ monthlyTokens: 50_000 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => reserve()));
    const { reserved, spent } = await library.database.modelCalls.spending(span, false);
    expect(spent.tokens).toBe(0);
    expect(reserved.tokens).toBeGreaterThan(48_500);
    expect(reserved.tokens).toBeLessThanOrEqual(50_000);
    const refused = answers.filter(({ outcome }) => outcome === 'over-budget');
    expect(refused[0]).toMatchObject({
      limit: 'monthlyTokens',
      inForce: { value: 50_000, by: 'own' },
      resetsAt: november.end,
    });
    expect((await library.database.modelCalls.list(span, { limit: 1, offset: 0 })).total).toBe(50 - refused.length);
  });

  // Catches: a price of 0 that one sets for a model, before or after the call, and that lifts the administrator's budget.
  it('of an administrator’s budget counts by the list at least, whatever price is one’s own', async () => {
    const { modelCalls } = library.database;
    const administrator = { ...noLimits, monthlyCost: 1 };
    const free = { host: 'api.openai.com', model: 'gpt-5', input: 0, output: 0 };
    await modelCalls.setPrices([free]);
    // By the list: 1.25 dollars for a million tokens in, 10 for a million out.
    await spend({}, 100_000, 50_000);
    await modelCalls.setPrices([]);
    expect((await modelCalls.spending(span, false)).spent.cost).toBe(0);
    expect((await modelCalls.spending(span, false, true)).spent.cost).toBeCloseTo(0.625);
    await modelCalls.setPrices([free]);
    const capped = await reserve({}, administrator);
    // What is left, less the prompt: 0.375 - 0.00125 dollars.
    expect(capped).toMatchObject({ outcome: 'reserved', maxTokens: 8_192 });
    expect((await modelCalls.spending(span, false, true)).reserved.cost).toBeCloseTo(0.08317);
    await spend({}, 0, 29_000);
    const refused = { outcome: 'over-budget', limit: 'monthlyCost', inForce: { value: 1, by: 'administrator' } };
    expect(await reserve({}, administrator)).toMatchObject(refused);
    // A dated version is none of its own; a budget of one's own alone goes by one's own prices.
    await modelCalls.setPrices([{ ...free, model: 'gpt-5-2025-08-07' }]);
    expect(await reserve({ model: 'gpt-5-2025-08-07' }, administrator)).toMatchObject(refused);
    await setOwn({ monthlyCost: 0 });
    expect((await reserve({ model: 'gpt-5-2025-08-07' })).outcome).toBe('reserved');
    expect((await reserve()).outcome).toBe('over-budget');
  });

  it('is the administrator’s to hold, too', async () => {
    await setOwn({ monthlyCost: 100 });
    const administrator = { ...noLimits, monthlyCost: 0.001 };
    expect(await reserve({}, administrator)).toMatchObject({
      outcome: 'over-budget',
      inForce: { value: 0.001, by: 'administrator' },
    });
    expect((await library.database.modelCalls.list(span, { limit: 1, offset: 0 })).total).toBe(0);
  });

  it('gives way to what was really taken, and another month has a budget of its own', async () => {
    await setOwn({ monthlyTokens: 10_000 });
    await spend({}, 900, 100);
    expect(await library.database.modelCalls.spending(span, false)).toMatchObject({
      spent: { tokens: 1_000 },
      reserved: { tokens: 0 },
    });
    expect((await library.database.modelCalls.list(span, { limit: 1, offset: 0 })).calls[0]).toMatchObject({
      ...{ outcome: 'complete', promptTokens: 900, completionTokens: 100, isEstimated: false, duration: 1_200 },
      cost: (900 * 1.25 + 100 * 10) / 1e6,
    });
    expect(await reserve({ promptTokens: 9_900 })).toMatchObject({ outcome: 'over-budget' });
    expect(await reserve({ promptTokens: 9_000, createdAt: november.end })).toMatchObject({ outcome: 'reserved' });
  });

  // Catches: a crash that gives back what its calls may have cost.
  it('that a dead run left keeps counting, and is told as interrupted', async () => {
    await setOwn({ monthlyTokens: 12_000 });
    const first = await reserve();
    expect(await library.database.modelCalls.markInterrupted()).toBe(1);
    expect(await reserve({ promptTokens: 3_000 })).toMatchObject({ outcome: 'over-budget' });
    const page = await library.database.modelCalls.list(span, { limit: 10, offset: 0 });
    expect(page.calls).toMatchObject([
      { outcome: 'interrupted', promptTokens: 1_000, completionTokens: 8_192, isEstimated: true, duration: null },
    ]);
    // It was not dead, only older than the other process: it settles as it ended.
    if (first.outcome !== 'reserved') throw new Error(first.outcome);
    const end = {
      outcome: 'complete',
      promptTokens: 900,
      completionTokens: 50,
      isEstimated: false,
      duration: 5,
    } as const;
    await library.database.modelCalls.settle(first.id, end);
    expect((await library.database.modelCalls.spending(span, false)).reserved.tokens).toBe(0);
  });

  it('holds calls to this computer only when they are to count', async () => {
    const local = { isLocal: true, host: '127.0.0.1:11434' };
    await setOwn({ monthlyTokens: 5_000, requestsPerMinute: 1 });
    for (let call = 0; call < 3; call += 1)
      expect(await reserve(local)).toMatchObject({ outcome: 'reserved', maxTokens: null });
    expect(await library.database.modelCalls.spending(span, false)).toMatchObject({ reserved: { cost: 0, tokens: 0 } });
    await setOwn({ monthlyTokens: 5_000 }, true);
    expect(await reserve(local)).toMatchObject({ outcome: 'over-budget', limit: 'monthlyTokens' });
  });

  // Catches: a bucket that is full again after a restart, and one that refused requests empty.
  it('takes a request out of a bucket that lasts, and a refused one takes none', async () => {
    await setOwn({ requestsPerMinute: 4 });
    for (let call = 0; call < 4; call += 1) expect((await reserve()).outcome).toBe('reserved');
    const { path } = library;
    await library.database.close();
    const again = await openDatabase({ path });
    for (let call = 0; call < 3; call += 1) {
      expect(await again.modelCalls.reserve(callOf(), noLimits)).toMatchObject({ outcome: 'too-many', wait: 15_000 });
    }
    const later = callOf({ createdAt: noon + 15_000 });
    expect((await again.modelCalls.reserve(later, noLimits)).outcome).toBe('reserved');
    expect((await again.modelCalls.list(span, { limit: 1, offset: 0 })).total).toBe(5);
    // Catches: a clock that is set back and lets nothing be asked until it is where it was.
    const dayBefore = (passed: number) => callOf({ createdAt: noon - 86_400_000 + passed });
    expect((await again.modelCalls.reserve(dayBefore(0), noLimits)).outcome).toBe('too-many');
    expect((await again.modelCalls.reserve(dayBefore(15_000), noLimits)).outcome).toBe('reserved');
    await again.close();
    library = await openTestLibrary();
  });

  // Catches: two processes that each count for themselves.
  it('is seen by another process that has the library open', async () => {
    await setOwn({ monthlyTokens: 30_000 });
    const other = await openDatabase({ path: library.path });
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? library.database : other).modelCalls.reserve(callOf(), noLimits),
      ),
    );
    const { reserved } = await other.modelCalls.spending(span, false);
    expect(reserved.tokens).toBeLessThanOrEqual(30_000);
    expect(reserved.tokens).toBeGreaterThan(28_500);
    await other.close();
  });
});

describe('prices', () => {
  // Catches: an unknown price told as nothing, and calls of before that stay unknown when it is known.
  it('that are unknown are told so, until the person says them', async () => {
    const { modelCalls } = library.database;
    const elsewhere = { host: 'models.example', model: 'big' };
    await setOwn({ monthlyCost: 0.000_001 });
    await spend(elsewhere, 1_000_000, 0);
    expect(await modelCalls.spending(span, false)).toMatchObject({ spent: { cost: 0 }, callsWithoutPrice: 1 });
    expect((await modelCalls.summary(span, 'model')).rows).toMatchObject([{ cost: null, isCostPartial: false }]);
    expect(await modelCalls.unpriced()).toEqual([elsewhere]);
    await modelCalls.setPrices([{ ...elsewhere, input: 2, output: 4 }]);
    expect(await modelCalls.unpriced()).toEqual([]);
    expect(await modelCalls.spending(span, false)).toMatchObject({ spent: { cost: 2 }, callsWithoutPrice: 0 });
    expect(await reserve(elsewhere)).toMatchObject({ outcome: 'over-budget', limit: 'monthlyCost' });
  });

  it('of what took nothing is nothing, whoever was asked', async () => {
    await spend({ host: 'models.example', model: 'big' }, 0, 0);
    expect(await library.database.modelCalls.spending(span, false)).toMatchObject({ callsWithoutPrice: 0 });
  });
});

describe('the sums', () => {
  it('are by day, model and kind, each call once', async () => {
    const { modelCalls } = library.database;
    const dayBefore = new Date(2026, 10, 20, 23, 59).getTime();
    await spend({ createdAt: dayBefore }, 100, 10);
    await spend({ kind: 'rewrite' }, 200, 20);
    await spend({ host: 'models.example', model: 'big' }, 400, 40);
    await spend({ createdAt: november.end }, 9_000, 900);
    const byDay = await modelCalls.summary(span, 'day');
    expect(byDay.rows.map(({ key, calls, promptTokens }) => [key, calls, promptTokens])).toEqual([
      ['2026-11-20', 1, 100],
      ['2026-11-21', 2, 600],
    ]);
    expect(byDay.rows[1]).toMatchObject({ isCostPartial: true, cost: (200 * 1.25 + 20 * 10) / 1e6 });
    expect(byDay.total).toMatchObject({ calls: 3, promptTokens: 700, completionTokens: 70, isEstimated: false });
    const byModel = await modelCalls.summary(span, 'model');
    expect(byModel.rows).toMatchObject([
      { key: 'big@models.example', label: 'big', host: 'models.example', calls: 1, cost: null },
      { key: 'gpt-5@api.openai.com', calls: 2, isCostPartial: false },
    ]);
    const byKind = await modelCalls.summary(span, 'kind');
    expect(byKind.rows.map(({ key, calls }) => [key, calls])).toEqual([
      ['answer', 2],
      ['rewrite', 1],
    ]);
    expect((await modelCalls.summary({ from: 0, to: 1 }, 'day')).total).toMatchObject({ calls: 0, cost: 0 });
  });

  // Catches: a call about two documents counted twice, and amounts that go with a deleted document.
  it('are by document in even shares, and stay when documents, conversations and messages go', async () => {
    const { database } = library;
    const [one, two] = [await addDocument(database, ['a']), await addDocument(database, ['b'])];
    const about = await addConversation();
    await spend({ ...about, documentIds: [one, two, two] }, 100, 20);
    await spend({ kind: 'embedding', documentIds: [one] }, 30, 0);
    await spend({ kind: 'question' }, 7, 0);
    const before = await database.modelCalls.summary(span, 'document');
    expect(before.rows).toMatchObject([
      { key: one, calls: 2, promptTokens: 80, completionTokens: 10, special: null },
      { key: two, calls: 1, promptTokens: 50, completionTokens: 10 },
      { key: 'none', label: '', calls: 1, promptTokens: 7, special: 'none' },
    ]);
    expect(before.total).toMatchObject({ calls: 3, promptTokens: 137 });

    expect((await database.documents.delete([one])).left).toEqual([]);
    await database.conversations.delete(about.conversationId);
    const after = await database.modelCalls.summary(span, 'document');
    expect(after.rows).toMatchObject([
      { key: 'deleted', calls: 2, promptTokens: 80, special: 'deleted' },
      { key: two, promptTokens: 50 },
      { key: 'none' },
    ]);
    expect(after.total).toEqual(before.total);
    const { calls } = await database.modelCalls.list(span, { limit: 10, offset: 0 });
    expect(calls.at(-1)).toMatchObject({
      ...{ conversationId: null, conversationTitle: null, messageId: null, deletedDocuments: 1 },
      documents: [{ id: two }],
    });
    expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  });

  it('list single calls, the newest first, a page at a time', async () => {
    for (let call = 0; call < 5; call += 1) await spend({ createdAt: noon + call }, call, 0);
    const page = await library.database.modelCalls.list(span, { limit: 2, offset: 1 });
    expect(page.total).toBe(5);
    expect(page.calls.map(({ promptTokens }) => promptTokens)).toEqual([3, 2]);
  });

  // Catches: a conversation whose deletion can still be undone named in the list.
  it('do not name what was deleted a moment ago', async () => {
    const about = await addConversation();
    await spend(about, 1, 1);
    await library.database.conversations.setDeleted(about.conversationId, noon);
    const { calls } = await library.database.modelCalls.list(span, { limit: 1, offset: 0 });
    expect(calls[0]).toMatchObject({ conversationId: null, conversationTitle: null, messageId: null });
  });
});
