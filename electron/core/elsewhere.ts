/**
 * Questions about documents whose text is on the server and not on this computer yet: what they are about is brought
 * first, within a budget, and what could not be searched is told.
 */
import type { Database } from '../db/database.ts';
import type { PartElsewhere } from '../db/sync-types.ts';
import type { QueryVector } from '../pipeline/retrieve.ts';
import type { BroughtNearest } from '../sync/parts/nearest.ts';
import { withinTime } from '../time-limit.ts';
import type { LibrarySync } from './sync.ts';

export interface ElsewhereOptions {
  readonly database: Pick<Database, 'parts'>;
  readonly sync: Pick<LibrarySync, 'bringNearest'>;
  /** Milliseconds that a question waits for the server, at most. */
  readonly budget?: number;
}

export interface ElsewhereQuestion {
  /** Empty: the whole library. */
  readonly documentIds: readonly string[];
  /** Null where none could be made. */
  readonly queryVector: QueryVector | null;
  readonly signal?: AbortSignal | undefined;
}

/** What a person barely minds before an answer that takes seconds itself; a filing of 3 MB comes within it at 12 Mbit/s. */
const BUDGET = 2_000;
/** Milliseconds for the sync thread to tell what came within the budget, before it is not waited for any more. */
const GRACE = 250;

export class Elsewhere {
  readonly #options: ElsewhereOptions;

  constructor(options: ElsewhereOptions) {
    this.#options = options;
  }

  /**
   * Resolves when what the question is about is here, or cannot come in time; never rejects for what a server does.
   * Answers with a sentence on what of the scope is not searched here, null when all of it is.
   */
  async bring({ documentIds, queryVector, signal }: ElsewhereQuestion): Promise<string | null> {
    const { parts } = this.#options.database;
    const fingerprint = queryVector?.fingerprint ?? null;
    const before = await parts.elsewhere(documentIds, fingerprint);
    if (before.documents.length === 0) return null;
    const brought = await this.#ask(before, queryVector, signal);
    return elsewhereNote(await parts.elsewhere(documentIds, fingerprint), brought);
  }

  /** Null when the server was not asked, or did not answer in time. */
  async #ask(
    { documents }: PartElsewhere,
    question: QueryVector | null,
    signal: AbortSignal | undefined,
  ): Promise<BroughtNearest | null> {
    const { sync, budget = BUDGET } = this.#options;
    // A round meets the same failure, and tells it where failures of sync are told.
    const asked = sync.bringNearest({ question, documents }, budget).catch(() => null);
    return withinTime(budget + GRACE, signal, (ends) => Promise.race([asked, aborted(ends)]));
  }
}

/** What of a scope was searched elsewhere, or nowhere, in a sentence; null when all of it is here. */
export function elsewhereNote({ total, documents }: PartElsewhere, brought: BroughtNearest | null): string | null {
  const away = documents.length;
  if (away === 0) return null;
  const [compared, late] = [new Set(brought?.compared), new Set(brought?.late)];
  const there = documents.filter(({ documentId }) => compared.has(documentId) && !late.has(documentId)).length;
  const [are, were] = away === 1 ? ['is', 'was'] : ['are', 'were'];
  const place = `${away} of ${total} ${total === 1 ? 'document' : 'documents'} ${are} not on this computer yet`;
  if (there === 0) return `${place} and ${were} not searched.`;
  if (there === away) return `${place} and ${were} searched on the server, by meaning alone.`;
  return `${place}: ${there} ${there === 1 ? 'was' : 'were'} searched on the server, by meaning alone, ${away - there} not at all.`;
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
