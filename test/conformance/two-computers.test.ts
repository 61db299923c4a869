/** Two computers of one person, whole: real libraries and hosts, a real PostgreSQL with TLS, a bucket that checks signatures. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deriveLibraryKeys } from '../../electron/encryption/library-keys.ts';
import { answer } from '../../electron/pipeline/answer.ts';
import { AppError } from '../../shared/errors.ts';
import type { StreamPartBody } from '../../shared/stream.ts';
import { startBucketServer, type BucketServer } from '../helpers/bucket-server.ts';
import { makeDatabase, type TestDatabase, type TestRole } from '../helpers/conformance.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import type { Keychain } from '../../electron/pipeline/ports/keychain.ts';

const email = 'ada@example.com';
const password = 'the ferry leaves at nine';
const secretAccessKey = 'the secret key of everything';
let database: TestDatabase;
let role: TestRole;
let bucket: BucketServer;
const open: TestCore[] = [];

beforeEach(async () => {
  database = await makeDatabase();
  role = await database.makeRole('ada');
  await database.admin.query(`grant create on database ${database.name} to "${role.name}"`);
  bucket = await startBucketServer({ users: [{ accessKeyId: 'QUIRE', secretAccessKey, prefix: '' }] });
});
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
  await bucket.close();
  await database.remove();
});

function keychain(): Keychain {
  const kept = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: (name, key) => Promise.resolve(void kept.set(name, key)),
    delete: (name) => Promise.resolve(void kept.delete(name)),
  };
}

interface Options {
  readonly sealed?: boolean;
  readonly encrypted?: boolean;
}

async function computer(options: Options = {}): Promise<TestCore> {
  const test = await unsynced(options);
  await test.core.sync.turnOn(password);
  await round(test);
  return test;
}

/** A computer that knows the servers, and has sync off. */
async function unsynced(options: Options = {}): Promise<TestCore> {
  const test = await openTestCore(
    {},
    {
      keychain: keychain(),
      keys: options.encrypted ? deriveLibraryKeys(randomBytes(32)) : null,
      proveOwner: (given) =>
        given === password
          ? Promise.resolve({ email })
          : Promise.reject(new AppError('wrong-credentials', 'This is not the password.')),
    },
  );
  open.push(test);
  const { remotes } = test.core;
  const remote = {
    database: database.remote(role),
    bucket: bucket.remote(undefined, { sealed: options.sealed ?? true }),
  };
  const tested = [
    await remotes.testDatabase(remote.database, role.password),
    await remotes.testBucket(remote.bucket, secretAccessKey),
  ];
  expect(tested.flatMap(({ steps }) => steps.map(({ error }) => error)).filter(Boolean)).toEqual([]);
  await remotes.set(remote);
  return test;
}

async function round({ core }: TestCore): Promise<void> {
  const { error, state } = await core.sync.round();
  expect(error).toBeNull();
  expect(state).toBe('idle');
}

async function add(test: TestCore, name: string, bytes: Uint8Array): Promise<string> {
  const [outcome] = await test.core.ingest.add([await test.file(name, bytes)]);
  if (!outcome?.documentId) throw new Error(JSON.stringify(outcome));
  await test.settled();
  return outcome.documentId;
}

const found = async ({ core }: TestCore, text: string): Promise<readonly string[]> =>
  (await core.questions.retrieve(text, { documentIds: [], k: 3 })).hits.map(({ documentId }) => documentId);

