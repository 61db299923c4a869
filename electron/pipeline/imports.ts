/**
 * The import: everything that was dropped, as one journal with one progress and one cancel. Files are listed before the
 * first is copied, and each is marked in the transaction that stores its document, so that whatever ends the app, a
 * restart goes on with the next file and adds none twice.
 *
 * There is one at a time: what is dropped while it runs becomes a part of it.
 */
import { basename } from 'node:path';
import type { Database } from '../db/database.ts';
import type { ImportFile } from '../db/import-types.ts';
import type { AppError } from '../../shared/errors.ts';
import { toAppError } from '../../shared/errors.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import { LARGE_IMPORT, type ImportFailure, type ImportSummary } from '../../shared/imports.ts';
import type { AddOutcome } from '../../shared/requests/library.ts';
import { findFiles } from './find-files.ts';
import { countImport } from './import-counts.ts';
import type { IngestQueue } from './ingest.ts';

export interface ImportsOptions {
  readonly database: Database;
  readonly ingest: Pick<IngestQueue, 'addFile' | 'retry'>;
  /** Deletes documents with every trace, and says so. */
  readonly deleteDocuments: (ids: readonly string[]) => Promise<unknown>;
  /** Told when the summary is another. */
  readonly onChange: () => void;
  readonly onError: (error: AppError) => void;
}

/** Dropped paths that are looked into before what was found is written down. */
const LOOK_BATCH = 100;
/** Documents taken out again in one turn: the rest of the app gets the database in between. */
const CANCEL_BATCH = 25;
const MOST_FAILURES = 1_000;

interface Waiter {
  readonly keys: Set<number>;
  readonly outcomes: AddOutcome[];
  readonly resolve: (outcomes: AddOutcome[]) => void;
}

export class Imports {
  readonly #options: ImportsOptions;
  /** By key, in order. */
  readonly #files = new Map<number, ImportFile>();
  /** Documents of the import, as they were last told. */
  readonly #documents = new Map<string, DocumentSummary['state']>();
  readonly #waiters = new Set<Waiter>();
  #running: Promise<void> | null = null;
  #cancelling: Promise<void> | null = null;
  #closed = false;
  /** Drops that are being written to the journal and are not in memory yet: clearing it would take them along. */
  #beginning = 0;
  #summary: ImportSummary | null = null;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Null when there is no import, and none that is over and still to be told. */
  get summary(): ImportSummary | null {
    this.#summary ??=
      this.#files.size === 0 ? null : countImport(this.#files.values(), this.#documents, this.#cancelling !== null);
    return this.#summary;
  }

  /**
   * Adds files, or all readable files of folders. Resolves when each is copied or refused, with an outcome a file;
   * those that were cancelled meanwhile have none.
   */
  async add(paths: readonly string[]): Promise<AddOutcome[]> {
    if (!this.#cancelling && this.#inState('cancelling', 1).length > 0) await this.#cancelAfterStart();
    await this.#cancelling;
    await this.dismiss();
    const keys = await this.#begin(paths);
    const done = new Promise<AddOutcome[]>((resolve) => {
      this.#waiters.add({ keys: new Set(keys), outcomes: [], resolve });
    });
    this.#run();
    return done;
  }

  async #begin(paths: readonly string[]): Promise<number[]> {
    this.#beginning += 1;
    try {
      const keys = await this.#options.database.imports.begin(paths);
      paths.forEach((path, index) =>
        this.#put({ key: keys[index] ?? 0, path, state: 'looking', documentId: null, error: null }),
      );
      return keys;
    } finally {
      this.#beginning -= 1;
    }
  }

  /** Reads the journal; nothing may be added before. */
  async load(): Promise<void> {
    const { database } = this.#options;
    const files = await database.imports.list();
    if (files.length === 0) return;
    for (const [id, state] of await database.imports.documentStates()) this.#documents.set(id, state);
    this.#load(files);
  }

