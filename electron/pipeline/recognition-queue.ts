/**
 * Recognises pages without text in the background, at the lowest priority: only while nothing is read or embedded, one
 * document after another, each page committed, so that a restart goes on with the next one.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { AppError, toAppError, type ErrorCode } from '../../shared/errors.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import { BUILT_IN_LANGUAGE, languageMissing } from '../../shared/recognition-languages.ts';
import { BackgroundQueue } from './background-queue.ts';
import type { BlobStore } from './blobs.ts';
import { noText } from './ingest-steps.ts';
import type { LanguageData } from './ports/language-data.ts';
import type { HostRunner, RecogniseLanguages } from './ports/pipeline-host.ts';
import { failedPage, type RecognisedPage } from './recognition.ts';

export interface RecognitionQueueOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly host: HostRunner;
  /** True while anything is read or embedded; all of that goes first. */
  readonly isBusy: () => boolean;
  readonly languageData: Pick<LanguageData, 'installed' | 'folder'>;
  /** Codes of the languages for documents for which none were chosen. */
  readonly defaultLanguages: () => readonly string[];
  /** Told after every committed page. */
  readonly onChange: (documentId: string) => void;
  /** What was recognised in a document is stored and can be chunked. */
  readonly onRecognised: (documentId: string) => void;
  readonly onError: (error: AppError) => void;
}

/** Pages of one job; between two, a document with fewer pages left has its turn. */
const PAGES_A_JOB = 16;
/** Pages without one between them that could be recognised, after which the rest of the document is not tried. */
const MOST_FAILURES_IN_A_ROW = 5;
/** What a page may bring about; with any other error, no page of the document can be recognised. */
const errorsOfPages: readonly ErrorCode[] = [
  'recognition-failed',
  'pipeline-crashed',
  'pipeline-hung',
  'pipeline-out-of-memory',
  'internal',
];

/** What went wrong in a document since it was last well. */
interface Trouble {
  /** Pages that failed one after another. */
  inARow: number;
  /** The last page of a job that failed: up to it, each page is a job of its own, which shows whose fault it is. */
  aloneUntil: number;
}

export class RecognitionQueue extends BackgroundQueue {
  readonly #options: RecognitionQueueOptions;
  /** By document. */
  readonly #troubles = new Map<string, Trouble>();

  constructor(options: RecognitionQueueOptions) {
    super(options.onError);
    this.#options = options;
  }

