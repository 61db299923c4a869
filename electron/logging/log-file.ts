/**
 * A file of lines that are written behind the caller's back, in batches, and turned over by size: `quire.log` is the
 * present one, `quire.1.log` the one before, up to a few generations.
 */
import { appendFileSync } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import { errno } from '../errno.ts';

export interface LogFileOptions {
  readonly folder: string;
  /** Without its ending. */
  readonly name: string;
  /** Bytes that a file may grow to. */
  readonly largest?: number;
  /** Files that are kept beside the present one. */
  readonly generations?: number;
  /** Milliseconds that a line may wait for others. */
  readonly patience?: number;
  /** A full disk must not end anything for want of a log line; whoever is told says so elsewhere. */
  readonly onFailure: (error: unknown) => void;
}

const LARGEST = 1_000_000;
const GENERATIONS = 4;
const PATIENCE = 1_000;
/** Lines that wait while the disk does not take them; the rest is dropped, and how many were is told. */
const MOST_WAITING = 2_000;
/** Characters: no line fills a file. */
const LONGEST_LINE = 8_000;

/** A file's path in a generation; 0 is the present one. */
export function logFileOf(folder: string, name: string, generation: number): string {
  return join(folder, generation === 0 ? `${name}.log` : `${name}.${generation}.log`);
}

/** What is renamed to what before another line is written, in order; nothing while there is room. */
export function rotation(size: number, added: number, largest: number, generations: number): readonly number[] {
  if (size === 0 || size + added <= largest) return [];
  return Array.from({ length: generations }, (_, index) => generations - 1 - index);
}

export class LogFile {
  readonly #options: Required<LogFileOptions>;
  readonly #waiting: string[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #hasFolder = false;

  constructor(options: LogFileOptions) {
    this.#options = { largest: LARGEST, generations: GENERATIONS, patience: PATIENCE, ...options };
  }

  /** @param soon Whether it should be on the disk before anything else happens. */
  write(line: string, soon: boolean): void {
    if (this.#waiting.length >= MOST_WAITING) this.#dropped += 1;
    else this.#waiting.push(cut(line));
    if (soon) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), this.#options.patience).unref();
  }

  /** Resolves when everything that was written so far is in the file, or could not be. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#append());
    return this.#writing;
  }

  /** The calling thread waits: for a process that is about to end. */
  writeNow(line: string | null): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#take() + (line === null ? '' : `${cut(line)}\n`);
    if (text === '') return;
    try {
      this.#makeFolder();
      appendFileSync(this.#path(0), text);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  async #append(): Promise<void> {
    const text = this.#take();
    if (text === '') return;
    try {
      this.#makeFolder();
      const { largest, generations } = this.#options;
      for (const generation of rotation(await this.#size(), Buffer.byteLength(text), largest, generations)) {
        await this.#turnOver(generation);
      }
      await appendFile(this.#path(0), text);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #take(): string {
    const lines = this.#waiting.splice(0);
    if (this.#dropped > 0) {
      const time = new Date().toISOString();
      lines.push(JSON.stringify({ time, level: 'warn', where: 'log', code: 'dropped', lines: this.#dropped }));
      this.#dropped = 0;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  async #size(): Promise<number> {
    try {
      return (await stat(this.#path(0))).size;
    } catch (error) {
      if (errno(error) === 'ENOENT') return 0;
      throw error;
    }
  }

  async #turnOver(generation: number): Promise<void> {
    try {
      await rename(this.#path(generation), this.#path(generation + 1));
    } catch (error) {
      // There are not so many yet.
      if (errno(error) !== 'ENOENT') throw error;
    }
  }

  #path(generation: number): string {
    return logFileOf(this.#options.folder, this.#options.name, generation);
  }

  #makeFolder(): void {
    if (!this.#hasFolder) makeFolder(this.#options.folder);
    this.#hasFolder = true;
  }
}

function cut(line: string): string {
  return line.length <= LONGEST_LINE ? line : line.slice(0, LONGEST_LINE);
}
