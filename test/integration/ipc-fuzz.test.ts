/**
 * The whole contract of requests, fuzzed: what a window that somebody else took over could send. Made from the zod schemas
 * with a seed, half of it as a window sends it and half broken on purpose; several at once, on a real library.
 *
 * QUIRE_FUZZ_SEED takes another seed, QUIRE_FUZZ_REQUESTS another number.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type * as Log from '../../electron/app/log.ts';
import type { AppError } from '../../shared/errors.ts';
import { recognitionLanguages } from '../../shared/recognition-languages.ts';
import { requests, type RequestName, type Result } from '../../shared/requests/index.ts';
import { arbitraryOf, broken, hostile, type NamedStrings } from '../helpers/arbitrary.ts';
import { complaint, short } from '../helpers/complaint.ts';
import { namesOfRemotes } from '../helpers/remotes.ts';
import { openFuzzedApp, within, type FuzzedApp, type Listener } from '../helpers/fuzzed-app.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';

const electron = vi.hoisted(() => ({ folder: '', listener: null as Listener | null, logged: [] as AppError[] }));

vi.mock('electron', () => ({
  app: { isPackaged: true },
  ipcMain: { handle: (_channel: string, listener: Listener) => void (electron.listener = listener) },
}));
vi.mock('../../electron/app/log.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof Log>()),
  logError: (_where: string, error: AppError) => void electron.logged.push(error),
}));
vi.mock('../../electron/app/paths.ts', async () =>
  (await import('../helpers/electron-doubles.ts')).paths(() => electron.folder),
);
vi.mock('../../electron/app/utility-host.ts', async () =>
  (await import('../helpers/electron-doubles.ts')).utilityHost(),
);

const seed = Number(process.env['QUIRE_FUZZ_SEED'] ?? 20_261_121);
const wanted = Number(process.env['QUIRE_FUZZ_REQUESTS'] ?? 10_000);
/** Requests that are sent at once. */
const AT_ONCE = 5;
/** Batches until it is looked again what there is to ask about. */
const LOOK_EVERY = 4;
/** Milliseconds after which a request that is not answered is a finding. */
const LONGEST = 20_000;

/** Those that start a thread, write a file, replace the library or wait for a server, which take a thousand times longer. */
const slow: ReadonlySet<string> = new Set<RequestName>([
  'conversations.export',
  'written.export',
  'backup.create',
  'backup.verify',
  'backup.chooseRestore',
  'backup.restore',
  'settings.findLocalProviders',
  'settings.testProvider',
  'settings.estimateEmbedder',
  'remotes.testDatabase',
  'remotes.testBucket',
  'recognition.installLanguage',
  'health.run',
  'health.report',
]);

let app: FuzzedApp;
let server: OpenAiServer;
let remove: () => void;
const rejections: unknown[] = [];
const keepRejection = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  let folder: string;
  ({ folder, remove } = temporaryFolder());
  electron.folder = folder;
  // Nobody listens there.
  vi.stubEnv('QUIRE_LANGUAGE_DATA_REGISTRY', 'http://127.0.0.1:9/');
  process.on('unhandledRejection', keepRejection);
  server = await startOpenAiServer();
  app = await openFuzzedApp(folder);
});
afterAll(async () => {
  await app.close();
  await server.close();
  process.off('unhandledRejection', keepRejection);
  remove();
});

/** Stands for the id of something that is there when it is sent: `pool:documentId:17`. */
const pooled = (kind: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.nat({ max: 20 }).map((index) => `pool:${kind}:${index}`) },
    { weight: 1, arbitrary: fc.uuid() },
  );

