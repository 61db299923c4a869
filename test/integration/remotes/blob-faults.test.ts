/** Every fault at every single request of an upload and a download: tried again, it ends as it should. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import type { BlobStore, UploadNote } from '../../../electron/sync/ports/blob-store.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  bucketUsers,
  passingFaults,
  startBucketServer,
  type BucketFault,
  type BucketServer,
} from '../../helpers/bucket-server.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const MiB = 1_048_576;
/** Milliseconds; enough for a busy machine, and where it is not, that is one more fault. */
const silence = 700;
const mostTries = 8;
const [ada] = bucketUsers;
let server: BucketServer;
let store: BlobStore;
let folder: string;
let remove: () => void;
let count = 0;

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  server = await startBucketServer();
  store = openBucket(server.remote(), ada.secretAccessKey, 'ada', { silence });
});
afterAll(async () => {
  store.close();
  await server.close();
  remove();
});

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const fresh = (): string => join(folder, String((count += 1)));

async function file(size: number): Promise<{ path: string; bytes: Buffer; address: string }> {
  const [path, bytes] = [fresh(), randomBytes(size)];
  await writeFile(path, bytes);
  return { path, bytes, address: hashOf(bytes) };
}

/** Tries until it succeeds, as the engine does. @param check Runs after each try that failed. */
async function converge(work: () => Promise<unknown>, check: (error: AppError) => unknown): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !thrown.retryable || tries === mostTries) throw thrown;
      await check(thrown);
    }
  }
}

/** Runs `scene` once without a fault, to count its requests, then with the fault at each of them. */
async function everywhere(fault: BucketFault, scene: () => Promise<{ run: () => Promise<void> }>): Promise<number> {
  server.fault = () => null;
  const { run } = await scene();
  const from = server.requests.length;
  await run();
  const requests = server.requests.length - from;
  for (let at = 0; at < requests; at += 1) {
    const again = await scene();
    const first = server.requests.length;
    server.fault = (_, index) => (index === first + at ? fault : null);
    await again.run();
    server.fault = () => null;
  }
  return requests;
}

/** An upload as the engine runs it: with its note, from try to try. */
async function uploading(size: number) {
  const { path, bytes, address } = await file(size);
  const key = `ada/blobs/${address}`;
  const run = async (): Promise<void> => {
    let note: UploadNote | null = null;
    const onNote = (one: UploadNote | null) => Promise.resolve(void (note = one));
    await converge(
      () => store.put(address, path, address, { note, onNote }),
      async ({ code }) => {
        expect(code).toMatch(/^remote-(?:busy|unreachable|timeout)$/);
        const there = await server.read(key);
        expect(there === null || there.equals(bytes)).toBe(true);
      },
    );
    expect(note).toBeNull();
    expect((await server.read(key))?.equals(bytes)).toBe(true);
    // One whose beginning was not told is left; removing the document ends it.
    await converge(
      () => store.remove([address]),
      () => undefined,
    );
    expect(server.uploads.size).toBe(0);
  };
  return { run };
}

describe.each(passingFaults)('a fault (%s) at any request', (fault) => {
  // Catches: a half object under a name, an upload that never ends, a fault that is told as final.
  it('of a small upload, and of its removal', async () => {
    expect(await everywhere(fault, () => uploading(20_000))).toBeGreaterThanOrEqual(2);
  });

  // Catches: the same for what is sent in parts, and a note that no longer fits what is there.
  it('of an upload in parts', async () => {
    expect(await everywhere(fault, () => uploading(8 * MiB + 1_000))).toBeGreaterThanOrEqual(6);
  });

  // Catches: a file under its name that is not whole, parts that are put together wrongly.
  it('of a download', async () => {
    const { path, bytes, address } = await file(3 * MiB);
    await store.put(address, path, address);
    const scene = () => {
      const back = fresh();
      const run = async (): Promise<void> => {
        await converge(
          () => store.get(address, back, address),
          ({ code }) => {
            expect(code).toMatch(/^remote-(?:busy|unreachable|timeout)$/);
            expect(existsSync(back)).toBe(false);
          },
        );
        expect((await readFile(back)).equals(bytes)).toBe(true);
        expect(existsSync(`${back}.part`) || existsSync(`${back}.part.json`)).toBe(false);
      };
      return Promise.resolve({ run });
    };
    expect(await everywhere(fault, scene)).toBe(1);
  });
});
