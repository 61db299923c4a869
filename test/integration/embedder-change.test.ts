/** A change of embedder: the old vectors answer until the new ones are all there, whatever happens on the way. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../../electron/db/client.ts';
import type { Database } from '../../electron/db/database.ts';
import type { Settings } from '../../shared/requests/settings.ts';
import { commandLine } from '../helpers/command-line.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { addDocument, temporaryFolder } from '../helpers/library.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';

// Processes that start from source take their time on a busy machine.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 90_000 });

const model = 'test-embedding';
const subjects = ['crane', 'ferry', 'mooring', 'lock gate', 'dredger', 'tug', 'pilot', 'lighthouse'];
/** Each its own text, so that each needs a vector. */
const texts = Array.from(
  { length: 500 },
  (_, index) =>
    `Notice ${index} of the ${subjects[index % subjects.length]} at quay ${index % 37}. ${'It is kept. '.repeat(8)}`,
);
const documents = 4;
const textOf = (document: number) => texts.map((text) => `Part ${document}. ${text}`);

let old: OpenAiServer;
let next: OpenAiServer;

beforeAll(async () => {
  old = await startOpenAiServer({ dimensions: 768 });
  next = await startOpenAiServer({ dimensions: 32 });
});
afterEach(() => {
  old.recover();
  next.recover();
});
afterAll(async () => {
  await old.close();
  await next.close();
});

const served = (server: OpenAiServer): Settings['embedder'] => ({ kind: 'compatible', baseUrl: server.baseUrl, model });

/** Texts of the library that a server was sent, in order. */
const sentTo = (server: OpenAiServer): string[] =>
  server.requests
    .filter(({ path }) => path.endsWith('/embeddings'))
    .flatMap(({ body }) => (body as { input: string[] }).input)
    .filter((text) => text.includes('Notice'));

/** The server stops answering once it made so many vectors: the middle of the work, for as long as one looks. */
async function hangAfter(server: OpenAiServer, vectors: number): Promise<void> {
  while (sentTo(server).length < vectors) await new Promise((resolve) => setTimeout(resolve, 1));
  server.fail({ kind: 'hang' });
}

async function fill(database: Database): Promise<void> {
  for (let number = 0; number < documents; number += 1) await addDocument(database, textOf(number));
}

it('kill -9 in its middle loses no vector that was stored, sends none twice, and the file shrinks after it', async () => {
  const { folder: root, remove } = temporaryFolder();
  try {
    const data = join(root, 'data');
    const library = join(data, 'accounts', 'local');
    const path = join(library, 'library.db');
    await mkdir(library, { recursive: true });
    await writeFile(join(root, 'note.md'), '# Notice of the harbour master\n\nKeep clear of the lock.\n');
    const { start, quire } = commandLine(root, data);
    const using = async (embedder: Settings['embedder'], before?: (database: Database) => Promise<void>) => {
      const database = await openDatabase({ path });
      await database.settings.set('settings', { embedder });
      await before?.(database);
      await database.close();
    };
    await using(served(old), fill);
    expect((await quire('ingest', 'note.md')).code).toBe(0);
    const largest = (await stat(path)).size;
    const first = await quire('search', 'the tug at quay 5', '--mode', 'vector', '--k', '5');

    await using(served(next));
    const hanging = hangAfter(next, 300);
    const child = start('ingest', 'note.md', '--json');
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await hanging;
    // Beside the one that works: the old vectors answer.
    await using(served(old));
    expect(await quire('search', 'the tug at quay 5', '--mode', 'vector', '--k', '5')).toMatchObject({
      lines: first.lines.map((line) => ('ms' in line ? { ...line, ms: expect.any(Number) as number } : line)),
    });
    await using(served(next));
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exited;
    next.recover();
    const database = await openDatabase({ path });
    const fingerprint = (await database.embedders.list()).find(({ active }) => !active)?.fingerprint ?? '';
    const { texts: left } = await database.embedders.outstanding(fingerprint);
    await database.close();
    const stored = documents * texts.length + 1 - left;
    expect(stored).toBeGreaterThan(100);
    expect(left).toBeGreaterThan(1_000);

    const before = sentTo(next).length;
    expect((await quire('ingest', 'note.md')).code).toBe(0);
    // Only what was not stored is sent again.
    expect(sentTo(next).length - before).toBe(left);
    const after = await openDatabase({ path });
    expect(await after.embedders.list()).toMatchObject([{ fingerprint, active: true, dimensions: 32 }]);
    expect(await after.maintenance.integrity()).toEqual({ ok: true, problems: [] });
    await after.close();
    // 768 numbers of four bytes each are 6 MB of vectors.
    expect((await stat(path)).size).toBeLessThan(largest - 5_000_000);
  } finally {
    remove();
  }
});

let test: TestCore;

beforeEach(async ({ task }) => {
  if (task.name.startsWith('kill')) return;
  test = await openTestCore();
  await test.core.embedderChange.update({ ...test.core.settings.current, embedder: served(old) });
  await fill(test.core.database);
  await test.settled();
});
afterEach(async ({ task }) => {
  if (!task.name.startsWith('kill')) await test.close();
});

async function found() {
  const { hits, mode, note } = await test.core.questions.retrieve('the pilot at quay 30', {
    documentIds: [],
    k: 8,
    mode: 'hybrid',
  });
  return {
    mode,
    note,
    hits: hits.map(({ chunkId, score, cosine, textRank }) => ({ chunkId, score, cosine, textRank })),
  };
}

