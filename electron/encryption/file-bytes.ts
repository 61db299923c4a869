/** Reads and writes at a place of an open file, to the last byte. */
import type { FileHandle } from 'node:fs/promises';

/** Reads until the buffer is full or the file ends; answers with the count of bytes that were read. */
export async function fill(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await handle.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** A disk that is nearly full takes a part of a write; the next one then fails. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}
