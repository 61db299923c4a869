/**
 * Who may ask what: every request of the contract without a session, with one that is none, and with ids of what another
 * account has. The real accounts service, backend and dispatch on real libraries.
 */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AccountsService } from '../../electron/accounts/accounts-service.ts';
import { PatientKeychain } from '../../electron/adapters/patient-keychain.ts';
import type * as Log from '../../electron/app/log.ts';
import { openBackend, type Backend } from '../../electron/backend.ts';
import { dispatch } from '../../electron/ipc/dispatch.ts';
import { accountHandlers, isAccountRequest } from '../../electron/ipc/handlers/accounts.ts';
import { noLimits } from '../../shared/accounts.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import { requests, type RequestName } from '../../shared/requests/index.ts';
import { anna, bert, MemorySecrets, open } from '../helpers/accounts.ts';
import { arbitraryOf, type NamedStrings } from '../helpers/arbitrary.ts';
import { desktopDouble, memoryKeychain } from '../helpers/fuzzed-app.ts';
import { temporaryFolder } from '../helpers/library.ts';
import { namesOfRemotes } from '../helpers/remotes.ts';

const paths = vi.hoisted(() => ({ data: '' }));
vi.mock('electron', () => ({ app: { isPackaged: true } }));
vi.mock('../../electron/app/log.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof Log>()),
  logError: () => undefined,
}));
vi.mock('../../electron/app/paths.ts', async () =>
  (await import('../helpers/electron-doubles.ts')).paths(() => paths.data),
);
vi.mock('../../electron/app/utility-host.ts', async () =>
  (await import('../helpers/electron-doubles.ts')).utilityHost(),
);

const seed = 20_261_121;
const QUARTER = 15 * 60_000;

let remove: () => void;
let inbox: string;
let now = Date.UTC(2027, 0, 1);
let accounts: AccountsService;
let backend: Backend;
const secrets = new MemorySecrets();
/** Requests that got as far as whoever answers them. */
const reached: string[] = [];

beforeAll(async () => {
  ({ folder: paths.data, remove } = temporaryFolder());
  inbox = join(paths.data, 'inbox');
  await mkdir(inbox);
  await writeFile(join(inbox, 'anna.md'), '# Anna’s crane\n\nThe secret ring of the crane is worn.\n');
  const keychains = new Map<string, ReturnType<typeof memoryKeychain>>();
  backend = openBackend({
    desktop: desktopDouble(paths.data, inbox, []),
    keychainOf: (id) => keychains.get(id) ?? keychains.set(id, memoryKeychain()).get(id) ?? memoryKeychain(),
    administratorLimits: () => Promise.resolve(noLimits),
    proveOwner: () => Promise.reject(new AppError('forbidden', 'No account is open.')),
    emailOf: () => Promise.resolve(null),
    emit: () => undefined,
    begin: (core) => core.resume(),
    onReplaced: () => undefined,
    onLost: (error) => {
      throw error;
    },
  });
  accounts = new AccountsService({
    dataFolder: paths.data,
    keychain: new PatientKeychain(secrets),
    library: { open: (id, keys) => backend.open(id, keys), close: () => backend.closeLibrary() },
    onChange: () => undefined,
    onError: (_where, error) => {
      throw error;
    },
    now: () => now,
  });
});
afterAll(async () => {
  await backend.closeLibrary();
  await accounts.close();
  remove();
});

/** As main has it. */
function ask(name: RequestName, params: unknown, token: unknown): Promise<unknown> {
  return dispatch(
    { name, params, token },
    {
      verify: (given) => accounts.verify(given),
      handlersFor: (asked, caller) => {
        reached.push(asked);
        return caller === null || isAccountRequest(asked)
          ? Promise.resolve(accountHandlers(accounts))
          : backend.handlersFor(caller);
      },
    },
  );
}

const names = (Object.keys(requests) as RequestName[]).filter((name) => requests[name].access === 'session');

/** Filled in when they are sent, so that the same request can be made with other ids; a name is never given twice. */
const filledIn = [
  'documentId',
  'conversationId',
  'messageId',
  'pieceId',
  'collectionId',
  'folderId',
  'streamId',
  'accountId',
  'planId',
  'name',
];
const named: NamedStrings = {
  ...Object.fromEntries(
    filledIn.flatMap((name) =>
      [name, `${name}s`].map((key) => [key, fc.constant(`an id: ${name}`)] as [string, fc.Arbitrary<string>]),
    ),
  ),
  ...Object.fromEntries(['email', 'sender', 'to'].map((key) => [key, fc.constant('somebody@example.com')])),
  host: fc.constant('localhost'),
  ...namesOfRemotes,
  baseUrl: fc.constant('http://127.0.0.1:9/v1'),
  url: fc.constant('https://example.com/'),
  language: fc.constant('deu'),
  languages: fc.constant('deu'),
};

function samples(name: RequestName, count: number): unknown[] {
  return fc.sample(arbitraryOf(requests[name].params, named), { seed, numRuns: count });
}

function withIds(params: unknown, ids: Readonly<Record<string, string>>): unknown {
  return JSON.parse(
    JSON.stringify(params).replace(/an id: (\w+)/g, (_, name: string) => ids[name] ?? randomUUID()),
  ) as unknown;
}