it('answers from the old vectors, with the same results, until the new ones are all there', async () => {
  const { core } = test;
  const before = await found();
  expect(before.mode).toBe('hybrid');
  const asked = sentTo(next).length;
  const hanging = hangAfter(next, asked + 200);
  await core.embedderChange.update({ ...core.settings.current, embedder: served(next) });
  await hanging;
  expect(await found()).toEqual(before);
  await expect
    .poll(() => core.status.current.rebuild, { timeout: 10_000 })
    .toMatchObject({ model, total: documents * texts.length });
  const part = core.status.current.rebuild?.done ?? 0;
  expect(part).toBeGreaterThan(0);
  expect(part).toBeLessThan(documents * texts.length);
  expect(await core.database.embedders.list()).toMatchObject([
    { dimensions: 768, active: true },
    { dimensions: 32, active: false },
  ]);

  // A restart goes on with both.
  next.recover();
  await test.restart();
  await test.settled();
  expect(await test.core.database.embedders.list()).toMatchObject([{ dimensions: 32, active: true }]);
  expect(test.core.status.current.rebuild).toBeNull();
  expect(test.core.embedderChange.before).toBeNull();
  expect((await found()).mode).toBe('hybrid');
});

it('can be cancelled: the old embedder stays, and nothing is left of the new one', async () => {
  const { core } = test;
  const before = await found();
  const hanging = hangAfter(next, sentTo(next).length + 200);
  await core.embedderChange.update({ ...core.settings.current, embedder: served(next) });
  await hanging;
  await core.embedderChange.cancel();
  expect(core.settings.current.embedder).toEqual(served(old));
  await test.settled();
  expect(await core.database.embedders.list()).toMatchObject([{ dimensions: 768, active: true }]);
  expect(core.status.current.rebuild).toBeNull();
  expect(core.embedderChange.before).toBeNull();
  expect(await found()).toEqual(before);
  expect(await core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

// Catches: a way back that leads to vectors which are gone, so that questions are answered by words alone.
it('two changes after each other: the way back leads to the first until one is whole, over a restart too', async () => {
  const third = await startOpenAiServer({ dimensions: 48 });
  try {
    const before = await found();
    const change = (embedder: Settings['embedder']) =>
      test.core.embedderChange.update({ ...test.core.settings.current, embedder });
    const asked = sentTo(old).length;
    // The second is not whole when the third is asked for, nor is the third when the person goes back.
    let hanging = hangAfter(next, sentTo(next).length + 200);
    await change(served(next));
    await hanging;
    hanging = hangAfter(third, 200);
    await change(served(third));
    await hanging;
    expect(test.core.embedderChange.before).toEqual(served(old));
    expect(await found()).toEqual(before);
    await test.restart();
    expect(test.core.embedderChange.before).toEqual(served(old));
    expect(await found()).toEqual(before);
    // The third is silent, which keeps nobody waiting for the way back.
    await test.core.embedderChange.cancel();
    await test.settled();
    expect(test.core.settings.current.embedder).toEqual(served(old));
    expect(await test.core.database.embedders.list()).toMatchObject([{ dimensions: 768, active: true }]);
    expect(test.core.embedderChange.before).toBeNull();
    expect(await found()).toEqual(before);
    // Nothing of the library was sent anew.
    expect(sentTo(old).length).toBe(asked);

    // Once more, and the second becomes whole in the moment in which the third is asked for.
    next.recover();
    const { embedders } = test.core.database;
    const activate = embedders.activate.bind(embedders);
    let thirdAsked: Promise<void> | null = null;
    vi.spyOn(embedders, 'activate').mockImplementation((...parameters) => {
      const activated = activate(...parameters);
      thirdAsked ??= change(served(third));
      return activated;
    });
    await change(served(next));
    await expect.poll(() => thirdAsked, { timeout: 60_000 }).not.toBeNull();
    await thirdAsked;
    await expect.poll(() => test.core.embedderChange.before, { timeout: 10_000 }).toEqual(served(next));
    expect(await embedders.active()).toMatchObject({ dimensions: 32 });
    expect((await found()).mode).toBe('hybrid');
    await test.core.embedderChange.cancel();
    await test.settled();
    expect(test.core.settings.current.embedder).toEqual(served(next));
    expect(await embedders.list()).toMatchObject([{ dimensions: 32, active: true }]);
    expect(test.core.embedderChange.before).toBeNull();
    expect(await test.core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  } finally {
    await third.close();
  }
});

it('says what it would take, without sending a word of the library', async () => {
  const { core } = test;
  const sent = sentTo(next).length;
  const estimate = await core.embedderChange.estimate(served(next), '');
  expect(estimate).toMatchObject({
    texts: documents * texts.length,
    host: next.host,
    isThisComputer: true,
    cost: 0,
    present: model,
    presentHost: old.host,
  });
  expect(estimate.tokens).toBeGreaterThan(estimate.texts);
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(estimate.seconds).toBeLessThan(600);
  expect(sentTo(next).length).toBe(sent);
  expect(next.requests.length).toBeGreaterThan(0);
  // The one that is used has all its vectors.
  expect(await core.embedderChange.estimate(served(old), '')).toMatchObject({ texts: 0, seconds: null });
  expect(core.settings.current.embedder).toEqual(served(old));
  await expect(
    core.embedderChange.estimate({ kind: 'compatible', baseUrl: 'http://127.0.0.1:9/v1', model }, ''),
  ).rejects.toMatchObject({ code: 'provider-unreachable' });
});

it('gives the space of the old vectors back while the library is open', async () => {
  const path = join(dirname(test.folder), 'library', 'library.db');
  // Closing folds the write-ahead log into the file.
  await test.restart();
  const { core } = test;
  const before = (await stat(path)).size;
  await core.embedderChange.update({ ...core.settings.current, embedder: served(next) });
  await test.settled();
  await expect.poll(async () => (await stat(path)).size, { timeout: 20_000 }).toBeLessThan(before - 4_000_000);
});
