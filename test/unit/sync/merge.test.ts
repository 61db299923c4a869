/** Whatever the order, the groups and the repetitions in which changes arrive, every side ends with the same entity. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entity, Register, Stamp, Tombstone } from '../../../electron/sync/entity.ts';
import { mergeEntity } from '../../../electron/sync/merge.ts';

const id = 'd1';
const stamps: readonly Stamp[] = Array.from({ length: 12 }, (_, at) => `${String(at).padStart(16, '0')}-0000000a`);
const stamp = (at: number): Stamp => stamps[at] ?? '';

/** A stamp stands for one value: what a clock that never gives the same twice sees to. */
const register = fc.nat(11).map((at): Register => ({ stamp: stamp(at), seen: at, value: { written: at } }));
const tombstone = fc.nat(11).map((at): Tombstone => ({ stamp: stamp(at), seen: at, into: at % 2 ? `d${at}` : null }));
const names = ['title', 'tag:tax', 'constructor', '__proto__'];
const living = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), register), { selector: ([name]) => name, minLength: 1 })
  .map((registers): Entity => ({ kind: 'document', id, registers: Object.fromEntries(registers), tombstone: null }));
const dead = tombstone.map((first): Entity => ({ kind: 'document', id, registers: {}, tombstone: first }));
const change = fc.oneof({ arbitrary: living, weight: 4 }, { arbitrary: dead, weight: 1 });

/** What is there after a change. */
function after(present: Entity | null, arriving: Entity | null): Entity | null {
  return arriving ? (mergeEntity(present, arriving) ?? present) : present;
}

function all(changes: readonly Entity[]): Entity | null {
  return changes.reduce<Entity | null>((present, arriving) => after(present, arriving), null);
}

describe('merging is a join', () => {
  it('does not depend on the order', () => {
    const shuffled = fc
      .array(change, { minLength: 1, maxLength: 8 })
      .chain((changes) => fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })));
    fc.assert(
      fc.property(shuffled, ([changes, others]) => {
        expect(all(others)).toEqual(all(changes));
      }),
    );
  });

  it('does not depend on the groups', () => {
    const three = fc.tuple(fc.array(change), fc.array(change), fc.array(change));
    fc.assert(
      fc.property(three, ([first, second, third]) => {
        const left = after(all([...first, ...second]), all(third));
        const right = after(all(first), all([...second, ...third]));
        expect(right).toEqual(left);
      }),
    );
  });

  it('changes nothing when the same comes again, and says so', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), (changes) => {
        const whole = all(changes);
        expect(changes.map((arriving) => mergeEntity(whole, arriving))).toEqual(changes.map(() => null));
        expect(whole && mergeEntity(whole, whole)).toBeNull();
      }),
    );
  });

  it('leaves what it was given as it was', () => {
    fc.assert(
      fc.property(change, change, (present, arriving) => {
        const before = structuredClone({ present, arriving });
        mergeEntity(present, arriving);
        expect({ present, arriving }).toEqual(before);
      }),
    );
  });
});

describe('what wins', () => {
  const title = (at: number, value: string): Entity => ({
    kind: 'document',
    id,
    registers: { title: { stamp: stamp(at), seen: 0, value } },
    tombstone: null,
  });
  const deleted = (at: number, into: string | null = null): Entity => ({
    kind: 'document',
    id,
    registers: {},
    tombstone: { stamp: stamp(at), seen: 0, into },
  });

  it('is the later stamp, whichever came first', () => {
    expect(mergeEntity(title(1, 'old'), title(2, 'new'))).toEqual(title(2, 'new'));
    expect(mergeEntity(title(2, 'new'), title(1, 'old'))).toBeNull();
  });

  it('is what is there, of equal stamps', () => {
    expect(mergeEntity(title(1, 'mine'), title(1, 'theirs'))).toBeNull();
  });

  it('leaves registers alone that the change does not name', () => {
    const tagged: Entity = { ...title(1, 'old'), registers: { 'tag:tax': { stamp: stamp(1), seen: 0, value: true } } };
    expect(mergeEntity(title(3, 'new'), tagged)?.registers).toEqual({
      ...title(3, 'new').registers,
      ...tagged.registers,
    });
  });

  it('is a tombstone, over registers that are later than it', () => {
    expect(mergeEntity(title(9, 'new'), deleted(1))).toEqual(deleted(1));
    expect(mergeEntity(deleted(1), title(9, 'new'))).toBeNull();
  });

  it('is the first of two tombstones', () => {
    expect(mergeEntity(deleted(5), deleted(3, 'd0'))).toEqual(deleted(3, 'd0'));
    expect(mergeEntity(deleted(3, 'd0'), deleted(5))).toBeNull();
  });

  it('is nothing, when a change says nothing of what is not there', () => {
    expect(mergeEntity(null, { kind: 'document', id, registers: {}, tombstone: null })).toBeNull();
  });
});
