/** Reads .txt and .md files into pages like a PDF's, so that everything after them is the same. Pure. */
import { decodeText } from '../../shared/decode-text.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import { encodeLayout, type LayoutLine, type LineKind } from './geometry.ts';
import { fileEmpty } from './pdf-errors.ts';
import type { StoredPage } from './stored-page.ts';

/** Characters a page: about what a printed one has. */
const charactersAPage = 3_000;
const bodySize = 10;

interface TextBlock {
  readonly text: string;
  readonly kind: LineKind;
  /** Of a Markdown heading, from 1; 0 for what is none. */
  readonly level: number;
}

/** The pages of a text file: whole paragraphs up to about 3,000 characters each. Throws `file-empty`. */
export function readTextDocument(
  bytes: Uint8Array,
  format: Exclude<DocumentFormat, 'pdf'>,
  fileName: string,
): StoredPage[] {
  if (bytes.length === 0) throw fileEmpty(fileName);
  const source = decodeText(bytes).replace(/\r\n?/g, '\n');
  const blocks = (format === 'markdown' ? markdownBlocks(source) : plainBlocks(source)).flatMap(splitBlock);
  const pages: StoredPage[] = [];
  let open: TextBlock[] = [];
  let size = 0;
  const flush = (): void => {
    if (open.length > 0) pages.push(pageOf(pages.length + 1, open));
    open = [];
    size = 0;
  };
  for (const block of blocks) {
    if (size > 0 && size + block.text.length > charactersAPage) flush();
    open.push(block);
    size += block.text.length + 1;
  }
  flush();
  return pages.length > 0 ? pages : [pageOf(1, [])];
}

function pageOf(number: number, blocks: readonly TextBlock[]): StoredPage {
  const lines: LayoutLine[] = [];
  let length = 0;
  for (const { text, kind, level } of blocks) {
    const fontSize = level === 0 ? bodySize : bodySize * (2.2 - 0.15 * level);
    const place = { x0: 0, y0: 0, x1: 0, y1: 0, bold: level > 0, vertical: false, words: [] };
    lines.push({ start: length, end: length + text.length, ...place, fontSize, blockStart: true, kind });
    length += text.length + 1;
  }
  const text = blocks.map((block) => block.text).join('\n');
  return {
    number,
    width: 0,
    height: 0,
    rotation: 0,
    text,
    geometry: encodeLayout({ lines }),
    hasText: text.trim() !== '',
    source: 'text',
  };
}

/** A paragraph longer than a page is cut between words. */
function splitBlock(block: TextBlock): TextBlock[] {
  if (block.text.length <= charactersAPage) return [block];
  const pieces: TextBlock[] = [];
  for (const [piece] of block.text.matchAll(/[\s\S]{1,2500}(?:\s+|$)|[\s\S]{1,2500}/g)) {
    if (piece.trim() !== '') pieces.push({ ...block, text: piece.trim() });
  }
  return pieces;
}

/** Paragraphs are parted by empty lines; lines within one were broken for a narrow window and are joined. */
function plainBlocks(source: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  for (const paragraph of source.split(/\n[^\S\n]*\n+/)) {
    const lines = paragraph.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) continue;
    // Columns held apart by spaces or tabs are a table.
    const tabular = lines.length > 1 && lines.every((line) => /\S(?:\t| {3,})\S/.test(line));
    if (tabular) blocks.push(...lines.map((line) => textBlock(line, 'table-row')));
    else blocks.push(textBlock(lines.map((line) => line.trim()).join(' '), 'text'));
  }
  return blocks;
}

function textBlock(text: string, kind: LineKind, level = 0): TextBlock {
  return { text: text.trim(), kind, level };
}

/** Headings, list items, table rows, fenced code and paragraphs; the marks stay in the text. */
function markdownBlocks(source: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let paragraph: string[] = [];
  let fence: string | null = null;
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push(textBlock(paragraph.map((line) => line.trim()).join(' '), 'text'));
    paragraph = [];
  };
  for (const line of source.split('\n')) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1]?.slice(0, 3);
    if (mark && (fence === null || fence === mark)) {
      flush();
      fence = fence === null ? mark : null;
    } else if (fence !== null) {
      if (line.trim() !== '') blocks.push(textBlock(line, 'text'));
    } else if (line.trim() === '') {
      flush();
    } else if (/^#{1,6}\s/.test(line)) {
      flush();
      blocks.push(textBlock(line, 'heading', /^#+/.exec(line)![0].length));
    } else if (/^(?:=+|-{2,})\s*$/.test(line) && paragraph.length > 0) {
      blocks.push(textBlock(paragraph.join(' '), 'heading', line.startsWith('=') ? 1 : 2));
      paragraph = [];
    } else if (/^\s*\|/.test(line)) {
      flush();
      blocks.push(textBlock(line, 'table-row'));
    } else if (/^\s*(?:[-*+]|\d+[.)])\s/.test(line)) {
      flush();
      blocks.push(textBlock(line, 'list-item'));
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return blocks;
}
