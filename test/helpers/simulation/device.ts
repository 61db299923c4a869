/** A simulated computer: a real library in a file, a clock of its own, and a process that can be killed. */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../electron/db/connection.ts';
import { openConnection } from '../../../electron/db/open.ts';
import { createStore, type Store } from '../../../electron/db/store.ts';
import type { SyncStore } from '../../../electron/db/sync-types.ts';
import { runRound } from '../../../electron/sync/rounds.ts';
import type { MemoryServer, Network } from '../memory-remote.ts';

/** Thrown by whatever the process was in the midst of. */
export class Killed extends Error {}

export interface DeviceOptions {
  readonly name: string;
  /** A UUID; the first eight digits must be the device's alone. */
  readonly id: string;
  /** Where its library lies; one that is there is gone on with. */
  readonly folder: string;
  readonly server: MemoryServer;
  /** Milliseconds since the epoch, as they truly are. */
  readonly trueTime: () => number;
}

/** When the process dies: after so many calls of the library in a round, before or after the last of them is done. */
export interface Death {
  readonly calls: number;
  readonly isAfter: boolean;
}

export class SimulatedDevice {
  readonly name: string;
  readonly #options: DeviceOptions;
  #opened: { readonly connection: Connection; readonly store: Store };
  #lives = 0;
  /** Milliseconds that its clock is ahead. */
  skew = 0;

  private constructor(options: DeviceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#opened = this.#open();
  }

  static async open(options: DeviceOptions): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(options);
    await device.store.sync.turnOn('remote');
    // The same at every run: stamps end with it.
    device.connection.prepare('UPDATE sync_state SET device_id = ?').run(options.id);
    return device;
  }

  get store(): Store {
    return this.#opened.store;
  }

  get connection(): Connection {
    return this.#opened.connection;
  }

  now(): number {
    return Math.round(this.#options.trueTime() + this.skew);
  }

  /**
   * A round with a network that may fail; throws what ended it, or `Killed`. The process is then there again.
   * @param patience Milliseconds for a request that is never answered.
   */
  async round(network: Network = () => null, death: Death | null = null, patience = 60_000): Promise<void> {
    let calls = 0;
    let isKilled = false;
    const { store } = this.#opened;
    const call = async (method: keyof SyncStore, parameters: readonly unknown[]): Promise<unknown> => {
      // As through a port: never in the turn in which it was asked.
      await Promise.resolve();
      calls += 1;
      const isLast = death !== null && calls >= death.calls;
      if (isKilled || (isLast && !death.isAfter)) {
        isKilled = true;
        throw new Killed();
      }
      const answer: unknown = await (store.sync[method] as (...all: readonly unknown[]) => unknown)(...parameters);
      if (isLast) {
        isKilled = true;
        throw new Killed();
      }
      // Nothing but copies crosses.
      return structuredClone(answer);
    };
    const served = Object.fromEntries(
      Object.keys(store.sync).map((method) => [
        method,
        (...parameters: readonly unknown[]) => call(method as keyof SyncStore, parameters),
      ]),
    ) as unknown as SyncStore;
    const { name, server } = { name: this.name, server: this.#options.server };
    try {
      const device = { name, platform: 'linux', appVersion: '1' };
      const remote = server.connect(network);
      await runRound({ store: served, remote, device, parts: [], now: () => this.now(), patience }, forever);
    } catch (error) {
      if (!isKilled) throw error;
      this.#kill();
      throw new Killed();
    }
  }

  close(): void {
    this.connection.close();
  }

  /** What a dead process leaves: its files as they are, with nothing folded in, and nothing ended. */
  #kill(): void {
    const before = this.connection.name;
    this.#lives += 1;
    const after = this.#path();
    for (const end of ['', '-wal']) if (existsSync(before + end)) copyFileSync(before + end, after + end);
    this.connection.close();
    this.#opened = this.#open();
  }

  #path(): string {
    return join(this.#options.folder, `${this.name}-${this.#lives}.db`);
  }

  #open(): { connection: Connection; store: Store } {
    const connection = openConnection({ path: this.#path() });
    return { connection, store: createStore(connection) };
  }
}

const forever = new AbortController().signal;
