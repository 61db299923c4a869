/** Cuts a document's pages into passages on paragraph and heading boundaries, tables row by row. Pure. */
import { createHash } from 'node:crypto';
import type { PageRange } from '../../shared/domain.ts';
import type { Chunk, ChunkSource } from './chunk-types.ts';
import { documentBlocks, type Block } from './blocks.ts';
import { chunkContext, documentLabel, pageLeads } from './chunk-context.ts';
import { chunkText, estimateTokens } from './chunk-text.ts';
import { boxesForLines, type LayoutLine } from './geometry.ts';
import { headerOf } from './table-header.ts';
import type { StoredPage } from './stored-page.ts';

export type { Chunk, ChunkSource } from './chunk-types.ts';

/** Word pieces. The built-in embedder reads 256, title and headings included. */
const targetTokens = 220;
const mostTokens = 320;
/** A passage shorter than this goes on over a heading, or joins its neighbour at the end of a page. */
const leastTokens = 90;
const deepestPath = 4;
const longestHeading = 120;
/** Part of a passage's size that a repeated table header may take. */
const mostHeaderTokens = 80;

interface Heading {
  readonly text: string;
  readonly rank: number;
}

/** A passage while it grows. */
interface Draft {
  readonly headingPath: readonly string[];
  readonly header: readonly Block[];
  readonly blocks: Block[];
  tokens: number;
}

/**
 * The passages of a document.
 *
 * @param pages All pages in order, as stored.
 */
export function chunkDocument(pages: readonly StoredPage[], source: ChunkSource): Chunk[] {
  const { blocks, lines } = documentBlocks(pages);
  const drafts = assemble(blocks.flatMap(splitLong));
  const texts = new Map(pages.map((page) => [page.number, page.text]));
  const label = documentLabel(source);
  const leads = pageLeads(blocks);
  return drafts.map((draft, index) => {
    const lead = leads.get(draft.blocks[0]!.page) ?? '';
    return finish(draft, index, (text) => chunkContext(label, draft.headingPath, lead, text), texts, lines);
  });
}

function assemble(blocks: readonly Block[]): Draft[] {
  const drafts: Draft[] = [];
  const path: Heading[] = [];
  let draft: Draft | null = null;
  let table: Block[] = [];

  const begin = (header: readonly Block[]): Draft => {
    const tokens = header.reduce((sum, block) => sum + block.tokens, 0);
    const next: Draft = { headingPath: path.map(({ text }) => text), header, blocks: [], tokens };
    drafts.push(next);
    return next;
  };

  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i]!;
    const before = blocks[i - 1];
    const inTable = block.kind === 'table-row' || (table.length > 0 && isTableLabel(block, blocks[i + 1]));
    const turned = before !== undefined && before.page !== block.page;
    if (!inTable || turned) table = [];
    const heading = block.rank > 0 && !inTable;
    const repeated = draft && heading ? path.some(({ text }) => text === headingText(block)) : false;
    const startsSection = heading && !repeated && before?.rank === 0;
    if (heading) enter(path, block);
    const full = draft !== null && draft.tokens + block.tokens > (inTable ? mostTokens : roomFor(draft, block));
    const cut =
      draft === null ||
      full ||
      (turned && !(before && goesOn(before, block))) ||
      (startsSection && draft.tokens >= leastTokens);
    if (cut) {
      const header = full && table.length > 0 ? headerOf(table, mostHeaderTokens) : [];
      draft = begin(header);
    } else if (draft && heading) {
      // Headings one under another open one passage, and what little stood before takes the name of what follows.
      draft = replaceLast(drafts, { ...draft, headingPath: path.map(({ text }) => text) });
    }
    draft!.blocks.push(block);
    draft!.tokens += block.tokens;
    if (inTable) table.push(block);
    else table = leadsTable(block) ? [block] : [];
  }
  return joinShort(drafts);
}

function replaceLast(drafts: Draft[], draft: Draft): Draft {
  drafts[drafts.length - 1] = draft;
  return draft;
}

/** Prose is cut at the target, but a short remainder is taken along. */
function roomFor(draft: Draft, block: Block): number {
  return draft.tokens < leastTokens || block.tokens < leastTokens / 2 ? mostTokens : targetTokens + 40;
}

function enter(path: Heading[], block: Block): void {
  const text = headingText(block);
  while (path.length > 0 && path.at(-1)!.rank <= block.rank) path.pop();
  path.push({ text, rank: block.rank });
  if (path.length > deepestPath) path.splice(1, path.length - deepestPath);
}

