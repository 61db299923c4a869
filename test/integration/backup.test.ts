/** Backups of a real library: made while it works, checked, restored elsewhere, cancelled, on a full disk. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../electron/db/client.ts';
import { connect } from '../../electron/db/connection.ts';
import { openConnection } from '../../electron/db/open.ts';
import { migrations } from '../../electron/db/migrations/index.ts';
import { deleteKept, finishSwap, listKept, putBack, readyFolder, swapLibrary } from '../../electron/backup/swap.ts';
import { inBackupThread } from '../../electron/backup/thread.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import {
  backUp,
  entryOf,
  inspect,
  restore,
  unpack,
  verify,
  useBackedUpLibrary,
  folder,
  library,
} from '../helpers/backup.ts';
import { addDocument } from '../helpers/library.ts';
import { bucketRemote, databaseRemote } from '../helpers/remotes.ts';

useBackedUpLibrary();

it('brings everything to another place, byte for byte, and nothing else of this one', async () => {
  const summary = await inspect(library.good);
  expect(summary).toMatchObject({
    fileName: 'good.zip',
    appVersion: '1.2.3',
    counts: { documents: 2, conversations: 1, messages: 1 },
    embedder: { kind: 'built-in' },
    sendsTo: [],
    missingOriginals: 0,
    alteredOriginals: 0,
  });
  expect(await verify(library.good)).toEqual({ summary, problems: [] });
  expect(library.entries.map(({ name }) => name.replace(/[0-9a-f]{64}/, '#')).sort()).toEqual(
    ['library.db', 'blobs/#.pdf', 'blobs/#.md', 'thumbs/#.webp', 'manifest.json'].sort(),
  );
  // A person's own tool opens it.
  expect(execFileSync('python3', ['-m', 'zipfile', '-t', library.good]).toString()).toContain('Done testing');

  const restored = await restore(library.good, folder);
  for (const kind of ['blobs', 'thumbs']) {
    const names = (await readdir(join(library.test.folder, kind))).sort();
    expect((await readdir(join(restored, kind))).sort()).toEqual(names);
    for (const name of names) {
      expect(await readFile(join(restored, kind, name))).toEqual(await readFile(join(library.test.folder, kind, name)));
    }
  }
  const there = await openDatabase({ path: join(restored, 'library.db'), exclusive: true });
  const here = library.test.core.database;
  try {
    expect(await there.documents.list()).toEqual(await here.documents.list());
    expect(await there.messages.list(library.conversationId)).toEqual(await here.messages.list(library.conversationId));
    expect(await there.embedders.active()).toEqual(await here.embedders.active());
    const [document] = await here.documents.list();
    expect(await there.chunks.range(document?.id ?? '', 0, 9)).toEqual(
      await here.chunks.range(document?.id ?? '', 0, 9),
    );
    const vector = new Float32Array(384).fill(0.05);
    const fingerprint = (await here.embedders.active())?.fingerprint ?? '';
    const query = { vector, fingerprint, documents: [], limit: 5 };
    expect(await there.search.vectors(query)).toEqual(await here.search.vectors(query));
    expect(await there.maintenance.integrity()).toEqual({ ok: true, problems: [] });
  } finally {
    await there.close();
  }
});

// Catches: a copy that waits for writers, begins anew with each write, or mixes two moments of a library.
it('is of one moment while documents come and go, and keeps no writer waiting', async () => {
  const path = join(folder, 'busy', 'library.db');
  await mkdir(join(folder, 'busy', 'blobs'), { recursive: true });
  await mkdir(join(folder, 'busy', 'thumbs'));
  const database = await openDatabase({ path });
  const texts = Array.from({ length: 400 }, (_, index) => `Quay ${index} ${'takes ships of all kinds. '.repeat(40)}`);
  const first: string[] = [];
  for (let number = 0; number < 6; number += 1) first.push(await addDocument(database, texts));
  for (const { contentHash } of await database.documents.list()) {
    await writeFile(join(folder, 'busy', 'blobs', `${contentHash}.pdf`), contentHash);
  }
  let goesOn = true;
  let longest = 0;
  const writing = (async () => {
    while (goesOn) {
      const started = performance.now();
      await database.settings.set('tick', started);
      longest = Math.max(longest, performance.now() - started);
      await addDocument(database, texts.slice(0, 40));
    }
  })();
  const stages = new Set<string>();
  let deleted = false;
  const file = join(folder, 'busy.zip');
  const summary = await backUp(join(folder, 'busy'), file, {
    onProgress: ({ stage }) => {
      stages.add(stage);
      if (deleted) return;
      deleted = true;
      // A file that goes while it is backed up.
      void database.documents.delete(first.slice(0, 1)).then(async ({ contentHashes }) => {
        for (const hash of contentHashes) await rm(join(folder, 'busy', 'blobs', `${hash}.pdf`));
      });
    },
  });
  goesOn = false;
  await writing;
  await database.close();
  expect([...stages]).toEqual(['snapshot', 'writing']);
  expect((await verify(file)).problems).toEqual([]);
  // Originals of the six were there at that moment; those that came later never had any here.
  expect(summary.counts.documents - summary.missingOriginals).toBe(6);
  expect(longest).toBeLessThan(2_000);
  expect(await readdir(join(folder, 'busy'))).not.toContainEqual(expect.stringMatching(/^backup-/));
});

it('tells of an original that the library itself has lost or damaged, and still restores the rest', async () => {
  const broken = join(folder, 'broken');
  await restore(library.good, folder);
  await rename(join(folder, 'local'), broken);
  const pdf = entryOf(library.entries, 'blobs/').name;
  await writeFile(join(broken, pdf), 'no pdf at all');
  await rm(join(broken, entryOf(library.entries, 'thumbs/').name));
  const file = join(folder, 'broken.zip');
  expect(await backUp(broken, file)).toMatchObject({ alteredOriginals: 1, missingOriginals: 0 });
  expect((await verify(file)).problems).toEqual([]);
  const restored = await restore(file, folder);
  expect((await readFile(join(restored, pdf))).toString()).toBe('no pdf at all');
});

it('restores a backup of an older Quire and brings it up to date', async () => {
  const old = join(folder, 'old');
  await mkdir(join(old, 'blobs'), { recursive: true });
  const connection = openConnection({ path: join(old, 'library.db'), migrations: migrations.slice(0, 1) });
  connection.close();
  const file = join(folder, 'old.zip');
  await backUp(old, file);
  const restored = await restore(file, folder);
  const database = connect({ path: join(restored, 'library.db'), readonly: true, timeout: 0 });
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
  database.close();
  expect((await readdir(restored)).filter((name) => name.includes('backup'))).toEqual([]);
});

// Catches: the moment after a restore in which files of today are read over what was restored.
it('pauses the watched folders of a restored or earlier library, forgets its import, and tells of it before', async () => {
  const busy = join(folder, 'busy');
  await restore(library.good, folder);
  await rename(join(folder, 'local'), busy);
  const connection = openConnection({ path: join(busy, 'library.db') });
  connection.exec(`
    INSERT INTO watched_folders (id, path, paused, mount_point, added_at)
      VALUES ('${randomUUID()}', '/papers', 0, 0, 1), ('${randomUUID()}', '/notes', 0, 0, 1), ('${randomUUID()}', '/old', 1, 0, 1);
    INSERT INTO import_files (path, state) VALUES ('/papers/waiting.pdf', 'waiting');
  `);
  connection.close();
  const file = join(folder, 'watching.zip');
  await backUp(busy, file);
  expect((await inspect(file)).watchedFolders).toBe(2);
  const restored = await restore(file, folder);
  await inBackupThread((remote) => remote.quieten(join(busy, 'library.db')));
  for (const each of [restored, busy]) {
    const database = connect({ path: join(each, 'library.db'), readonly: true, timeout: 0 });
    expect(database.prepare('SELECT count(*) AS folders, sum(paused) AS paused FROM watched_folders').get()).toEqual({
      folders: 3,
      paused: 3,
    });
    expect(database.prepare('SELECT count(*) AS files FROM import_files').get()).toEqual({ files: 0 });
    database.close();
  }
});

// Catches: a restore that says “nobody” and then sends every question to the embedder of before a change.
it('tells of every host that its settings send to, the embedder of before a change too, without a password', async () => {
  const sending = join(folder, 'sending');
  await mkdir(join(sending, 'blobs'), { recursive: true });
  const connection = openConnection({ path: join(sending, 'library.db') });
  const set = connection.prepare<[string, string]>('INSERT INTO settings (key, value) VALUES (?, ?)');
  const of = (host: string) => ({ baseUrl: `https://${host}/v1`, model: 'm' });
  set.run('settings', JSON.stringify({ answers: { kind: 'provider', ...of('someone:secret@answers.test') } }));
  set.run('embedder-before', JSON.stringify({ kind: 'compatible', ...of('someone:secret@before.test:8443') }));
  set.run(
    'remotes',
    JSON.stringify({
      database: { remote: databaseRemote, hasSecret: true },
      bucket: { remote: bucketRemote, hasSecret: true },
    }),
  );
  connection.close();
  const file = join(folder, 'sending.zip');
  const own = ['s3.example.com', 'db.example.com:5432'];
  expect((await backUp(sending, file)).sendsTo).toEqual(['answers.test', 'before.test:8443', ...own]);
  await restore(file, folder);
});

it('can be cancelled at each stage, and then leaves nothing', async () => {
  const file = join(folder, 'cancelled.zip');
  for (const stage of ['snapshot', 'writing'] as const) {
    const controller = new AbortController();
    const onProgress = (progress: BackupProgress): void => {
      if (progress.stage === stage) controller.abort();
    };
    await expect(backUp(library.test.folder, file, { onProgress, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  }
  const controller = new AbortController();
  const target = join(folder, 'local');
  await expect(
    unpack(library.good, target, {
      onProgress: () => controller.abort(),
      signal: controller.signal,
    }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(await readdir(folder)).toEqual([]);
  expect(await readdir(library.test.folder)).not.toContainEqual(expect.stringMatching(/^backup-/));
});

// Catches: an app that stays “cancelling” for ever because of one statement that does not end.
it('gives up on work that does not end after it was cancelled', async () => {
  const controller = new AbortController();
  const work = inBackupThread(() => new Promise<never>(() => undefined), { signal: controller.signal });
  controller.abort();
  await expect(work).rejects.toMatchObject({ code: 'cancelled' });
}, 30_000);

it('replaces an earlier backup only when the new one is whole, and refuses the library’s own folder', async () => {
  const file = join(folder, 'same.zip');
  await writeFile(file, 'the backup of last week');
  const controller = new AbortController();
  await expect(
    backUp(library.test.folder, file, { onProgress: () => controller.abort(), signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect((await readFile(file)).toString()).toBe('the backup of last week');
  await backUp(library.test.folder, file);
  expect((await verify(file)).problems).toEqual([]);
  expect((await stat(file)).mode & 0o077).toBe(0);
  await expect(backUp(library.test.folder, join(library.test.folder, 'blobs', 'inside.zip'))).rejects.toMatchObject({
    code: 'file-unreadable',
  });
  await expect(backUp(library.test.folder, join(folder, 'no', 'such', 'folder.zip'))).rejects.toMatchObject({
    code: 'file-not-found',
  });
});

it('keeps the library of before, gives it back, and deletes it when asked to', async () => {
  const target = join(folder, 'local');
  await mkdir(target);
  await writeFile(join(target, 'library.db'), 'the first');
  await unpack(library.good, target);
  const kept = await swapLibrary(target);
  expect(kept).toMatch(/^library-before-restore-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/);
  expect((await readFile(join(folder, kept ?? '', 'library.db'))).toString()).toBe('the first');
  expect(await listKept(target)).toMatchObject([{ name: kept, bytes: 9 }]);

  const second = await putBack(target, kept ?? '');
  expect((await readFile(join(target, 'library.db'))).toString()).toBe('the first');
  expect((await listKept(target)).map(({ name }) => name)).toEqual([second]);
  await symlink(target, join(folder, 'library-before-restore-evil'));
  for (const name of ['..', 'local', '../local', 'library-before-restore-evil']) {
    await expect(deleteKept(target, name)).rejects.toMatchObject({ code: 'not-found' });
    await expect(putBack(target, name)).rejects.toMatchObject({ code: 'not-found' });
  }
  await deleteKept(target, second ?? '');
  expect(await listKept(target)).toEqual([]);
});

// Catches: a power cut between the two renames, after which an empty library would be begun.
it('is made up for at the next start when it was interrupted between its two renames', async () => {
  const target = join(folder, 'local');
  await unpack(library.good, target);
  expect(await readdir(folder)).toEqual([basename(readyFolder(target))]);
  finishSwap(target);
  expect(await readdir(folder)).toEqual(['local']);
  finishSwap(target);
  expect(await readdir(folder)).toEqual(['local']);
});
