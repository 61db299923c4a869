/**
 * The server of the simulation: entities in memory, with the rules of Postgres (adapters/postgres), and a network that
 * fails where a test wants it to.
 */
import type { Entity, EntityKind } from '../../electron/sync/entity.ts';
import { mergeEntity } from '../../electron/sync/merge.ts';
import { randomUUID } from 'node:crypto';
import { otherHistory } from '../../electron/sync/lost-server.ts';
import type {
  Device,
  Greeting,
  HistoryMark,
  PulledPage,
  Pushed,
  RemoteStore,
  SeenDevice,
} from '../../electron/sync/ports/remote-store.ts';
import { AppError, type ErrorInfo } from '../../shared/errors.ts';

/** What happens to one request. */
export type Fault =
  /** It never arrives. */
  | { readonly kind: 'drop-before' }
  /** It is done, and the answer gets lost. */
  | { readonly kind: 'drop-after' }
  /** The server refuses; `busy` says when it may be tried again. */
  | { readonly kind: 'error'; readonly error: AppError }
  /** It is done late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The first half is done (of what is pushed) or comes (of what is pulled); then a push is cut off. */
  | { readonly kind: 'partial' }
  /** It is done, and no answer ever comes: until the signal says so. */
  | { readonly kind: 'silence' };

export interface Request {
  readonly method: Exclude<keyof RemoteStore, 'close'>;
  /** From 0, for each connection. */
  readonly number: number;
}

/** Decides over each request of a connection; null lets it pass. */
export type Network = (request: Request) => Fault | null;

interface Stored {
  readonly entity: Entity;
  readonly sequence: number;
}

interface KnownDevice extends Device {
  lastSeen: number;
  cursor: number;
}

export interface MemoryServerOptions {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now?: () => number;
}

export class MemoryServer {
  readonly #now: () => number;
  readonly #entities = new Map<string, Stored>();
  readonly #devices = new Map<string, KnownDevice>();
  /** By the sequence that a push ended with. */
  readonly #marks = new Map<number, string>();
  #head = 0;
  #collected = 0;
  /** Handed to all who greet. */
  readOnly: ErrorInfo | null = null;
  /** As after a restore, when it is another. */
  restored = '';

  constructor(options: MemoryServerOptions = {}) {
    this.#now = options.now ?? Date.now;
  }

  /** A connection of one device, whose network fails as it is told to. */
  connect(network: Network = () => null): MemoryRemote {
    return new MemoryRemote(this, network);
  }

