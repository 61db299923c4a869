/** What becomes of an import when its journal or a deletion fails. */
import { expect, it, vi } from 'vitest';
import type { Database } from '../../../electron/db/database.ts';
import type { ImportStore } from '../../../electron/db/import-types.ts';
import { Imports } from '../../../electron/pipeline/imports.ts';
import { AppError } from '../../../shared/errors.ts';

const diskFull = () => Promise.reject(new AppError('disk-full', 'The disk is full.'));

function makeImports(
  store: Partial<ImportStore>,
  deleteDocuments = vi.fn<(ids: readonly string[]) => Promise<void>>(),
) {
  const errors: string[] = [];
  const added: string[] = [];
  const imports = new Imports({
    database: { imports: { clear: () => Promise.resolve(), ...store } } as Database,
    ingest: {
      addFile(path) {
        added.push(path);
        return Promise.resolve({ path, status: 'added', documentId: path, error: null });
      },
      retry: () => Promise.resolve(),
    },
    deleteDocuments,
    onChange: () => undefined,
    onError: ({ code }) => void errors.push(code),
  });
  return { imports, errors, added };
}

// Catches: an endless loop that takes the whole processor when the disk is full, and drops that never answer.
it('stops when the journal cannot be written, says so once, and goes on when it is tried again', async () => {
  const look = vi.fn<ImportStore['look']>(diskFull);
  const { imports, errors, added } = makeImports({
    begin: (paths) => Promise.resolve(paths.map((_path, index) => index + 1)),
    look,
    again: () => Promise.resolve([{ key: 1, path: '/a.txt', state: 'looking', documentId: null, error: null }]),
  });
  expect(await imports.add(['/a.txt'])).toEqual([]);
  await imports.idle();
  expect(look).toHaveBeenCalledTimes(1);
  expect(errors).toEqual(['disk-full']);

  look.mockResolvedValue([{ key: 2, path: '/a.txt', state: 'waiting', documentId: null, error: null }]);
  await imports.retryFailed();
  await imports.idle();
  expect(look).toHaveBeenCalledTimes(2);
  expect(added).toEqual(['/a.txt']);
});

// Catches: one deletion that leaves something behind, and with it hundreds of cancelled documents that are read on.
it('a cancel goes on after a deletion that failed, and tells of it at the end', async () => {
  const files = Array.from({ length: 60 }, (_, index) => ({
    key: index + 1,
    path: `/${index}.txt`,
    state: 'cancelling' as const,
    documentId: `document ${index}`,
    error: null,
  }));
  const deleteDocuments = vi
    .fn<(ids: readonly string[]) => Promise<void>>(() => Promise.resolve())
    .mockRejectedValueOnce(new AppError('deletion-incomplete', 'Something is left.'));
  const { imports } = makeImports(
    { cancel: () => Promise.resolve(files), list: () => Promise.resolve([]) },
    deleteDocuments,
  );
  await expect(imports.cancel()).rejects.toMatchObject({ code: 'deletion-incomplete' });
  expect(deleteDocuments.mock.calls.flatMap(([ids]) => ids)).toHaveLength(60);
  expect(imports.summary).toBeNull();
});
