/** `quire remote` as a process: killed and begun again, its secrets from the environment, its answers for programs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { secretVariables, type RemoteSide } from '../../../electron/cli/remote-files.ts';
import { commandLine, type Outcome } from '../../helpers/command-line.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import {
  furnish,
  rowsOf,
  startNewHouse,
  startOldHouse,
  type Furnished,
  type House,
  type OldHouse,
} from '../../helpers/moving-house.ts';

const { folder, remove } = temporaryFolder();
const { quire, start } = commandLine(folder, join(folder, 'data'));
let from: OldHouse;
let to: House;
let goods: Furnished;

beforeAll(async () => {
  [from, to] = await Promise.all([startOldHouse(), startNewHouse()]);
  goods = await furnish(from);
  await writeRemotes('a.json', from);
  await writeRemotes('b.json', to);
});
beforeEach(async () => {
  await to.postgres.pglite.exec('DROP SCHEMA IF EXISTS quire CASCADE');
  give('from', from);
  give('to', to);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await from.library.close();
  await from.bucket.close();
  await to.postgres.close();
  await to.bucket.close();
  remove();
});

function give(side: RemoteSide, { password, secretAccessKey }: House): void {
  vi.stubEnv(secretVariables[side].database, password);
  vi.stubEnv(secretVariables[side].bucket, secretAccessKey);
}

const writeRemotes = (name: string, { remotes }: House, change: object = {}): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify({ ...remotes, ...change }));

const copy = (): Promise<Outcome> => quire('remote', 'copy', '--from', 'a.json', '--to', 'b.json');
const typesOf = ({ lines }: Outcome): Set<string> => new Set(lines.map(({ type }) => type));

describe('remote copy', () => {
  test('killed in the middle goes on, and tells of every table, the rows and the objects', async () => {
    const child = start('remote', 'copy', '--from', 'a.json', '--to', 'b.json', '--json');
    let seen = 0;
    if (!child.stdout) throw new Error('There is nothing to read.');
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('"rows"') && (seen += 1) === 4) process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
    expect(seen).toBeGreaterThanOrEqual(4);
    const half = await rowsOf(to, goods.account.userId);
    expect(half['users']?.[0]).toContain('copying');

    const outcome = await copy();
    expect(outcome).toMatchObject({ code: 0, errors: '' });
    expect(await rowsOf(to, goods.account.userId)).toEqual(await rowsOf(from, goods.account.userId));
    const rows = Object.values({ ...(await rowsOf(from, goods.account.userId)), users: [] }).flat().length;
    expect(outcome.lines.at(-1)).toMatchObject({
      type: 'copied',
      account: goods.account.userId,
      rows,
      objects: { count: 6, problems: 0 },
    });
    const tables = outcome.lines.filter(({ type }) => type === 'table');
    expect(tables.find(({ name }) => name === 'chunks')).toMatchObject({
      rows: 300,
      sha256: expect.stringMatching(/^\w{64}$/),
    });
    expect(typesOf(outcome)).toEqual(new Set(['progress', 'table', 'copied']));
  });

  test('without a secret says which variable is empty, before it connects anywhere', async () => {
    vi.stubEnv(secretVariables.to.bucket, '');
    const before = from.bucket.requests.length;
    const { code, errors, lines } = await copy();
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'remote-not-configured' } });
    expect(errors).toContain('QUIRE_TO_BUCKET_SECRET');
    expect(from.bucket.requests).toHaveLength(before);
  });

  test('with the same database twice, or one bucket, does nothing', async () => {
    await writeRemotes('without.json', to, { bucket: null });
    const same = await quire('remote', 'copy', '--from', 'a.json', '--to', 'a.json');
    expect(same).toMatchObject({ code: 1, errors: expect.stringMatching(/the same database/) });
    const lost = await quire('remote', 'copy', '--from', 'a.json', '--to', 'without.json');
    expect(lost).toMatchObject({ code: 1, errors: expect.stringMatching(/names a bucket/) });
  });

  test('refuses a file with a secret in it, and does not repeat it', async () => {
    await writeRemotes('secret.json', to, { database: { ...to.remotes.database, password: 'hush-hush' } });
    const outcome = await quire('remote', 'copy', '--from', 'a.json', '--to', 'secret.json');
    expect(outcome).toMatchObject({ code: 1, errors: expect.stringMatching(/Unrecognized key/) });
    expect(JSON.stringify(outcome)).not.toContain('hush-hush');
  });

  test('without its options says how it is called', async () => {
    const child = start('remote', 'copy', '--to', 'b.json');
    let errors = '';
    child.stderr?.on('data', (piece: Buffer) => (errors += piece.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(2);
    expect(errors).toContain('quire remote copy');
  });
});

describe('remote test', () => {
  test('of a place that works tells every step, and leaves nothing', async () => {
    give('only', to);
    const keys = await to.bucket.keys();
    const { code, lines, errors } = await quire('remote', 'test', '--file', 'b.json');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const steps = lines.filter(({ type }) => type === 'step').map(({ of, name, state }) => [of, name, state].join(' '));
    expect(steps).toEqual([
      ...['reach', 'tls', 'sign-in', 'version', 'extension', 'rights', 'schema'].map((one) => `database ${one} passed`),
      ...['reach', 'list', 'put', 'get', 'delete', 'clock'].map((one) => `bucket ${one} passed`),
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'tested', ok: true });
    expect(await to.bucket.keys()).toEqual(keys);
    expect(await rowsOf(to, goods.account.userId).catch(() => 'no schema')).toBe('no schema');
  });

  test('of a place that does not says at which step, with what to do, and answers 1', async () => {
    give('only', to);
    vi.stubEnv(secretVariables.only.bucket, 'a wrong secret');
    const { code, lines } = await quire('remote', 'test', '--file', 'b.json');
    expect(code).toBe(1);
    const failed = lines.filter(({ state }) => state === 'failed');
    expect(failed).toMatchObject([{ of: 'bucket', name: 'list', error: { hint: expect.stringMatching(/\w/) } }]);
    expect(lines.filter(({ state }) => state === 'not-tried').map(({ name }) => name)).toEqual([
      'put',
      'get',
      'delete',
      'clock',
    ]);
    expect(JSON.stringify(lines)).not.toContain('a wrong secret');
  });
});

test('remote prepare makes the tables, once, and needs no secret of the bucket', async () => {
  vi.stubEnv(secretVariables.only.database, to.password);
  const prepared = { code: 0, errors: '', lines: [{ type: 'prepared', version: expect.any(Number) }] };
  expect(await quire('remote', 'prepare', '--file', 'b.json')).toEqual(prepared);
  expect(await rowsOf(to, goods.account.userId)).toEqual({});
  expect(await quire('remote', 'prepare', '--file', 'b.json')).toEqual(prepared);
});
