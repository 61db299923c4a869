/** The journal of an import, as it crosses into and out of the database worker. */
import type { InsertedDocument, NewDocument } from './database.ts';
import type { DocumentState } from '../../shared/domain.ts';
import type { ErrorInfo } from '../../shared/errors.ts';

/**
 * `looking`: a dropped path that was not looked into yet. `waiting`: a file that was not taken in yet. `cancelling`: a
 * document that is to be taken out again.
 */
export type ImportFileState = 'looking' | 'waiting' | 'added' | 'duplicate' | 'rejected' | 'cancelling' | 'cancelled';

export interface ImportFile {
  readonly key: number;
  readonly path: string;
  readonly state: ImportFileState;
  /** The document it became, or the one with the same bytes; null for the other states. */
  readonly documentId: string | null;
  /** Why it was rejected. */
  readonly error: ErrorInfo | null;
}

/** What a dropped path was found to stand for. */
export interface LookedInto {
  readonly key: number;
  readonly files: readonly { readonly path: string; readonly error: ErrorInfo | null }[];
}

/** One import at a time: what is dropped while one runs becomes a part of it. */
export interface ImportStore {
  /** All files of the import, in order. */
  list(): Promise<ImportFile[]>;
  /** The states of its documents, by their ids. */
  documentStates(): Promise<(readonly [string, DocumentState])[]>;
  /** Adds dropped paths in state `looking`; answers with their keys. */
  begin(paths: readonly string[]): Promise<number[]>;
  /** Puts files, waiting or rejected, in the places of dropped paths; answers with them. */
  look(looked: readonly LookedInto[]): Promise<ImportFile[]>;
  /** Adds the document of a waiting file, and marks the file, in one transaction. */
  insert(key: number, document: NewDocument): Promise<InsertedDocument>;
  settle(key: number, outcome: Pick<ImportFile, 'state' | 'documentId' | 'error'>): Promise<void>;
  /** What waits is `cancelled`; what was added and is not ready is `cancelling`. Answers with all files. */
  cancel(): Promise<ImportFile[]>;
  /** Cancelled or rejected files are looked into again; answers with all files. */
  again(state: 'cancelled' | 'rejected'): Promise<ImportFile[]>;
  clear(): Promise<void>;
}
