/** Files that are sealed before they go to the bucket: what lies there, and what comes back on another computer. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../../electron/adapters/s3/blob-store.ts';
import { sealedSize } from '../../../electron/encryption/sealed-file.ts';
import type { BlobStore } from '../../../electron/sync/ports/blob-store.ts';
import { blobAddress, blobKeysOf, openSealed, sealFile } from '../../../electron/sync/sealing.ts';
import { bucketUsers, startBucketServer, type BucketServer } from '../../helpers/bucket-server.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const [ada] = bucketUsers;
const keys = blobKeysOf(randomBytes(32));
let server: BucketServer;
let store: BlobStore;
let folder: string;
let remove: () => void;

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  server = await startBucketServer();
  store = openBucket(server.remote(ada, { sealed: true }), ada.secretAccessKey, 'ada');
});
afterAll(async () => {
  store.close();
  await server.close();
  remove();
});

const at = (name: string): string => join(folder, name);

describe('a sealed file in a bucket', () => {
  // Catches: plain bytes, their hash or their exact length that whoever runs the bucket can see.
  it('tells nothing there, and is the same on another computer', async () => {
    const plain = Buffer.from('The harbour crane is worn. '.repeat(600_000));
    await writeFile(at('plain.pdf'), plain);
    const contentHash = createHash('sha256').update(plain).digest('hex');
    const sealed = await sealFile({ path: at('plain.pdf'), key: null }, at('sealed'), keys);
    const address = blobAddress(contentHash, keys);
    expect(await store.put(address, at('sealed'), sealed.sha256)).toEqual({ size: sealedSize(plain.length) });
    expect(await server.keys()).toEqual([`ada/blobs/${address}`]);
    const stored = await server.read(`ada/blobs/${address}`);
    expect(address).not.toBe(contentHash);
    expect(stored?.includes('harbour')).toBe(false);

    await store.get(address, at('fetched'), null);
    expect(await openSealed(at('fetched'), at('opened.pdf'), keys, contentHash)).toEqual({ size: plain.length });
    expect((await readFile(at('opened.pdf'))).equals(plain)).toBe(true);
  });

  // Catches: a second computer that sends again what is there, or takes its own sealing for a damage.
  it('is not sent again by another computer, whose sealing is other bytes', async () => {
    await writeFile(at('note.txt'), 'A short note.');
    const [first, second] = [
      await sealFile({ path: at('note.txt'), key: null }, at('first'), keys),
      await sealFile({ path: at('note.txt'), key: null }, at('second'), keys),
    ];
    const address = blobAddress(first.contentHash, keys);
    await store.put(address, at('first'), first.sha256);
    const from = server.requests.length;
    await store.put(address, at('second'), second.sha256);
    expect(server.requests.slice(from).map(({ operation }) => operation)).toEqual(['HeadObject']);
    expect(await server.read(`ada/blobs/${address}`)).toEqual(await readFile(at('first')));
  });

  // Catches: an object that was put in another's place, or changed there, and that a document then shows.
  it('is refused when it was exchanged or changed there', async () => {
    const seal = async (name: string) => {
      await writeFile(at(name), `The content of ${name}, as long as the other's.`);
      const sealed = await sealFile({ path: at(name), key: null }, at(`${name}.sealed`), keys);
      const address = blobAddress(sealed.contentHash, keys);
      await store.put(address, at(`${name}.sealed`), sealed.sha256);
      return { address, contentHash: sealed.contentHash, bytes: await readFile(at(`${name}.sealed`)) };
    };
    const [one, other] = [await seal('one'), await seal('two')];
    const changed = Buffer.from(one.bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    for (const [index, there] of [other.bytes, changed, one.bytes.subarray(0, -1)].entries()) {
      await server.write(`ada/blobs/${one.address}`, there);
      await store.get(one.address, at(`fetched-${index}`), null);
      const opening = openSealed(at(`fetched-${index}`), at(`opened-${index}`), keys, one.contentHash);
      await expect(opening).rejects.toMatchObject({ code: 'remote-damaged' });
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('opened-'))).toEqual([]);
  });
});
