/** Which of two writes stays: the same on every computer and on the server, in whatever order they come. Pure. */
import type { Entity, Register, Tombstone } from './entity.ts';

/**
 * What an entity is after a change to it. Of two writes to a register the later stamp stays, and of equal stamps what is
 * there. A tombstone wins over all registers, whatever their stamps, and removes them; of two the smaller stamp stays, so
 * that everybody ends with the same `into`.
 *
 * @param present Null when nothing is known of it.
 * @param change Registers that are absent are as they were.
 * @returns `present` itself when the change changes nothing.
 */
export function mergeEntity(present: Entity | null, change: Entity): Entity {
  const { kind, id } = change;
  const tombstone = mergeTombstones(present?.tombstone ?? null, change.tombstone);
  if (tombstone) {
    return present && present.tombstone === tombstone ? present : { kind, id, registers: {}, tombstone };
  }
  const won = Object.entries(change.registers).filter(([name, register]) => wins(register, registerOf(present, name)));
  if (present && won.length === 0) return present;
  return { kind, id, registers: { ...present?.registers, ...Object.fromEntries(won) }, tombstone: null };
}

/** Whether a write stays when it meets another. */
export function wins(change: Register, present: Register | undefined): boolean {
  return present === undefined || change.stamp > present.stamp;
}

function registerOf(entity: Entity | null, name: string): Register | undefined {
  // A tag may be called like something that every object has.
  return entity && Object.hasOwn(entity.registers, name) ? entity.registers[name] : undefined;
}

function mergeTombstones(present: Tombstone | null, change: Tombstone | null): Tombstone | null {
  if (!present || !change) return present ?? change;
  return change.stamp < present.stamp ? change : present;
}