function namedStrings(): NamedStrings {
  const ids = ['documentId', 'conversationId', 'messageId', 'pieceId', 'collectionId', 'folderId', 'planId'];
  // With spaces around it, which the schema takes away before it looks.
  const email = fc.constantFrom('ada@example.com', ' ADA@example.com ');
  const languages = fc.constantFrom(...recognitionLanguages.slice(0, 4).map(({ code }) => code));
  return {
    ...Object.fromEntries(ids.flatMap((id) => [[id, pooled(id)] as const, [`${id}s`, pooled(id)] as const])),
    streamId: fc.oneof(pooled('messageId'), pooled('pieceId')),
    language: languages,
    languages,
    files: fc.constantFrom(
      ...['crane.md', 'moorings.txt', 'gone.pdf', 'not-a.pdf', '', '\0'].map((name) => join(app.inbox, name)),
    ),
    baseUrl: fc.constantFrom(
      server.baseUrl,
      'http://127.0.0.1:9/v1',
      'https://provider.invalid/v1',
      'http://a:b@localhost:9/?q#f',
    ),
    url: fc.constantFrom('https://example.com/a?b#c', 'mailto:someone@example.com', 'HTTP://user:pass@127.0.0.1/'),
    sender: email,
    to: email,
    host: fc.constantFrom('127.0.0.1', 'localhost'),
    ...namesOfRemotes,
    issuer: fc.constantFrom('http://127.0.0.1:9', 'https://accounts.google.com'),
    email,
    model: fc.constantFrom('test-chat', 'test-embedding', '', '../\0', 'x'.repeat(200)),
  };
}

interface Sent {
  readonly name: unknown;
  readonly params: unknown;
  readonly token: unknown;
}

/** What the window may ask of a library; sessions and accounts have a fuzz of their own. */
async function answered(): Promise<RequestName[]> {
  const handlers = await app.backend.handlersFor({ accountId: 'local', sessionId: 'fuzz', isAdministrator: true });
  return (Object.keys(requests) as RequestName[]).filter((name) => name in handlers);
}

function sent(names: readonly RequestName[]): fc.Arbitrary<Sent> {
  const named = namedStrings();
  const { token } = app;
  const known = names.map((name) => {
    const valid = arbitraryOf(requests[name].params, named);
    const params = fc.oneof(
      { weight: 3, arbitrary: valid },
      { weight: 3, arbitrary: broken(valid) },
      { weight: 1, arbitrary: hostile },
    );
    return {
      weight: slow.has(name) ? 1 : 8,
      arbitrary: fc.record({ name: fc.constant(name), params, token: fc.constant(token) }),
    };
  });
  const strangeNames = fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'library',
    'library.',
    'app.quit',
    '',
  );
  return fc.oneof(
    { weight: 12, arbitrary: fc.oneof(...known) },
    {
      weight: 1,
      arbitrary: fc.record({ name: fc.oneof(strangeNames, hostile), params: hostile, token: fc.constant(token) }),
    },
    { weight: 1, arbitrary: fc.record({ name: fc.constantFrom(...names), params: fc.constant({}), token: hostile }) },
  );
}

type Pools = Readonly<Record<string, readonly string[]>>;
let plans: string[] = [];
/** What is there, as it was when it was last looked at. */
let present: Pools = {};
let batches = 0;

async function pools(): Promise<Pools> {
  const { database } = await app.core();
  const [documentId, { conversations }, shelves, { pieces }, folders] = await Promise.all([
    database.documents.ids(),
    database.conversations.list({ limit: 10 }),
    database.shelves.list(),
    database.written.list({ search: '', kind: null, documentId: null, state: null, model: null, limit: 10, offset: 0 }),
    app.core().then(({ watched }) => watched.list()),
  ]);
  const messages = await Promise.all(conversations.slice(0, 3).map(({ id }) => database.messages.list(id)));
  return {
    documentId,
    conversationId: conversations.map(({ id }) => id),
    messageId: messages.flat().map(({ id }) => id),
    collectionId: shelves.collections.map(({ id }) => id),
    pieceId: pieces.map(({ id }) => id),
    folderId: folders.map(({ id }) => id),
    planId: plans,
  };
}

