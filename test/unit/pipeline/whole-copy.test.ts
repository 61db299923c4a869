import { createHash } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStoredDamaged } from '../../../electron/pipeline/ingest-steps.ts';
import type { HostRunner, HostFunctions } from '../../../electron/pipeline/ports/pipeline-host.ts';
import { isWhole } from '../../../electron/pipeline/whole-copy.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const bytes = Buffer.from('The ferry Alvine left the northern mooring.');
const expected = { contentHash: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
const { signal } = new AbortController();
let path: string;
let remove: () => void;

beforeEach(async () => {
  const made = temporaryFolder();
  ({ remove } = made);
  path = join(made.folder, 'copy.md');
  await writeFile(path, bytes);
});
afterEach(() => remove());

/** Looks at the copy when something has happened to it. */
function damagedAfter(happens: () => Promise<void>): Promise<boolean> {
  const remote = { isWhole: (job) => isWhole(job.file, job, signal) } as Partial<HostFunctions> as HostFunctions;
  const run: HostRunner['run'] = async (_jobId, work) => {
    await happens();
    return work(remote as never);
  };
  const blobs = {
    isEncrypted: false,
    file: () => path,
    stored: () => Promise.resolve({ path, key: null }),
  };
  return isStoredDamaged(
    { blobs, host: { run } } as unknown as Parameters<typeof isStoredDamaged>[0],
    expected,
    'markdown',
    signal,
  );
}

describe('a stored copy', () => {
  it('that is as it was is no damaged one', async () => {
    expect(await damagedAfter(() => Promise.resolve())).toBe(false);
  });

  it('that has other bytes is, of another length or of the same', async () => {
    expect(await damagedAfter(() => writeFile(path, Buffer.alloc(bytes.length, 7)))).toBe(true);
    expect(await damagedAfter(() => truncate(path, 3))).toBe(true);
  });

  // Catches: a failure inside Quire in the log, when a document is deleted while its file is added again.
  it('that goes while it is looked at is none', async () => {
    expect(await damagedAfter(() => rm(path))).toBe(false);
    await expect(isWhole({ path, key: null }, expected, signal)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