it.each([
  { sealed: false, encrypted: false },
  { sealed: true, encrypted: true },
])('a library appears on the second computer, whole and searchable, and nothing is embedded again: %o', async (how) => {
  const first = await computer(how);
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await first.core.database.documents.rename(id, 'Crane letter');
  await first.core.database.shelves.tag('harbour', [id]);
  await round(first);
  // A vector that no embedder makes: it tells where the second computer's come from.
  const [space] = await database.admin.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'quire'::regnamespace and relname ~ '^vectors_[0-9a-f]+$'`,
  );
  const marked = [1, ...new Array<number>(383).fill(0)];
  await database.admin.query(`update quire.${space?.name} set vector = $1`, [JSON.stringify(marked)]);

  const second = await computer(how);
  await expect.poll(async () => (await second.core.database.documents.get(id))?.state).toBe('ready');
  const document = await second.core.database.documents.get(id);
  expect(document).toMatchObject({ title: 'Crane letter', state: 'ready', hasThumbnail: true });
  expect(document?.chunkCount).toBe((await first.core.database.documents.get(id))?.chunkCount);
  expect(await found(second, 'harbour crane')).toContain(id);
  const coverage = await second.core.database.search.coverage([]);
  expect(coverage).toEqual(await first.core.database.search.coverage([]));
  expect(coverage?.progress.done).toBeGreaterThan(0);
  const { hits } = await second.core.questions.retrieve('harbour crane', { documentIds: [], k: 3, mode: 'text' });
  const [vector] = await second.core.database.vectors.read(hits.map(({ chunkId }) => chunkId));
  expect([...(vector ?? [])]).toEqual(marked);
  expect(await second.core.sync.documents()).toEqual([{ documentId: id, state: 'synced', isPinned: false }]);
  expect(await second.core.sync.devices()).toHaveLength(2);
  const [key] = await bucket.keys();
  const stored = await bucket.read(key ?? '');
  expect(stored?.subarray(0, 5).toString() === '%PDF-').toBe(
    !how.sealed && key?.includes(document?.contentHash ?? '-'),
  );
});

it('goes both ways, keeps what lost, and deletes everywhere, files and rows', async () => {
  const first = await computer();
  const second = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  const other = await add(second, 'ferry.pdf', await makeLetter('The ferry'));
  await round(first);
  await round(second);
  await round(first);
  expect((await first.core.database.documents.ids()).toSorted()).toEqual([id, other].toSorted());

  await first.core.database.documents.rename(id, 'Crane, by Ada');
  await second.core.database.documents.rename(id, 'Crane, at home');
  await round(first);
  await round(second);
  await round(first);
  const titles = await Promise.all(open.map(async ({ core }) => (await core.database.documents.get(id))?.title));
  expect(titles).toEqual(['Crane, at home', 'Crane, at home']);
  expect(await first.core.sync.conflicts()).toMatchObject([{ mine: 'Crane, by Ada', theirs: 'Crane, at home' }]);

  const before = await bucket.keys();
  await second.core.deleteDocuments([id]);
  await round(second);
  await round(first);
  expect(await first.core.database.documents.ids()).toEqual([other]);
  expect(await first.core.database.documents.ids()).toEqual(await second.core.database.documents.ids());
  expect((await bucket.keys()).length).toBe(before.length - 2);
  const hash = (await Promise.all(open.map((test) => test.files()))).map((files) => files.length);
  expect(hash).toEqual([2, 2]);
  for (const test of open) expect(test.errors.map(({ message }) => message)).toEqual([]);
  const tables = await database.admin.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'quire' and column_name = 'document_id'`,
  );
  expect(tables.length).toBeGreaterThan(2);
  for (const { name } of tables) {
    expect(await database.admin.query(`select 1 from quire.${name} where document_id = $1`, [id])).toEqual([]);
  }
});

it('an original that is not here comes when it is opened, and goes when there is no room', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await round(first);
  const document = await first.core.database.documents.get(id);
  const path = first.core.blobs.file(document?.contentHash ?? '', 'pdf');
  await rm(path);
  await first.core.sync.setPolicy({ files: 'on-demand', limit: null });
  await round(first);
  expect(existsSync(path)).toBe(false);
  expect(await first.core.sync.documents()).toMatchObject([{ state: 'remote-only' }]);
  // What is there alone would be lost.
  await expect(first.core.sync.deleteThere(password)).rejects.toMatchObject({ code: 'forbidden' });
  await first.core.sync.fetchOriginal(id);
  expect(existsSync(path)).toBe(true);
  const sizes = await first.core.sync.sizes();
  expect(sizes.both.documents).toBe(1);
  expect(sizes.indexThere).toBeGreaterThan(0);
});

it('another password opens nothing there, and a changed one does on the next computer', async () => {
  const first = await computer();
  await expect(first.core.sync.turnOn('another password')).rejects.toMatchObject({ code: 'wrong-credentials' });
  const [before] = await database.admin.query<{ signIn: unknown }>('select sign_in as "signIn" from quire.users');
  await first.core.sync.passwordChanged('the ferry leaves at ten');
  const [after] = await database.admin.query<{ signIn: unknown }>('select sign_in as "signIn" from quire.users');
  expect(after).not.toEqual(before);
  const errors = await Promise.allSettled([computer()]);
  expect(errors[0]).toMatchObject({ status: 'rejected', reason: { code: 'wrong-credentials' } });
});

