/** What a bucket refuses, what Quire refuses of a bucket, and how both are told. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import type { BlobStore } from '../../../electron/sync/ports/blob-store.ts';
import { AppError } from '../../../shared/errors.ts';
import { bucketUsers, startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const MiB = 1_048_576;
const [ada, grace] = bucketUsers;
let server: BucketServer;
let store: BlobStore;
let folder: string;
let remove: () => void;
let count = 0;

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  server = await startBucketServer();
  store = openBucket(server.remote(), ada.secretAccessKey, 'ada');
});
afterEach(() => {
  server.fault = () => null;
  server.clockOffset = 0;
});
afterAll(async () => {
  store.close();
  await server.close();
  remove();
});

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const fresh = (): string => join(folder, String((count += 1)));
const keyOf = (address: string): string => `ada/blobs/${address}`;

async function file(size: number): Promise<{ path: string; bytes: Buffer; address: string }> {
  const [path, bytes] = [fresh(), randomBytes(size)];
  await writeFile(path, bytes);
  return { path, bytes, address: hashOf(bytes) };
}

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

describe('what is refused', () => {
  // Catches: keys of another user of the same bucket that open anything of this one.
  it('is everything of another account', async () => {
    const { path, address } = await file(1_000);
    await store.put(address, path, address);
    const theirs = openBucket(server.remote(grace), grace.secretAccessKey, 'ada');
    const list = async () => {
      for await (const one of theirs.list()) throw new Error(`It listed ${one.address}.`);
    };
    const back = fresh();
    const tried = [
      () => theirs.size(address),
      () => theirs.get(address, back, address),
      () => theirs.put(address, path, address),
      () => theirs.remove([address]),
      list,
    ];
    for (const work of tried) expect((await errorOf(work())).code).toBe('remote-forbidden');
    expect((await fetch(await theirs.presign(address, 60))).status).toBe(403);
    expect(existsSync(back)).toBe(false);
    expect(await server.read(keyOf(address))).not.toBeNull();
    theirs.close();
  });

  // Catches: words that do not say what to change, a wait that is not heeded, a secret in a message.
  it('is told with what to do', async () => {
    const address = hashOf(Buffer.of(0));
    const trial = async (changed: Parameters<BucketServer['remote']>[1], secret = ada.secretAccessKey) => {
      const other = openBucket(server.remote(ada, changed), secret, 'ada');
      const error = await errorOf(other.remove([address]));
      expect(error.hint).not.toBe('');
      expect(JSON.stringify(error.toInfo())).not.toContain(secret);
      // Answers to HEAD say nothing of why; it is asked for.
      if (error.code !== 'remote-unsupported') expect((await errorOf(other.size(address))).code).toBe(error.code);
      other.close();
      return [error.code, error.retryable];
    };
    expect(await trial({ accessKeyId: 'NOBODY' })).toEqual(['remote-unauthorized', false]);
    expect(await trial({}, 'not the secret key')).toEqual(['remote-unauthorized', false]);
    expect(await trial({ region: 'eu-west-1' })).toEqual(['remote-unauthorized', false]);
    expect(await trial({ bucket: 'another' })).toEqual(['remote-unsupported', false]);
    expect(await trial({ endpoint: 'http://127.0.0.1:1' })).toEqual(['remote-unreachable', true]);
    expect(await trial({ endpoint: server.endpoint.replace('http', 'https') })).toEqual(['remote-tls', false]);
    server.fault = () => 'busy';
    const busy = await errorOf(store.size(address));
    expect([busy.code, busy.retryable]).toEqual(['remote-busy', true]);
    expect((busy.retryAt ?? 0) - Date.now()).toBeGreaterThan(5_000);
    server.fault = () => null;
    expect((await errorOf(store.get(address, fresh(), address))).code).toBe('not-found');
  });

  // Catches: a library that stops syncing because a computer's clock is wrong, though the server tells the time.
  it('is nothing because of a clock that is hours wrong', async () => {
    const { path, address } = await file(1_000);
    const late = openBucket(server.remote(), ada.secretAccessKey, 'ada');
    server.clockOffset = -5 * 3_600_000;
    await late.put(address, path, address);
    // Somebody sets it right while the app runs.
    server.clockOffset = 0;
    expect(await late.size(address)).toBe(1_000);
    late.close();
  });

  // Catches: files and signatures that go where a redirect leads.
  it('is a redirect', async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => void response.end(String((visits += 1))));
    const sending = createServer((_, response) => {
      const { port } = elsewhere.address() as AddressInfo;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/library` }).end();
    });
    for (const one of [elsewhere, sending]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(sending.address() as AddressInfo).port}`;
    const led = openBucket(server.remote(ada, { endpoint }), ada.secretAccessKey, 'ada');
    const { path, address } = await file(100);
    expect((await errorOf(led.put(address, path, address))).code).toBe('remote-unsupported');
    expect((await errorOf(led.remove([address]))).code).toBe('remote-unsupported');
    expect(visits).toBe(0);
    led.close();
    for (const one of [elsewhere, sending]) {
      one.closeAllConnections();
      one.close();
    }
  });

  // Catches: files in the clear on the way to another computer, and names by which the SDK goes elsewhere.
  it('is plain text to another computer, unless it was accepted, and an odd name', async () => {
    const open = (changed: Parameters<BucketServer['remote']>[1], userId = 'ada') =>
      errorOf((async () => openBucket(server.remote(ada, changed), 'secret', userId).close())());
    expect((await open({ endpoint: 'http://192.0.2.1:9000' })).code).toBe('remote-tls');
    expect((await open({ endpoint: 'http://ada:pass@127.0.0.1:9000' })).code).toBe('request-invalid');
    expect((await open({ bucket: 'arn:aws:s3:::library' })).code).toBe('request-invalid');
    expect((await open({ region: 'x.example.com/' })).code).toBe('request-invalid');
    expect((await open({}, '../grace')).code).toBe('request-invalid');
    expect((await errorOf(store.size('../../grace/blobs/x'))).code).toBe('request-invalid');
    const remote = server.remote(ada, { endpoint: 'http://192.0.2.1:9000', plainTextAccepted: true });
    openBucket(remote, 'secret', 'ada').close();
  });

  // Catches: a stop that nobody heeds in the middle of a body.
  it('is nothing more once it was stopped', async () => {
    const { path, address } = await file(17 * MiB);
    const stop = new AbortController();
    const error = await errorOf(
      store.put(address, path, address, { signal: stop.signal, onProgress: () => stop.abort() }),
    );
    expect(error.code).toBe('cancelled');
    await store.remove([address]);
    await store.put(address, path, address);
    const back = fresh();
    const again = new AbortController();
    const options = { signal: again.signal, onProgress: () => again.abort() };
    expect((await errorOf(store.get(address, back, address, options))).code).toBe('cancelled');
    expect(existsSync(back)).toBe(false);
  });
});
