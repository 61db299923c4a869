/**
 * A simulation of sync: people work on several computers, offline and online, with clocks that are hours wrong, networks
 * that fail at any request and processes that are killed at any step; in the end all meet until nothing is left to send.
 *
 * Everything is drawn from one seed, so that what a seed finds can be had again.
 */
import { AppError } from '../../../shared/errors.ts';
import { MemoryServer, type Fault, type Network } from '../memory-remote.ts';
import { Chance } from './chance.ts';
import { Killed, SimulatedDevice, type Death } from './device.ts';
import { dumpOf, keptIn, stampsOf, stampsOnServer, typedIn, type Dump } from './dump.ts';
import { Person } from './operations.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly devices: number;
  /** On all devices together. */
  readonly operations: number;
  /** Where the libraries lie. */
  readonly folder: string;
}

export interface SimulationOutcome {
  /** What is in each library, by the device's name. */
  readonly dumps: Readonly<Record<string, Dump>>;
  /** Stamps of everything that is there, by the device's name, and on the server. */
  readonly stamps: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly serverStamps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Sentences of the libraries' own check. */
  readonly problems: readonly string[];
  /** What was typed, is nowhere, was kept nowhere, and was overwritten by nobody who had seen it: with its history. */
  readonly lost: readonly string[];
  readonly counts: {
    readonly rounds: number;
    readonly broken: number;
    readonly kills: number;
    readonly typed: number;
    readonly conflicts: number;
    readonly head: number;
  };
}

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
/** Whole passes over all devices until nothing is left; each device may have to tell each other of what it led together. */
const PASSES = 25;
/** Ends of rounds that are the network's or the list of devices'; whatever else ends one is a fault of sync. */
const expected = ['remote-unreachable', 'remote-busy', 'remote-timeout', 'interrupted'];

export async function simulate(options: SimulationOptions): Promise<SimulationOutcome> {
  const simulation = new Simulation(options);
  try {
    await simulation.begin(options);
    await simulation.run(options.operations);
    await simulation.meet();
    return await simulation.outcome();
  } finally {
    simulation.close();
  }
}

class Simulation {
  readonly #chance: Chance;
  readonly #person: Person;
  readonly #server: MemoryServer;
  readonly #devices: SimulatedDevice[] = [];
  #trueTime = START;
  /** What happened to each mark, for people who look for a fault. */
  readonly #history = new Map<string, string[]>();
  /** Marks that a person removed who saw them. */
  readonly #removed = new Set<string>();
  #step = 0;
  #counts = { rounds: 0, broken: 0, kills: 0 };

  constructor({ seed }: SimulationOptions) {
    this.#chance = new Chance(seed);
    this.#person = new Person(this.#chance);
    this.#server = new MemoryServer({ now: () => this.#trueTime });
  }

  async begin({ devices, folder }: SimulationOptions): Promise<void> {
    for (let number = 1; number <= devices; number += 1) {
      const device = await SimulatedDevice.open({
        name: `device${number}`,
        id: `${String(number).repeat(8)}-0000-4000-8000-000000000000`,
        folder,
        server: this.#server,
        trueTime: () => this.#trueTime,
      });
      device.skew = this.#skew();
      this.#devices.push(device);
    }
  }

