/**
 * One round of sync: greet, send what changed here, get what changed elsewhere, apply it, then the parts.
 *
 * It can be cut off at any place, by the network or by a kill, and begun anew: everything that it has done by then is
 * kept by the library or by the server, and what is done twice changes nothing.
 */
import { AppError, toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { SyncPhase, SyncProgress } from '../../shared/sync.ts';
import type { Acknowledgement, Applied, SyncStore } from '../db/sync-types.ts';
import { entityKinds, type Entity, type EntityKind } from './entity.ts';
import { lostServer } from './lost-server.ts';
import type { PartSync } from './ports/part-sync.ts';
import type { DamagedEntity, Device, HistoryMark, RemoteStore } from './ports/remote-store.ts';

export interface RoundOptions {
  readonly store: SyncStore;
  readonly remote: RemoteStore;
  /** This computer; its id is the library's (`SyncState.deviceId`). */
  readonly device: Omit<Device, 'id'>;
  readonly parts: readonly PartSync[];
  /** Milliseconds since the epoch, by this computer's clock. */
  readonly now: () => number;
  /** Milliseconds after which a request that is not answered is given up, whatever the remote itself does. */
  readonly patience?: number;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Told of what on the server can't be read; everything else goes on. */
  readonly onDamaged?: (error: ErrorInfo) => void;
  /** Told of each step in which something came. */
  readonly onApplied?: (applied: Omit<Applied, 'left'>) => void;
}

/** Entities stamped, or compared, at a time. */
const SLICE = 500;
/** Entities of a push or of a pulled page. */
const PAGE = 500;
/** Bytes of a push, as JSON. */
const PUSH_BYTES = 2 * 1024 * 1024;
/** Entities applied in one transaction: a person's own change waits for no more. */
const APPLY = 200;
/** The slowest connection that makes sense sends 2 MiB within it. */
const PATIENCE = 120_000;
/** Exchanges in one round. Applying makes changes of its own (a file that two had added); these make none. */
const EXCHANGES = 8;
/** What stays on a server for good: where it is gone, the server lost it. */
const neverDeleted: ReadonlySet<EntityKind> = new Set(['usage', 'setting']);

/**
 * Runs a round; resolves when all is exchanged, with why nothing was sent where that is so. Rejects with an AppError,
 * and with `cancelled` when the signal was aborted.
 */
export function runRound(options: RoundOptions, signal: AbortSignal): Promise<ErrorInfo | null> {
  return explained(() => new Round(options, signal).run(), signal);
}

/**
 * Asks the server whether a round would find anything: one short call, for a library that nobody touches. False when
 * something is to be sent, to be read, or is not as it was left; the round that follows then sees to it. Rejects as
 * `runRound`.
 */
export function isQuiet(options: Omit<RoundOptions, 'parts'>, signal: AbortSignal): Promise<boolean> {
  return explained(() => new Round({ ...options, parts: [] }, signal).isQuiet(), signal);
}

async function explained<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted) throw cancelled(thrown);
    throw toAppError(thrown);
  }
}

class Round {
  readonly #options: RoundOptions;
  readonly #signal: AbortSignal;
  #deviceId = '';
  #head = 0;
  /** As the library keeps it. */
  #mark: HistoryMark | null = null;

