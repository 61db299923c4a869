/**
 * Headings of a document: as its outline, and as topics to ask about. Pure.
 */
import { escapeMarkdown } from '../extractive.ts';
import type { ExtractedBlock } from './extract.ts';
import type { SourceChunk } from './sentences.ts';

export interface Heading {
  /** From 0. */
  readonly depth: number;
  readonly text: string;
  /** The passage that begins under it. */
  readonly chunk: SourceChunk;
  /** Passages under it, those of headings below it included. */
  readonly passages: number;
}

/** Lines of an outline; what is deeper is left out first. */
const longestOutline = 160;
const mostTopics = 14;

/** The headings that a document's passages stand under, in order, each when it begins. */
export function* headingsOf(chunks: readonly SourceChunk[]): Generator<void, Heading[]> {
  const headings: { depth: number; text: string; chunk: SourceChunk; passages: number }[] = [];
  let open: (typeof headings)[number][] = [];
  for (const chunk of chunks) {
    yield;
    // Its lines name what stands elsewhere.
    if (isContents(chunk.hit.text)) continue;
    const path = chunk.hit.headingPath;
    let same = 0;
    while (same < path.length && same < open.length && open[same]?.text === path[same]) same += 1;
    open = open.slice(0, same);
    for (const text of path.slice(same)) {
      const heading = { depth: open.length, text, chunk, passages: 0 };
      headings.push(heading);
      open.push(heading);
    }
    for (const heading of open) heading.passages += 1;
  }
  return headings;
}

/** True for a passage of a table of contents: most of its lines end in a page. */
function isContents(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 3 && lines.filter((line) => /\D\s\d{1,3}$/.test(line)).length > lines.length * 0.5;
}

export function* outlineBlocks(chunks: readonly SourceChunk[]): Generator<void, ExtractedBlock[]> {
  const all = yield* headingsOf(chunks);
  let headings = all.filter(({ text }) => isName(text));
  for (let depth = 3; headings.length > longestOutline && depth >= 1; depth -= 1) {
    headings = headings.filter((heading) => heading.depth < depth);
  }
  headings = withoutRepeats(headings).slice(0, longestOutline);
  // A list cannot begin indented, nor go two steps deeper at once.
  let shown = -1;
  return headings.map(({ depth, text, chunk }) => {
    shown = Math.min(depth, shown + 1);
    return { before: `${'  '.repeat(shown)}- ${escapeMarkdown(text)} `, quote: quoteOf(text, chunk), after: '\n' };
  });
}

/** Lines of a cover, and references that look like headings. */
const furniture =
  /securities registered|name of each exchange|commission file|transition period|incorporated by reference|exact name|former name|date of (?:earliest|report)|title of each class|trading symbol|of this report|^as of$|^year ended|(?:months|weeks|quarter) ended/i;

/** Words of headings that only arrange a document. */
const arranging =
  /^(?:form \d+-?\w*|current report|annual report|report of independent.*|certifications?|available information|exhibits?\b.*|for immediate release|.*contacts?:.*)$|^(?:part|item|section|chapter|page|table of contents|contents|index|exhibits?|signatures?|references|appendix|notes?|none|reserved|general|overview|introduction|summary|conclusions?|other|continued)\b[\s\divxlc.:–—-]*$/i;

/** The headings with the most text under them that name a subject; they are topics, not questions. */
export function* topicBlocks(chunks: readonly SourceChunk[]): Generator<void, ExtractedBlock[]> {
  const seen = new Set<string>();
  const all = yield* headingsOf(chunks);
  const named = all.filter(({ text, passages }) => {
    const key = subjectOf(text).toLowerCase();
    // One word over one passage is a column's name as often as a subject.
    if (passages < 2 && !key.includes(' ') && chunks.length > 12) return false;
    if (!isName(text) || arranging.test(text) || arranging.test(key) || key.split(' ').length > 9 || seen.has(key))
      return false;
    seen.add(key);
    return /\p{L}{4}/u.test(key);
  });
  const topics = [...named]
    .sort((a, b) => weightOf(b, chunks.length) - weightOf(a, chunks.length))
    .slice(0, mostTopics)
    .sort((a, b) => chunks.indexOf(a.chunk) - chunks.indexOf(b.chunk));
  if (topics.length === 0) return [];
  return [
    { before: 'Topics that the text has passages on, as it names them:\n\n', quote: null, after: '' },
    ...topics.map(({ text, chunk }) => ({
      before: `- ${escapeMarkdown(subjectOf(text))} `,
      quote: quoteOf(text, chunk),
      after: '\n',
    })),
  ];
}

/** Much text under a heading is a subject; most of the document's is the document. */
function weightOf({ passages, depth }: Heading, all: number): number {
  return passages > all * 0.4 && all > 8 ? 0 : Math.log(1 + passages) * (1 - depth * 0.08);
}

/** `Item 7. Competition:` is about competition. */
function subjectOf(text: string): string {
  return text
    .replace(
      /^(?:(?:part|item|section|chapter|note|article|appendix)\s+)?(?:[\dIVX]+[A-Z]?(?:\.\d+)*|[A-Z])\s*[.:)–—-]+\s*/i,
      '',
    )
    .replace(/^\d+(?:\.\d+)*\s+/, '')
    .replace(/\s*\(continued\)\s*$/i, '')
    .replace(/:$/, '')
    .trim();
}

/** False for what a page's layout made a heading of: figures, sentences, fragments. */
export function isName(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 3 || letters < text.replace(/\s/g, '').length * 0.5) return false;
  if (text.length > 110 || /[,;]$/.test(text) || !/^[\p{Lu}\p{Lo}\p{N}“"(]/u.test(text) || furniture.test(text))
    return false;
  return !/(?:\$|€|£)\s?\d|\b\d{1,3}(?:,\d{3})+\b|…$/.test(text);
}

function withoutRepeats(headings: readonly Heading[]): Heading[] {
  const kept: Heading[] = [];
  for (const heading of headings) {
    const last = kept.findLast(({ depth }) => depth <= heading.depth);
    // A running title that comes again on every page opens nothing new.
    if (last?.text === heading.text && last.depth === heading.depth) continue;
    kept.push(heading);
  }
  return kept;
}

/** The heading's own words where the passage has them, else its beginning. */
function quoteOf(text: string, { hit }: SourceChunk) {
  const words = text
    .replace(/…$/, '')
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const match = new RegExp(words.join('\\s+'), 'i').exec(hit.text);
  const end = Math.min(hit.text.length, Math.max(hit.text.indexOf('\n'), 40));
  return match ? { hit, start: match.index, end: match.index + match[0].length } : { hit, start: 0, end };
}
