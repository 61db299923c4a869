/**
 * Overwrites what was in plain before it goes. What an SSD's spare blocks, a copy-on-write file system or a snapshot
 * keep of it is out of reach: the switch says so.
 */
import { chmod, lstat, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errno.ts';

/** Bytes written in one go. */
const PIECE = 1024 ** 2;

/**
 * Overwrites a file with zeros, brings that to the disk and removes the file; of a folder all files in it, however deep.
 * Nothing when it is not there.
 */
export async function wipe(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null;
    throw error;
  });
  if (!found) return;
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await wipe(join(path, name));
  } else if (found.isFile() && found.nlink === 1) {
    // Under another name it may be the person's own copy of the folder, which must not be lost with this one.
    await overwrite(path, found.size, found.mode);
  }
  await rm(path, { recursive: true, force: true });
}

async function overwrite(path: string, size: number, mode: number): Promise<void> {
  // Copies for other programs are read-only.
  if ((mode & 0o200) === 0) await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    const zeros = Buffer.alloc(Math.min(PIECE, size));
    for (let at = 0; at < size; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
    await file.sync();
  } finally {
    await file.close();
  }
}