  constructor(options: RoundOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async run(): Promise<ErrorInfo | null> {
    const { store, remote, device, now } = this.#options;
    const { deviceId, remoteId, pulled, restored, mark } = await store.state();
    if (deviceId === null || remoteId === null) {
      throw new AppError('remote-not-configured', 'Sync is not turned on for this library.', {
        hint: 'Turn it on in Settings.',
      });
    }
    this.#deviceId = deviceId;
    this.#mark = mark;
    this.#tell('greeting');
    const asked = now();
    const greeting = await this.#ask((signal) => remote.greet({ ...device, id: deviceId }, mark, signal));
    // The server looked at its clock about half-way.
    await store.setClock(Math.round(greeting.serverTime - (asked + now()) / 2));
    this.#head = greeting.head;
    if (restored !== null && restored !== greeting.restored) throw lostServer('a backup was restored there');
    if (greeting.head < pulled) throw lostServer(`it ends at change ${greeting.head}, and ${pulled} were read of it`);
    if (restored === null) await store.setRestored(greeting.restored);
    if (pulled < greeting.collected) await this.#compare();
    if (greeting.readOnly) await this.#receive();
    else await this.#exchange();
    await this.#parts(greeting.readOnly === null);
    if (!greeting.readOnly) {
      const { applied } = await store.state();
      await this.#ask((signal) => remote.acknowledge(deviceId, applied, signal));
    }
    return greeting.readOnly;
  }

  async isQuiet(): Promise<boolean> {
    const { store, remote, device } = this.#options;
    const { deviceId, pulled, restored, mark, waiting, inbox } = await this.#here(() => store.state());
    if (deviceId === null || waiting > 0 || inbox > 0) return false;
    const greeting = await this.#ask((signal) => remote.greet({ ...device, id: deviceId }, mark, signal));
    return greeting.head === pulled && greeting.restored === restored && !greeting.readOnly;
  }

  /**
   * Tombstones that this computer has not read are gone: what it had pushed and is not there any more was deleted. It
   * is deleted here before anything is pushed, so that a change to it brings nothing back.
   *
   * A server that lost what it had looks just so, and must delete nothing here: what nobody can delete is looked for first.
   */
  async #compare(): Promise<void> {
    const { store } = this.#options;
    // What was typed to it meanwhile is told of as lost, and does not make it anew.
    await this.#collect();
    const gone = new Map<EntityKind, readonly string[]>();
    let isAnythingThere = false;
    for (const [index, kind] of [...entityKinds].reverse().entries()) {
      this.#tell('comparing', index, entityKinds.length);
      const present = await this.#present(kind);
      isAnythingThere ||= present.size > 0;
      const missing = await this.#missing(kind, present);
      if (missing.length > 0 && neverDeleted.has(kind)) throw lostServer('things that nobody deletes are gone from it');
      gone.set(kind, missing);
    }
    const count = [...gone.values()].reduce((sum, ids) => sum + ids.length, 0);
    if (count > 0 && !isAnythingThere) throw lostServer('it is empty');
    for (const kind of entityKinds) {
      const ids = gone.get(kind) ?? [];
      for (let at = 0; at < ids.length; at += SLICE) {
        await this.#here(() => store.receiveGone(kind, ids.slice(at, at + SLICE)));
      }
    }
    await this.#receive();
  }