  /** Everything that is there, tombstones too, by kind and id. */
  dump(): Entity[] {
    return [...this.#entities]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { entity }]) => structuredClone(entity));
  }

  /** Another server that has all that this one has. */
  copy(): MemoryServer {
    const copy = new MemoryServer({ now: this.#now });
    for (const [key, stored] of this.#entities) copy.#entities.set(key, stored);
    for (const [id, device] of this.#devices) copy.#devices.set(id, { ...device });
    for (const [sequence, mark] of this.#marks) copy.#marks.set(sequence, mark);
    copy.#head = this.#head;
    copy.#collected = this.#collected;
    copy.readOnly = this.readOnly;
    copy.restored = this.restored;
    return copy;
  }

  get head(): number {
    return this.#head;
  }

  /** As after a restore of a backup: it has what the other one has, and goes on from there. */
  putBack(backup: MemoryServer): void {
    const copy = backup.copy();
    for (const [mine, theirs] of [
      [this.#entities, copy.#entities],
      [this.#devices, copy.#devices],
      [this.#marks, copy.#marks],
    ] as [Map<unknown, unknown>, Map<unknown, unknown>][]) {
      mine.clear();
      for (const [key, value] of theirs) mine.set(key, value);
    }
    this.#head = copy.#head;
    this.#collected = copy.#collected;
  }

  #requireKnown(known: HistoryMark | null): void {
    if (!known || known.sequence < this.#collected || this.#marks.get(known.sequence) === known.mark) return;
    throw otherHistory(known.sequence);
  }

  /** Of the push that the sequence is in, else the last one. */
  markAt(sequence: number): HistoryMark | null {
    const all = [...this.#marks].sort(([one], [other]) => one - other);
    const [at, mark] = all.find(([end]) => end >= sequence) ?? all.at(-1) ?? [];
    return at === undefined || mark === undefined ? null : { sequence: at, mark };
  }

  greet(device: Device, seen: HistoryMark | null = null): Greeting {
    this.#requireKnown(seen);
    const lastSeen = this.#now();
    const known = this.#devices.get(device.id);
    this.#devices.set(device.id, { ...device, lastSeen, cursor: known?.cursor ?? 0 });
    const { restored, readOnly } = this;
    return { serverTime: lastSeen, head: this.#head, collected: this.#collected, restored, readOnly };
  }

  push(deviceId: string, changes: readonly Entity[], known: HistoryMark | null = null): number[] {
    this.#known(deviceId);
    this.#requireKnown(known);
    const before = this.#head;
    const sequences = changes.map((change) => {
      const key = keyOf(change.kind, change.id);
      const present = this.#entities.get(key);
      const entity = mergeEntity(present?.entity ?? null, structuredClone(change));
      if (!entity) return present?.sequence ?? 0;
      this.#head += 1;
      this.#entities.set(key, { entity, sequence: this.#head });
      return this.#head;
    });
    if (this.#head > before) this.#marks.set(this.#head, randomUUID());
    return sequences;
  }

  pull(since: number, limit: number, known: HistoryMark | null = null): PulledPage {
    this.#requireKnown(known);
    const after = [...this.#entities.values()]
      .filter(({ sequence }) => sequence > since)
      .sort((one, other) => one.sequence - other.sequence);
    const page = after.slice(0, limit);
    const atHead = page.length === after.length;
    return {
      entities: page.map(({ entity }) => structuredClone(entity)),
      cursor: atHead ? this.#head : (page.at(-1)?.sequence ?? since),
      atHead,
      mark: this.markAt(atHead ? this.#head : (page.at(-1)?.sequence ?? since)),
      damaged: [],
    };
  }

  acknowledge(deviceId: string, cursor: number): void {
    const device = this.#known(deviceId);
    if (cursor > this.#head) throw new Error(`${device.name} acknowledges ${cursor}, and the last is ${this.#head}`);
    device.cursor = Math.max(device.cursor, cursor);
    device.lastSeen = this.#now();
    const seenByAll = Math.min(...[...this.#devices.values()].map((known) => known.cursor));
    for (const [key, { entity, sequence }] of this.#entities) {
      if (!entity.tombstone || sequence > seenByAll) continue;
      this.#entities.delete(key);
      this.#collected = Math.max(this.#collected, seenByAll);
    }
    for (const at of this.#marks.keys()) if (at < this.#collected) this.#marks.delete(at);
  }

  /** Those that live. */
  present(kind: EntityKind, after: string | null, limit: number): string[] {
    return [...this.#entities.values()]
      .filter(({ entity }) => !entity.tombstone && entity.kind === kind && (after === null || entity.id > after))
      .map(({ entity }) => entity.id)
      .sort()
      .slice(0, limit);
  }

  devices(): SeenDevice[] {
    return [...this.#devices.values()].map((device) => ({ ...device }));
  }

  removeDevice(deviceId: string): void {
    this.#devices.delete(deviceId);
  }

  #known(deviceId: string): KnownDevice {
    const device = this.#devices.get(deviceId);
    if (!device) {
      throw new AppError('interrupted', 'This computer was taken off the list of those that sync.', {
        retryable: true,
      });
    }
    return device;
  }
}

export class MemoryRemote implements RemoteStore {
  readonly #server: MemoryServer;
  readonly #network: Network;
  /** What was asked so far, in order. */
  readonly requests: Request['method'][] = [];

  constructor(server: MemoryServer, network: Network) {
    this.#server = server;
    this.#network = network;
  }

  greet(device: Device, known: HistoryMark | null = null, signal?: AbortSignal): Promise<Greeting> {
    return this.#ask('greet', signal, () => this.#server.greet(device, known));
  }

  push(
    deviceId: string,
    changes: readonly Entity[],
    known: HistoryMark | null = null,
    signal?: AbortSignal,
  ): Promise<Pushed> {
    return this.#ask(
      'push',
      signal,
      () => {
        const sequences = this.#server.push(deviceId, changes, known);
        return { sequences, mark: this.#server.markAt(this.#server.head) };
      },
      () => {
        this.#server.push(deviceId, changes.slice(0, Math.ceil(changes.length / 2)), known);
        throw cutOff();
      },
    );
  }

  pull(since: number, limit: number, known: HistoryMark | null = null, signal?: AbortSignal): Promise<PulledPage> {
    return this.#ask(
      'pull',
      signal,
      () => this.#server.pull(since, limit, known),
      () => this.#server.pull(since, Math.max(1, Math.floor(limit / 2)), known),
    );
  }

  acknowledge(deviceId: string, cursor: number, signal?: AbortSignal): Promise<void> {
    return this.#ask('acknowledge', signal, () => this.#server.acknowledge(deviceId, cursor));
  }

  present(kind: EntityKind, after: string | null, limit: number, signal?: AbortSignal): Promise<readonly string[]> {
    return this.#ask(
      'present',
      signal,
      () => this.#server.present(kind, after, limit),
      () => this.#server.present(kind, after, Math.max(1, Math.floor(limit / 2))),
    );
  }

  devices(signal?: AbortSignal): Promise<readonly SeenDevice[]> {
    return this.#ask('devices', signal, () => this.#server.devices());
  }

  removeDevice(deviceId: string, signal?: AbortSignal): Promise<void> {
    return this.#ask('removeDevice', signal, () => this.#server.removeDevice(deviceId));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #ask<Answer>(
    method: Request['method'],
    signal: AbortSignal | undefined,
    work: () => Answer,
    half: () => Answer = work,
  ): Promise<Answer> {
    const fault = this.#network({ method, number: this.requests.length });
    this.requests.push(method);
    // As with a real one, nothing is answered in the turn in which it was asked.
    await delay(fault?.kind === 'delay' ? fault.milliseconds : 0);
    signal?.throwIfAborted();
    switch (fault?.kind) {
      case undefined:
      case 'delay':
        return structuredClone(work());
      case 'partial':
        return structuredClone(half());
      case 'drop-before':
        throw cutOff();
      case 'drop-after':
        work();
        throw cutOff();
      case 'error':
        throw fault.error;
      case 'silence':
        work();
        return silence(signal);
    }
  }
}

/** By the global clock, which a test may hold still. */
function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function cutOff(): AppError {
  return new AppError('remote-unreachable', 'The connection to the server was cut off.', { retryable: true });
}

function keyOf(kind: EntityKind, id: string): string {
  return `${kind} ${id}`;
}
