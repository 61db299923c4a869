/** The status bar's three answers in words: what is it doing, who answers, what left this computer. Pure. */
import type { AppStatus } from '../../shared/requests/app.ts';
import { formatBytes, formatSecondsLeft } from '../components/format.ts';

export function activityText(activity: NonNullable<AppStatus['activity']>): string {
  const { documentsDone, documentsTotal, title, stage } = activity;
  const verb = stage === 'embedding' ? 'Indexing' : stage === 'recognising' ? 'Recognising' : 'Reading';
  const which =
    documentsTotal > 1
      ? `${verb} ${Math.min(documentsDone + 1, documentsTotal).toLocaleString('en')} of ${documentsTotal.toLocaleString('en')}`
      : verb;
  return [which, title, whereText(activity), leftText(activity)].filter(Boolean).join(' · ');
}

/** `page 88 of 180`, `40 %`; null while it is not known. */
export function whereText({ stage, done, total }: NonNullable<AppStatus['activity']>): string | null {
  if (total <= 0) return null;
  return stage === 'extracting' || stage === 'recognising'
    ? `page ${(stage === 'recognising' ? Math.min(done + 1, total) : done).toLocaleString('en')} of ${total.toLocaleString('en')}`
    : `${Math.floor((100 * Math.min(done, total)) / total)} %`;
}

/** `1.2 min left`; null while it is not known. */
export function leftText({ secondsLeft }: NonNullable<AppStatus['activity']>): string | null {
  return secondsLeft === null ? null : formatSecondsLeft(secondsLeft);
}

/** 0 to 1 over all documents, the present one counted by its part. */
export function activityPart(activity: NonNullable<AppStatus['activity']>): number | null {
  const { documentsDone, documentsTotal, done, total } = activity;
  if (documentsTotal <= 0) return null;
  return Math.min(1, (documentsDone + (total > 0 ? Math.min(1, done / total) : 0)) / documentsTotal);
}

export function answersText({ kind, model, host, note }: AppStatus['answers']): string {
  if (note) return 'Answers: quoted, the model can’t be asked';
  if (kind === 'extractive') return 'Answers: quoted, on this computer';
  return `Answers: ${[model, host].filter(Boolean).join(' · ') || 'a model'}`;
}

/** @param isSyncOn What sync sends goes to the person's own servers, and is not counted: then it says what is. */
export function sentText(bytesSent: number, isSyncOn: boolean): string {
  const sent = bytesSent === 0 ? 'Nothing sent' : `${formatBytes(bytesSent)} sent`;
  return isSyncOn ? `${sent} to models` : sent;
}