  /** Ids of everything of a kind that is on the server. */
  async #present(kind: EntityKind): Promise<ReadonlySet<string>> {
    const { remote } = this.#options;
    const present = new Set<string>();
    for (let after: string | null = null; ;) {
      const page: readonly string[] = await this.#ask((signal) => remote.present(kind, after, SLICE, signal));
      const last = page.at(-1);
      if (last === undefined) return present;
      for (const id of page) present.add(id);
      after = last;
    }
  }

  /** Ids that were on the server, as far as is known here, and are not present there. */
  async #missing(kind: EntityKind, present: ReadonlySet<string>): Promise<readonly string[]> {
    const { store } = this.#options;
    const missing: string[] = [];
    for (let after: string | null = null; ;) {
      const known: readonly string[] = await this.#here(() => store.known(kind, after, SLICE));
      const last = known.at(-1);
      if (last === undefined) return missing;
      missing.push(...known.filter((id) => !present.has(id)));
      after = last;
    }
  }

  /** Sends and receives until applying what came makes nothing new to send. */
  async #exchange(): Promise<void> {
    const { store } = this.#options;
    for (let count = 0; count < EXCHANGES; count += 1) {
      await this.#collect();
      await this.#send();
      await this.#receive();
      await this.#collect();
      const { waiting } = await this.#here(() => store.state());
      // More may have been typed meanwhile; the next round has it.
      if (waiting === 0) return;
    }
  }

  async #parts(mayWrite: boolean): Promise<void> {
    const { parts } = this.#options;
    if (parts.length === 0) return;
    if (mayWrite) {
      for (const part of parts) await this.#part(part, 'push');
      // Names come after what they name.
      await this.#exchange();
    }
    for (const part of parts) await this.#part(part, 'pull');
  }

  async #part(part: PartSync, direction: 'push' | 'pull'): Promise<void> {
    const changed = new Set<string>();
    this.#tell(part.name);
    try {
      await part[direction]({
        signal: this.#signal,
        progress: (done, total) => this.#tell(part.name, done, total),
        changed: (documentId) => changed.add(documentId),
      });
    } finally {
      if (changed.size > 0) this.#options.onApplied?.({ ...nothing, documentIds: [...changed] });
    }
    this.#signal.throwIfAborted();
  }

  async #collect(): Promise<void> {
    const { store, now } = this.#options;
    await collectAll(store, now, this.#signal);
  }

  async #send(): Promise<void> {
    const { store, remote } = this.#options;
    const { waiting } = await this.#here(() => store.state());
    let done = 0;
    let previous = '';
    for (;;) {
      const batch = withinBytes(await this.#here(() => store.outgoing(PAGE)));
      if (batch.length === 0) return;
      const sent = batch.map(stampsOf);
      const first = JSON.stringify(sent[0]);
      // Else the same would be sent for ever.
      if (first === previous) throw new AppError('internal', 'What was sent was not taken down as sent.');
      previous = first;
      this.#tell('sending', done, Math.max(waiting, done + batch.length));
      const { sequences, mark } = await this.#ask((signal) => remote.push(this.#deviceId, batch, this.#mark, signal));
      const acknowledgements = sent.map((entity, index): Acknowledgement => {
        const sequence = sequences[index];
        if (sequence === undefined) {
          throw new AppError('remote-damaged', 'The server answered for fewer things than were sent to it.', {
            hint: 'See that nothing else writes to this database.',
          });
        }
        return { ...entity, sequence };
      });
      await this.#here(() => store.pushed(acknowledgements, mark));
      this.#see(mark);
      this.#head = Math.max(this.#head, ...sequences);
      done += batch.length;
    }
  }

  /** Reads to the head, then applies everything. */
  async #receive(): Promise<void> {
    const { store, remote } = this.#options;
    let { pulled } = await this.#here(() => store.state());
    const from = pulled;
    for (;;) {
      this.#tell('receiving', pulled - from, Math.max(this.#head, pulled) - from);
      const since = pulled;
      const page = await this.#ask((signal) => remote.pull(since, PAGE, this.#mark, signal));
      if (page.cursor < since || (page.cursor === since && !page.atHead)) {
        throw new AppError('remote-damaged', `The server has nothing after change ${since} and yet not all of it.`, {
          hint: 'See that nothing else writes to this database.',
        });
      }
      // First, or a kill would leave the cursor beyond it.
      await this.#mend(page.damaged);
      if (page.entities.length > 0 || page.cursor > since) {
        await this.#here(() => store.receive(page.entities, page.cursor, page.mark));
        this.#see(page.mark);
      }
      pulled = page.cursor;
      if (page.atHead) break;
    }
    this.#head = Math.max(this.#head, pulled);
    await this.#apply();
  }

  #see(mark: HistoryMark | null): void {
    if (mark && mark.sequence >= (this.#mark?.sequence ?? 0)) this.#mark = mark;
  }

  /** What is damaged there and whole here is sent again. */
  async #mend(damaged: readonly DamagedEntity[]): Promise<void> {
    const { store, onDamaged } = this.#options;
    const known = damaged.flatMap(({ kind, id }) => (kind === null ? [] : [{ kind, id }]));
    if (known.length > 0) await this.#here(() => store.sendAgain(known));
    for (const { error } of damaged) onDamaged?.(error);
  }

  async #apply(): Promise<void> {
    const { store, now, onApplied } = this.#options;
    const { inbox } = await this.#here(() => store.state());
    for (let left = inbox; left > 0;) {
      this.#tell('applying', Math.max(0, inbox - left), inbox);
      const { left: rest, damaged = [], ...applied } = await this.#here(() => store.apply(now(), APPLY));
      for (const one of damaged) this.#options.onDamaged?.(notTaken(one));
      if (isNews(applied)) onApplied?.(applied);
      if (rest >= left) throw new AppError('internal', `${rest} changes that came can not be applied.`);
      left = rest;
    }
  }

  /** A call of the library: short, so that it is asked whether to go on before it. */
  async #here<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    this.#signal.throwIfAborted();
    return call();
  }

  /** A call of the server, which ends with the round and does not last for ever, even where the remote forgets to see to it. */
  async #ask<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    this.#signal.throwIfAborted();
    const patience = this.#options.patience ?? PATIENCE;
    const controller = new AbortController();
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    const end = (reason: unknown): void => {
      reject(reason);
      controller.abort(reason);
    };
    const cancel = (): void => end(this.#signal.reason);
    this.#signal.addEventListener('abort', cancel, { once: true });
    const overdue = setTimeout(() => end(tooSlow(patience)), patience);
    try {
      return await Promise.race([call(controller.signal), givenUp]);
    } finally {
      clearTimeout(overdue);
      this.#signal.removeEventListener('abort', cancel);
    }
  }

  #tell(phase: SyncPhase, done = 0, total = 0): void {
    this.#options.onProgress?.({ phase, done, total });
  }
}