/** With the ids of what is there in place of what stands for them. */
function resolved(value: unknown, present: Pools, seen = new Set<object>()): unknown {
  if (typeof value === 'string') {
    const [, kind = '', index = 0] = /^pool:(\w+):(\d+)$/.exec(value) ?? [];
    if (kind === '') return value;
    const ids = present[kind] ?? [];
    return ids[Number(index) % ids.length] ?? '00000000-0000-4000-8000-000000000000';
  }
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  // Nothing that stands for an id is in what is huge on purpose.
  if (Array.isArray(value) && value.length > 1_000) return value;
  if (!Array.isArray(value) && !isPlain(value)) return value;
  seen.add(value);
  const copy: object = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const inner = resolved(Reflect.get(value, key), present, seen);
    Reflect.defineProperty(copy, key, { value: inner, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const counts = { sent: 0, refused: 0, answered: 0, failed: new Map<string, number>() };

/** As the window's process would send it: what can't be copied to main never gets there. */
function copied({ name, params, token }: Sent, present: Pools): Sent | null {
  try {
    const copy = structuredClone({ name, params: resolved(params, present), token });
    if (copy.name === 'library.addFiles') keepWithin(copy.params);
    return copy;
  } catch (thrown) {
    if (thrown instanceof DOMException || thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function keepWithin(params: unknown): void {
  const files: unknown = typeof params === 'object' && params !== null && 'files' in params ? params.files : null;
  if (Array.isArray(files)) files.forEach((path, index) => (files[index] = within(app.inbox, path)));
}

async function ask({ name, params, token }: Sent): Promise<Result<unknown>> {
  if (!electron.listener) throw new Error('No router listens.');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${short(name)} is not answered.`)), LONGEST);
  });
  try {
    return await Promise.race([electron.listener(null, name, params, token), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function sendAll(batch: readonly Sent[]): Promise<void> {
  if (batches % LOOK_EVERY === 0) {
    await app.refill();
    present = await pools();
  }
  batches += 1;
  await Promise.all(
    batch.map(async (request) => {
      const copy = copied(request, present);
      if (!copy) return void (counts.refused += 1);
      counts.sent += 1;
      const result = await ask(copy);
      if (result.ok) counts.answered += 1;
      else counts.failed.set(result.error.code, (counts.failed.get(result.error.code) ?? 0) + 1);
      if (result.ok && copy.name === 'backup.chooseRestore' && result.value)
        plans = [(result.value as { planId: string }).planId];
      const problem = complaint(result, [process.cwd(), homedir(), electron.folder]);
      if (problem) throw new Error(`The answer to ${short(copy.name)} ${problem}`);
      if (copy.token !== app.token && result.ok) throw new Error(`${short(copy.name)} is answered without a session.`);
    }),
  );
}

// Catches: a fuzz that never gets behind the schemas because what it takes for right is refused.
it('makes params that the schemas let through, mostly', async () => {
  const named = namedStrings();
  present = await pools();
  for (const [name, { params }] of Object.entries(requests)) {
    const samples = fc.sample(arbitraryOf(params, named), { seed, numRuns: 20 });
    const refused = samples.filter((sample) => !params.safeParse(resolved(sample, present)).success);
    expect(refused.length, `${name}: ${short(refused)}`).toBeLessThanOrEqual(samples.length / 2);
  }
});

// Catches: a handler, a query or the router that throws what is no AppError at what a schema lets through; an error that
// tells the window where the library lies; a rejection that ends main; rows that such requests leave behind.
it('answers whatever it is sent, and the library is whole afterwards', async () => {
  const property = fc.asyncProperty(
    fc.array(sent(await answered()), { minLength: AT_ONCE, maxLength: AT_ONCE }),
    sendAll,
  );
  const check = await fc.check(property, { seed, numRuns: Math.ceil((wanted * 1.1) / AT_ONCE), endOnFailure: true });
  if (check.failed) {
    throw new Error(
      `seed ${check.seed}, run ${check.numRuns}: ${String(check.errorInstance)}\n${short(check.counterexample)}`,
    );
  }
  const core = await app.core();
  expect(await core.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
  expect(rejections).toEqual([]);
  expect(electron.logged.filter(({ code }) => code === 'internal')).toEqual([]);
  expect(app.opened.filter((url) => !/^(?:https?|mailto):/i.test(url))).toEqual([]);
  expect(counts.sent).toBeGreaterThanOrEqual(wanted);
  // Both halves are there: what is carried out, and what is refused for its form.
  expect(counts.answered).toBeGreaterThan(wanted / 5);
  expect(counts.failed.get('request-invalid')).toBeGreaterThan(wanted / 5);
}, 120_000);
