/** The files of an encrypted library: what a copy of its folder tells, and who reads them. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readStored, writeStored } from '../../../electron/encryption/stored-file.ts';
import { BlobStore, type CopiedFile } from '../../../electron/pipeline/blobs.ts';
import { hashOf, temporaryFolder } from '../../helpers/library.ts';

const keys = { files: randomBytes(32), fileNames: randomBytes(32) };
const text = `# Moorings\n\n${'The ferry Alvine lies at the northern mooring. '.repeat(4_000)}`;
const contentHash = hashOf(text);
let root: string;
let folder: string;
let remove: () => void;
let blobs: BlobStore;

beforeEach(async () => {
  ({ folder: root, remove } = temporaryFolder());
  folder = join(root, 'library');
  blobs = new BlobStore(folder, keys);
  await blobs.prepare();
});
afterEach(() => remove());

async function copied(): Promise<CopiedFile> {
  const path = join(root, 'Moorings.md');
  await writeFile(path, text);
  return blobs.copy(path, 'markdown');
}

async function kept(): Promise<void> {
  const copy = await copied();
  await copy.keep();
  await copy.discard();
  await writeStored(blobs.newThumbnail(contentHash), Buffer.from('RIFF a picture WEBP'));
}

/** Names of everything below the library's folder, and the bytes, as one text each. */
async function everything(): Promise<{ readonly names: string; readonly contents: string }> {
  const names = await readdir(folder, { recursive: true });
  const contents = await Promise.all(
    names.map(async (name) =>
      (await stat(join(folder, name))).isFile() ? readFile(join(folder, name), 'latin1') : '',
    ),
  );
  return { names: names.join('\n'), contents: contents.join('\n') };
}

// Catches: plain bytes or a hash in the folder, also while a file is being added.
it('neither names nor bytes tell what is in it', async () => {
  const copy = await copied();
  const tells = async (): Promise<readonly string[]> => {
    const { names, contents } = await everything();
    const words = ['The ferry Alvine', 'northern mooring', 'Moorings', 'a picture', contentHash];
    // Three characters stand in encrypted bytes by chance, now and then.
    const endings = ['.md', '.webp'].filter((ending) => names.includes(ending));
    return [...endings, ...words.filter((word) => `${names}\n${contents}`.includes(word))];
  };
  expect(await tells()).toEqual([]);
  await copy.keep();
  await copy.discard();
  await writeStored(blobs.newThumbnail(contentHash), Buffer.from('RIFF a picture WEBP'));
  expect(await tells()).toEqual([]);
  expect(await readdir(join(folder, 'blobs'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(copy).toMatchObject({ contentHash, size: Buffer.byteLength(text) });
});

it('gives back what was added, while it is tried out and afterwards', async () => {
  const copy = await copied();
  expect(Buffer.from(await readStored(copy.stored)).toString()).toBe(text);
  await copy.keep();
  expect(Buffer.from(await readStored(await blobs.stored(contentHash, 'markdown'))).toString()).toBe(text);
  await kept();
  const picture = await readStored(await blobs.storedThumbnail(contentHash));
  expect(Buffer.from(picture).toString()).toBe('RIFF a picture WEBP');
});

// Catches: a job that takes the key of all files to a process that reads hostile PDFs.
it('what reads one file reads no other', async () => {
  await kept();
  const { key } = await blobs.stored(contentHash, 'markdown');
  const { path } = await blobs.storedThumbnail(contentHash);
  const told = JSON.stringify(key, (_name, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
  for (const secret of Object.values(keys)) expect(told).not.toContain(secret.toString('hex'));
  await expect(readStored({ path, key })).rejects.toMatchObject({ code: 'file-changed' });
  // The same kind, of the same library.
  const other = hashOf('other');
  await writeStored(blobs.newThumbnail(other), Buffer.from('another picture'));
  const one = await blobs.storedThumbnail(other);
  await expect(readStored({ path, key: one.key })).rejects.toMatchObject({ code: 'file-changed' });
});

it('a file that is gone, or none of its own, is told as that', async () => {
  await expect(blobs.stored(contentHash, 'markdown')).rejects.toMatchObject({ code: 'file-not-found' });
  await writeFile(blobs.file(contentHash, 'markdown'), text);
  await expect(blobs.stored(contentHash, 'markdown')).rejects.toMatchObject({ code: 'file-changed' });
});

it('counts, removes and sweeps by names that only it knows', async () => {
  await kept();
  expect(await blobs.withoutThumbnail([contentHash, hashOf('other')])).toEqual([hashOf('other')]);
  expect(blobs.count([contentHash])).toBe(2);
  await writeFile(join(folder, 'blobs', `${randomBytes(32).toString('hex')}`), 'of a document that was deleted');
  await writeFile(join(folder, 'blobs', '1234.part'), 'of a process that was killed');
  expect(await blobs.removeOrphans([contentHash])).toEqual([]);
  expect(blobs.count([contentHash])).toBe(2);
  expect(await readdir(join(folder, 'blobs'))).toHaveLength(1);
  expect(await blobs.remove([contentHash])).toMatchObject({ files: 2, failures: [], gone: [contentHash] });
  expect(await readdir(join(folder, 'blobs'))).toEqual([]);
});

// Catches: a start between two steps of turning encryption on that takes what is not encrypted yet for nobody's.
it('a sweep never takes files of the other kind', async () => {
  await kept();
  const plain = new BlobStore(folder, null);
  await writeFile(plain.file(hashOf('other'), 'pdf'), 'not encrypted yet');
  await blobs.removeOrphans([contentHash]);
  await plain.removeOrphans([hashOf('other')]);
  expect(await readdir(join(folder, 'blobs'))).toEqual(
    expect.arrayContaining([expect.stringMatching(/^[0-9a-f]{64}$/), `${hashOf('other')}.pdf`]),
  );
  // Left by a process that was killed, of whatever kind.
  await mkdir(join(folder, 'thumbs'), { recursive: true });
  await writeFile(join(folder, 'thumbs', `${contentHash}.webp.part`), 'half');
  await plain.removeOrphans([contentHash]);
  expect(await readdir(join(folder, 'thumbs'))).toHaveLength(1);
});

// Catches: “Open original” that leaves a plain copy of an encrypted document on the disk.
it('no other program is handed a copy', async () => {
  await kept();
  await expect(blobs.copyToOpen(contentHash, 'markdown', 'Moorings.md')).rejects.toMatchObject({
    code: 'file-not-found',
    hint: expect.stringContaining('not encrypted') as string,
  });
  expect(await readdir(folder)).not.toContain('opened');
});
