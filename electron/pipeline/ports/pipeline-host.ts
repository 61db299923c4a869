/**
 * The port through which the pipeline has documents read and chunked in a process of its own, and what is said across
 * it. `workers/host-pool.ts` implements it, `workers/pipeline-host.ts` is the other side.
 */
import type { StoredFile } from '../../encryption/stored-file.ts';
import type { Chunk } from '../chunk-types.ts';
import type { RecognisedPage } from '../recognition.ts';
import type { StoredPage } from '../stored-page.ts';
import type { Embedder, EmbedOptions } from './embedder.ts';
import type { LanguageChoice } from './page-recognizer.ts';
import type { CheckedSentence, SentenceToCheck } from './sentence-checker.ts';
import type { ExpectedBytes } from '../whole-copy.ts';
import type { DocumentFormat } from '../../../shared/domain.ts';

/** A slice of reading: from a page on, for about `budget` milliseconds, then another document may have its turn. */
export interface ReadJob {
  readonly jobId: string;
  /** The stored copy, with the keys of it alone. */
  readonly file: StoredFile;
  /** As the person knows it; errors name it. */
  readonly fileName: string;
  readonly format: DocumentFormat;
  /** First page to read, from 1. */
  readonly from: number;
  /** Milliseconds. */
  readonly budget: number;
  /** Whether to find out title, author, language and picture, too. */
  readonly describe: boolean;
  /** Where the first page's picture goes (webp); null when it is there already. */
  readonly thumbnail: StoredFile | null;
}

/** What opening a document finds out. */
export interface ReadInfo {
  /** From the metadata or the first heading; null when neither gives one. */
  readonly title: string | null;
  readonly author: string | null;
  readonly language: string | null;
  readonly pageCount: number;
  readonly hasThumbnail: boolean;
}

export interface ReadResult {
  /** Told where the job asks for it, else null. */
  readonly info: ReadInfo | null;
  readonly pageCount: number;
  /** The page to go on with, or null when all were read. */
  readonly next: number | null;
}

export interface ChunkJob {
  readonly jobId: string;
  readonly title: string;
  readonly fileName: string;
  readonly format: DocumentFormat;
  readonly pageCount: number;
}

export interface RecogniseJob {
  readonly jobId: string;
  readonly file: StoredFile;
  readonly fileName: string;
  /** Page numbers, from 1. */
  readonly pages: readonly number[];
  readonly languages: RecogniseLanguages;
}

/** What a document's scanned pages are recognised in. */
export interface RecogniseLanguages {
  /** Codes, the most likely first; their data is here. */
  readonly wanted: readonly string[];
  /** Another language whose data is here is taken up when a page turns out to be in it; empty when the person chose. */
  readonly others: readonly string[];
  /** The folder of the data that was fetched. */
  readonly folder: string;
}

export interface EmbedJob {
  readonly jobId: string;
  readonly texts: readonly string[];
  readonly priority: NonNullable<EmbedOptions['priority']>;
}

/** A stored copy that may no longer be what was stored. */
export interface WholenessJob extends ExpectedBytes {
  readonly jobId: string;
  readonly file: StoredFile;
}

export interface CheckJob extends SentenceToCheck {
  readonly jobId: string;
}

/** What of recognition's data can't be used: codes of languages, none when all is well. */
export interface RecognitionDataState {
  readonly missing: readonly string[];
  readonly damaged: readonly string[];
}

/** What the built-in embedder says of itself. */
export type EmbedderDescription = Pick<Embedder, 'kind' | 'model' | 'fingerprint' | 'dimensions' | 'maxTokens'>;

/** Functions that the host serves. */
export interface HostFunctions {
  read(job: ReadJob): Promise<ReadResult>;
  chunk(job: ChunkJob): Promise<void>;
  /** Recognises pages from their pictures, until one of them is told that it was enough. */
  recognise(job: RecogniseJob): Promise<void>;
  /** Loads the built-in model when it is not loaded yet. */
  describeEmbedder(): Promise<EmbedderDescription>;
  /** All vectors one after another. */
  embed(job: EmbedJob): Promise<Float32Array>;
  check(job: CheckJob): Promise<CheckedSentence | null>;
  /** See `isWhole` in whole-copy.ts. */
  isWhole(job: WholenessJob): Promise<boolean>;
  /** Reads the data of these languages to its end; English is built in. */
  checkRecognitionData(languages: LanguageChoice): Promise<RecognitionDataState>;
  cancel(jobId: string): void;
  /** Closes open documents, so that their stored copy can be deleted. */
  closeDocuments(): Promise<void>;
  /** Resident memory in bytes: a host that grew large is replaced when it has nothing to do. */
  memory(): number;
}

/** Functions that main serves to the host. Each is also a sign of life. */
export interface HostCallbacks {
  /** Resolves when the pages are committed, which holds a fast reader back. */
  pages(jobId: string, pages: readonly StoredPage[], pageCount: number): Promise<void>;
  /** Pages of the job's document from the database, for chunking. */
  storedPages(jobId: string, from: number, to: number): Promise<readonly StoredPage[]>;
  chunks(jobId: string, chunks: readonly Chunk[]): Promise<void>;
  /** Resolves when the page is committed; false when something more urgent waits. */
  recognised(jobId: string, page: RecognisedPage): Promise<boolean>;
  alive(jobId: string): void;
}

type WithoutJobId<T> = T extends (jobId: string, ...rest: infer Rest) => infer Answer
  ? (...rest: Rest) => Answer
  : never;

/** What a job answers when its host calls back. */
export interface JobCallbacks {
  readonly pages?: WithoutJobId<HostCallbacks['pages']>;
  readonly storedPages?: WithoutJobId<HostCallbacks['storedPages']>;
  readonly chunks?: WithoutJobId<HostCallbacks['chunks']>;
  readonly recognised?: WithoutJobId<HostCallbacks['recognised']>;
}

/** One host process as the pipeline sees it: started when there is work, watched, replaced when it dies. */
export interface HostRunner {
  /**
   * Runs a job in the host. Rejects with what the host threw, with `pipeline-crashed`, `pipeline-hung` or
   * `pipeline-out-of-memory` when the host went, with `cancelled` when the signal aborts.
   */
  run<T>(
    jobId: string,
    work: (host: HostFunctions) => Promise<T>,
    callbacks: JobCallbacks,
    signal: AbortSignal,
  ): Promise<T>;
  /** Closes documents that the host keeps open between slices. */
  closeDocuments(): Promise<void>;
}
