/** Objects of an account from one bucket to another: each verified by its hash on both sides, several at once. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { hashFile } from '../local-file.ts';
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
  /** Of the sent, sealed ones whose hash no document knows: equal on both sides, and proven when they are opened. */
  readonly resealed: number;
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
  let [count, bytes, sent, resealed, done] = [0, 0, 0, 0, 0];

  async function copy(object: NamedObject): Promise<void> {
    const { address } = object;
    const [size, there] = [source.get(address), target.get(address)];
    const isThere = there !== undefined && (size === undefined || size === there);
    const wasVerified = !readBack && verified !== null && address <= verified;
    if (!isThere || !(wasVerified || (await isEqual(context, object, size !== undefined)))) {
      if (size === undefined) throw missing(object);
      // What is there under this name would not be sent again.
      if (there !== undefined) await to.remove([address], signal);
      if (!(await send(context, object))) resealed += 1;
      sent += 1;
    }
    count += 1;
    bytes += size ?? there ?? 0;
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
  return { count, bytes, sent, resealed, unnamed, problems };
}

async function sizesOf(store: BlobStore, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { address, size } of store.list(signal)) sizes.set(address, size);
  return sizes;
}

/** Reads an object back: whether its bytes are what documents name, or else what is in the other bucket. */
async function isEqual(context: ObjectsContext, object: NamedObject, isInSource: boolean): Promise<boolean> {
  const { from, to } = context;
  const there = await readHash(context, to, object.address);
  if (there === object.sha256) return true;
  return object.sealed && isInSource && there === (await readHash(context, from, object.address));
}

async function readHash({ folder, signal }: ObjectsContext, store: BlobStore, address: string): Promise<string> {
  const path = join(folder, `${address}.back`);
  try {
    await store.get(address, path, null, { ...(signal && { signal }) });
    return await hashFile(path, signal);
  } finally {
    await rm(path, { force: true });
  }
}

/** Answers with whether the bytes are those that documents name; sealed ones may be another computer's sealing. */
async function send({ from, to, folder, signal }: ObjectsContext, object: NamedObject): Promise<boolean> {
  const { address } = object;
  const path = join(folder, address);
  const notePath = `${path}.upload.json`;
  const stop = { ...(signal && { signal }) };
  try {
    const { size } = await from.get(address, path, null, stop);
    const sha256 = await hashFile(path, signal);
    const isNamed = sha256 === object.sha256;
    if (!isNamed && !(object.sealed && size === object.size)) throw damaged(object);
    await to.put(address, path, sha256, {
      ...stop,
      note: await readNote(notePath),
      onNote: async (note) => {
        if (note) await writeFile(notePath, JSON.stringify(note));
        else await rm(notePath, { force: true });
      },
    });
    await rm(notePath, { force: true });
    return isNamed;
  } finally {
    // What came by half lies beside it and stays.
    await rm(path, { force: true });
  }
}

function damaged({ address }: NamedObject): AppError {
  return new AppError('remote-damaged', `The object ${address.slice(0, 12)}… is not what was stored under its name.`, {
    hint: 'Restore it from a backup of the bucket, or add the document again.',
  });
}

function missing({ address }: NamedObject): AppError {
  return new AppError('not-found', `The object ${address.slice(0, 12)}… is not in the bucket that is copied from.`, {
    hint: 'Restore it from a backup of the bucket, or add the document again.',
  });
}

/** Null when there is none, or none of use: the upload begins anew. */
async function readNote(path: string): Promise<UploadNote | null> {
  try {
    return uploadSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
