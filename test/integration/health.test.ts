/** The checks of a real library, with real hosts: whole, damaged, without a keychain, with a server that is not there. */
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { createEnvironmentKeychain } from '../../electron/adapters/keychain.ts';
import { checkRecognitionData } from '../../electron/adapters/recognition-data.ts';
import { healthProbes, type HealthParts } from '../../electron/core/health-checks.ts';
import { runProbe } from '../../electron/core/health.ts';
import { createHosts, type Hosts } from '../../electron/core/hosts.ts';
import { Providers } from '../../electron/core/providers.ts';
import { openHealth } from '../../electron/core/open-health.ts';
import { noLog } from '../../electron/logging/logger.ts';
import { openDatabase } from '../../electron/db/client.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { AppError } from '../../shared/errors.ts';
import { healthChecks, type HealthCheck, type HealthCheckId } from '../../shared/health.ts';
import { settingsSchema, type Settings } from '../../shared/requests/settings.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { makeLetter } from '../helpers/fixtures.ts';
import { addDocument, temporaryFolder } from '../helpers/library.ts';
import { modelEnvironment, recognitionDirectory } from '../helpers/models.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';

const forever = new AbortController().signal;
let test: TestCore;
let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer({ apiKey: 'sk-test-7f3a' });
  test = await openTestCore();
  await test.core.ingest.add([await test.file('crane.pdf', await makeLetter('The harbour crane'))]);
  await test.settled();
});
afterAll(async () => {
  await test.close();
  await server.close();
});

describe('a library that is well', () => {
  it('is told so, with figures, by every check', async () => {
    const checks = await test.core.health.runAll();
    expect(checks.map(({ id }) => id)).toEqual(healthChecks);
    for (const check of checks) expect(check).toMatchObject({ state: 'ok', hint: '', code: null });
    const of = (id: HealthCheckId): HealthCheck | undefined => checks.find((check) => check.id === id);
    expect(of('database')?.figures).toMatchObject({ problems: 0 });
    expect(of('database')?.figures['bytes']).toBeGreaterThan(100_000);
    expect(of('database')?.figures['tables']).toBeGreaterThan(20);
    expect(of('embedder')?.figures).toEqual({ dimensions: 384 });
    expect(of('disk')?.figures['freeBytes']).toBeGreaterThan(1_000_000);
    expect(of('recognition')?.message).toContain('English');
    expect(test.core.health.last).toEqual(checks);
  });

  // Catches: a look at the file that every search waits behind.
  it('answers while it is looked through', async () => {
    const look = test.core.health.run('database');
    expect((await test.core.questions.retrieve('slewing ring', { documentIds: [], k: 3 })).hits.length).toBeGreaterThan(
      0,
    );
    expect((await look).state).toBe('ok');
  });

  it('can be looked through by a second process’s connection', async () => {
    const other = await openDatabase({ path: join(test.folder, 'library.db') });
    expect((await other.maintenance.tables()).length).toBeGreaterThan(20);
    expect(await other.maintenance.quickCheck('documents')).toEqual([]);
    await other.close();
  });
});

/** Checks with parts of the test's choice; the rest is of the real library. */
async function check(id: HealthCheckId, parts: Partial<HealthParts> = {}): Promise<HealthCheck> {
  const probe = healthProbes({
    folder: test.folder,
    library: {
      database: test.core.database,
      providers: test.core.providers,
      settings: () => test.core.settings.current,
    },
    hosts: idleHosts(),
    keychain: createEnvironmentKeychain({}),
    languageData: test.core.languageData,
    ...parts,
  }).find((candidate) => candidate.id === id);
  if (!probe) throw new Error(`There is no check ${id}.`);
  return runProbe(probe, forever);
}

const opened: Hosts[] = [];
afterEach(() => opened.splice(0).forEach((hosts) => hosts.close()));

