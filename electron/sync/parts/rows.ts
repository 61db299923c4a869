/**
 * Rows of a reading as another computer sent them: looked at before they are stored, since whoever runs the server can
 * write anything there.
 */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { decodeLayout } from '../../pipeline/geometry.ts';
import type { ChunkRow, PageRow } from '../ports/remote-parts.ts';

const natural = z.number().int().nonnegative();
const bytes = z.instanceof(Uint8Array);
/** A box is five 32-bit integers, see db/queries/boxes.ts. */
const BYTES_A_BOX = 20;
/** Bytes, as the server takes them; those of pipeline/chunk.ts have 16. */
const [SHORTEST_HASH, LONGEST_HASH] = [16, 32];

const ranges = json(z.array(z.object({ page: natural, start: natural, end: natural })));
const headingPath = json(z.array(z.string()));

const chunkSchema = z.object({
  ordinal: natural,
  page: natural,
  pageEnd: natural,
  tokenCount: natural,
  contentHash: bytes.refine(({ length }) => length >= SHORTEST_HASH && length <= LONGEST_HASH),
  ranges,
  headingPath,
  boxes: bytes.refine(({ length }) => length % BYTES_A_BOX === 0),
  contextText: z.string(),
  searchTerms: z.string(),
  text: z.string(),
});

const pageSchema = z.object({
  number: natural,
  width: z.number(),
  height: z.number(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  hasText: z.boolean(),
  source: z.enum(['content', 'pdfium', 'pdfjs', 'text', 'ocr']),
  text: z.string(),
  geometry: bytes.refine(isLayout),
  confidence: z.number().min(0).max(100).nullable().optional(),
});

/**
 * Rows as they were asked for. Throws `remote-damaged` for rows that none of Quire's wrote.
 * @param after The ordinal before the first of them: they have all places from there on.
 */
export function checkedChunks(rows: readonly ChunkRow[], after: number): readonly ChunkRow[] {
  if (rows.some((row, index) => row.ordinal !== after + 1 + index || !chunkSchema.safeParse(row).success)) {
    throw damaged('passages');
  }
  return rows;
}

/** As `checkedChunks`; `after` is the number of the page before. */
export function checkedPages(rows: readonly PageRow[], after: number): readonly PageRow[] {
  if (rows.some((row, index) => row.number !== after + 1 + index || !pageSchema.safeParse(row).success)) {
    throw damaged('pages');
  }
  return rows;
}

function json(schema: z.ZodType): z.ZodType {
  return z.string().refine((text) => {
    try {
      return schema.safeParse(JSON.parse(text)).success;
    } catch {
      // No JSON at all.
      return false;
    }
  });
}

function isLayout(geometry: Uint8Array): boolean {
  try {
    decodeLayout(geometry);
    return true;
  } catch {
    // Whatever is wrong with it, it is none.
    return false;
  }
}

function damaged(what: string): AppError {
  return new AppError('remote-damaged', `The server has ${what} of a document that can’t be read.`, {
    hint: 'Read the document anew on a computer that has it; see that nothing else writes to this database.',
  });
}
