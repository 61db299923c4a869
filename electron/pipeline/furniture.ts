/** Running headers, footers and page numbers: what stands at the edge of many pages and is no content. */
import type { LayoutLine } from './geometry.ts';
import type { StoredPage } from './stored-page.ts';

/** Lines at each edge that may be furniture. */
const edgeLines = 3;
/** It must stand on this many pages, and on this share of them. */
const leastPages = 3;
const leastShare = 0.12;

const pageNumber = /^(?:page\s*)?[-–—|]?\s*(?:[a-z]{1,3}[-–—.])?(?:#|[ivxlc]{1,6})(?:\s*(?:of|\/)\s*#)?\s*[-–—|]?$/;

/** For each page the indices of its lines that are furniture. */
export function findFurniture(
  pages: readonly StoredPage[],
  layouts: readonly (readonly LayoutLine[])[],
  bodySize: number,
): ReadonlySet<number>[] {
  const seen = new Map<string, number>();
  const candidates = pages.map((page, i) => {
    const edges = edgesOf(page, layouts[i]!);
    const keys = new Map<number, string>();
    const atEdge = new Set(edges.map(([index]) => index));
    for (const [index, edge] of edges) {
      const line = layouts[i]![index]!;
      if (isContent(layouts[i]!, index, bodySize) || !standsAlone(layouts[i]!, index, atEdge)) continue;
      const key = keyOf(page.text.slice(line.start, line.end));
      if (key !== null) keys.set(index, `${edge}${key}`);
    }
    for (const key of new Set(keys.values())) seen.set(key, (seen.get(key) ?? 0) + 1);
    return keys;
  });
  const withText = pages.filter((page) => page.hasText).length;
  const least = Math.max(leastPages, leastShare * withText);
  return candidates.map((keys) => {
    const found = new Set<number>();
    for (const [index, key] of keys) if ((seen.get(key) ?? 0) >= least) found.add(index);
    return found;
  });
}

/** A table's header, or a title in large letters, may head every page and is content all the same. */
function isContent(lines: readonly LayoutLine[], index: number, bodySize: number): boolean {
  const line = lines[index]!;
  if (line.kind === 'heading') return line.fontSize >= bodySize * 1.15;
  const neighbours = [lines[index - 1], lines[index + 1]];
  return line.kind === 'table-row' && neighbours.some((other) => other?.kind === 'table-row');
}

/** The last line of a paragraph may be the same on many pages; only whole blocks are furniture. */
function standsAlone(lines: readonly LayoutLine[], index: number, atEdge: ReadonlySet<number>): boolean {
  let first = index;
  while (first > 0 && !lines[first]!.blockStart) first--;
  let end = index + 1;
  while (end < lines.length && !lines[end]!.blockStart) end++;
  for (let i = first; i < end; i++) if (!atEdge.has(i)) return false;
  return true;
}

/** Lines nearest to the page's upper and lower edge, as the reader holds it. */
function edgesOf(page: StoredPage, lines: readonly LayoutLine[]): [number, 'top' | 'bottom'][] {
  if (lines.length === 0 || page.width === 0) return [];
  const down = (line: LayoutLine): number => {
    switch (page.rotation) {
      case 0:
        return -(line.y0 + line.y1);
      case 90:
        return line.x0 + line.x1;
      case 180:
        return line.y0 + line.y1;
      case 270:
        return -(line.x0 + line.x1);
    }
  };
  const order = lines.map((line, index) => ({ index, v: down(line) })).sort((a, b) => a.v - b.v);
  const edges: [number, 'top' | 'bottom'][] = [];
  for (const { index } of order.slice(0, edgeLines)) edges.push([index, 'top']);
  for (const { index } of order.slice(Math.max(edgeLines, order.length - edgeLines))) edges.push([index, 'bottom']);
  return edges;
}

/** The line without its figures, so that page numbers do not matter; null for what cannot be furniture. */
function keyOf(text: string): string | null {
  if (text.length > 160) return null;
  const key = text.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, ' ').trim();
  if (pageNumber.test(key)) return 'page number';
  if (key.replace(/[^\p{L}]/gu, '').length < 4) return null;
  // Rows of a table look alike once their figures are gone; a header with a date repeats it.
  return key.split('#').length > 2 ? text : key;
}
