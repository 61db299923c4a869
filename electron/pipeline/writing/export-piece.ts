/**
 * A written piece as a file of its own, as conversations are: Markdown, JSON, HTML to be printed. Each names its sources
 * by document and page, says what of it is proven, and who wrote it. Pure.
 */
import type { Element, ElementContent } from 'hast';
import type { Paragraph, RootContent } from 'mdast';
import { toString } from 'mdast-util-to-string';
import type { WrittenPiece } from '../../../shared/written.ts';
import { citationJson, isoOf } from '../export-conversation.ts';
import { printHtml, printMarkdown } from '../export-print.ts';
import { answerBlocks, quoted, type ExportedText } from '../export-tree.ts';

/** Version of the JSON's form. */
const jsonVersion = 1;

export function pieceMarkdown(piece: WrittenPiece): string {
  return printMarkdown(asText(piece));
}

export function pieceHtml(piece: WrittenPiece): string {
  const text = asText(piece);
  if (piece.kind !== 'outline') return printHtml(text);
  return printHtml({ ...text, blocks: text.blocks.flatMap((block) => outlineLines(block, 0)) });
}

function asText(piece: WrittenPiece): ExportedText {
  const { title, createdAt, prompt } = piece;
  const goneIds = new Set(piece.documents.filter(({ gone }) => gone).map(({ id }) => id));
  const blocks = answerBlocks(piece, { headingShift: 0, goneIds });
  return { title, createdAt, blocks: [...(prompt === null ? [] : [quoted(prompt)]), ...blocks] };
}

export function pieceJson(piece: WrittenPiece): string {
  const { id, title, kind, prompt, selection, documents, state, text, source, usage, duration, requests } = piece;
  const { error, citations, verification, sentPrompt } = piece;
  return `${JSON.stringify(
    {
      format: 'quire-piece',
      version: jsonVersion,
      piece: { id, title, kind, prompt, selection, documents, state, createdAt: isoOf(piece.createdAt), duration },
      text,
      ...{ source, usage, error, requests, verification, sentPrompt },
      citations: citations.map(citationJson),
    },
    null,
    2,
  )}\n`;
}

/** The lines of an outline are headings, too: as bookmarks they are what a PDF's reader goes by. */
function outlineLines(block: RootContent, depth: number): RootContent[] {
  if (block.type !== 'list') return [block];
  return block.children.flatMap(({ children }) =>
    children.flatMap((child) =>
      child.type === 'list' ? outlineLines(child, depth + 1) : [outlineLine(depth, toString(child))],
    ),
  );
}

/** Its name is the heading; what it says of it, and its sources, stand behind it. */
function outlineLine(depth: number, item: string): Paragraph {
  const name = /^.+?(?=:\s|\s[–—]\s|\s*\[\d+\]|\s*$)/.exec(item)?.[0] ?? item;
  const tagName = `h${Math.min(6, depth + 2)}`;
  const words = (value: string): ElementContent => ({ type: 'text', value });
  const hChildren: Element['children'] = [
    { type: 'element', tagName, properties: {}, children: [words(name)] },
    words(item.slice(name.length)),
  ];
  const hProperties = { className: ['line'], style: `margin-left: ${depth * 14}pt` };
  return { type: 'paragraph', children: [], data: { hName: 'div', hProperties, hChildren } };
}
