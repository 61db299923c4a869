/**
 * Two and three computers with real libraries, by chance: all end with the same, and nothing that was typed is lost.
 *
 * QUIRE_SIMULATION_SEED runs one seed, QUIRE_SIMULATION_OPERATIONS as many operations on each device.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { simulate } from '../../helpers/simulation/simulate.ts';
import { temporaryFolder } from '../../helpers/library.ts';

const operations = Number(process.env['QUIRE_SIMULATION_OPERATIONS'] ?? 50);
const only = process.env['QUIRE_SIMULATION_SEED'];
const seeds = only === undefined ? [1, 2, 3] : [Number(only)];

let remove = (): void => undefined;
afterEach(() => remove());

describe.each([2, 3])('%i computers', (devices) => {
  test.each(seeds)(`that do ${operations} things each, with seed %i`, async (seed) => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    const again = `QUIRE_SIMULATION_SEED=${seed} QUIRE_SIMULATION_OPERATIONS=${operations} repeats it`;
    const outcome = await simulate({ seed, devices, operations: operations * devices, folder: temporary.folder }).catch(
      (error: unknown) => {
        throw new Error(again, { cause: error });
      },
    );
    const [[first, dump] = ['', null], ...others] = Object.entries(outcome.dumps);
    for (const [name, other] of others) expect(other, `${name} and ${first}; ${again}`).toEqual(dump);
    for (const [name, stamps] of Object.entries(outcome.stamps)) {
      expect(stamps, `${name} and the server; ${again}`).toEqual(outcome.serverStamps);
    }
    expect(outcome.lost, again).toEqual([]);
    expect(outcome.problems, again).toEqual([]);
    // Else it would have shown nothing.
    expect(outcome.counts.rounds).toBeGreaterThan(operations / 10);
    expect(outcome.counts.typed).toBeGreaterThan(operations / 4);
  });
});
