/**
 * Pieces without a model: what the documents themselves say, sentence by sentence and row by row, each cited where it
 * stands. Nothing is generated, nothing is sent. Pure.
 */
import type { PieceKind } from '../../../shared/written.ts';
import type { Quote } from '../answer-types.ts';
import { escapeMarkdown } from '../extractive.ts';
import { figureBlocks } from './figures.ts';
import { outlineBlocks, topicBlocks } from './headings.ts';
import { chooseSentences, rankSentences, type ChoiceRules } from './rank.ts';
import { sentencesOf, type Sentence, type SourceChunk } from './sentences.ts';

/** Markdown; where it has a quote, its citation comes between `before` and `after`. */
export interface ExtractedBlock {
  readonly before: string;
  readonly quote: Quote | null;
  readonly after: string;
}

/** One document's passages in order. */
export interface SourceDocument {
  readonly title: string;
  readonly chunks: readonly SourceChunk[];
}

export type ExtractedKind = Exclude<PieceKind, 'prompt'>;

/** The whole piece; each document under its title when there are several. */
export function* extractPiece(
  kind: ExtractedKind,
  documents: readonly SourceDocument[],
): Generator<void, ExtractedBlock[]> {
  const blocks: ExtractedBlock[] = [];
  for (const document of documents) {
    const own = yield* extractDocument(kind, document, documents.length);
    if (documents.length > 1)
      blocks.push(textBlock(`${blocks.length > 0 ? '\n' : ''}## ${escapeMarkdown(document.title)}\n\n`));
    blocks.push(...(own.length > 0 ? own : [textBlock(`${nothing[kind]}\n`)]));
    yield;
  }
  return blocks;
}

const nothing: Readonly<Record<ExtractedKind, string>> = {
  summary: 'There are no whole sentences here that could stand for the text.',
  'key-points': 'There are no whole sentences here that could stand for the text.',
  outline: 'There are no headings here.',
  questions: 'There are no headings here that name a topic.',
  figures: 'There are no tables here whose figures have a label.',
};

export function textBlock(text: string): ExtractedBlock {
  return { before: text, quote: null, after: '' };
}

function* extractDocument(
  kind: ExtractedKind,
  { chunks }: SourceDocument,
  documentCount: number,
): Generator<void, ExtractedBlock[]> {
  switch (kind) {
    case 'summary':
    case 'key-points':
      return yield* sentenceBlocks(kind, chunks, documentCount);
    case 'outline':
      return yield* outlineBlocks(chunks);
    case 'questions':
      return yield* topicBlocks(chunks);
    case 'figures':
      return yield* figureBlocks(chunks, documentCount);
  }
}

/** Sentences of a piece: more for a long document, fewer when several share the piece. */
function lineCount(kind: 'summary' | 'key-points', chunkCount: number, documentCount: number): number {
  const most = kind === 'summary' ? 12 : 10;
  const own = Math.min(most, Math.max(3, Math.round(2 + 1.6 * Math.log2(Math.max(1, chunkCount)))));
  return documentCount === 1 ? own : Math.max(2, Math.min(own, Math.ceil(36 / documentCount)));
}

function* sentenceBlocks(
  kind: 'summary' | 'key-points',
  chunks: readonly SourceChunk[],
  documentCount: number,
): Generator<void, ExtractedBlock[]> {
  const sentences = yield* sentencesOf(chunks, kind === 'summary' ? 'substance' : 'points');
  const ranked = yield* rankSentences(sentences, chunks);
  const most = lineCount(kind, chunks.length, documentCount);
  const sectionOf = ({ chunk }: Sentence): string => chunks[chunk]?.hit.headingPath.join('\n') ?? '';
  const sections = new Set(ranked.map(({ sentence }) => sectionOf(sentence)));
  const rules: ChoiceRules = {
    most,
    mostOfChunk: chunks.length <= most ? 3 : 1,
    // An even share of the sections and half as much again; all of it where there is but one.
    mostOfSection: Math.max(2, Math.ceil((1.5 * most) / sections.size)),
    floor: 0.25,
  };
  const chosen = chooseSentences(ranked, rules, sectionOf).map(({ sentence }) => sentence);
  // Key points have the most telling first; a summary follows the document.
  const ordered = kind === 'summary' ? [...chosen].sort((a, b) => a.place - b.place) : chosen;
  return ordered.map((sentence) => lineBlock(sentence, chunks));
}

function lineBlock({ chunk, start, end, text }: Sentence, chunks: readonly SourceChunk[]): ExtractedBlock {
  const hit = chunks[chunk]?.hit;
  return { before: `- ${escapeMarkdown(text)} `, quote: hit ? { hit, start, end } : null, after: '\n' };
}
