/** A page as one row of the database keeps it; the chunker and the citations need nothing else of the file. */
import type { PageRotation, PageSource } from './ports/pdf-reader.ts';

export interface StoredPage {
  /** From 1. */
  readonly number: number;
  /** Size of the crop box in points, before rotation; 0 for pages of a text file. */
  readonly width: number;
  readonly height: number;
  readonly rotation: PageRotation;
  /** Reading order, see ExtractedPage.text. */
  readonly text: string;
  /** Packed lines, blocks and words (`encodeLayout`), with the crop box; a few KB. */
  readonly geometry: Uint8Array;
  /** False for a scan, a drawing or an empty page. */
  readonly hasText: boolean;
  readonly source: PageSource;
}
