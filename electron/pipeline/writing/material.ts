/** Loads what a piece is made of: the passages of its documents in order, or those that a selection lies in. */
import type { Database, StoredChunk } from '../../db/database.ts';
import type { DocumentSummary, Hit } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { PieceSelection } from '../../../shared/written.ts';
import type { Locate } from '../answer-types.ts';
import type { SourceDocument } from './extract.ts';
import { clipToSelection } from './selection.ts';

/** Passages read in one turn of the reading thread. */
const slice = 200;
/** Passages of one piece, some 5,000 pages: all of them are in memory while it is written. */
const most = 20_000;

export interface Material {
  readonly documents: readonly SourceDocument[];
  /** For the places of quotes in clipped passages. */
  readonly locate: (locate: Locate) => Locate;
}

export interface LoadOptions {
  /** Reads the passages' vectors as well: only quoting asks for them. */
  readonly withVectors: boolean;
  readonly signal?: AbortSignal;
}

/** Passages, and vectors where they are wanted. Throws `document-no-text` when there is nothing to read, `file-too-large` when there is too much. */
export async function loadMaterial(
  database: Database,
  documentIds: readonly string[],
  selection: PieceSelection | null,
  { withVectors, signal }: LoadOptions,
): Promise<Material> {
  const documents: SourceDocument[] = [];
  let read = 0;
  const offsets = new Map<number, number>();
  for (const id of documentIds) {
    const document = await database.documents.get(id);
    if (!document?.searchable) continue;
    const hits: Hit[] = [];
    for (let from = 0; ; from += slice) {
      signal?.throwIfAborted();
      const chunks = await database.chunks.range(id, from, from + slice - 1);
      hits.push(...chunks.filter((chunk) => isSelected(chunk, selection)).map((chunk) => hitOf(chunk, document)));
      read += chunks.length;
      if (read > most) throw tooMuch();
      if (chunks.length < slice) break;
    }
    const clipped = selection ? clipToSelection(hits, selection.text) : hits.map((hit) => ({ hit, offset: 0 }));
    for (const { hit, offset } of clipped) if (offset > 0) offsets.set(hit.chunkId, offset);
    const vectors: (Float32Array | null)[] = [];
    for (let from = 0; withVectors && from < clipped.length; from += slice) {
      signal?.throwIfAborted();
      const ids = clipped.slice(from, from + slice).map(({ hit }) => hit.chunkId);
      vectors.push(...(await database.vectors.read(ids)));
    }
    documents.push({
      title: document.title,
      chunks: clipped.map(({ hit }, index) => ({ hit, vector: vectors[index] ?? null })),
    });
  }
  if (!documents.some(({ chunks }) => chunks.length > 0)) {
    throw new AppError('document-no-text', 'There is no text to write about in these documents yet.', {
      hint: 'Wait until they are read, or choose others.',
    });
  }
  return {
    documents,
    locate: (locate) => (hit, start, end) => {
      const offset = offsets.get(hit.chunkId) ?? 0;
      return locate(hit, start + offset, end + offset);
    },
  };
}

function tooMuch(): AppError {
  return new AppError(
    'file-too-large',
    `That is more than ${most.toLocaleString('en')} passages, too much for one piece.`,
    {
      hint: 'Choose fewer documents, or select text on the pages that matter.',
    },
  );
}

function isSelected({ page, pageEnd }: StoredChunk, selection: PieceSelection | null): boolean {
  return !selection || (page <= selection.lastPage && pageEnd >= selection.firstPage);
}

function hitOf(chunk: StoredChunk, { title, path }: DocumentSummary): Hit {
  const { id, documentId, page, headingPath, text, boxes } = chunk;
  const ranks = { rank: 1, score: 0, textRank: null, bm25: null, vectorRank: null, cosine: null };
  return { ...ranks, chunkId: id, documentId, title, path, page, headingPath, text, boxes };
}
