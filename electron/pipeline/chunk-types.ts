/** What the chunker makes: passages of about 200 to 350 tokens that know where they stand. */
import type { Box, PageRange } from '../../shared/domain.ts';

/** A passage: what is indexed, embedded, retrieved and cited. */
export interface Chunk {
  /** From 0, in reading order. */
  readonly index: number;
  /** First and last page, from 1; they differ only where a paragraph crosses a page. */
  readonly page: number;
  readonly pageEnd: number;
  /** Where the text comes from, in order; a repeated table header is a range of its own at the front. */
  readonly ranges: readonly PageRange[];
  /** One box per line piece, merged. Empty for text files. */
  readonly boxes: readonly Box[];
  /** Headings above the passage, outermost first. */
  readonly headingPath: readonly string[];
  /** `chunkText(ranges)`: slices joined by line feeds, white space and dot leaders collapsed. */
  readonly text: string;
  /** What is put before the text when it is indexed and embedded, see chunk-context.ts. Not shown, not cited. */
  readonly contextText: string;
  /** SHA-256 of the normalised context and text, first 16 bytes, hex: the key of the embedding cache. */
  readonly contentHash: string;
  /** Estimated word pieces of the text alone (see `estimateTokens`). */
  readonly tokenCount: number;
}

/** What the chunker needs to know about the document. */
export interface ChunkSource {
  readonly title: string;
  /** As the file was called when it was added; tells what a title may not. */
  readonly fileName?: string;
  readonly format: 'pdf' | 'text' | 'markdown';
}
