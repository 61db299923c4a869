/** Where documents are, as the window is told. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { documentStates } from '../../../electron/core/sync-views.ts';
import { BlobStore } from '../../../electron/pipeline/blobs.ts';
import { fillDocument, openPartsLibrary, type PartsLibrary } from '../../helpers/parts-library.ts';

let library: PartsLibrary;
beforeEach(() => {
  library = openPartsLibrary();
});
afterEach(() => library.close());

test('the writing thread is never kept for long: each document may have its text named in the same request', async () => {
  for (let index = 0; index < 60; index += 1) await fillDocument(library, ['A text.']);
  const blobs = new BlobStore(library.folder, null);
  await blobs.prepare();
  const { parts, sync } = library.database;
  const answered: number[] = [];
  const documents: typeof parts.documents = async (after, limit) => {
    const page = await parts.documents(after, limit);
    answered.push(page.length);
    return page;
  };
  const states = await documentStates({ parts: { ...parts, documents }, sync }, blobs, {
    bucket: 'b'.repeat(32),
    isSending: true,
  });
  expect(states).toHaveLength(60);
  expect(new Set(states.map(({ documentId }) => documentId)).size).toBe(60);
  // Some milliseconds each.
  expect(Math.max(...answered)).toBeLessThanOrEqual(25);
});
