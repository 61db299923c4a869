/**
 * Where the stored text of a Markdown file stands in the file itself. Stored pages hold its lines without fences, empty
 * lines and indentation, paragraphs on one line; the file is what is shown. Pure.
 */
import { splitMarkdown } from '../../components/markdown/markdown-blocks.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import type { TextRange } from './locate-quote.ts';

export interface PlacedPage {
  readonly number: number;
  readonly text: string;
  /** Place in the file of each UTF-16 unit of the text; -1 where it is not known. */
  readonly places: Int32Array;
}

const isSpace = (code: number): boolean =>
  code <= 32 || code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));

/** What is no white space, and where each of its units stood. */
function squeeze(text: string): { readonly characters: string; readonly indices: Int32Array } {
  const indices = new Int32Array(text.length);
  const pieces: string[] = [];
  let count = 0;
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (isSpace(text.charCodeAt(index))) {
      if (from < index) pieces.push(text.slice(from, index));
      from = index + 1;
    } else {
      indices[count] = index;
      count += 1;
    }
  }
  pieces.push(text.slice(from));
  return { characters: pieces.join(''), indices: indices.subarray(0, count) };
}

/** Every stored line stands in the file in one piece but for white space, after the line before it. */
export function placePages(source: string, pages: readonly PageText[]): readonly PlacedPage[] {
  const file = squeeze(source);
  let cursor = 0;
  return pages.map(({ number, text }) => {
    const places = new Int32Array(text.length).fill(-1);
    let start = 0;
    for (const line of text.split('\n')) {
      const own = squeeze(line);
      const at = own.characters === '' ? -1 : file.characters.indexOf(own.characters, cursor);
      if (at >= 0) {
        own.indices.forEach((index, nth) => (places[start + index] = file.indices[at + nth] ?? -1));
        cursor = at + own.characters.length;
      }
      start += line.length + 1;
    }
    return { number, text, places };
  });
}

/** Null where nothing of the range stands in the file. */
export function rangeInSource({ places }: PlacedPage, { start, end }: TextRange): TextRange | null {
  let first = start;
  while (first < end && (places[first] ?? -1) < 0) first += 1;
  let last = Math.min(end, places.length) - 1;
  while (last > first && (places[last] ?? -1) < 0) last -= 1;
  const from = places[first] ?? -1;
  const to = places[last] ?? -1;
  return from < 0 || to < from ? null : { start: from, end: to + 1 };
}

export interface MarkdownBlock {
  readonly text: string;
  /** Its place in the file. */
  readonly start: number;
  /** Metadata at the file's beginning (`---`), which is no Markdown, or so long that making it would stop the window. */
  readonly isPlain: boolean;
}

export interface MarkdownSection {
  /** Number of the stored page that it begins with. */
  readonly page: number;
  readonly start: number;
  readonly end: number;
  readonly blocks: readonly MarkdownBlock[];
}

/** Characters of a block; no person writes a longer one. */
const LONGEST_BLOCK = 50_000;

const metadata = /^---[^\S\n]*\n[\s\S]*?\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/;

function blocksOf(source: string): readonly MarkdownBlock[] {
  const front = metadata.exec(source)?.[0] ?? '';
  const blocks: MarkdownBlock[] = front === '' ? [] : [{ text: front, start: 0, isPlain: true }];
  let start = front.length;
  for (const text of splitMarkdown(source.slice(front.length))) {
    blocks.push({ text, start, isPlain: text.length > LONGEST_BLOCK });
    start += text.length;
  }
  return blocks;
}

/** Where each stored page begins in the file, in order; pages of which nothing was found are left out. */
export function pageStarts(pages: readonly PlacedPage[]): readonly { readonly page: number; readonly start: number }[] {
  return pages.flatMap(({ number, places }) => {
    const start = places.find((place) => place >= 0);
    return start === undefined ? [] : [{ page: number, start }];
  });
}

/** The stored page that a place of the file belongs to. */
export function pageOfPlace(starts: ReturnType<typeof pageStarts>, place: number): number {
  return starts.findLast(({ start }) => start <= place)?.page ?? 1;
}

/** The file's blocks by the stored page that they begin on; none is cut, so that some pages have no section. */
export function markdownSections(source: string, pages: readonly PlacedPage[]): readonly MarkdownSection[] {
  const starts = pageStarts(pages);
  const sections: { page: number; start: number; end: number; blocks: MarkdownBlock[] }[] = [];
  for (const block of blocksOf(source)) {
    const begin = block.start + Math.max(0, block.text.search(/\S/));
    const page = pageOfPlace(starts, begin);
    const end = block.start + block.text.length;
    const open = sections[sections.length - 1];
    if (open?.page === page) {
      open.blocks.push(block);
      open.end = end;
    } else {
      sections.push({ page, start: block.start, end, blocks: [block] });
    }
  }
  return sections;
}

/** Definitions of links and footnotes (`[name]: address`) by name; they hold for blocks that are parsed without them. */
export type LinkDefinitions = ReadonlyMap<string, string>;

/** Names are the same in any case and with any white space. */
const nameOf = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase();

export function linkDefinitions(source: string): LinkDefinitions {
  const definitions = new Map<string, string>();
  for (const [line, label = ''] of source.matchAll(/^ {0,3}\[([^\]\n]+)\]:[^\S\n]*\S.*$/gm)) {
    // The first of a name holds.
    if (!definitions.has(nameOf(label))) definitions.set(nameOf(label), line);
  }
  return definitions;
}

/** The block with those definitions after it that it, or one of these, names: a file may have thousands. */
export function withDefinitions(text: string, definitions: LinkDefinitions): string {
  if (definitions.size === 0) return text;
  const used = new Set<string>();
  const look = (within: string): void => {
    for (const [, label = ''] of within.matchAll(/\[([^[\]]+)\]/g)) {
      const definition = definitions.get(nameOf(label));
      if (definition !== undefined) used.add(definition);
    }
  };
  look(text);
  // What is added while it is gone through is gone through as well.
  for (const definition of used) look(definition);
  return used.size === 0 ? text : `${text}\n\n${[...used].join('\n')}`;
}