function idleHosts(environment: Readonly<Record<string, string>> = {}): Hosts {
  const launcher = createForkedHostLauncher({
    entry: workerEntry('pipeline-host'),
    environment: { ...modelEnvironment, ...environment },
  });
  const hosts = createHosts({ launcher, log: noLog });
  opened.push(hosts);
  return hosts;
}

describe('what is not well', () => {
  it('a disk that is nearly full, and one that is full', async () => {
    const free = (bytes: number | null) => check('disk', { freeSpace: () => Promise.resolve(bytes) });
    expect(await free(700_000_000)).toMatchObject({ state: 'degraded', figures: { freeBytes: 700_000_000 } });
    expect(await free(20_000_000)).toMatchObject({ state: 'down', code: 'disk-full' });
    expect((await free(20_000_000)).message).toContain('20 MB');
    expect(await free(null)).toMatchObject({ state: 'ok' });
  });

  it('a keychain that is not there, or asks to be unlocked', async () => {
    const missing = new AppError('keychain-unavailable', 'No keychain.', { hint: 'Install one.' });
    const keychain = { ...createEnvironmentKeychain({}), get: () => Promise.reject(missing) };
    expect(await check('keychain', { keychain })).toMatchObject({
      state: 'degraded',
      code: 'keychain-unavailable',
      hint: 'Install one.',
    });
    const locked = { ...keychain, get: () => new Promise<never>(() => undefined) };
    const late = await check('keychain', { keychain: locked });
    expect(late.state).toBe('degraded');
    expect(late.hint).toMatch(/unlock/i);
  });

  it('a model that is not there, and recognition without its data', async () => {
    const hosts = idleHosts({ QUIRE_MODEL_DIR: '/nowhere', QUIRE_RECOGNITION_DIR: '/nowhere' });
    expect(await check('embedder', { hosts })).toMatchObject({ state: 'down', code: 'embedder-unavailable' });
    expect(await check('recognition', { hosts })).toMatchObject({ state: 'down', figures: { missing: 1 } });
    expect(await check('hosts', { hosts })).toMatchObject({ state: 'ok' });
  });

  it('a host that can’t be started, and one that died', async () => {
    const launcher = createForkedHostLauncher({ entry: '/nowhere/host.ts', environment: {} });
    const none = createHosts({ launcher, log: noLog });
    opened.push(none);
    expect(await check('hosts', { hosts: none })).toMatchObject({ state: 'down', code: 'pipeline-crashed' });
    const some = idleHosts();
    await check('hosts', { hosts: some });
    process.kill(some.trying.pid ?? 0, 'SIGKILL');
    await expect.poll(() => some.failures.failures).toBe(1);
    expect(await check('hosts', { hosts: some })).toMatchObject({ state: 'degraded', figures: { failures: 1 } });
  });

  it('a language whose data is missing or damaged', async () => {
    const { folder, remove } = temporaryFolder();
    await writeFile(join(folder, 'deu.traineddata.gz'), gzipSync('x'.repeat(100_000)));
    await writeFile(join(folder, 'fra.traineddata.gz'), gzipSync(Buffer.from('y'.repeat(100_000))));
    await truncate(join(folder, 'fra.traineddata.gz'), 40);
    const codes = ['eng', 'deu', 'fra', 'ita'];
    expect(await checkRecognitionData(recognitionDirectory, { codes, folder })).toEqual({
      missing: ['ita'],
      damaged: ['fra'],
    });
    remove();
  });
});

