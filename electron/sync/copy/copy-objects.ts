/** Objects of an account from one bucket to another: each verified by its hash on both sides, several at once. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { BlobStore, UploadNote } from '../ports/blob-store.ts';
import type { NamedObject } from './named-objects.ts';

export interface ObjectsContext {
  readonly from: BlobStore;
  readonly to: BlobStore;
  /** Keeps what a killed copy goes on from. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number, total: number) => void;
  /** Objects up to this address were verified in an earlier run; null for none. */
  readonly verified: string | null;
  /** Reads everything back, also what was verified when it arrived. */
  readonly readBack: boolean;
  /** Everything up to this address is there and verified. */
  readonly onVerified: (address: string) => Promise<void>;
}

export interface CopiedObjects {
  /** Objects that documents name and that are in both buckets. */
  readonly count: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Of these, sent in this run. */
  readonly sent: number;
  /** Objects that no document names: they stay where they are. */
  readonly unnamed: number;
  /** What could not be copied. */
  readonly problems: readonly { readonly object: NamedObject; readonly error: ErrorInfo }[];
}

/** Objects on their way at once. */
const atOnce = 4;

const uploadSchema = z.object({ uploadId: z.string(), partSize: z.number(), parts: z.array(z.string()) });

/** Errors: as `BlobStore`; those of a single object are among the problems, and the others go on. */
export async function copyObjects(context: ObjectsContext, objects: readonly NamedObject[]): Promise<CopiedObjects> {
  const { from, to, folder, signal, verified, readBack } = context;
  const [source, target] = [await sizesOf(from, signal), await sizesOf(to, signal)];
  await mkdir(folder, { recursive: true });
  const problems: { object: NamedObject; error: ErrorInfo }[] = [];
  let [count, bytes, sent, done] = [0, 0, 0, 0];

  async function copy(object: NamedObject): Promise<void> {
    const { address, sha256 } = object;
    const size = target.get(address);
    const isThere = size !== undefined && (!source.has(address) || size === source.get(address));
    const wasVerified = !readBack && verified !== null && address <= verified;
    if (!isThere || !(wasVerified || (await isWhole(to, object, folder, signal)))) {
      await send(context, address, sha256);
      sent += 1;
    }
    count += 1;
    bytes += source.get(address) ?? size ?? 0;
  }

  for (let at = 0; at < objects.length; at += atOnce) {
    const batch = objects.slice(at, at + atOnce);
    await Promise.all(
      batch.map(async (object) => {
        try {
          await copy(object);
        } catch (thrown) {
          const error = toAppError(thrown);
          // Only what is wrong with this one object: a network that is away is wrong with all.
          if (!(error.code === 'remote-damaged' || error.code === 'not-found')) throw error;
          problems.push({ object, error: error.toInfo() });
        }
        context.onProgress((done += 1), objects.length);
      }),
    );
    const last = batch.at(-1);
    if (last && problems.length === 0 && (verified === null || last.address > verified)) {
      await context.onVerified(last.address);
    }
  }
  const named = new Set(objects.map(({ address }) => address));
  const unnamed = [...source.keys()].filter((address) => !named.has(address)).length;
  return { count, bytes, sent, unnamed, problems };
}

async function sizesOf(store: BlobStore, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { address, size } of store.list(signal)) sizes.set(address, size);
  return sizes;
}

/** Reads an object back; false when its bytes are not what they should be. */
async function isWhole(
  store: BlobStore,
  { address, sha256 }: NamedObject,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const path = join(folder, `${address}.back`);
  try {
    await store.get(address, path, sha256, { ...(signal && { signal }) });
    return true;
  } catch (thrown) {
    if (toAppError(thrown).code === 'remote-damaged') return false;
    throw thrown;
  } finally {
    await rm(path, { force: true });
  }
}

async function send({ from, to, folder, signal }: ObjectsContext, address: string, sha256: string): Promise<void> {
  const path = join(folder, address);
  const notePath = `${path}.upload.json`;
  const stop = { ...(signal && { signal }) };
  await from.get(address, path, sha256, stop);
  await to.put(address, path, sha256, {
    ...stop,
    note: await readNote(notePath),
    onNote: async (note) => {
      if (note) await writeFile(notePath, JSON.stringify(note));
      else await rm(notePath, { force: true });
    },
  });
  await rm(path, { force: true });
  await rm(notePath, { force: true });
}

/** Null when there is none, or none of use: the upload begins anew. */
async function readNote(path: string): Promise<UploadNote | null> {
  try {
    return uploadSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
