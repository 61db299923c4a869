/**
 * Aborts and time limits that the garbage collector must not take, in the Node of the app's own Electron: before Node 24 it
 * takes what `fetch` and `AbortSignal.any` link with.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { electronPath, repositoryRoot } from '../helpers/app.ts';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quire-signals-'));
  for (const name of ['time-limit', 'stoppable-fetch']) {
    const source = await readFile(join(repositoryRoot, 'electron', `${name}.ts`), 'utf8');
    await writeFile(join(folder, `${name}.mjs`), stripTypeScriptTypes(source));
  }
  // Headers and a beginning, and then nothing.
  server = createServer((_, answer) => void answer.writeHead(200).write(Buffer.alloc(100_000)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Runs a script in Electron's Node; it has `collect`, and `settled`, which answers `lost` after twenty seconds. */
async function runInElectron(script: string): Promise<string> {
  const file = join(folder, 'script.mjs');
  const helpers = `
    import { startTimeLimit, withinTime } from './time-limit.mjs';
    import { stoppableFetch } from './stoppable-fetch.mjs';
    const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
    const collect = async () => { for (let turn = 0; turn < 10; turn += 1) { globalThis.gc(); await pause(20); } };
    const settled = (promise) => Promise.race([promise.then(() => 'done', ({ name }) => name), pause(20_000).then(() => 'lost')]);
    const read = async (signal) => { for await (const part of (await stoppableFetch('${url}', { signal })).body) void part; };
    const waitFor = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  `;
  await writeFile(file, `${helpers}${script}process.exit();`);
  const { stdout } = await promisify(execFile)(electronPath(), ['--expose-gc', file], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  return stdout.trim();
}

test('an abort ends the reading of an answer whose server has gone silent', async () => {
  const script = `
    const controller = new AbortController();
    const reading = settled(read(controller.signal));
    await collect();
    controller.abort();
    console.log(await reading);
  `;
  expect(await runInElectron(script)).toBe('AbortError');
});

test('a time limit ends the reading as well', async () => {
  const script = `
    const reading = settled(withinTime(600, new AbortController().signal, read));
    await collect();
    console.log(await reading);
  `;
  expect(await runInElectron(script)).toBe('TimeoutError');
});

test('a time limit that nobody but the waiting work holds comes, and so does the abort before it', async () => {
  const script = `
    const outer = new AbortController();
    const late = settled(withinTime(400, outer.signal, waitFor));
    const stopped = settled(withinTime(60_000, outer.signal, waitFor));
    const ended = startTimeLimit(100, outer.signal);
    ended.end();
    await collect();
    await pause(300);
    const first = await late;
    outer.abort(new RangeError('stopped'));
    console.log(first, await stopped, ended.isOver, ended.signal.aborted);
  `;
  expect(await runInElectron(script)).toBe('TimeoutError RangeError false false');
});
