/** Zip files taken apart and put together anew, also in ways that no honest program writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  /** Any bytes: yazl's own check of names is got around. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Unix mode with the file's type. */
  readonly mode?: number;
  readonly compress?: boolean;
}

export async function readZip(path: string): Promise<ZipEntry[]> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true });
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    entries.push({ name: entry.fileName, bytes: await buffer(await zip.openReadStreamPromise(entry)) });
  }
  zip.close();
  return entries;
}

export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const zip = new ZipFile();
  // Names of the same length, put right in the finished bytes.
  const standIns = entries.map(({ name }, index) => `${index}`.padStart(Buffer.byteLength(name), 'q'));
  entries.forEach(({ bytes, mode, compress = false }, index) =>
    zip.addBuffer(bytes, standIns[index] ?? '', { compress, ...(mode === undefined ? {} : { mode }) }),
  );
  zip.end();
  const written = await buffer(zip.outputStream);
  entries.forEach(({ name }, index) => {
    const standIn = Buffer.from(standIns[index] ?? '');
    for (let at = written.indexOf(standIn); at !== -1; at = written.indexOf(standIn, at + standIn.length)) {
      // Only in headers, where the name's length stands before it.
      const isLocal = at >= 30 && written.readUInt32LE(at - 30) === 0x04034b50;
      const isCentral = at >= 46 && written.readUInt32LE(at - 46) === 0x02014b50;
      if (isLocal || isCentral) written.write(name, at);
    }
  });
  await writeFile(path, written);
}

/** Turns the bits of one byte of a file: what a failing disk does. */
export async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  await writeFile(path, bytes);
}
