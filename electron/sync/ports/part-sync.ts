/**
 * A kind of part that is synced beside the entities: readings, vectors, files. The engine's rounds take each step after
 * the entities were exchanged, in the order of their list (sync/rounds.ts).
 *
 * A step does what is to be done at the time, in pieces, and ends; what it did not get done is done in the next round.
 * It is called again after a failure at any place. A register that it sets (`parts.setRegister`) is pushed right after
 * the pushes of all steps.
 */
export interface PartSync {
  /** What the window calls it while it runs. */
  readonly name: PartName;
  /** Sends what is here and not there. Not called where this version of Quire may only read. */
  push(context: PartContext): Promise<void>;
  /** Gets what is there and not here, as far as it is wanted here. */
  pull(context: PartContext): Promise<void>;
}

export type PartName = 'readings' | 'vectors' | 'files';

export interface PartContext {
  /** Aborted when sync is paused or ends: the step then rejects soon, with whatever error. */
  readonly signal: AbortSignal;
  /** Told now and then; bytes, rows or documents, whatever tells most of how long it takes. */
  progress(done: number, total: number): void;
  /** Told of each document that is another in the window: what came of it, or that it is there now. */
  changed(documentId: string): void;
}
