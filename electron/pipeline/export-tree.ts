/**
 * An answer's Markdown as a tree for a file: nothing in it is active, and what its cited passages do not bear out says so.
 *
 * SECURITY: models and documents are strangers. In a file that another program shows, an image would be loaded, HTML run, a
 * link lead elsewhere than its words say. All of these become text here, with their address as code; what prints the tree
 * escapes text. Pure.
 */
import type { Blockquote, Emphasis, Heading, Paragraph, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import type { Citation, Message, SentenceVerification } from '../../shared/domain.ts';
import type { ErrorInfo } from '../../shared/errors.ts';
import { placesOf } from '../../shared/text-places.ts';
import { goneSources, summaryText, verdictText } from '../../shared/verdict-words.ts';
import type { PieceState } from '../../shared/written.ts';

/** What a file is made of, before it is printed as Markdown or HTML. */
export interface ExportedText {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly blocks: readonly RootContent[];
}

/** What conversations' answers and written pieces have alike. */
export interface ExportedAnswer extends Pick<Message, 'text' | 'citations' | 'verification' | 'source' | 'error'> {
  readonly state: Message['state'] | PieceState;
}

export interface AnswerBlocksOptions {
  readonly headingShift: number;
  /** Of the documents that are no longer in the library. */
  readonly goneIds: ReadonlySet<string>;
}

/** The text with its notes, how it ended, what was proven, its sources and who wrote it. */
export function answerBlocks(answer: ExportedAnswer, { headingShift, goneIds }: AnswerBlocksOptions): RootContent[] {
  const { text, citations, verification, source, state, error } = answer;
  const ending = endingText(state, error);
  return [
    ...textBlocks(text, verification, headingShift),
    ...(ending === null ? [] : [paragraph([{ type: 'strong', children: [textNode(oneLine(ending))] }], 'ending')]),
    ...citations.map(sourceBlock),
    ...checkedText(answer, goneIds).map(smallPrint),
    smallPrint(originText(source)),
  ];
}

/** The tree of a text, harmless, with a note behind each sentence that is not proven. */
export function textBlocks(
  text: string,
  verification: readonly SentenceVerification[],
  headingShift: number,
): RootContent[] {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  for (const sentence of [...verification].sort((one, other) => other.end - one.end)) {
    const note = noteText(sentence);
    if (note !== null) insertNote(tree, text, sentence.end, note);
  }
  const addresses = new Map<string, string>();
  for (const child of tree.children) {
    if (child.type === 'definition' && !addresses.has(child.identifier)) addresses.set(child.identifier, child.url);
  }
  return tree.children.flatMap((child) => disarmed(child, { addresses, headingShift }) as RootContent[]);
}

/** Said behind a sentence; null for a proven one. */
function noteText(sentence: SentenceVerification): string | null {
  if (sentence.verdict === 'supported') return null;
  if (sentence.verdict === 'unjudged') return '(Checked for numbers and names only.)';
  return `(${verdictText({ ...sentence, wordsAlone: false })})`;
}

/** What was proven. Where nothing was checked, nothing but quotes may go without a word. */
function checkedText({ verification, source, citations }: ExportedAnswer, goneIds: ReadonlySet<string>): string[] {
  const isQuoted = source?.kind === 'extractive';
  const gone = goneSources(citations, (id) => goneIds.has(id));
  const summary = summaryText(verification, { isQuoted, gone });
  if (summary !== null) return [`Checked: ${summary}.`];
  return isQuoted || citations.length === 0 ? [] : ['Its sentences were not checked against these passages.'];
}

/** How it ended when it did not end well. */
function endingText(state: ExportedAnswer['state'], error: ErrorInfo | null): string | null {
  switch (state) {
    case 'complete':
      return null;
    case 'stopped':
      return 'Stopped: this is not the whole text.';
    case 'interrupted':
      return 'Interrupted: the text broke off here.';
    case 'streaming':
    case 'writing':
      return 'It was still being written when this file was made.';
    case 'failed':
      return `Failed: ${error?.message ?? 'the reason is not known.'}`;
  }
}

function sourceBlock({ number, title, page, quote, doubtful }: Citation): Paragraph {
  return paragraph(
    [
      textNode(`[${number}] `),
      { type: 'strong', children: [textNode(oneLine(title))] },
      textNode(`, p. ${page}${doubtful ? ' (recognised with doubt)' : ''}: “${oneLine(quote)}”`),
    ],
    'source',
  );
}

function originText(source: Message['source']): string {
  if (!source) return 'No source is recorded.';
  if (source.kind === 'extractive') return 'Sentences of the documents themselves.';
  return `Written by ${source.model ?? 'a model'}${source.host === null ? '' : ` on ${source.host}`}.`;
}

/** A line about the text, less than the text. */
export function smallPrint(text: string): Paragraph {
  return paragraph([emphasis(text)], 'origin');
}

/** Plain text of several lines as a heading. */
export function heading(depth: Heading['depth'], text: string): Heading {
  return { type: 'heading', depth, children: lines(text) };
}

/** Plain text of several lines as a quote. */
export function quoted(text: string): Blockquote {
  return { type: 'blockquote', children: [paragraph(lines(text))] };
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function lines(text: string): PhrasingContent[] {
  return text
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '')
    .flatMap((line, index): PhrasingContent[] =>
      index === 0 ? [textNode(line)] : [{ type: 'break' }, textNode(line)],
    );
}

function textNode(value: string): Text {
  return { type: 'text', value };
}

function emphasis(text: string): Emphasis {
  return { type: 'emphasis', children: [textNode(oneLine(text))] };
}

/** @param className Of the HTML. */
function paragraph(children: PhrasingContent[], className?: string): Paragraph {
  return { type: 'paragraph', children, ...(className ? { data: { hProperties: { className: [className] } } } : {}) };
}

type Node = Root | RootContent;
interface Leaf {
  readonly node: RootContent;
  readonly parents: readonly Node[];
}

/** Puts a note behind the last words that stand before `end`, an offset in the source. */
function insertNote(tree: Root, source: string, end: number, note: string): void {
  const leaf = leavesOf(tree, []).findLast(({ node }) => (node.position?.start.offset ?? Infinity) < end);
  const phrase: Emphasis = { ...emphasis(note), data: { hProperties: { className: ['note'] } } };
  if (!leaf) {
    tree.children.push(paragraph([phrase]));
    return;
  }
  // A note inside a link would be taken for a part of its words.
  const link = leaf.parents.findIndex(({ type }) => type === 'link' || type === 'linkReference');
  const node = link < 0 ? leaf.node : (leaf.parents[link] as RootContent);
  const siblings = childrenOf(leaf.parents[(link < 0 ? leaf.parents.length : link) - 1] ?? tree);
  const at = siblings.indexOf(node) + 1;
  if (node.type === 'code' || node.type === 'html') {
    const isPhrase = siblings.some(({ type }) => type === 'text');
    siblings.splice(at, 0, ...(isPhrase ? [textNode(' '), phrase] : [paragraph([phrase])]));
    return;
  }
  const rest = node.type === 'text' ? cutText(node, source, end) : '';
  siblings.splice(at, 0, textNode(' '), phrase, ...(rest === '' ? [] : [textNode(rest)]));
}

/** Takes from a text what stands in the source from `end` on. */
function cutText(node: Text, source: string, end: number): string {
  const places = placesOf(node.value, source, node.position?.start.offset ?? 0);
  const index = places.findIndex((place) => place >= end);
  if (index < 0) return '';
  const rest = node.value.slice(index);
  node.value = node.value.slice(0, index);
  return rest;
}

function leavesOf(node: Node, parents: readonly Node[]): Leaf[] {
  const children = childrenOf(node);
  if (children.length > 0) return children.flatMap((child) => leavesOf(child, [...parents, node]));
  return node.type === 'root' || node.type === 'definition' ? [] : [{ node, parents }];
}

function childrenOf(node: Node): RootContent[] {
  return 'children' in node ? (node.children as RootContent[]) : [];
}

interface Disarming {
  /** Of the text's definitions. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly headingShift: number;
  readonly isPhrase?: boolean;
}

/** What may stand in a file in place of a node. */
function disarmed(node: RootContent, context: Disarming): RootContent[] {
  switch (node.type) {
    case 'html':
      return context.isPhrase ? [textNode(node.value)] : [paragraph([textNode(node.value)])];
    case 'image':
      return imageWords(node.alt, node.url);
    case 'imageReference':
      return imageWords(node.alt, context.addresses.get(node.identifier));
    case 'link':
      return linkWords(node.children, node.url, context);
    case 'linkReference':
      // A definition of the text must not make links of its citations.
      if (/^\d+$/.test(toString(node))) return [textNode(`[${toString(node)}]`)];
      return linkWords(node.children, context.addresses.get(node.identifier) ?? '', context);
    case 'definition':
      return [];
    case 'footnoteReference':
      return [textNode(`[^${node.label ?? node.identifier}]`)];
    case 'footnoteDefinition':
      return node.children.flatMap((child) => disarmed(child, context));
    case 'code':
      // Some programs run code of some languages.
      return [{ type: 'code', value: node.value }];
    case 'heading': {
      const depth = Math.min(6, node.depth + context.headingShift) as Heading['depth'];
      return [{ ...node, depth, children: inside(node.children, { ...context, isPhrase: true }) }];
    }
    case 'paragraph':
    case 'tableCell':
      return [{ ...node, children: inside(node.children, { ...context, isPhrase: true }) }];
    default:
      return 'children' in node
        ? [{ ...node, children: inside<RootContent>(node.children, context) } as RootContent]
        : [node];
  }
}

/** Texts that come to stand side by side are one: together they may be an address. */
function inside<Child extends RootContent>(children: readonly Child[], context: Disarming): Child[] {
  const nodes: RootContent[] = [];
  for (const node of children.flatMap((child) => disarmed(child, context))) {
    const last = nodes.at(-1);
    if (node.type === 'text' && last?.type === 'text') nodes.splice(-1, 1, textNode(last.value + node.value));
    else nodes.push(node);
  }
  return nodes as Child[];
}

function imageWords(alt: string | null | undefined, address: string | undefined): PhrasingContent[] {
  return [textNode(`image${alt ? `: ${oneLine(alt)}` : ''}`), ...addressWords(address)];
}

/** Its words and where it leads; a bare address is only that. */
function linkWords(children: readonly PhrasingContent[], address: string, context: Disarming): PhrasingContent[] {
  const words = toString({ type: 'paragraph', children: [...children] });
  if (['', 'http://', 'mailto:'].some((scheme) => `${scheme}${words}` === address)) {
    return [{ type: 'inlineCode', value: words }];
  }
  return [...inside(children, context), ...addressWords(address)];
}

/** As code, an address is no link in any program, and can be copied. */
function addressWords(address: string | undefined): PhrasingContent[] {
  if (!address) return [];
  return [textNode(' ('), { type: 'inlineCode', value: address }, textNode(')')];
}
