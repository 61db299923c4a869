import { describe, expect, it } from 'vitest';
import {
  clearSelection,
  emptySelection,
  move,
  moveTo,
  retain,
  select,
  selectAll,
} from '../../../renderer/features/library/selection.ts';

const order = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const plain = { toggle: false, range: false };
const step = { extend: false, keep: false };
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join('');

describe('selecting with the mouse', () => {
  it('selects one alone with a plain click, whatever was selected before', () => {
    const many = selectAll(emptySelection, order);
    expect(ids(select(many, order, 'c', plain))).toBe('c');
  });

  it('adds and takes away with ctrl', () => {
    const two = select(select(emptySelection, order, 'b', plain), order, 'e', { toggle: true, range: false });
    expect(ids(two)).toBe('be');
    expect(ids(select(two, order, 'b', { toggle: true, range: false }))).toBe('e');
  });

  it('selects from the anchor with shift, also backwards, and a second shift click replaces the first range', () => {
    const anchored = select(emptySelection, order, 'd', plain);
    const back = select(anchored, order, 'b', { toggle: false, range: true });
    expect(ids(back)).toBe('bcd');
    expect(ids(select(back, order, 'f', { toggle: false, range: true }))).toBe('def');
  });

  it('selects the clicked one alone when the anchor was filtered away', () => {
    const anchored = select(emptySelection, order, 'a', plain);
    expect(ids(select(anchored, ['c', 'd'], 'd', { toggle: false, range: true }))).toBe('d');
  });
});

describe('selecting with the keyboard', () => {
  it('begins at the first with an arrow down and at the last with an arrow up', () => {
    expect(move(emptySelection, order, 3, step).active).toBe('a');
    expect(move(emptySelection, order, -3, step).active).toBe('g');
  });

  it('stays where a step would leave the list', () => {
    const last = moveTo(emptySelection, order, 'g', step);
    expect(move(last, order, 1, step).active).toBe('g');
    const first = moveTo(emptySelection, order, 'a', step);
    expect(move(first, order, -1, step)).toBe(first);
  });

  it('goes to the end of a shorter last row instead of getting stuck above it', () => {
    // Rows of three: abc / def / g.
    const above = moveTo(emptySelection, order, 'f', step);
    expect(move(above, order, 3, step).active).toBe('g');
    const inLastRow = moveTo(emptySelection, order, 'g', step);
    expect(move(inLastRow, order, 3, step).active).toBe('g');
  });

  it('grows the range with shift and only moves with ctrl', () => {
    const start = moveTo(emptySelection, order, 'b', step);
    expect(ids(move(start, order, 2, { extend: true, keep: false }))).toBe('bcd');
    const moved = move(start, order, 2, { extend: false, keep: true });
    expect([moved.active, ids(moved)]).toEqual(['d', 'b']);
  });

  it('does nothing in an empty list', () => {
    expect(move(emptySelection, [], 1, step)).toBe(emptySelection);
  });
});

describe('what stays selected', () => {
  it('forgets what a filter or a deletion took away, so that Delete never hits what is out of sight', () => {
    const all = { ...selectAll(emptySelection, order), anchor: 'a', active: 'g' };
    const kept = retain(all, ['b', 'c', 'g']);
    expect([ids(kept), kept.anchor, kept.active]).toEqual(['bcg', null, 'g']);
  });

  it('keeps the same object when nothing went, so that nothing is drawn anew', () => {
    const two = select(emptySelection, order, 'b', plain);
    expect(retain(two, order)).toBe(two);
    expect(clearSelection(emptySelection)).toBe(emptySelection);
  });
});
