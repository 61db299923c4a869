/** The command line asks models by the same ledger and limits as the app, the administrator's too. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountFolder } from '../../electron/accounts/account-folder.ts';
import { SettingsStore } from '../../electron/core/settings-store.ts';
import { openRegistry } from '../../electron/db/accounts/client.ts';
import { openDatabase } from '../../electron/db/client.ts';
import { OWN_LIMITS } from '../../electron/pipeline/limits.ts';
import { LOCAL_ACCOUNT, noLimits, type Limits } from '../../shared/accounts.ts';
import { commandLine } from '../helpers/command-line.ts';
import { addDocument, temporaryFolder } from '../helpers/library.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';

const { folder, remove } = temporaryFolder();
const data = join(folder, 'data');
const registryPath = join(data, 'accounts.db');
const { quire } = commandLine(folder, data);
let server: OpenAiServer;
let documentId = '';
let asked = 0;

beforeAll(async () => {
  server = await startOpenAiServer({ tokensPerSecond: 20_000, reply: () => 'The work takes nine days [1].' });
  const library = accountFolder(data, LOCAL_ACCOUNT);
  await mkdir(library, { recursive: true });
  const database = await openDatabase({ path: join(library, 'library.db') });
  documentId = await addDocument(database, ['The work on the crane takes nine days and begins in June.'], {
    name: 'crane.pdf',
  });
  const settings = new SettingsStore(database);
  await settings.update({
    ...settings.current,
    answers: { kind: 'provider', baseUrl: server.baseUrl, model: 'test-chat' },
  });
  // The test's server is on this computer.
  await database.settings.set(OWN_LIMITS, { limits: { ...noLimits }, countsLocal: true });
  await database.close();
});
beforeEach(() => (asked = chatRequests()));
afterAll(async () => {
  await server.close();
  remove();
});

const chatRequests = (): number => server.requests.filter(({ path }) => path.endsWith('/chat/completions')).length;

const question = ['ask', 'How many days does the work on the crane take?'] as const;

/** The answer's source, as it was recorded. */
async function askAndRead(): Promise<{ readonly kind?: string; readonly note?: string | null }> {
  const { code, lines } = await quire(...question);
  expect(code).toBe(0);
  const database = await openDatabase({ path: join(accountFolder(data, LOCAL_ACCOUNT), 'library.db') });
  const messages = await database.messages.list(String(lines[0]?.['conversationId']));
  await database.close();
  return messages.at(-1)?.source ?? {};
}

async function allow(limits: Partial<Limits>): Promise<void> {
  const registry = await openRegistry({ path: registryPath });
  await registry.limits.set(LOCAL_ACCOUNT, { ...noLimits, ...limits });
  await registry.close();
}

test('without an account the model is asked, and no file of accounts is made', async () => {
  expect(await askAndRead()).toMatchObject({ kind: 'provider' });
  expect(chatRequests()).toBe(asked + 1);
  expect(existsSync(registryPath)).toBe(false);
});

// Catches: a limit of the administrator's that is lifted by asking in a terminal.
test('the administrator’s limit for the local profile holds for asking and writing, and says so', async () => {
  await allow({ monthlyTokens: 0 });
  const { kind, note } = await askAndRead();
  expect(kind).toBe('extractive');
  expect(note).toContain('0 tokens by this computer’s administrator, is used up');
  const written = await quire('write', documentId, '--prompt', 'Who pays?');
  expect(written).toMatchObject({ code: 1 });
  expect(written.lines.find(({ type }) => type === 'error')).toMatchObject({ error: { code: 'budget-exceeded' } });
  expect(chatRequests()).toBe(asked);
  await allow({ requestsPerMinute: 1_000 });
  expect(await askAndRead()).toMatchObject({ kind: 'provider' });
});

// Catches: a limit that is lifted by damaging the file it is in.
test('when the administrator’s limits cannot be read, no model is asked', async () => {
  await writeFile(registryPath, 'not a database'.repeat(200));
  const { kind, note } = await askAndRead();
  expect(kind).toBe('extractive');
  expect(note).toContain('what this computer’s administrator allows cannot be read');
  expect(chatRequests()).toBe(asked);
});
