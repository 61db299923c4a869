/**
 * What the pipeline host does with documents: reads them in slices and chunks their pages. A document stays open between
 * its slices, a few at a time, so that taking turns does not cost an opening each.
 */
import type { HostCallbacks, HostFunctions } from './ports/pipeline-host.ts';
import type { StoredFile } from '../encryption/stored-file.ts';
import { chunkDocument } from './chunk.ts';
import type { StoredPage } from './stored-page.ts';
import { openSource, type OpenSource, type SourceReaders } from './extract.ts';

/** Documents that stay open between slices. */
const OPEN_DOCUMENTS = 3;
/** Pages in one message: about 100 KB. */
const PAGES_A_BATCH = 12;
/** Stored pages asked for at once, for chunking. */
const PAGES_A_REQUEST = 32;
/** Chunks in one message, and one transaction: their many small boxes are what costs main's thread time to take in and hand on. */
export const CHUNKS_A_BATCH = 40;

export interface ReadingDesk {
  read(job: Parameters<HostFunctions['read']>[0], signal: AbortSignal): ReturnType<HostFunctions['read']>;
  chunk(job: Parameters<HostFunctions['chunk']>[0], signal: AbortSignal): Promise<void>;
  /** Closes all documents. */
  close(): Promise<void>;
}

export function createReadingDesk(callbacks: HostCallbacks, readers: SourceReaders): ReadingDesk {
  /** By their paths, in the order of their last use. */
  const open = new Map<string, OpenSource>();

  async function sourceFor(
    file: StoredFile,
    fileName: string,
    format: Parameters<typeof openSource>[0]['format'],
  ): Promise<OpenSource> {
    const { path } = file;
    const there = open.get(path);
    if (there) {
      open.delete(path);
      open.set(path, there);
      return there;
    }
    const source = await openSource({ file, fileName, format }, readers);
    open.set(path, source);
    const [oldest] = open.keys();
    if (open.size > OPEN_DOCUMENTS && oldest !== undefined) await closeOne(oldest);
    return source;
  }

  async function closeOne(path: string): Promise<void> {
    const source = open.get(path);
    open.delete(path);
    await source?.close();
  }

  return {
    async read(job, signal) {
      const source = await sourceFor(job.file, job.fileName, job.format);
      callbacks.alive(job.jobId);
      const deadline = performance.now() + job.budget;
      let batch: StoredPage[] = [];
      // One batch is being committed while the next is read.
      let committing: Promise<void> = Promise.resolve();
      const send = async (): Promise<void> => {
        await committing;
        if (batch.length > 0) committing = callbacks.pages(job.jobId, batch, source.pageCount);
        // Awaited before the next batch and at the end; until then its failure is not unhandled.
        committing.catch(() => undefined);
        batch = [];
      };
      try {
        let number = job.from;
        for (; number <= source.pageCount && performance.now() < deadline; number += 1) {
          signal.throwIfAborted();
          batch.push(await source.readPage(number));
          if (batch.length >= PAGES_A_BATCH) await send();
          // A turn of the event loop, in which a cancellation can arrive.
          else if (number % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await send();
        await committing;
        const info = job.describe ? await source.readInfo(job.thumbnail) : null;
        const next = number <= source.pageCount ? number : null;
        if (next === null) await closeOne(job.file.path);
        return { info, pageCount: source.pageCount, next };
      } catch (error) {
        await closeOne(job.file.path);
        throw error;
      }
    },
    async chunk(job, signal) {
      const pages: StoredPage[] = [];
      for (let from = 1; from <= job.pageCount; from += PAGES_A_REQUEST) {
        signal.throwIfAborted();
        pages.push(
          ...(await callbacks.storedPages(job.jobId, from, Math.min(from + PAGES_A_REQUEST - 1, job.pageCount))),
        );
      }
      const chunks = chunkDocument(pages, { title: job.title, fileName: job.fileName, format: job.format });
      for (let start = 0; start < chunks.length; start += CHUNKS_A_BATCH) {
        signal.throwIfAborted();
        await callbacks.chunks(job.jobId, chunks.slice(start, start + CHUNKS_A_BATCH));
      }
    },
    async close() {
      for (const path of [...open.keys()]) await closeOne(path);
    },
  };
}
