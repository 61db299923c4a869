/** A fault at every single request of a sync between real libraries: the next one ends with all the same. */
import { cpSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { temporaryFolder } from '../../helpers/library.ts';
import { MemoryServer, type Fault } from '../../helpers/memory-remote.ts';
import { Chance } from '../../helpers/simulation/chance.ts';
import { Killed, SimulatedDevice } from '../../helpers/simulation/device.ts';
import { dumpOf, keptIn, stampsOf, stampsOnServer, typedIn } from '../../helpers/simulation/dump.ts';
import { Person } from '../../helpers/simulation/operations.ts';

const START = Date.UTC(2026, 0, 1);
const ends: (() => void)[] = [];
let prepared: { readonly folder: string; readonly server: MemoryServer; readonly typed: ReadonlySet<string> };
let removePrepared = (): void => undefined;

afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});
afterAll(() => removePrepared());

interface Scene {
  readonly server: MemoryServer;
  readonly here: SimulatedDevice;
  readonly there: SimulatedDevice;
  /** Marks of what was typed since they met, so that the other knows nothing of it: none of it may be lost. */
  readonly typed: ReadonlySet<string>;
}

async function openDevices(folder: string, server: MemoryServer): Promise<[SimulatedDevice, SimulatedDevice]> {
  const open = (name: string, digit: string): Promise<SimulatedDevice> => {
    const id = `${digit.repeat(8)}-0000-4000-8000-000000000000`;
    return SimulatedDevice.open({ name, id, folder, server, trueTime: () => START });
  };
  return [await open('here', '1'), await open('there', '2')];
}

/** Two computers that met before, of which both changed a lot since. */
beforeAll(async () => {
  const { folder, remove } = temporaryFolder();
  removePrepared = remove;
  const server = new MemoryServer({ now: () => START });
  const devices = await openDevices(folder, server);
  const [here, there] = devices;
  const person = new Person(new Chance(5));
  const work = (): void => {
    for (const device of devices) for (let count = 0; count < 40; count += 1) person.act(device);
  };
  const marks = (): string[] => devices.flatMap(({ connection }) => [...typedIn(connection).keys()]);
  work();
  await here.round();
  await there.round();
  const known = new Set(marks());
  work();
  const typed = new Set(marks().filter((mark) => !known.has(mark)));
  await there.round();
  for (const device of devices) device.close();
  prepared = { folder, server, typed };
});

/** The same at each call. */
async function scene(): Promise<Scene> {
  const { folder, remove } = temporaryFolder();
  ends.push(remove);
  cpSync(prepared.folder, folder, { recursive: true });
  const server = prepared.server.copy();
  const [here, there] = await openDevices(folder, server);
  ends.push(
    () => here.close(),
    () => there.close(),
  );
  return { server, here, there, typed: prepared.typed };
}

/** Everything is the same on both and on the server, and the same was kept of what lost as if nothing had happened. */
async function expectWhole({ server, here, there, typed }: Scene, what: string): Promise<void> {
  for (const device of [here, there, here, there, here]) await device.round();
  expect((await here.store.sync.state()).waiting, what).toBe(0);
  expect(dumpOf(there.connection), what).toEqual(dumpOf(here.connection));
  expect(stampsOf(here), what).toEqual(stampsOnServer(server.dump()));
  const found = new Set(
    [here, there].flatMap(({ connection }) => [...typedIn(connection).keys(), ...keptIn(connection)]),
  );
  expect(
    [...typed].filter((mark) => !found.has(mark)),
    what,
  ).toEqual([]);
}

const busy = { retryable: true, retryAt: START + 1_000 };
const faults: Record<string, Fault> = {
  'the request is lost': { kind: 'drop-before' },
  'the answer is lost': { kind: 'drop-after' },
  'only half is done': { kind: 'partial' },
  'the server fails (500)': { kind: 'error', error: new AppError('remote-unreachable', '500', { retryable: true }) },
  'the server is busy (503)': { kind: 'error', error: new AppError('remote-busy', '503', busy) },
  'no answer ever comes': { kind: 'silence' },
};

async function countRequests(): Promise<number> {
  const { here } = await scene();
  let requests = 0;
  await here.round(() => {
    requests += 1;
    return null;
  });
  return requests;
}

test.each(Object.entries(faults))('%s, at each request', async (_name, fault) => {
  const requests = await countRequests();
  // Greet, push, pull, acknowledge at the least.
  expect(requests).toBeGreaterThanOrEqual(4);
  for (let at = 0; at < requests; at += 1) {
    const devices = await scene();
    const broken = devices.here.round(({ number }) => (number === at ? fault : null), null, 200);
    if (fault.kind === 'partial') await broken.catch(() => undefined);
    else await expect(broken, `request ${at}`).rejects.toMatchObject({ retryable: true });
    await expectWhole(devices, `request ${at}`);
  }
});

test('a kill at each call of the library', async () => {
  let isOver = false;
  for (let calls = 1; !isOver; calls += 1) {
    const devices = await scene();
    const end = await devices.here
      .round(undefined, { calls, isAfter: calls % 2 === 0 })
      .then(() => null)
      .catch((error: unknown) => error);
    isOver = end === null;
    if (!isOver) expect(end).toBeInstanceOf(Killed);
    else expect(calls).toBeGreaterThan(10);
    await expectWhole(devices, `call ${calls}`);
  }
});