it('the library there is deleted whole, when its owner says so, and another computer keeps its own', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await round(first);
  const second = await computer();
  await expect(first.core.sync.deleteThere('not the password')).rejects.toMatchObject({ code: 'wrong-credentials' });
  expect((await bucket.keys()).length).toBeGreaterThan(0);
  await first.core.sync.deleteThere(password);
  expect(first.core.sync.isOn).toBe(false);
  expect(await bucket.keys()).toEqual([]);
  const tables = await database.admin.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'quire' and column_name = 'user_id'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const name of ['users', ...tables.map((table) => table.name)]) {
    expect(await database.admin.query(`select 1 from quire.${name}`)).toEqual([]);
  }
  const { error } = await second.core.sync.round();
  expect(error?.code).toBe('not-found');
  expect(await second.core.database.documents.ids()).toEqual([id]);
  expect(await first.core.database.documents.ids()).toEqual([id]);
  await first.core.sync.turnOn(password);
  await round(first);
  expect((await bucket.keys()).length).toBeGreaterThan(0);
});

it('off is off: nothing is recorded or sent, and what is here stays', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await round(first);
  await first.core.sync.turnOff();
  expect(await database.admin.query('select 1 from quire.devices')).toEqual([]);
  expect(first.core.sync.status.state).toBe('off');
  await expect(first.core.sync.round()).rejects.toMatchObject({ code: 'remote-not-configured' });
  await first.restart();
  expect(first.core.sync.isOn).toBe(false);
  expect(await found(first, 'harbour crane')).toContain(id);
});

/** A computer that has a document of its own, and of the library on the server the entities alone. */
async function withoutText(): Promise<{ readonly second: TestCore; readonly own: string }> {
  const second = await unsynced();
  const own = await add(second, 'ferry.pdf', await makeLetter('The ferry leaves at nine'));
  await database.admin.query('create policy hidden on quire.chunks as restrictive for select using (false)');
  await second.core.sync.turnOn(password);
  await expect.poll(() => second.core.sync.status).toMatchObject({ state: 'idle', syncedAt: expect.any(Number) });
  await database.admin.query('drop policy hidden on quire.chunks');
  return { second, own };
}

const notSearched = '1 of 2 documents is not on this computer yet and was not searched.';

it('a question is answered from a document whose text was on the server alone a moment before', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await round(first);
  const { second, own } = await withoutText();
  const { syncedAt } = second.core.sync.status;
  expect((await second.core.database.documents.get(id))?.chunkCount).toBe(0);

  // A server that says nothing while it is asked: what is here is searched, and what is not is told.
  const hold = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const holding = database.admin.transaction(async (sql) => {
    await sql.query('lock table quire.chunks in access exclusive mode');
    held.resolve(undefined);
    await hold.promise;
  });
  await held.promise;
  const meanwhile = await second.core.questions.retrieve('harbour crane or ferry', { documentIds: [], k: 3 });
  hold.resolve(undefined);
  await holding;
  expect(meanwhile.note).toBe(notSearched);
  expect(meanwhile.hits.map(({ documentId }) => documentId)).toContain(own);

  const ports = await second.core.questions.answerPorts(null);
  const request = { question: 'What does the letter say of the harbour crane?', history: [], documentIds: [id] };
  const parts: StreamPartBody[] = [];
  for await (const part of answer({ ...request, scopeName: 'this document' }, ports)) parts.push(part);
  const [citation] = parts.flatMap((part) => (part.type === 'citation' ? [part.citation] : []));
  expect(citation).toMatchObject({ documentId: id, page: 1 });
  expect(citation?.boxes).not.toEqual([]);
  expect(parts.flatMap((part) => (part.type === 'source' ? [part.source.note] : []))).toEqual([null]);
  // By the question, and not by a round that came in between.
  expect(second.core.sync.status.syncedAt).toBe(syncedAt);
  const coverage = await second.core.database.search.coverage([id]);
  expect(coverage?.progress.total).toBeGreaterThan(0);
  expect(coverage?.progress.done).toBe(coverage?.progress.total);
  await round(second);
  expect(await second.core.database.documents.get(id)).toMatchObject({ state: 'ready', pageCount: 1 });
});

it('paused, a question asks nobody and says what was not searched', async () => {
  const first = await computer();
  const id = await add(first, 'crane.pdf', await makeLetter('The harbour crane'));
  await round(first);
  const { second, own } = await withoutText();
  await second.core.sync.pause();
  const { hits, note } = await second.core.questions.retrieve('harbour crane or ferry', { documentIds: [], k: 3 });
  expect(note).toBe(notSearched);
  expect(new Set(hits.map(({ documentId }) => documentId))).toEqual(new Set([own]));
  expect((await second.core.database.documents.get(id))?.chunkCount).toBe(0);
});
