/** When two names are one tag. Pure. */
import type { Shelf } from '../../app/stores/shelves-store.ts';

/** Letters as the library compares them (SQLite's NOCASE): those of ASCII in either case. */
function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The other tag that one becomes part of when it gets this name; undefined when the name is free, or its own. */
export function tagToMergeInto(tags: readonly Shelf[], current: string, name: string): Shelf | undefined {
  const wanted = folded(name.trim());
  return wanted === folded(current) ? undefined : tags.find((tag) => folded(tag.name) === wanted);
}
