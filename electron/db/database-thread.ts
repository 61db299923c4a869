/** A worker thread with a connection of its own: opened once, then called by group and method. */
import { Worker, type MessagePort } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from '../workers/rpc.ts';
import type { ServeMessage } from './served-port.ts';

/** What such a worker serves. */
export interface ThreadFunctions {
  /** Opens the file; called once, before anything else. */
  open(options: object): Promise<void>;
  /** Calls a method of a group of statements. */
  call(group: string, method: string, parameters: readonly unknown[]): Promise<unknown>;
  /** Closes the file; the thread then ends by itself. */
  close(): Promise<void>;
}

/** What the thread tells whoever opened it. */
export interface DatabaseListener {
  /** The file is of an earlier version: what follows may take a while. */
  updating(): void;
}

export interface ThreadOptions {
  readonly workerUrl: URL;
  readonly name: string;
  /** What stopped if the thread dies: "The library". */
  readonly subject: string;
  /** Handed to the worker's `open`. */
  readonly open: object;
  readonly onUpdate?: (() => void) | undefined;
}

/** Milliseconds that a thread whose connection is closed has to end by itself. */
const patience = 2_000;

export class DatabaseThread {
  /** Resolves when the file is open; rejects with the reason when it cannot be. */
  readonly ready: Promise<void>;
  readonly #subject: string;
  readonly #worker: Worker;
  readonly #remote;
  readonly #exited: Promise<void>;
  #ended = false;

  constructor({ workerUrl, name, subject, open, onUpdate }: ThreadOptions) {
    const worker = new Worker(workerUrl, { name });
    this.#subject = subject;
    this.#worker = worker;
    this.#remote = connectRpc<ThreadFunctions, DatabaseListener>(
      {
        post: (message) => worker.postMessage(message),
        listen: (listener) => void worker.on('message', listener),
      },
      { updating: () => onUpdate?.() },
    );
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end(undefined);
        resolve();
      });
    });
    worker.once('error', (error) => this.#end(error));
    this.ready = this.#remote.open(open);
    // Awaited by every call; without one, a failure must not count as unhandled.
    this.ready.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#ended;
  }

  async call(group: string, method: string, parameters: readonly unknown[]): Promise<unknown> {
    await this.ready;
    if (this.#ended) throw this.#stopped(undefined);
    return this.#remote.call(group, method, parameters);
  }

  /** Has the thread serve a port, which is handed over with this; see `served-port.ts`. */
  async serve(port: MessagePort): Promise<void> {
    await this.ready;
    if (this.#ended) throw this.#stopped(undefined);
    this.#worker.postMessage({ serve: port } satisfies ServeMessage, [port]);
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      try {
        // The thread ends by itself after this: one that is torn down from outside may be in the midst of native code.
        await this.#remote.close();
      } finally {
        const overdue = setTimeout(() => void this.#worker.terminate(), patience);
        await this.#exited;
        clearTimeout(overdue);
      }
    }
    await this.#exited;
  }

  /** Everything that waits for this thread learns that no answer will come. */
  #end(cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#remote.$close(this.#stopped(cause));
  }

  #stopped(cause: unknown): AppError {
    return new AppError('internal', `${this.#subject} stopped unexpectedly; what was stored before is safe.`, {
      hint: 'Quit Quire and start it again.',
      retryable: true,
      cause,
    });
  }
}
