/** The steps of reading one document, each from one committed state of the journal to the next. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Database } from '../db/database.ts';
import { errno } from '../errno.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { DocumentFormat, DocumentSummary } from '../../shared/domain.ts';
import type { BlobStore } from './blobs.ts';
import type { HostRunner, ReadJob, ReadResult } from './ports/pipeline-host.ts';
import { pageDamaged, pdfNoPages } from './pdf-errors.ts';
import { indexTerms } from './query-terms.ts';
import { statementTerms } from './statement-terms.ts';
import type { StoredPage } from './stored-page.ts';
import type { ExpectedBytes } from './whole-copy.ts';

export interface StepContext {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly host: HostRunner;
  readonly signal: AbortSignal;
  /** Documents of which title, author and picture are known; kept by the queue, written by `readStep`. */
  readonly described: Set<string>;
  readonly onProgress: () => void;
}

/** A document's turn, in milliseconds of reading: what a short one waits for a long one at most. */
export const SLICE_BUDGET = 400;

/**
 * Reads a slice of pages; moves to `chunking` after the last one. A document on which no page has text stays where it is
 * until they are recognised, or fails with `document-no-text` when that found nothing.
 * @returns Whether there is another step to do now.
 */
export async function readStep(context: StepContext, document: DocumentSummary): Promise<boolean> {
  const { database, blobs, host, signal } = context;
  const from = await database.pages.next(document.id);
  if (document.state === 'queued')
    await database.documents.setState(document.id, 'extracting', { done: from - 1, total: 0 });
  const jobId = randomUUID();
  const file = await blobs.stored(document.contentHash, document.format);
  const result = await host.run(
    jobId,
    (remote) =>
      remote.read({
        jobId,
        file,
        fileName: document.fileName,
        format: document.format,
        from,
        budget: SLICE_BUDGET,
        // A kill may have come between the first pages and what was found out with them.
        describe: !context.described.has(document.id),
        thumbnail: document.hasThumbnail ? null : blobs.newThumbnail(document.contentHash),
      }),
    {
      pages: async (pages, pageCount) => {
        const last = pages.at(-1);
        if (!last || signal.aborted) return;
        await database.pages.put(document.id, pages, { done: last.number, total: pageCount });
        context.onProgress();
      },
    },
    signal,
  );
  if (result.info) {
    const { title, author, language, pageCount, hasThumbnail } = result.info;
    await database.documents.setInfo(document.id, {
      ...(title ? { title } : {}),
      author,
      language,
      pageCount,
      hasThumbnail,
    });
    context.described.add(document.id);
  }
  if (result.next !== null) return true;
  const { textPages, ocrPages, pageCount, recognition } = await database.recognition.plan(document.id);
  if (textPages === ocrPages && recognition.done < recognition.total) {
    await database.documents.setState(document.id, 'extracting', recognition);
    return false;
  }
  if (textPages === 0) throw noText(document.fileName, pageCount);
  await database.documents.setState(document.id, 'chunking');
  return true;
}

/**
 * Opens a file and reads every page, keeping none: one that is damaged is found before the stored copy is given up. A
 * changed file is read twice for that, in its own host. Throws what the reader threw, `pdf-damaged` for a page that no
 * reader could read, or `pdf-no-pages`; the file is closed again.
 */
export async function tryOut(
  host: HostRunner,
  { file, fileName, format }: Pick<ReadJob, 'file' | 'fileName' | 'format'>,
  signal: AbortSignal,
): Promise<void> {
  let damaged: number | null = null;
  const pages = (read: readonly StoredPage[]): Promise<void> => {
    // A page without any size is one that could not be read.
    damaged ??= (format === 'pdf' && read.find(({ width }) => width === 0)?.number) || null;
    return Promise.resolve();
  };
  try {
    for (let from: number | null = 1; from !== null;) {
      const jobId = randomUUID();
      const budget = SLICE_BUDGET;
      const job: ReadJob = { jobId, file, fileName, format, from, budget, describe: false, thumbnail: null };
      const { pageCount, next }: ReadResult = await host.run(jobId, (remote) => remote.read(job), { pages }, signal);
      if (pageCount === 0) throw pdfNoPages(fileName);
      if (damaged !== null) throw pageDamaged(fileName, damaged);
      from = next;
    }
  } finally {
    // Windows refuses to rename a file that is open.
    await host.closeDocuments();
  }
}

/**
 * Whether a document has other bytes stored than a copy that was just made of its file; false where it has none. In a
 * library that is not encrypted the length alone may tell; hashing is the host's. Errors: those of `HostRunner.run`, and
 * what the file system says of a stored copy that can't be read.
 */
export async function isStoredDamaged(
  { blobs, host }: Pick<StepContext, 'blobs' | 'host'>,
  { contentHash, size }: ExpectedBytes,
  format: DocumentFormat,
  signal: AbortSignal,
): Promise<boolean> {
  const path = blobs.file(contentHash, format);
  const stored = await stat(path).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null;
    throw error;
  });
  if (!stored) return false;
  if (!blobs.isEncrypted && stored.size !== size) return true;
  try {
    const jobId = randomUUID();
    const job = { jobId, file: await blobs.stored(contentHash, format), contentHash, size };
    return !(await host.run(jobId, (remote) => remote.isWhole(job), {}, signal));
  } catch (error) {
    const { code } = toAppError(error);
    // Not even its head is what was written.
    if (code === 'file-changed') return true;
    // Its document was deleted meanwhile, or the file made room.
    if (code === 'file-not-found') return false;
    throw error;
  }
}

/** Chunks the stored pages and stores the chunks with their full-text rows; the document is then searchable. */
export async function chunkStep(context: StepContext, document: DocumentSummary): Promise<void> {
  const { database, host, signal } = context;
  await database.chunks.begin(document.id);
  const jobId = randomUUID();
  await host.run(
    jobId,
    (remote) => {
      const { title, fileName, format, pageCount } = document;
      return remote.chunk({ jobId, title, fileName, format, pageCount });
    },
    {
      storedPages: (from, to) => database.pages.read(document.id, from, to),
      chunks: async (chunks) => {
        await database.chunks.append(
          document.id,
          chunks.map((chunk) => ({
            ordinal: chunk.index,
            page: chunk.page,
            pageEnd: chunk.pageEnd,
            ranges: chunk.ranges,
            text: chunk.text,
            contextText: chunk.contextText,
            searchTerms: [indexTerms(chunk.text), ...statementTerms(chunk)].join(' ').trim(),
            headingPath: chunk.headingPath,
            boxes: chunk.boxes,
            tokenCount: chunk.tokenCount,
            contentHash: chunk.contentHash,
          })),
        );
        context.onProgress();
      },
    },
    signal,
  );
  if (signal.aborted) return;
  await database.chunks.finish(document.id);
}

/** Neither text nor anything that could be recognised. */
export function noText(fileName: string, pageCount: number): AppError {
  const pages = pageCount === 1 ? 'Its page has no text' : `None of its ${pageCount} pages has text`;
  return new AppError('document-no-text', `“${fileName}” can't be searched. ${pages}, and none could be recognised.`, {
    hint: 'If there is text to see on it, choose its language in Details; or recognise it with another program (OCR).',
  });
}
