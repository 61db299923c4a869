/**
 * Rehype plugins for Markdown files. Marks: what is cited and found becomes `<mark>`, by its place in the file; blocks
 * that begin on another stored page than their section bear that page's number, headings their place. It runs after
 * sanitising; no Markdown can make these.
 */
import type { Element, ElementContent, Root, RootContent, Text } from 'hast';
import { placesOf } from '../../../shared/text-places.ts';
import type { TextRange } from './locate-quote.ts';
import { markedRuns, type TextMark } from './text-marks.ts';

export interface PlacedMark extends TextRange {
  readonly mark: TextMark;
}

export interface MarksOptions {
  /** The block that the tree was made of. */
  readonly source: string;
  /** Its place in the file. */
  readonly start: number;
  /** In the file; where two lie on each other the first counts. */
  readonly marks: readonly PlacedMark[];
  /** The stored page of the section, and that of any place. */
  readonly page: number;
  readonly pageOf: (place: number) => number;
}

type Node = RootContent | ElementContent;

/** HTML in Markdown is shown as it is written: nothing of it is parsed, and none of its words is lost. */
export function rehypeRawText() {
  const replace = <Kind extends Node>(nodes: Kind[], isBlock: boolean): (Kind | ElementContent)[] =>
    nodes.map((node): Kind | ElementContent => {
      if (node.type === 'element') node.children = replace(node.children, false) as ElementContent[];
      // `raw` is not among hast's own kinds: it is what remark-rehype makes of HTML.
      const { type, value, position } = node as { type: string; value?: string; position?: Text['position'] };
      if (type !== 'raw' || value === undefined) return node;
      if (/^<br\s*\/?>$/i.test(value)) return { type: 'element', tagName: 'br', properties: {}, children: [] };
      const text: Text = { type: 'text', value, ...(position ? { position } : {}) };
      return isBlock ? { type: 'element', tagName: 'p', properties: {}, children: [text] } : text;
    });
  return (tree: Root): void => {
    tree.children = replace(tree.children, true);
  };
}

export function rehypeMarks({ source, start, marks, page, pageOf }: MarksOptions) {
  const kindAt = (place: number): TextMark | null =>
    marks.find((each) => place >= each.start && place < each.end)?.mark ?? null;

  function textRuns(node: Text, from: number, to: number): ElementContent[] {
    if (!marks.some((each) => each.start < start + to && each.end > start + from)) return [node];
    const places = placesOf(node.value, source, from);
    return markedRuns(node.value, (index) => kindAt(start + (places[index] ?? Number.NaN))).map(
      ({ text, mark }): ElementContent => {
        const words: Text = { type: 'text', value: text };
        return mark ? { type: 'element', tagName: 'mark', properties: { dataMark: mark }, children: [words] } : words;
      },
    );
  }

  /** Where the words of code begin: the line of the fence is none of them. */
  function codeStart(element: Element): number {
    const at = element.position?.start.offset ?? 0;
    return /^[`~]{3}/.test(source.slice(at)) ? source.indexOf('\n', at) + 1 : at;
  }

  function visit<Kind extends Node>(
    nodes: Kind[],
    within: { from: number; to: number } | null,
  ): (Kind | ElementContent)[] {
    return nodes.flatMap((node): (Kind | ElementContent)[] => {
      if (node.type === 'element') {
        const { position, tagName } = node;
        const at = position?.start.offset;
        if (at !== undefined && /^(?:p|li|tr|pre|h[1-6])$/.test(tagName)) {
          const own = pageOf(start + at);
          if (own !== page) node.properties['dataPageNumber'] = String(own);
          if (tagName.startsWith('h')) node.properties['dataPlace'] = String(start + at);
        }
        const code =
          tagName === 'pre' && at !== undefined ? { from: codeStart(node), to: position?.end.offset ?? 0 } : null;
        node.children = visit(node.children, code ?? within);
        return [node];
      }
      if (node.type !== 'text') return [node];
      const from = node.position?.start.offset ?? within?.from;
      const to = node.position?.end.offset ?? within?.to;
      return from === undefined || to === undefined ? [node] : textRuns(node, from, to);
    });
  }

  return (tree: Root): void => {
    tree.children = visit(tree.children, null);
  };
}
