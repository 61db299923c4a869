/** Watched folders in the database: a library of before, what is there and gone, what a deletion leaves. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../electron/db/client.ts';
import { migrations } from '../../../electron/db/migrations/index.ts';
import { imports } from '../../../electron/db/migrations/0007-imports.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { addDocument, openTestLibrary, temporaryFolder, type TestLibrary } from '../../helpers/library.ts';

let library: TestLibrary;
const folder = { id: randomUUID(), path: '/home/someone', paused: false, mountPoint: false };
const stamp = { size: 1_000, modifiedAt: 5 };

beforeEach(async () => {
  library = await openTestLibrary();
  await library.database.watched.add({ ...folder, addedAt: 1 });
});
afterEach(async () => library.close());

async function watchedDocument(name: string): Promise<{ id: string; path: string }> {
  const id = await addDocument(library.database, ['alpha beta'], { name });
  const path = `/home/someone/${name}`;
  await library.database.watched.put(folder.id, { path, ...stamp, documentId: id, brought: true, error: null });
  return { id, path };
}
const isGone = async (id: string) => (await library.database.documents.get(id))?.fileGone;

// Catches: a library of before that no longer opens, or in which every file counts as gone.
it('a library of before opens with its documents, none of them gone', async () => {
  const { folder: place, remove } = temporaryFolder();
  const path = join(place, 'library.db');
  const old = openConnection({ path, migrations: migrations.slice(0, migrations.indexOf(imports)) });
  old.exec(`INSERT INTO documents (id, content_hash, path, title, format, size, state, added_at, updated_at)
    VALUES ('d', 'h', '/home/someone/old.pdf', 'Old', 'pdf', 10, 'ready', 1, 1)`);
  old.close();
  const database = await openDatabase({ path });
  expect(await database.documents.get('d')).toMatchObject({ title: 'Old', fileGone: false });
  expect(await database.imports.list()).toEqual([]);
  expect(await database.watched.folders()).toEqual([]);
  expect(await database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  await database.close();
  remove();
});

// Catches: a document that is never marked, because its own file went before the copy of it that stood for it.
it('a document is gone with its last file, and not when another has its bytes', async () => {
  const { watched } = library.database;
  const { id, path } = await watchedDocument('a.pdf');
  const copy = '/home/someone/copy.pdf';
  await watched.put(folder.id, { path: copy, ...stamp, documentId: id, brought: false, error: null });
  expect(await watched.isSole(id, path)).toBe(false);
  expect(await watched.setGone(folder.id, [path])).toEqual([id]);
  expect(await isGone(id)).toBe(false);
  expect(await library.database.documents.get(id)).toMatchObject({ path: copy, fileName: 'copy.pdf' });
  // It came through this folder, under whatever name.
  expect(await watched.brought(folder.id)).toEqual([id]);
  await watched.setGone(folder.id, [copy]);
  expect(await isGone(id)).toBe(true);
  expect(await watched.counts(folder.id)).toEqual({ documents: 0, gone: 1, failed: 0 });
  expect(await library.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  expect(await watched.remove(folder.id)).toEqual([id]);
  expect(await isGone(id)).toBe(false);
  expect(await library.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

// Catches: a deleted document that comes back at the next look, or whose path stays in the library.
it('a deleted document leaves the hash of its path, until its file changes', async () => {
  const { watched, documents } = library.database;
  const { id, path } = await watchedDocument('secret plans.pdf');
  await documents.delete([id]);
  expect(await watched.files(folder.id)).toEqual([]);
  expect(await watched.isExcluded(folder.id, path, stamp)).toBe(true);
  expect(await watched.isExcluded(folder.id, path, { ...stamp, modifiedAt: 6 })).toBe(false);
  expect(await watched.isExcluded(folder.id, '/home/someone/other.pdf', stamp)).toBe(false);
  expect(await library.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});

it('other bytes leave a document its name and place, and the earlier copy to be removed', async () => {
  const { documents, files } = library.database;
  const { id, path } = await watchedDocument('report.pdf');
  await documents.rename(id, 'My report');
  const before = await documents.get(id);
  const hash = await documents.replace(id, { contentHash: 'f'.repeat(64), size: 7, path });
  expect(hash).toBe(before?.contentHash);
  expect(await files.pendingDeletions()).toEqual([hash]);
  expect(await documents.get(id)).toMatchObject({
    state: 'queued',
    title: 'My report',
    size: 7,
    contentHash: 'f'.repeat(64),
    addedAt: before?.addedAt,
    searchable: true,
  });
  expect(await library.database.maintenance.integrity()).toEqual({ ok: true, problems: [] });
});