function headingText(block: Block): string {
  const text = block.text
    .replace(/^#+\s*/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length <= longestHeading ? text : `${text.slice(0, longestHeading)}…`;
}

/** A label within a table (`Assets`, `Cash flows from operating activities:`): short, and rows follow. */
function isTableLabel(block: Block, next: Block | undefined): boolean {
  return block.tokens <= 25 && next?.kind === 'table-row' && next.page === block.page && block.rank < 200;
}

/** `(In millions, except per share data)` above a table belongs to its header. */
function leadsTable(block: Block): boolean {
  return block.tokens <= 40 && /\b(?:in|of)\s+(?:millions|thousands|billions)\b/i.test(block.text);
}

/** A paragraph that runs over the end of a page. */
function goesOn(before: Block, block: Block): boolean {
  return (
    before.kind === 'text' && block.kind === 'text' && !/[.!?:;)”"]$/.test(before.text) && /^\p{Ll}/u.test(block.text)
  );
}

/** Parts a paragraph that is longer than a passage at the ends of its sentences, else between words. */
function splitLong(block: Block): Block[] {
  if (block.tokens <= mostTokens) return [block];
  const pieces: Block[] = [];
  let start = 0;
  let end = 0;
  let tokens = 0;
  const flush = (): void => {
    if (end <= start) return;
    const text = block.text.slice(start, end);
    const lead = text.length - text.trimStart().length;
    const kept = text.trim();
    if (kept !== '') {
      const from = block.start + start + lead;
      pieces.push({
        ...block,
        start: from,
        end: from + kept.length,
        text: kept,
        tokens,
        rank: pieces.length === 0 ? block.rank : 0,
      });
    }
    start = end;
    tokens = 0;
  };
  for (const { index, 0: sentence } of block.text.matchAll(/[\s\S]+?(?:[.!?;:]["”)]*\s+|$)/g)) {
    const weight = estimateTokens(sentence);
    if (tokens > 0 && tokens + weight > targetTokens) flush();
    if (weight <= targetTokens) {
      end = index + sentence.length;
      tokens += weight;
      continue;
    }
    for (const word of sentence.matchAll(/\S{1,400}\s*/g)) {
      const own = estimateTokens(word[0]);
      if (tokens > 0 && tokens + own > targetTokens) flush();
      end = index + word.index + word[0].length;
      tokens += own;
    }
  }
  flush();
  return pieces;
}

/** A short last passage of a page joins the one before it when both stand on that page under the same heading. */
function joinShort(drafts: readonly Draft[]): Draft[] {
  const joined: Draft[] = [];
  for (const draft of drafts) {
    const before = joined.at(-1);
    const size = draft.blocks.reduce((sum, block) => sum + block.tokens, 0);
    const samePage = before && before.blocks.at(-1)!.page === draft.blocks[0]!.page;
    if (
      before &&
      samePage &&
      size < leastTokens / 2 &&
      before.tokens + size <= mostTokens + leastTokens / 3 &&
      draft.blocks[0]!.rank === 0
    ) {
      before.blocks.push(...draft.blocks);
      before.tokens += size;
    } else {
      joined.push(draft);
    }
  }
  return joined;
}

function finish(
  draft: Draft,
  index: number,
  contextOf: (text: string) => string,
  texts: ReadonlyMap<number, string>,
  lines: ReadonlyMap<number, readonly LayoutLine[]>,
): Chunk {
  const textOf = (page: number): string => texts.get(page) ?? '';
  const ranges = [...mergeRanges(draft.header), ...mergeRanges(draft.blocks)];
  const text = chunkText(textOf, ranges);
  const contextText = contextOf(text);
  return {
    index,
    page: draft.blocks[0]!.page,
    pageEnd: draft.blocks.at(-1)!.page,
    ranges,
    boxes: ranges.flatMap((range) => boxesForLines(lines.get(range.page) ?? [], range.page, [range])),
    headingPath: draft.headingPath,
    text,
    contextText,
    contentHash: createHash('sha256').update(`${contextText}\n\n${text}`.normalize('NFC')).digest('hex').slice(0, 32),
    tokenCount: estimateTokens(text),
  };
}

/** Blocks that follow each other directly are one range. */
function mergeRanges(blocks: readonly Block[]): PageRange[] {
  const ranges: PageRange[] = [];
  for (const { page, start, end } of blocks) {
    const last = ranges.at(-1);
    if (last && last.page === page && start >= last.end && start - last.end <= 1) {
      ranges[ranges.length - 1] = { page, start: last.start, end };
    } else {
      ranges.push({ page, start, end });
    }
  }
  return ranges;
}