  async run(operations: number): Promise<void> {
    const chance = this.#chance;
    while (this.#step < operations) {
      this.#act(this.#any());
      if (chance.is(0.01)) this.#any().skew = this.#skew();
      if (chance.is(0.003)) this.#server.removeDevice(this.#server.devices()[chance.below(3)]?.id ?? '');
      if (chance.is(0.05)) await Promise.all(this.#devices.map((device) => this.#tryRound(device)));
      else if (chance.is(0.15)) await this.#tryRound(this.#any());
    }
  }

  /** Everybody syncs, undisturbed, until nothing is left to send, receive or apply. */
  async meet(): Promise<void> {
    for (let pass = 0; pass < PASSES; pass += 1) {
      const before = this.#server.head;
      for (const device of this.#devices) await this.#noting(device, () => device.round().then(() => 'the end'));
      const states = await Promise.all(this.#devices.map(({ store }) => store.sync.state()));
      const isQuiet = states.every(
        ({ waiting, applied, pulled }) => waiting === 0 && applied === this.#server.head && pulled === applied,
      );
      if (isQuiet && before === this.#server.head) return;
    }
    const states = await Promise.all(
      this.#devices.map(async ({ name, store }) => ({
        name,
        state: await store.sync.state(),
        waiting: await store.sync.outgoing(3),
      })),
    );
    throw new Error(
      `They never come to rest. The server is at ${this.#server.head}.\n${JSON.stringify(states, null, 1)}`,
    );
  }

  async outcome(): Promise<SimulationOutcome> {
    const devices = this.#devices;
    const found = new Set<string>(this.#removed);
    let conflicts = 0;
    for (const device of devices) {
      for (const mark of [...typedIn(device.connection).keys(), ...keptIn(device.connection)]) found.add(mark);
      conflicts += (await device.store.sync.conflicts()).length;
    }
    const lost = [...this.#history].filter(([mark]) => !found.has(mark));
    const byName = <Value>(value: (device: SimulatedDevice) => Value): Record<string, Value> =>
      Object.fromEntries(devices.map((device) => [device.name, value(device)]));
    const tombstones = new Map<string, unknown>(
      this.#server
        .dump()
        .flatMap(({ kind, id, tombstone }) => (tombstone ? [[`${kind} ${id}`, tombstone] as const] : [])),
    );
    for (const [, history] of lost) {
      const place =
        history[0]?.match(/(?:document|collection|conversation|message|piece) [-0-9a-f]+|of [-0-9a-f]+/)?.[0] ?? '';
      history.push(`tombstone: ${JSON.stringify(tombstones.get(place.replace(/^of/, 'document')) ?? null)}`);
    }
    return {
      dumps: byName(({ connection }) => dumpOf(connection)),
      stamps: byName(stampsOf),
      serverStamps: stampsOnServer(this.#server.dump()),
      problems: devices.flatMap(({ name, store }) =>
        store.maintenance.integrity().problems.map((problem) => `${name}: ${problem}`),
      ),
      lost: lost.map(([mark, history]) => `${mark}: ${history.join('; ')}`),
      counts: { ...this.#counts, typed: this.#history.size, conflicts, head: this.#server.head },
    };
  }

  close(): void {
    for (const device of this.#devices) device.close();
  }

  /** A person does something, and knows what is gone by it. */
  #act(device: SimulatedDevice): void {
    this.#step += 1;
    this.#trueTime += this.#chance.below(10 * 60_000);
    const { connection } = device;
    const before = typedIn(connection);
    const kept = keptIn(connection);
    const name = this.#person.act(device);
    const after = typedIn(connection);
    const stillKept = keptIn(connection);
    for (const mark of [...before.keys(), ...kept]) {
      if (after.has(mark) || stillKept.has(mark)) continue;
      this.#removed.add(mark);
      this.#note(mark, `${device.name} removes it by ${name}`);
    }
    for (const [mark, place] of after) {
      if (!before.has(mark)) this.#note(mark, `${device.name} types it by ${name}: ${place}`);
    }
  }

  #note(mark: string, what: string): void {
    const history = this.#history.get(mark) ?? [];
    history.push(`${this.#step}: ${what}`);
    this.#history.set(mark, history);
  }

  async #tryRound(device: SimulatedDevice): Promise<void> {
    const death = this.#death();
    const network = this.#network(device);
    this.#counts.rounds += 1;
    await this.#noting(device, async () => {
      try {
        await device.round(network, death);
        return 'a round';
      } catch (error) {
        if (error instanceof Killed) {
          this.#counts.kills += 1;
          return 'a kill';
        }
        if (!(error instanceof AppError) || !expected.includes(error.code)) throw error;
        this.#counts.broken += 1;
        return `a round that ended with ${error.code}`;
      }
    });
  }

  /** Takes down what came and went by a round; it answers with how it ended. */
  async #noting(device: SimulatedDevice, round: () => Promise<string>): Promise<void> {
    const before = typedIn(device.connection);
    const end = await round();
    const after = typedIn(device.connection);
    for (const [mark, place] of after) {
      if (!before.has(mark)) this.#note(mark, `${device.name} has it after ${end}: ${place}`);
    }
    for (const mark of before.keys())
      if (!after.has(mark)) this.#note(mark, `${device.name} has it no more after ${end}`);
  }

  #death(): Death | null {
    const chance = this.#chance;
    return chance.is(0.12) ? { calls: 1 + chance.below(30), isAfter: chance.is(0.5) } : null;
  }

  /** Whole, gone, or failing at one request; and people go on typing meanwhile. */
  #network(device: SimulatedDevice): Network {
    const chance = this.#chance;
    const isGone = chance.is(0.1);
    const failsAt = chance.is(0.4) ? chance.below(9) : -1;
    return ({ number }) => {
      if (chance.is(0.08)) this.#act(device);
      if (isGone) return { kind: 'drop-before' };
      return number === failsAt ? this.#fault() : null;
    };
  }

  #fault(): Fault {
    const kind = this.#chance.weighted({
      'drop-before': 3,
      'drop-after': 3,
      error: 2,
      partial: 2,
      delay: 1,
    });
    if (kind === 'delay') return { kind, milliseconds: 3 };
    if (kind !== 'error') return { kind };
    return { kind, error: new AppError('remote-busy', 'The server is busy.', { retryable: true }) };
  }

  #any(): SimulatedDevice {
    const device = this.#chance.pick(this.#devices);
    if (!device) throw new Error('There are no devices.');
    return device;
  }

  /** Hours, either way. */
  #skew(): number {
    return Math.round((this.#chance.next() * 2 - 1) * 12 * HOUR);
  }
}
