/** The blocks of a whole document in reading order, without furniture, with headings judged across all pages. */
import { decodeLayout, type LayoutLine, type LineKind } from './geometry.ts';
import { estimateTokens } from './chunk-text.ts';
import { findFurniture } from './furniture.ts';
import type { StoredPage } from './stored-page.ts';

export interface Block {
  readonly page: number;
  /** Range of the page's text. */
  readonly start: number;
  readonly end: number;
  readonly kind: LineKind;
  readonly text: string;
  readonly tokens: number;
  /** How much a heading stands out: higher is further up in the path; 0 for what is no heading. */
  readonly rank: number;
}

export interface DocumentBlocks {
  readonly blocks: Block[];
  /** Decoded lines by page number. */
  readonly lines: ReadonlyMap<number, readonly LayoutLine[]>;
}

/** Blocks of all pages; pages must be in order. */
export function documentBlocks(pages: readonly StoredPage[]): DocumentBlocks {
  const layouts = pages.map((page) => decodeLayout(page.geometry).lines);
  const bodySize = commonSize(layouts);
  const furniture = findFurniture(pages, layouts, bodySize);
  const blocks: Block[] = [];
  pages.forEach((page, i) => {
    let open: LayoutLine[] = [];
    const flush = (): void => {
      if (open.length > 0) blocks.push(blockOf(page, open, bodySize));
      open = [];
    };
    layouts[i]!.forEach((line, index) => {
      if (furniture[i]!.has(index)) return flush();
      if (line.blockStart) flush();
      open.push(line);
    });
    flush();
  });
  return { blocks, lines: new Map(pages.map((page, i) => [page.number, layouts[i]!])) };
}

function commonSize(layouts: readonly (readonly LayoutLine[])[]): number {
  const counts = new Map<number, number>();
  for (const lines of layouts) {
    for (const line of lines) {
      const size = Math.round(line.fontSize * 2) / 2;
      counts.set(size, (counts.get(size) ?? 0) + line.end - line.start);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function blockOf(page: StoredPage, lines: readonly LayoutLine[], bodySize: number): Block {
  const first = lines[0]!;
  const start = first.start;
  const end = lines.at(-1)!.end;
  const text = page.text.slice(start, end);
  const rank = first.kind === 'heading' && lines.length <= 4 ? rankOf(text, first, bodySize) : 0;
  const kind = first.kind === 'heading' && rank === 0 ? 'text' : first.kind;
  return { page: page.number, start, end, kind, text, tokens: estimateTokens(text), rank };
}

const topHeadings = [
  /^part\s+[ivx\d]+\b/i,
  /^(?:item|chapter|appendix)\s+[\divx]+/i,
  /^(?:note|section|article)\s+\d+/i,
];

/** Prominence of a heading; 0 when nothing but its page made it look like one. */
function rankOf(text: string, line: LayoutLine, bodySize: number): number {
  const numbered = topHeadings.findIndex((pattern) => pattern.test(text));
  if (numbered >= 0 && text.length < 150) return 1000 - numbered * 100;
  const larger = bodySize > 0 ? line.fontSize / bodySize : 1;
  const capitals = text === text.toUpperCase();
  if (larger < 0.8 && !capitals) return line.bold ? 1 : 0;
  const step = Math.max(0, Math.round((larger - 1) * 20));
  if (step < 2 && !line.bold && !capitals) return 0;
  return 10 + step * 10 + (capitals ? 4 : 0) + (line.bold ? 3 : 0);
}