  /** Starts working when there is something to do and nothing else is done; costs little otherwise. */
  poke(): void {
    if (!this.#options.isBusy()) this.begin(() => this.#run());
  }

  /** Other languages are here now: the pages that are not done begin anew. */
  restart(): void {
    this.endTurn();
  }

  async #run(): Promise<void> {
    while (!this.closed && !this.#options.isBusy()) {
      const waiting = await this.#options.database.recognition.waiting();
      const next = waiting.find(({ id }) => !this.isHeld(id));
      if (!next || this.#options.isBusy()) return;
      await this.turnOf(next.id, (signal) => this.#recognise(next, signal));
    }
  }

  async #recognise(document: DocumentSummary, signal: AbortSignal): Promise<void> {
    const { database, blobs, host, isBusy, onChange } = this.#options;
    const { id, fileName } = document;
    const trouble = this.#troubles.get(id) ?? { inARow: 0, aloneUntil: 0 };
    this.#troubles.set(id, trouble);
    let latest = document;
    let failure = null as AppError | null;
    const put = async (page: RecognisedPage): Promise<void> => {
      latest = await database.recognition.put(id, page);
      trouble.inARow = page.error ? trouble.inARow + 1 : 0;
      if (page.error && trouble.inARow >= MOST_FAILURES_IN_A_ROW) failure = AppError.fromInfo(page.error);
      onChange(id);
    };
    try {
      const waiting = await database.recognition.pages(id, PAGES_A_JOB);
      const pages = waiting.slice(0, (waiting[0] ?? 0) <= trouble.aloneUntil ? 1 : PAGES_A_JOB);
      const jobId = randomUUID();
      const languages = await this.#languagesOf(document);
      if (pages.length > 0 && !signal.aborted) {
        const file = await blobs.stored(document.contentHash, document.format);
        await host
          .run(
            jobId,
            (remote) =>
              remote.recognise({
                jobId,
                file,
                fileName,
                pages,
                languages,
              }),
            {
              recognised: async (page) => {
                if (signal.aborted) return false;
                await put(page);
                return !this.closed && !isBusy() && failure === null;
              },
            },
            signal,
          )
          .catch(async (thrown: unknown) => {
            const error = toAppError(thrown);
            if (signal.aborted || !errorsOfPages.includes(error.code)) throw error;
            const [alone, ...others] = pages;
            if (alone === undefined || others.length > 0) trouble.aloneUntil = pages.at(-1) ?? 0;
            else if (latest === document) await put(failedPage(alone, error.toInfo()));
          });
      }
      if (signal.aborted) return;
      // Its count may be of before: then the next turn finds it done.
      if (pages.length === 0) latest = await database.recognition.plan(id);
      const { done, total } = latest.recognition;
      if (failure && done < total) await this.#fail(document, failure);
      else await this.#settle(latest);
    } catch (thrown) {
      if (!signal.aborted) await this.#fail(document, toAppError(thrown));
    }
  }

  /** What was chosen, as far as its data is here: a library may have come from another computer. */
  async #languagesOf({ recognitionLanguages: chosen }: DocumentSummary): Promise<RecogniseLanguages> {
    const { languageData, defaultLanguages } = this.#options;
    const installed = await languageData.installed();
    const here = (chosen ?? defaultLanguages()).filter((code) => installed.includes(code));
    const wanted = here.length > 0 ? here : [BUILT_IN_LANGUAGE];
    return { wanted, others: chosen ? [] : installed, folder: languageData.folder };
  }

  /** Recognises the scanned pages of a document anew. Errors: `not-found`, `language-missing`. */
  async again(documentId: string, languages: readonly string[]): Promise<void> {
    const { database, languageData, onChange } = this.#options;
    const installed = await languageData.installed();
    const missing = languages.find((code) => !installed.includes(code));
    if (missing !== undefined) throw languageMissing(missing);
    const release = await this.hold(documentId);
    try {
      await database.recognition.again(documentId, languages);
    } finally {
      release();
    }
    onChange(documentId);
    this.poke();
  }

  async #settle(document: DocumentSummary): Promise<void> {
    const { id, state, recognition, recognitionError, textPages, fileName, pageCount } = document;
    if (recognition.done >= recognition.total) this.#troubles.delete(id);
    if (state === 'chunking') this.#options.onRecognised(id);
    else if (
      (state === 'extracting' || state === 'ready') &&
      recognition.done >= recognition.total &&
      textPages === 0
    ) {
      const { chunks, documents } = this.#options.database;
      // Recognised anew, and nothing found: passages of a text that is gone are no longer found or cited.
      if (state === 'ready') await chunks.begin(id);
      await documents.fail(id, recognitionError ?? noText(fileName, pageCount).toInfo(), 'extracting');
      this.#options.onChange(id);
    }
  }

  async #fail(document: DocumentSummary, error: AppError): Promise<void> {
    const { database, onChange } = this.#options;
    const { id, fileName } = document;
    this.#troubles.delete(id);
    const info = {
      ...error.toInfo(),
      message: `The text of “${fileName}” could not be recognised. ${error.message}`,
      retryable: true,
    };
    const current = await database.documents.get(id);
    if (!current) return;
    if (current.state === 'extracting') await database.documents.fail(id, info, 'extracting');
    else if (current.state === 'ready') await this.#settle(await database.recognition.stop(id, info));
    onChange(id);
  }
}
