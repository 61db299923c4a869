/** The facts about a document in words. Pure. */
import type { DocumentState, DocumentSummary, StageTime } from '../../../shared/domain.ts';
import type { DocumentDetails } from '../../../shared/requests/library.ts';
import { languageName } from '../../../shared/recognition-languages.ts';
import { countOf, formatDay } from '../../components/format.ts';

const labels: Record<DocumentState, string> = {
  queued: 'Waited',
  extracting: 'Text read',
  chunking: 'Cut into passages',
  embedding: 'Vectors made',
  ready: 'Ready',
  failed: 'Failed',
};

export function stageLabel(stage: DocumentState): string {
  return labels[stage];
}

/** `Today 14:05:09`. */
export function whenText(time: number, now: number): string {
  const clock = new Date(time).toLocaleTimeString('en-GB');
  return `${formatDay(time, now)} ${clock}`;
}

export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
}

/** Nothing for the states in which a document stays. */
export function spentText({ stage, finishedAt, spent }: StageTime): string {
  if (stage === 'ready' || stage === 'failed') return '';
  return finishedAt === null ? 'under way' : durationText(spent);
}

/** Which languages scanned pages were recognised in, when they were chosen or found out. */
export function languagesText({ recognitionLanguages }: Pick<DocumentSummary, 'recognitionLanguages'>): string | null {
  return recognitionLanguages ? `Read as ${recognitionLanguages.map(languageName).join(' and ')}` : null;
}

/** `180 pages, 3 without text`. */
export function pagesText({ pageCount, textPages }: Pick<DocumentSummary, 'pageCount' | 'textPages'>): string {
  const without = pageCount - textPages;
  if (pageCount === 0) return 'Not read yet';
  if (without === 0) return countOf(pageCount, 'page');
  return `${countOf(pageCount, 'page')}, ${without === pageCount ? 'all' : without.toLocaleString('en')} without text`;
}

/** `642 of 642, by all-MiniLM-L6-v2 (384 numbers each)`. */
export function embedderText(
  { embeddedChunks, chunkCount }: Pick<DocumentSummary, 'embeddedChunks' | 'chunkCount'>,
  details: Pick<DocumentDetails, 'embedder'> | null,
): string {
  const counts = `${embeddedChunks.toLocaleString('en')} of ${chunkCount.toLocaleString('en')}`;
  const embedder = details?.embedder;
  return embedder ? `${counts}, by ${embedder.model} (${embedder.dimensions} numbers each)` : counts;
}
