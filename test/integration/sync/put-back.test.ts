/** A server that was put back to an earlier state by its provider, without any mark, at whatever moment. */
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import { MemoryServer } from '../../helpers/memory-remote.ts';
import { Chance } from '../../helpers/simulation/chance.ts';
import { Killed, SimulatedDevice } from '../../helpers/simulation/device.ts';
import { dumpOf } from '../../helpers/simulation/dump.ts';
import { Person } from '../../helpers/simulation/operations.ts';

const START = Date.UTC(2026, 0, 1);
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

async function openDevices(server: MemoryServer, count: number): Promise<SimulatedDevice[]> {
  const { folder, remove } = temporaryFolder();
  ends.push(remove);
  const devices: SimulatedDevice[] = [];
  for (let digit = 1; digit <= count; digit += 1) {
    const id = `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;
    const device = await SimulatedDevice.open({ name: `d${digit}`, id, folder, server, trueTime: () => START });
    devices.push(device);
    ends.push(() => device.close());
  }
  return devices;
}

/** As the hint says: off, and on again. */
async function beginAnew({ store }: SimulatedDevice): Promise<void> {
  await store.sync.turnOff();
  await store.sync.turnOn('remote');
}

describe('what a computer knows and the server lost', () => {
  const cases: Record<string, (scene: Scene) => Promise<void>> = {
    'was sent by it': async ({ here }) => here.round(),
    'was sent by it, and its process died before it knew': async ({ here }) => {
      for (let calls = 1; calls < 9; calls += 1) {
        await here.round(undefined, { calls, isAfter: true }).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
      }
    },
    'was read by it': async ({ there, here }) => {
      await there.round();
      await here.round();
    },
  };

  interface Scene {
    readonly here: SimulatedDevice;
    readonly there: SimulatedDevice;
  }

  test.each(Object.entries(cases))('%s: it notices, although others pushed beyond that since', async (_name, know) => {
    const server = new MemoryServer({ now: () => START });
    const [here, there, third] = await openDevices(server, 3);
    if (!here || !there || !third) throw new Error('There are no three.');
    const person = new Person(new Chance(7));
    const work = (device: SimulatedDevice, count: number): void => {
      for (let at = 0; at < count; at += 1) person.act(device);
    };
    for (const device of [here, there, third]) work(device, 15);
    for (const device of [here, there, third, here, there, third]) await device.round();
    const backup = server.copy();
    work(here, 10);
    work(there, 10);
    await know({ here, there });
    const { pulled } = await here.store.sync.state();
    server.putBack(backup);
    // Somebody who knows nothing of what is lost goes on, until the sequence is beyond what was read.
    while (server.head <= pulled + 20) {
      work(third, 10);
      await third.round();
    }
    const before = dumpOf(here.connection);
    const head = server.head;
    await expect(here.round()).rejects.toMatchObject({ code: 'remote-damaged', retryable: false });
    // Nothing was taken in, and nothing sent.
    expect(dumpOf(here.connection)).toEqual(before);
    expect(server.head).toBe(head);
  });
});

test('at random moments: all who have to begin anew are told, and then all have the same', async () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const chance = new Chance(seed);
    const person = new Person(chance);
    const server = new MemoryServer({ now: () => START });
    const devices = await openDevices(server, 3);
    let backup = server.copy();
    let told = 0;
    const round = async (device: SimulatedDevice): Promise<void> => {
      try {
        const death = chance.is(0.2) ? { calls: 1 + chance.below(25), isAfter: chance.is(0.5) } : null;
        await device.round(undefined, death);
      } catch (error) {
        if (error instanceof Killed) return;
        if (!(error instanceof AppError) || error.code !== 'remote-damaged') throw error;
        told += 1;
        await beginAnew(device);
      }
    };
    for (let step = 0; step < 120; step += 1) {
      const device = chance.pick(devices);
      if (!device) throw new Error('There are none.');
      person.act(device);
      if (chance.is(0.3)) await round(device);
      if (chance.is(0.04)) backup = server.copy();
      if (chance.is(0.03)) server.putBack(backup);
    }
    for (let pass = 0; pass < 12; pass += 1) for (const device of devices) await round(device);
    for (const device of [...devices, ...devices, ...devices]) {
      await device.round().catch(async (error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'remote-damaged') throw error;
        await beginAnew(device);
        await device.round();
      });
    }
    const [first, ...others] = devices.map(({ connection }) => dumpOf(connection));
    for (const other of others) expect(other, `seed ${seed}`).toEqual(first);
    expect(told, `seed ${seed}`).toBeGreaterThan(0);
  }
});

test('a process that dies anywhere in a round, then a deletion that nobody remembers: it deletes it, too', async () => {
  let isOver = false;
  for (let calls = 1; !isOver; calls += 1) {
    const server = new MemoryServer({ now: () => START });
    const [here, there] = await openDevices(server, 2);
    if (!here || !there) throw new Error('There are no two.');
    const person = new Person(new Chance(11));
    for (let count = 0; count < 12; count += 1) person.act(there);
    await there.round();
    await here.round();
    for (let count = 0; count < 30; count += 1) person.act(there);
    await there.round();
    const end = await here.round(undefined, { calls, isAfter: true }).then(
      () => null,
      (error: unknown) => error,
    );
    isOver = end === null;
    // Taken off the list; what the other deletes now goes without a trace.
    server.removeDevice('11111111-0000-4000-8000-000000000000');
    for (const { id } of there.store.documents.list()) there.store.documents.delete([id]);
    for (const { id } of there.store.shelves.list().collections) there.store.shelves.deleteCollection(id);
    await there.round();
    await there.round();
    expect(server.dump().filter(({ tombstone }) => tombstone)).toEqual([]);
    for (const device of [here, there, here]) await device.round();
    expect(dumpOf(here.connection), `call ${calls}`).toEqual(dumpOf(there.connection));
    expect(here.store.documents.list(), `call ${calls}`).toEqual([]);
    for (const stop of ends.splice(0).reverse()) stop();
  }
});
