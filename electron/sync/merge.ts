/**
 * How two versions of an entity become one: the same rule on the server and on every computer. Pure.
 *
 * A state-based CRDT: a map of last-writer-wins registers (Shapiro et al. 2011) under a tombstone that is for good. So it
 * does not matter in which order, how often or in which groups changes arrive, as long as a stamp stands for one value,
 * which `stamps.ts` sees to.
 */
import type { Entity, Register, Tombstone } from './entity.ts';

/**
 * Merges a change into what is there.
 *
 * A register's later stamp wins, compared as text; of equal ones what is there stays. A tombstone wins over all registers,
 * whatever their stamps, and removes them; what is dead stays dead. Of two tombstones the one with the smaller stamp
 * stays, so that who deleted first is the same everywhere.
 *
 * @param present Null when there is no such entity yet.
 * @param change What changed of it, or all of it; of the same kind and id.
 * @returns The whole entity as it is now; null when the change changed nothing.
 */
export function mergeEntity(present: Entity | null, change: Entity): Entity | null {
  const { kind, id } = change;
  const tombstone = firstTombstone(present?.tombstone ?? null, change.tombstone);
  if (tombstone) {
    return tombstone === present?.tombstone ? null : { kind, id, registers: {}, tombstone };
  }
  const mine = present?.registers ?? {};
  const won = Object.entries(change.registers).filter(([name, theirs]) => wins(theirs, own(mine, name)));
  if (won.length === 0) return null;
  return { kind, id, registers: { ...mine, ...Object.fromEntries(won) }, tombstone: null };
}

/** Whether a register that arrives takes the place of the one that is there. */
function wins(arriving: Register, present: Register | null): boolean {
  return !present || arriving.stamp > present.stamp;
}

function firstTombstone(present: Tombstone | null, arriving: Tombstone | null): Tombstone | null {
  if (!present || !arriving) return present ?? arriving;
  return arriving.stamp < present.stamp ? arriving : present;
}

/** A register may have any name, also that of something every object inherits. */
function own(registers: Readonly<Record<string, Register>>, name: string): Register | null {
  return Object.hasOwn(registers, name) ? (registers[name] ?? null) : null;
}