describe('the server that writes answers', () => {
  const withServer = (baseUrl: string, model: string): Settings =>
    settingsSchema.parse({ answers: { kind: 'provider', baseUrl, model } });

  async function answers(settings: Settings, key: string | null): Promise<HealthCheck> {
    const keychain = createEnvironmentKeychain(key === null ? {} : { QUIRE_ANSWERS_KEY: key });
    const providers = new Providers({
      settings: { current: settings } as typeof test.core.settings,
      keychain,
      // SECURITY: a list of models is no call of one; what is sent all the same fails the test.
      meter: { begin: () => Promise.reject(new Error('A model was called.')) },
      onBytesSent: () => expect.unreachable('Something was sent.'),
      onAnswersError: () => undefined,
    });
    return check('answers', {
      library: { database: test.core.database, providers, settings: () => settings },
    });
  }

  it('is there, takes the key and has the model; nothing but the list of models is asked for', async () => {
    const before = server.requests.length;
    const found = await answers(withServer(server.baseUrl, 'test-chat'), 'sk-test-7f3a');
    expect(found).toMatchObject({ state: 'ok', figures: { isThisComputer: true, models: 2 } });
    expect(server.requests.slice(before).map(({ method, path, bytes }) => ({ method, path, bytes }))).toEqual([
      { method: 'GET', path: '/v1/models', bytes: 0 },
    ]);
  });

  it('wants another key, has another model, or is not there', async () => {
    const { baseUrl } = server;
    expect(await answers(withServer(baseUrl, 'test-chat'), 'sk-wrong')).toMatchObject({
      state: 'down',
      code: 'provider-unauthorized',
    });
    expect(await answers(withServer(baseUrl, 'other'), 'sk-test-7f3a')).toMatchObject({
      state: 'degraded',
      code: 'provider-model-not-found',
    });
    const gone = await startOpenAiServer();
    await gone.close();
    const found = await answers(withServer(gone.baseUrl, 'test-chat'), null);
    expect(found).toMatchObject({ state: 'down', code: 'provider-unreachable' });
    expect(found.hint).not.toBe('');
  });
});

describe('a library that can’t be opened', () => {
  async function opening(folder: string): Promise<readonly HealthCheck[]> {
    const launcher = createForkedHostLauncher({ entry: workerEntry('pipeline-host'), environment: modelEnvironment });
    const keychain = createEnvironmentKeychain({});
    const { health, close } = await openHealth({ folder, keys: null, launcher, keychain, onError: () => undefined });
    try {
      return await Promise.all((['database', 'disk', 'answers'] as const).map((id) => health.run(id)));
    } finally {
      await close();
    }
  }

  async function filled(folder: string): Promise<string> {
    const path = join(folder, 'library.db');
    const database = await openDatabase({ path });
    for (let index = 0; index < 40; index += 1) await addDocument(database, ['a harbour', 'a crane', 'a keeper']);
    await database.close();
    return path;
  }

  it('is told of with the reason, and the rest is checked all the same', async () => {
    const { folder, remove } = temporaryFolder();
    await writeFile(join(folder, 'library.db'), 'not a database'.repeat(20));
    const [database, disk, answers] = await opening(folder);
    expect(database).toMatchObject({ state: 'down', code: 'database-damaged' });
    expect(disk).toMatchObject({ state: 'ok' });
    expect(answers).toMatchObject({ state: 'degraded' });
    remove();
  });

  // Catches: damage inside the file, where opening it looks at nothing.
  it('or is damaged where opening it does not look, is down, too', async () => {
    const { folder, remove } = temporaryFolder();
    const path = await filled(folder);
    const bytes = await readFile(path);
    const page = 16_384;
    // From the tables' pages on: the first ones are the schema and the map of pages.
    for (let at = 4 * page; at + page <= bytes.length; at += page) bytes.fill(0xff, at + 8, at + 300);
    await writeFile(path, bytes);
    const [database] = await opening(folder);
    expect(database).toMatchObject({ state: 'down', code: 'database-damaged' });
    expect(database?.hint).toMatch(/backup/i);
    remove();
  });

  // Catches: a diagnosis that makes a library where there was none.
  it('or is not there yet, is none, and none is made', async () => {
    const { folder, remove } = temporaryFolder();
    const [database, disk] = await opening(join(folder, 'data', 'accounts', 'local'));
    expect(database).toMatchObject({ state: 'ok' });
    expect(disk?.figures['freeBytes']).toBeGreaterThan(0);
    await expect(rm(join(folder, 'data'), { recursive: true })).rejects.toMatchObject({ code: 'ENOENT' });
    remove();
  });
});
