/** What to say after files were added. Pure. */
import { AppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { AddOutcome } from '../../../shared/requests/library.ts';

export interface OutcomeSummary {
  /** One sentence, empty when nothing was added or already there. */
  readonly text: string;
  readonly addedIds: readonly string[];
  readonly duplicateIds: readonly string[];
  /** At most one error for each reason, with the number of files it befell. */
  readonly rejected: readonly ErrorInfo[];
}

function fileNameOf(path: string): string {
  return path.split(/[/\\]/).pop() ?? path;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

export function summariseOutcomes(outcomes: readonly AddOutcome[]): OutcomeSummary {
  const idsWith = (status: AddOutcome['status']) =>
    outcomes.flatMap((outcome) => (outcome.status === status && outcome.documentId ? [outcome.documentId] : []));
  const addedIds = idsWith('added');
  const duplicateIds = [...new Set(idsWith('duplicate'))];
  const duplicates = outcomes.filter((outcome) => outcome.status === 'duplicate');

  const sentences: string[] = [];
  if (addedIds.length > 0) sentences.push(`Added ${count(addedIds.length, 'document')}.`);
  const [first] = duplicates;
  if (duplicates.length === 1 && first) sentences.push(`${fileNameOf(first.path)} is already in your library.`);
  else if (duplicates.length > 1) sentences.push(`${count(duplicates.length, 'file')} are already in your library.`);

  const byCode = new Map<string, ErrorInfo[]>();
  for (const { status, error } of outcomes) {
    if (status === 'rejected' && error) byCode.set(error.code, [...(byCode.get(error.code) ?? []), error]);
  }
  const rejected = [...byCode.values()].flatMap(([error, ...others]) => {
    if (!error) return [];
    const message =
      others.length === 0 ? error.message : `${error.message} (And ${count(others.length, 'more file')}.)`;
    return [new AppError(error.code, message, { hint: error.hint, retryable: error.retryable }).toInfo()];
  });
  return { text: sentences.join(' '), addedIds, duplicateIds, rejected };
}