  /** After a start: goes on with what was under way. */
  async resume(): Promise<void> {
    if (this.#inState('cancelling', 1).length > 0) await this.#cancelAfterStart();
    else this.#run();
  }

  /** Ends the cancel that the end of the last run cut off. */
  async #cancelAfterStart(): Promise<void> {
    await this.cancel().catch((error: unknown) => this.#options.onError(toAppError(error)));
  }

  /** What is ready stays; everything else that this import added goes again, and what waits is not added. */
  async cancel(): Promise<void> {
    this.#cancelling ??= this.#cancel().finally(() => {
      this.#cancelling = null;
      this.#changed();
    });
    this.#changed();
    await this.#cancelling;
  }

  /** Adds after all what was cancelled. */
  async continue(): Promise<void> {
    await this.#cancelling;
    this.#load(await this.#options.database.imports.again('cancelled'));
    this.#run();
  }

  /** Tries everything again that failed: files that could not be copied, and documents that could not be read. */
  async retryFailed(): Promise<void> {
    const { database, ingest } = this.#options;
    await this.#cancelling;
    this.#load(await database.imports.again('rejected'));
    this.#run();
    for (const { documentId } of this.#added('failed')) await ingest.retry(documentId);
  }

  async failures(): Promise<ImportFailure[]> {
    const failures: ImportFailure[] = [];
    for (const { path, documentId, error, state } of this.#files.values()) {
      if (failures.length === MOST_FAILURES) break;
      const fileName = basename(path);
      if (error) failures.push({ fileName, path, documentId: null, error });
      else if (state === 'added' && documentId && this.#documents.get(documentId) === 'failed') {
        const document = await this.#options.database.documents.get(documentId);
        if (document?.error) failures.push({ fileName, path, documentId, error: document.error });
      }
    }
    return failures;
  }

  /** Forgets an import that is over. */
  async dismiss(): Promise<void> {
    if (this.#isOver()) await this.#clear();
  }

  /** Told of every document that changed. */
  documentsChanged(documents: readonly DocumentSummary[], removed: readonly string[]): void {
    if (this.#files.size === 0) return;
    let isOurs = false;
    for (const { id, state } of documents) {
      const known = this.#documents.get(id);
      if (known === undefined || known === state) continue;
      this.#documents.set(id, state);
      isOurs = true;
    }
    const gone = new Set(removed.filter((id) => this.#documents.delete(id)));
    if (gone.size > 0) {
      isOurs = true;
      for (const file of [...this.#files.values()]) {
        if (file.documentId === null || !gone.has(file.documentId)) continue;
        if (file.state === 'cancelling') this.#put({ ...file, state: 'cancelled', documentId: null });
        else this.#files.delete(file.key);
      }
    }
    if (!isOurs) return;
    this.#changed();
    this.#endIfOver();
  }

  /** Resolves when nothing is taken in or out. */
  async idle(): Promise<void> {
    while (this.#running || this.#cancelling) await Promise.allSettled([this.#running, this.#cancelling]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#running, this.#cancelling]);
    this.#release();
  }

  #put(file: ImportFile): void {
    this.#files.set(file.key, file);
    this.#changed();
  }

  #load(files: readonly ImportFile[]): void {
    this.#files.clear();
    for (const file of files) this.#files.set(file.key, file);
    this.#changed();
  }

  #changed(): void {
    this.#summary = null;
    this.#options.onChange();
  }

  /** What is over with nothing left to do needs no journal; it is told of until the next one begins. */
  #endIfOver(): void {
    const { summary } = this;
    if (!summary || !this.#isOver() || summary.cancelled > 0) return;
    if (summary.failed > 0 && summary.total > LARGE_IMPORT) return;
    this.#options.database.imports.clear().catch((error: unknown) => this.#options.onError(toAppError(error)));
  }

  #isOver(): boolean {
    return this.#beginning === 0 && this.summary?.active === false;
  }

  async #clear(): Promise<void> {
    this.#files.clear();
    this.#documents.clear();
    this.#changed();
    await this.#options.database.imports.clear();
  }

  #run(): void {
    if (this.#running || this.#closed) return;
    let isStuck = false;
    this.#running = this.#takeIn()
      .catch((error: unknown) => {
        // The journal can't be written (a full disk): at once it still couldn't. What waits goes on with the next drop,
        // when the person tries again, or at the next start.
        isStuck = true;
        this.#options.onError(toAppError(error));
      })
      .finally(() => {
        this.#running = null;
        // Dropped in the moment between the last file and this.
        if (!isStuck && !this.#closed && !this.#cancelling && this.#hasMore()) return this.#run();
        this.#release();
        this.#endIfOver();
      });
  }

  async #takeIn(): Promise<void> {
    while (!this.#closed && !this.#cancelling) {
      const looking = this.#inState('looking', LOOK_BATCH);
      if (looking.length > 0) {
        await this.#look(looking);
        continue;
      }
      const [next] = this.#inState('waiting', 1);
      if (!next) return;
      await this.#take(next);
    }
  }

  async #look(looking: readonly ImportFile[]): Promise<void> {
    const looked = [];
    for (const { key, path } of looking) {
      const found = await findFiles([path]);
      looked.push({ key, files: found.map((file) => ({ path: file.path, error: file.error?.toInfo() ?? null })) });
    }
    const files = await this.#options.database.imports.look(looked);
    // The files of a folder are waited for by whoever dropped the folder.
    let next = 0;
    for (const { key, files: expected } of looked) {
      if (this.#files.get(key)?.state !== 'looking') continue;
      this.#files.delete(key);
      const own = files.slice(next, (next += expected.length));
      for (const file of own) this.#files.set(file.key, file);
      for (const waiter of this.#waiters) {
        if (!waiter.keys.delete(key)) continue;
        for (const file of own) {
          if (file.error)
            waiter.outcomes.push({ path: file.path, status: 'rejected', documentId: null, error: file.error });
          else waiter.keys.add(file.key);
        }
      }
    }
    this.#changed();
  }

  async #take(file: ImportFile): Promise<void> {
    const { database, ingest } = this.#options;
    const outcome = await ingest.addFile(file.path, (document) => {
      // Before the feed tells of it.
      this.#documents.set(document.id, 'queued');
      return database.imports.insert(file.key, document);
    });
    const { status: state, documentId, error } = outcome;
    if (state !== 'added') await database.imports.settle(file.key, { state, documentId, error });
    this.#put({ ...file, state, documentId, error });
    for (const waiter of this.#waiters) {
      if (!waiter.keys.delete(file.key)) continue;
      waiter.outcomes.push(outcome);
      if (waiter.keys.size === 0) this.#answer(waiter);
    }
  }

  /** When nothing is taken in any more, nobody may wait. */
  #release(): void {
    for (const waiter of this.#waiters) this.#answer(waiter);
  }

  #answer(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.resolve(waiter.outcomes);
  }

  async #cancel(): Promise<void> {
    // The file that is being copied is done first; `#takeIn` ends after it.
    await this.#running;
    const { database, deleteDocuments } = this.#options;
    this.#load(await database.imports.cancel());
    // The last ones first: the first ones are what the lanes take next.
    const ids = [...this.#files.values()]
      .flatMap(({ state, documentId }) => (state === 'cancelling' && documentId ? [documentId] : []))
      .reverse();
    const failures: unknown[] = [];
    for (let from = 0; from < ids.length && !this.#closed; from += CANCEL_BATCH) {
      try {
        await deleteDocuments(ids.slice(from, from + CANCEL_BATCH));
      } catch (error) {
        // Told at the end: the others were cancelled as well.
        failures.push(error);
      }
    }
    if (!this.#closed) this.#load(await database.imports.list());
    if (failures.length > 0) throw toAppError(failures[0]);
  }

  #hasMore(): boolean {
    return this.#inState('looking', 1).length + this.#inState('waiting', 1).length > 0;
  }

  #inState(state: ImportFile['state'], limit: number): ImportFile[] {
    const found: ImportFile[] = [];
    for (const file of this.#files.values()) {
      if (file.state === state && found.push(file) === limit) break;
    }
    return found;
  }

  #added(state: DocumentSummary['state']): { documentId: string }[] {
    return [...this.#files.values()].flatMap(({ documentId, state: own }) =>
      own === 'added' && documentId && this.#documents.get(documentId) === state ? [{ documentId }] : [],
    );
  }
}
