/**
 * Rehype plugin: citation marks in text become `<cite data-number>`, which the answer renders as chips; the words of
 * sentences that their passages do not support, or in part, become `<span data-sentence>`, numbers and names that stand
 * nowhere `<mark data-sentence>`. It runs after sanitising; no Markdown can make these. Code stays as it is.
 */
import type { Element, ElementContent, Root, RootContent, Text } from 'hast';
import type { SentenceVerification } from '../../../shared/domain.ts';
import { splitCitations } from './citation-text.ts';
import { placesOf } from '../../../shared/text-places.ts';

/** Keeps a chip on the line of the word that it stands behind. */
const wordJoiner = '\u2060';

export interface CheckedBlock {
  /** The Markdown that the tree was made of. */
  readonly source: string;
  /** Its place in the answer. */
  readonly start: number;
  readonly verification: readonly SentenceVerification[];
}

const unchecked: CheckedBlock = { source: '', start: 0, verification: [] };

export function rehypeCitations(block: CheckedBlock = unchecked) {
  const lastMarks = new Map(block.verification.map((sentence) => [lastMarkOf(sentence, block), sentence]));

  const lastWords = new Map(block.verification.flatMap((sentence) => lastWordOf(sentence, block) ?? []));

  function replaceMarks<Node extends RootContent | ElementContent>(nodes: Node[]): (Node | ElementContent)[] {
    return nodes.flatMap((node): (Node | ElementContent)[] => {
      if (node.type === 'element') {
        if (node.tagName !== 'code' && node.tagName !== 'pre') node.children = replaceMarks(node.children);
        return [node];
      }
      return node.type === 'text' ? replaceText(node) : [node];
    });
  }

  function replaceText(node: Text): ElementContent[] {
    const { value, position } = node;
    const checked = block.verification.length > 0 && position?.start.offset !== undefined;
    const places = checked ? placesOf(value, block.source, position.start.offset ?? 0) : null;
    const placeOf = (index: number): number => block.start + (places?.[index] ?? Number.NaN);
    return splitCitations(value).flatMap((piece): ElementContent[] => {
      if (piece.kind === 'text') return textRuns(piece.text, (index) => placeOf(piece.start + index));
      const place = placeOf(piece.start);
      return [{ type: 'text', value: wordJoiner }, chip(piece.number, sentenceAt(place), lastMarks.has(place))];
    });
  }

  function sentenceAt(place: number): SentenceVerification | undefined {
    return block.verification.find(({ start, end }) => place >= start && place < end);
  }

  /** Neighbouring characters of one kind in one node: as it was, of an unsupported sentence, flagged. */
  function textRuns(text: string, placeOf: (index: number) => number): ElementContent[] {
    const kinds = Array.from({ length: text.length }, (_, index) => kindAt(placeOf(index)));
    const nodes: ElementContent[] = [];
    let from = 0;
    for (let to = 1; to <= text.length; to += 1) {
      if (to < text.length && isSameKind(kinds[from], kinds[to])) continue;
      const words: Text = { type: 'text', value: text.slice(from, to) };
      const kind = kinds[from];
      nodes.push(
        kind
          ? {
              type: 'element',
              tagName: kind.tag,
              properties: { dataSentence: String(kind.sentence), ...(kind.tells ? { dataTells: true } : {}) },
              children: [words],
            }
          : words,
      );
      from = to;
    }
    return nodes;
  }

  function kindAt(place: number): Kind | null {
    const sentence = sentenceAt(place);
    if (!sentence) return null;
    if (sentence.flagged.some(({ start, end }) => place >= start && place < end))
      return { tag: 'mark', sentence: sentence.start, tells: false };
    const isShown = sentence.verdict === 'unsupported' || sentence.verdict === 'partly';
    if (!isShown || sentence.citations.length === 0) return null;
    const word = lastWords.get(sentence);
    const tells = word !== undefined && place >= word.start && place < word.end;
    return { tag: 'span', sentence: sentence.start, tells };
  }

  return (tree: Root): void => {
    tree.children = replaceMarks(tree.children);
  };
}

interface Kind {
  readonly tag: 'mark' | 'span';
  readonly sentence: number;
  /** Is reached by keyboard and tells the verdict, since no chip does. */
  readonly tells: boolean;
}

function isSameKind(one: Kind | null | undefined, other: Kind | null | undefined): boolean {
  return one?.tag === other?.tag && one?.sentence === other?.sentence && one?.tells === other?.tells;
}

function chip(number: number, sentence: SentenceVerification | undefined, isLast: boolean): Element {
  const checked = sentence ? { dataSentence: String(sentence.start), dataLast: isLast } : {};
  return { type: 'element', tagName: 'cite', properties: { dataNumber: String(number), ...checked }, children: [] };
}

/** The word of a sentence without a chip of its own that tells what was found; none is needed beside a flagged one. */
function lastWordOf(
  sentence: SentenceVerification,
  block: CheckedBlock,
): [[SentenceVerification, { readonly start: number; readonly end: number }]] | null {
  if (lastMarkOf(sentence, block) >= 0 || sentence.flagged.length > 0) return null;
  const words = block.source.slice(sentence.start - block.start, sentence.end - block.start);
  const match = /[\p{L}\p{N}]+(?=[^\p{L}\p{N}]*$)/u.exec(words);
  if (!match) return null;
  const start = sentence.start + match.index;
  return [[sentence, { start, end: start + match[0].length }]];
}

/** Where the last mark of a sentence stands in the answer. */
function lastMarkOf({ start, end }: SentenceVerification, block: CheckedBlock): number {
  const marks = splitCitations(block.source.slice(start - block.start, end - block.start));
  const last = marks.findLast((piece) => piece.kind === 'citation');
  return last ? start + last.start : -1;
}
