/**
 * Rehype plugin: citation marks in text become `<cite data-number>`, which the answer renders as chips.
 * It runs after sanitising; no Markdown can make a `<cite>`. Marks in code stay as they are.
 */
import type { Element, ElementContent, Root, RootContent } from 'hast';
import { splitCitations } from './citation-text.ts';

/** Keeps a chip on the line of the word that it stands behind. */
const wordJoiner = '\u2060';

function chip(number: number): Element {
  return { type: 'element', tagName: 'cite', properties: { dataNumber: String(number) }, children: [] };
}

function replaceMarks<Node extends RootContent | ElementContent>(nodes: Node[]): (Node | ElementContent)[] {
  return nodes.flatMap((node): (Node | ElementContent)[] => {
    if (node.type === 'element') {
      if (node.tagName !== 'code' && node.tagName !== 'pre') node.children = replaceMarks(node.children);
      return [node];
    }
    if (node.type !== 'text') return [node];
    return splitCitations(node.value).flatMap((piece): ElementContent[] =>
      piece.kind === 'text'
        ? [{ type: 'text', value: piece.text }]
        : [{ type: 'text', value: wordJoiner }, chip(piece.number)],
    );
  });
}

export function rehypeCitations() {
  return (tree: Root): void => {
    tree.children = replaceMarks(tree.children);
  };
}