// Catches: a request that was forgotten at the gate, and one whose gate comes after its handler was looked for.
test('nothing is answered without a session, whatever is sent in its place', async () => {
  const state = open(await accounts.register(anna));
  const claims = decodeJwt(state.accessToken);
  const [header = '', payload = '', signature = ''] = state.accessToken.split('.');
  const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'local' })).toString('base64url');
  const another = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(createSecretKey(randomBytes(32)));
  const longer = Buffer.from(JSON.stringify({ ...claims, exp: (claims.exp ?? 0) + 86_400 })).toString('base64url');
  const refresh = [...secrets.entries].find(([entry]) => entry.startsWith('refresh@'))?.[1];
  expect(refresh).toBeTypeOf('string');
  const bad: Readonly<Record<string, unknown>> = {
    none: null,
    missing: undefined,
    empty: '',
    words: 'let me in',
    object: { accountId: state.account.id },
    'of another key': another,
    'without a signature': new UnsecuredJWT(claims).encode(),
    'with its signature cut off': `${header}.${payload}.`,
    'of another account': `${header}.${altered}.${signature}`,
    'made to last longer': `${header}.${longer}.${signature}`,
    'that renews sessions': refresh,
  };
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) {
    const [params] = samples(name, 1);
    for (const [kind, token] of Object.entries(bad)) {
      reached.length = 0;
      const refusal = await ask(name, withIds(params, {}), token).then(() => null, toAppError);
      expect(refusal?.code, `${name} with a token ${kind}`).toBe('unauthenticated');
      expect(reached).toEqual([]);
    }
  }
  now += QUARTER;
  for (const name of names) {
    const refused = ask(name, withIds(samples(name, 1)[0], {}), state.accessToken);
    await expect(refused, `${name} a quarter of an hour later`).rejects.toMatchObject({ code: 'unauthenticated' });
  }
  const locked = open(await accounts.refresh());
  await accounts.lock(await accounts.verify(locked.accessToken));
  for (const name of names) {
    const refused = ask(name, withIds(samples(name, 1)[0], {}), locked.accessToken);
    await expect(refused, `${name} while locked`).rejects.toMatchObject({ code: 'unauthenticated' });
  }
  await accounts.unlock(anna.password);
});

/** These look at nothing that an account has, or change who is there; those of accounts have tests of their own. */
const elsewhere = /^(?:session|accounts|mail|backup|app|settings|health|usage\.(?:exportCsv|set))/;

/** What is only read comes first, what takes an id that was deleted last: what he keeps under her ids then is his own. */
function turn(name: RequestName): number {
  if (/\.(?:list|get|search|find|describe|estimate)/.test(name)) return 0;
  return name === 'shelves.restoreCollection' ? 2 : 1;
}

// Catches: a request that answers for another account's document, and one that tells that there is such an id.
test('what another account has cannot be told from what nobody has', async () => {
  const core = await backend.ready();
  if (!core) throw new Error('No library is open.');
  await core.imports.add([inbox]);
  await core.ingest.idle();
  const [documentId = ''] = await core.database.documents.ids();
  const started = await core.chat.ask(null, 'What is worn?', { documentIds: [documentId], collectionId: null });
  await core.chat.finished(started.streamId);
  const collectionId = randomUUID();
  await core.database.shelves.createCollection({
    id: collectionId,
    name: 'Hers',
    documentIds: [documentId],
    createdAt: 1,
  });
  const hers = {
    documentId,
    collectionId,
    conversationId: started.conversationId,
    messageId: started.assistantMessage.id,
    streamId: started.streamId,
  };
  await accounts.signOut(await accounts.verify(open(await accounts.refresh()).accessToken));
  const { accessToken } = open(await accounts.register(bert));
  const answer = async (name: RequestName, params: unknown): Promise<string> => {
    const result = await ask(name, params, accessToken).catch((thrown: unknown) => toAppError(thrown).toInfo());
    // Times and ids that are made anew differ between any two answers.
    return (JSON.stringify(result) ?? '')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'an id')
      .replace(/\d{4,}(?:\.\d+)?/g, 'a number');
  };
  let compared = 0;
  for (const name of names.toSorted((one, other) => turn(one) - turn(other))) {
    if (elsewhere.test(name)) continue;
    for (const params of samples(name, 3)) {
      if (!JSON.stringify(params).includes('an id: ')) continue;
      const nobodys = await answer(name, withIds(params, {}));
      expect(await answer(name, withIds(params, hers)), `${name} ${JSON.stringify(params)}`).toBe(nobodys);
      expect(nobodys).not.toContain('crane');
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(60);
  const ticket = accounts.issueTicket(started.streamId, await accounts.verify(accessToken));
  const streamId = accounts.redeemTicket(ticket);
  const parts: unknown[] = [];
  (await backend.ready())?.chat.attach(streamId ?? '', (sent) => parts.push(...sent))();
  expect(JSON.stringify(parts)).not.toContain('crane');
  expect(parts[0]).toMatchObject({ type: 'error', error: { code: 'not-found' } });
  expect(accounts.redeemTicket(ticket)).toBeNull();
});
