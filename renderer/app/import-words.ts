/** The import in words: how far it is, and what became of it. Pure. */
import type { AppStatus } from '../../shared/requests/app.ts';
import { LARGE_IMPORT, type ImportSummary } from '../../shared/imports.ts';
import { countOf } from '../components/format.ts';
import { activityText, leftText, whereText } from './status-words.ts';

const number = (value: number): string => value.toLocaleString('en');

/** `Reading 4 of 1,000 · page 88 of 180 · 1.2 min left`. */
export function importText(imported: ImportSummary, activity: AppStatus['activity']): string {
  const { total, read, waiting, toCome, looking, cancelling } = imported;
  if (cancelling) return 'Cancelling the import…';
  if (total === 0) return looking ? 'Looking for files…' : '';
  if (total === 1 && activity) return activityText(activity);
  const of = (done: number) => `${number(Math.min(done + 1, total))} of ${number(total)}`;
  if (!activity) return `Adding ${of(total - toCome)}`;
  const isIndexing = activity.stage === 'embedding';
  const verb = activity.stage === 'recognising' ? 'Recognising' : 'Reading';
  const which = isIndexing ? `Indexing ${of(total - waiting)}` : `${verb} ${of(read)}`;
  return [which, isIndexing ? null : whereText(activity), leftText(activity)].filter(Boolean).join(' · ');
}

/** Of the time a file takes, about this part goes into reading it; the rest into its vectors. */
const readingShare = 0.1;

/** 0 to 1; null while it is not known how many files there are. */
export function importPart({ total, read, waiting }: ImportSummary): number | null {
  return total === 0 ? null : (readingShare * read + (1 - readingShare) * (total - waiting)) / total;
}

/** Whether there is something to show of it, and to do about it. */
export function isImportTold({ active, cancelled, failed, total }: ImportSummary): boolean {
  return active || cancelled > 0 || (failed > 0 && total > LARGE_IMPORT);
}

/** What is left of an import that is over: `2 of 200 failed`. */
export function leftOverText({ total, failed, cancelled }: ImportSummary): string {
  const parts = [failed > 0 && `${number(failed)} failed`, cancelled > 0 && `${number(cancelled)} not added`];
  return `${parts.filter(Boolean).join(', ')} of ${number(total)}`;
}

/** `Imported 200 files: 195 ready, 3 already there, 2 failed.` */
export function importOutcomeText({ total, ready, duplicates, failed, cancelled }: ImportSummary): string {
  const parts = [
    ready > 0 && `${number(ready)} ready`,
    duplicates > 0 && `${number(duplicates)} already there`,
    failed > 0 && `${number(failed)} failed`,
    cancelled > 0 && `${number(cancelled)} not added`,
  ].filter(Boolean);
  return `${cancelled > 0 ? 'Import cancelled' : `Imported ${countOf(total, 'file')}`}: ${parts.join(', ')}.`;
}
