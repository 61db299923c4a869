/** Which documents are selected, by mouse and keyboard, as file managers do it. Pure: values in, values out. */

/** Pixels that stay free below the last document, so that the bar with what can be done covers none. */
export const selectionBarRoom = 72;

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins (the last plain click or move). */
  readonly anchor: string | null;
  /** The item that the keyboard is on. */
  readonly active: string | null;
}

export const emptySelection: Selection = { ids: new Set(), anchor: null, active: null };

export interface SelectModifiers {
  /** Ctrl or Command: add or take away this one. */
  readonly toggle: boolean;
  /** Shift: everything between the anchor and this one. */
  readonly range: boolean;
}

function between(order: readonly string[], from: string | null, to: string): readonly string[] {
  const end = order.indexOf(to);
  const start = from === null ? end : order.indexOf(from);
  if (end < 0) return [];
  if (start < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** A click on an item. */
export function select(selection: Selection, order: readonly string[], id: string, how: SelectModifiers): Selection {
  if (how.range) {
    const range = between(order, selection.anchor, id);
    const ids = new Set(how.toggle ? [...selection.ids, ...range] : range);
    return { ids, anchor: selection.anchor ?? id, active: id };
  }
  if (how.toggle) {
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, anchor: id, active: id };
  }
  return { ids: new Set([id]), anchor: id, active: id };
}

export interface MoveModifiers {
  /** Shift: the selection grows or shrinks with the move. */
  readonly extend: boolean;
  /** Ctrl or Command: move without selecting. */
  readonly keep: boolean;
}

/** An arrow key: `delta` items forward (1, -1, or a row's width). Stays where a step would leave the list. */
export function move(selection: Selection, order: readonly string[], delta: number, how: MoveModifiers): Selection {
  if (order.length === 0) return selection;
  const at = selection.active === null ? -1 : order.indexOf(selection.active);
  const next = at < 0 ? (delta > 0 ? 0 : order.length - 1) : at + delta;
  // Down from the second last row into a shorter last one: go to its end instead of staying.
  const isPartialRow =
    next >= order.length && delta > 1 && Math.floor(at / delta) < Math.floor((order.length - 1) / delta);
  const id = order[isPartialRow ? order.length - 1 : next];
  if (id === undefined) return selection;
  return moveTo(selection, order, id, how);
}

/** Home, End, or a jump to a certain item. */
export function moveTo(selection: Selection, order: readonly string[], id: string, how: MoveModifiers): Selection {
  if (how.extend) return select(selection, order, id, { toggle: false, range: true });
  if (how.keep) return { ...selection, active: id };
  return select(selection, order, id, { toggle: false, range: false });
}

export function selectAll(selection: Selection, order: readonly string[]): Selection {
  return { ...selection, ids: new Set(order), active: selection.active ?? order[0] ?? null };
}

/** Keeps nothing selected but the keyboard's place. */
export function clearSelection(selection: Selection): Selection {
  return selection.ids.size === 0 ? selection : { ...selection, ids: new Set() };
}

/** After a filter or a deletion: what is no longer there is no longer selected. */
export function retain(selection: Selection, order: readonly string[]): Selection {
  const there = new Set(order);
  const ids = [...selection.ids].filter((id) => there.has(id));
  const lost = (id: string | null) => id !== null && !there.has(id);
  if (ids.length === selection.ids.size && !lost(selection.anchor) && !lost(selection.active)) return selection;
  return {
    ids: new Set(ids),
    anchor: lost(selection.anchor) ? null : selection.anchor,
    active: lost(selection.active) ? null : selection.active,
  };
}
