/** What the status bar says is going on: pure, from the documents' states and the rate so far. */
import { isRecognising, type DocumentSummary } from '../../shared/domain.ts';
import type { AppStatus } from '../../shared/requests/app.ts';

type Activity = NonNullable<AppStatus['activity']>;

/** Seconds of work a page and a chunk take, to begin with; the built-in model makes about 28 vectors a second here. */
const SECONDS_PER_PAGE = 0.008;
const SECONDS_PER_CHUNK = 0.036;
const SECONDS_PER_PICTURE = 2.5;
/** Chunks that a page of a filing has, about, for documents that are not chunked yet. */
const CHUNKS_PER_PAGE = 4;

/** Follows documents that are being worked on, from the first to the last of a batch. */
export class ActivityMeter {
  readonly #batch = new Map<string, DocumentSummary>();
  #startedAt = 0;
  #workAtStart = 0;

  /** @param now Milliseconds. */
  update(documents: readonly DocumentSummary[], now: number): void {
    for (const document of documents) {
      const busy = isBusy(document);
      if (!busy && !this.#batch.has(document.id)) continue;
      if (this.#batch.size === 0) {
        this.#startedAt = now;
        this.#workAtStart = 0;
      }
      if (!this.#batch.has(document.id)) this.#workAtStart += secondsLeft(document);
      this.#batch.set(document.id, document);
    }
    if (![...this.#batch.values()].some(isBusy)) this.#batch.clear();
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#batch.delete(id);
    if (![...this.#batch.values()].some(isBusy)) this.#batch.clear();
  }

  /**
   * @param now Milliseconds.
   * @param toCome Files that are not documents yet, and count for the time that is left.
   */
  activity(now: number, toCome = 0): Activity | null {
    const documents = [...this.#batch.values()];
    const busy = documents.filter(isBusy);
    const current =
      busy.find(
        (document) => document.state === 'chunking' || (document.state === 'extracting' && !isRecognising(document)),
      ) ??
      busy.find((document) => !isRecognising(document)) ??
      busy[0];
    if (!current) return null;
    const known = busy.reduce((sum, document) => sum + secondsLeft(document), 0);
    const elapsed = (now - this.#startedAt) / 1_000;
    const worked = this.#workAtStart - known;
    const left = known + (toCome * this.#workAtStart) / documents.length;
    // The guess is corrected by the rate so far as soon as there is one.
    const scale = elapsed > 2 && worked > 0 ? elapsed / worked : 1;
    return {
      // All are read before the first is indexed: each step counts those that have it behind them.
      documentsDone: documents.length - (isReading(current) ? busy.filter(isReading) : busy).length,
      documentsTotal: documents.length,
      title: current.title,
      ...whereIn(current),
      secondsLeft: elapsed > 2 ? Math.max(1, Math.round(left * Math.min(Math.max(scale, 0.2), 20))) : null,
    };
  }
}

function isBusy(document: DocumentSummary): boolean {
  // It comes from another device; nothing is done for it here.
  if (document.remoteOnly === true) return false;
  return (document.state !== 'ready' && document.state !== 'failed') || isRecognising(document);
}

function isReading({ state }: DocumentSummary): boolean {
  return state === 'queued' || state === 'extracting' || state === 'chunking';
}

function whereIn(document: DocumentSummary): Pick<Activity, 'stage' | 'done' | 'total'> {
  const { state, progress, recognition } = document;
  if (isRecognising(document)) return { stage: 'recognising', ...recognition };
  return { stage: state as Activity['stage'], ...progress };
}

function secondsLeft(document: DocumentSummary): number {
  const pages = document.pageCount || Math.max(1, document.size / 8_000);
  const chunks = document.chunkCount || pages * CHUNKS_PER_PAGE;
  if (isRecognising(document)) {
    const { done, total } = document.recognition;
    return (total - done) * (SECONDS_PER_PICTURE + CHUNKS_PER_PAGE * SECONDS_PER_CHUNK);
  }
  switch (document.state) {
    case 'ready':
    case 'failed':
      return 0;
    case 'queued':
      return pages * SECONDS_PER_PAGE + chunks * SECONDS_PER_CHUNK;
    case 'extracting':
      return (pages - Math.min(pages, document.progress.done)) * SECONDS_PER_PAGE + chunks * SECONDS_PER_CHUNK;
    case 'chunking':
      return chunks * SECONDS_PER_CHUNK;
    case 'embedding':
      return (chunks - Math.min(chunks, document.embeddedChunks)) * SECONDS_PER_CHUNK;
  }
}
