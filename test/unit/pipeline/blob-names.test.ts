/** Names of stored files. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';

// Catches: a foreign database whose “hash” reads or removes a file outside the library.
it.each(['../../secret', '', 'A'.repeat(64), `${'a'.repeat(64)}/../../x`, `${'a'.repeat(64)}\n`])(
  'no file is named by what is no hash: %j',
  async (hash) => {
    const blobs = new BlobStore(join('somewhere', 'library'), null);
    expect(() => blobs.file(hash, 'pdf')).toThrow(/none of Quire’s/);
    expect(() => blobs.thumbnail(hash)).toThrow(/none of Quire’s/);
    expect(() => blobs.count([hash])).toThrow(/none of Quire’s/);
    await expect(blobs.remove([hash])).rejects.toMatchObject({ code: 'database-damaged' });
  },
);
