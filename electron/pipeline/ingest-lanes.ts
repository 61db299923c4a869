/**
 * The lanes of ingest, each with a host process of its own: they take turns among their documents, step by step, and a
 * lane that has nothing left helps the other.
 */
import type { HostRunner } from './ports/pipeline-host.ts';

export interface IngestLanesOptions {
  /** One lane for each. */
  readonly hosts: readonly HostRunner[];
  /** One step of one document; answers whether it wants another. Never rejects. */
  readonly step: (host: HostRunner, documentId: string, signal: AbortSignal) => Promise<boolean>;
  /** Told when a lane came to rest. */
  readonly onRest: () => void;
}

interface Lane {
  readonly host: HostRunner;
  readonly queue: string[];
  current: string | null;
  running: Promise<void> | null;
}

export class IngestLanes {
  readonly #options: IngestLanesOptions;
  readonly #lanes: Lane[];
  readonly #controllers = new Map<string, AbortController>();
  #closed = false;

  constructor(options: IngestLanesOptions) {
    this.#options = options;
    this.#lanes = options.hosts.map((host) => ({ host, queue: [], current: null, running: null }));
  }

  /** True while any document waits for a step, or is in one. */
  get busy(): boolean {
    return this.#controllers.size > 0;
  }

  /** Whether a document waits for a step, or is in one. */
  has(documentId: string): boolean {
    return this.#controllers.has(documentId);
  }

  /** Puts a document into the lane that has least to do, unless it is in one. */
  enqueue(documentId: string): void {
    if (this.#closed || this.#controllers.has(documentId)) return;
    this.#controllers.set(documentId, new AbortController());
    const load = (lane: Lane): number => lane.queue.length + (lane.current ? 1 : 0);
    const lane = this.#lanes.reduce((best, other) => (load(other) < load(best) ? other : best));
    lane.queue.push(documentId);
    lane.running ??= this.#run(lane);
  }

  /** Resolves when nothing works on the document. */
  async stop(documentId: string): Promise<void> {
    const controller = this.#controllers.get(documentId);
    if (!controller) return;
    controller.abort();
    for (const lane of this.#lanes) {
      const index = lane.queue.indexOf(documentId);
      if (index >= 0) {
        lane.queue.splice(index, 1);
        this.#controllers.delete(documentId);
      }
    }
    while (this.#controllers.has(documentId)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Has no host keep a file open: Windows refuses to remove one that is. */
  async closeDocuments(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.host.closeDocuments()));
  }

  /** Resolves when all lanes rest. */
  async idle(): Promise<void> {
    while (this.#lanes.some((lane) => lane.running)) await Promise.all(this.#lanes.map((lane) => lane.running));
  }

  /** No step begins any more; resolves when the last has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const controller of this.#controllers.values()) controller.abort();
    await this.idle();
  }

  async #run(lane: Lane): Promise<void> {
    // One turn of the event loop, so that `running` is set before the first step can end.
    await new Promise((resolve) => setImmediate(resolve));
    for (let id = this.#next(lane); id !== undefined; id = this.#next(lane)) {
      const controller = this.#controllers.get(id);
      lane.current = id;
      const again = controller ? await this.#options.step(lane.host, id, controller.signal) : false;
      lane.current = null;
      if (again && !this.#closed) lane.queue.push(id);
      else this.#controllers.delete(id);
    }
    lane.running = null;
    this.#options.onRest();
  }

  /** The lane's own next document, or one that waits in a lane that has more than it can do. */
  #next(lane: Lane): string | undefined {
    const longest = this.#lanes.reduce((best, other) => (other.queue.length > best.queue.length ? other : best));
    return lane.queue.shift() ?? longest.queue.pop();
  }
}
