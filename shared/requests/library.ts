/** Requests about the documents of the library. */
import { z } from 'zod';
import type {
  DeletionCounts,
  DeletionOutcome,
  DocumentSummary,
  FoundDocuments,
  FoundPlace,
  StageTime,
} from '../domain.ts';
import type { ErrorInfo } from '../errors.ts';
import { define } from './define.ts';

const documentId = z.uuid();
const documentIds = z.array(documentId).min(1).max(10_000);

/** What became of one dropped path. A folder becomes one outcome per file in it. */
export interface AddOutcome {
  readonly path: string;
  readonly status: 'added' | 'duplicate' | 'rejected';
  /** The new document, or the one that already holds the same bytes; null when rejected. */
  readonly documentId: string | null;
  readonly error: ErrorInfo | null;
}

/** What is known of a document beyond its summary. */
export interface DocumentDetails {
  readonly stages: readonly StageTime[];
  /** Whose vectors are counted; null when none are made. */
  readonly embedder: { readonly model: string; readonly dimensions: number } | null;
  /** Bytes of its rows in the library's file, of text, geometry and vectors. */
  readonly storedBytes: number;
}

/** Text of pages, for documents that have no pages to render (.txt, .md), and for copying. */
export interface PageText {
  readonly number: number;
  readonly text: string;
}

export const libraryRequests = {
  'library.listDocuments': define(z.object({}))<readonly DocumentSummary[]>(),
  /** `files` are File objects in the renderer; the preload replaces them by their paths, empty for bytes without one. */
  'library.addFiles': define(z.object({ files: z.array(z.string()).min(1).max(10_000) }))<readonly AddOutcome[]>(),
  /** Shows the system's file dialog; an empty list when it was dismissed. */
  'library.chooseFiles': define(z.object({ folders: z.boolean().default(false) }))<readonly AddOutcome[]>(),
  /** `keptLibraries`: earlier ones that restores put aside, in which the documents may be as well. */
  'library.describeDeletion': define(z.object({ documentIds }))<DeletionCounts & { readonly keptLibraries: number }>(),
  /** Looks for what is left of them, and fails with `deletion-incomplete` when there is something. */
  'library.deleteDocuments': define(z.object({ documentIds }))<DeletionOutcome>(),
  'library.retryDocument': define(z.object({ documentId }))<null>(),
  'library.cancelDocument': define(z.object({ documentId }))<null>(),
  'library.renameDocument': define(z.object({ documentId, title: z.string().trim().min(1).max(500) }))<null>(),
  'library.readPages': define(z.object({ documentId, from: z.number().int().min(1), to: z.number().int().min(1) }))<
    readonly PageText[]
  >(),
  /** Search as one types: all words must occur, quotes make phrases, the last word may go on. */
  'library.search': define(
    z.object({
      query: z.string().max(500),
      documentIds: z.array(documentId).max(10_000).default([]),
      /** Documents at most, and pages of each. */
      limit: z.number().int().min(1).max(100).default(20),
      pagesEach: z.number().int().min(1).max(200).default(3),
    }),
  )<FoundDocuments>(),
  /** Where the words of a search are in passages that it found; one without boxes is on a page without geometry. */
  'library.locateWords': define(
    z.object({ query: z.string().max(500), chunkIds: z.array(z.number().int()).min(1).max(50) }),
  )<readonly FoundPlace[]>(),
  'library.getDetails': define(z.object({ documentId }))<DocumentDetails>(),
  /**
   * Opens the original (or, when it vanished, a copy of the stored file) in the system's own program. An encrypted library
   * makes no such copy: it fails with `file-not-found`.
   */
  'library.openOriginal': define(z.object({ documentId }))<null>(),
  /** Asks where to, then writes the stored file there, not encrypted; its name, or null when the dialog was dismissed. */
  'library.saveCopy': define(z.object({ documentId }))<string | null>(),
  /** Reads the stored copy anew. Citations in conversations find their passages again where these are the same. */
  'library.reindexDocument': define(z.object({ documentId }))<null>(),
  /** Opens the original (or, when it vanished, the stored copy) in the system's file manager. */
  'library.showInFolder': define(z.object({ documentId }))<null>(),
};
