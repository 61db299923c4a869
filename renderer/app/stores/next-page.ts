/** Lists that come a page at a time. Pure. */

/** A list with its next page; what moved down meanwhile comes a second time, and stays where it is. */
export function withPage<Item extends { readonly id: string | number }>(
  items: readonly Item[],
  page: readonly Item[],
): readonly Item[] {
  const known = new Set(items.map(({ id }) => id));
  return [...items, ...page.filter(({ id }) => !known.has(id))];
}
