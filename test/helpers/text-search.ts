/**
 * Looks for text in files that must not tell it: any run of 20 characters of any of the texts, in UTF-8 and UTF-16, in
 * every file of a folder and in the names.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const RUN = 20;
const BASE = 1_000_003;

/** A run that was found, and where. */
export interface Finding {
  readonly path: string;
  readonly run: string;
}

export class TextSearch {
  /** Of each length in bytes, runs by their hash. */
  readonly #runs = new Map<number, Map<number, string>>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      for (let at = 0; at + RUN <= text.length; at += 1) {
        const run = text.slice(at, at + RUN);
        for (const encoding of ['utf8', 'utf16le'] as const) this.#add(Buffer.from(run, encoding));
      }
    }
  }

  get size(): number {
    return [...this.#runs.values()].reduce((sum, runs) => sum + runs.size, 0);
  }

  #add(run: Buffer): void {
    const runs = this.#runs.get(run.length) ?? new Map<number, string>();
    this.#runs.set(run.length, runs);
    let hash = 0;
    for (const byte of run) hash = (Math.imul(hash, BASE) + byte) | 0;
    runs.set(hash, run.toString('latin1'));
  }

  /** The first finding in each file below a folder. */
  async findIn(folder: string): Promise<Finding[]> {
    const found: Finding[] = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const run = this.#find(Buffer.from(entry.name)) ?? (entry.isFile() ? this.#find(await readIfThere(path)) : null);
      if (run !== null) found.push({ path, run });
    }
    return found;
  }

  /** A hash that rolls over the bytes, for each length of runs. */
  #find(bytes: Buffer): string | null {
    for (const [length, runs] of this.#runs) {
      let leaving = 1;
      for (let count = 1; count < length; count += 1) leaving = Math.imul(leaving, BASE);
      let hash = 0;
      for (let at = 0; at < bytes.length; at += 1) {
        if (at >= length) hash = (hash - Math.imul(bytes[at - length] ?? 0, leaving)) | 0;
        hash = (Math.imul(hash, BASE) + (bytes[at] ?? 0)) | 0;
        if (at < length - 1) continue;
        const run = runs.get(hash);
        if (run !== undefined && bytes.toString('latin1', at - length + 1, at + 1) === run) return run;
      }
    }
    return null;
  }
}

/** Chromium removes files while they are read. */
async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