/** Stamps everything that changed here; works without a network. */
export async function collectAll(store: SyncStore, now: () => number, signal: AbortSignal): Promise<void> {
  let left: number;
  do {
    signal.throwIfAborted();
    left = await store.collect(now(), SLICE);
  } while (left > 0);
}

const nothing = { documentIds: [], conversationIds: [], contentHashes: [], conflicts: 0, settings: false } as const;

function isNews(applied: Omit<Applied, 'left'>): boolean {
  const { documentIds, conversationIds, contentHashes, conflicts, settings } = applied;
  return documentIds.length > 0 || conversationIds.length > 0 || contentHashes.length > 0 || conflicts > 0 || settings;
}

/** The first of them that fit into one push; one alone may be larger. */
function withinBytes(entities: readonly Entity[]): readonly Entity[] {
  let bytes = 0;
  const end = entities.findIndex((entity, index) => {
    bytes += Buffer.byteLength(JSON.stringify(entity));
    return index > 0 && bytes > PUSH_BYTES;
  });
  return end === -1 ? entities : entities.slice(0, end);
}

function stampsOf({ kind, id, registers, tombstone }: Entity): Omit<Acknowledgement, 'sequence'> {
  const stamps = Object.entries(registers).map(([name, { stamp }]) => [name, stamp] as const);
  return { kind, id, stamps: Object.fromEntries(tombstone ? [...stamps, ['', tombstone.stamp]] : stamps) };
}

function notTaken({ kind, id, reason }: { readonly kind: string; readonly id: string; readonly reason: string }) {
  return new AppError(
    'remote-damaged',
    `The ${kind} ${id.slice(0, 60)} came from the server and can’t be kept: ${reason}.`,
    {
      hint: 'Everything else goes on, and this is tried again with what comes next. Install the newest Quire on all computers; if that does not help, report it with the log file.',
    },
  ).toInfo();
}

function tooSlow(patience: number): AppError {
  const seconds = Math.ceil(patience / 1_000);
  return new AppError('remote-timeout', `The server did not answer within ${seconds} seconds.`, {
    hint: 'Look at the connection; Quire tries again by itself.',
    retryable: true,
  });
}

function cancelled(cause: unknown): AppError {
  return new AppError('cancelled', 'Syncing was stopped.', { retryable: true, cause });
}
