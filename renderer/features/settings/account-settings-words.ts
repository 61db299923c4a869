/** What the account’s settings say. Pure. */
import type { IdleLock, Limits } from '../../../shared/accounts.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import type { SyncSizes } from '../../../shared/sync-view.ts';
import { countOf, formatBytes } from '../../components/format.ts';

const usualIdleLocks: readonly IdleLock[] = [null, 1, 5, 15, 60];

/** What is offered, and what holds though it is none of the usual ones; the shortest first, after never. */
export function idleLockChoices(current: IdleLock): readonly IdleLock[] {
  if (usualIdleLocks.includes(current)) return usualIdleLocks;
  return [...usualIdleLocks, current].sort((a, b) => (a ?? 0) - (b ?? 0));
}

/** `Never`, `5 min`, `1 h`. */
export function idleLockText(minutes: IdleLock): string {
  if (minutes === null) return 'Never';
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** What an account has in it. */
export interface AccountContent {
  readonly documents: number;
  readonly conversations: number;
  readonly pieces: number;
}

/** `12 documents, 3 conversations, 2 written pieces`. */
export function contentText({ documents, conversations, pieces }: AccountContent): string {
  return [
    countOf(documents, 'document'),
    countOf(conversations, 'conversation'),
    pieces > 0 && countOf(pieces, 'written piece'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** `209 documents with 2.5 GB of files, and an index of 480 MB.` */
export function thereText({ both, there, here, indexThere }: SyncSizes): string {
  const documents = both.documents + there.documents;
  const files =
    documents > 0
      ? `${countOf(documents, 'document')} with ${formatBytes(both.bytes + there.bytes)} of files`
      : here.documents > 0
        ? 'No files'
        : 'No documents';
  return indexThere === null ? `${files}.` : `${files}, and an index of ${formatBytes(indexThere)}.`;
}

/** @param sizes Null as long as they are not known. */
export function deleteThereNote(sizes: SyncSizes | null): string {
  const only = sizes?.there.documents ?? 0;
  const lost =
    only > 0
      ? ` The files of ${countOf(only, 'document')} are not on this computer: those that no other has are lost.`
      : '';
  return `Every row, vector and file of it, and it is looked whether any is left. Your other computers keep their own copies, and no longer sync.${lost}`;
}

export interface LeavingThere {
  readonly email: string;
  /** Changes of this computer. */
  readonly unsent: number;
  /** Null as long as they are not known. */
  readonly sizes: SyncSizes | null;
}

export function leaveThereNote({ email, unsent, sizes }: LeavingThere): string {
  const only = sizes?.here.documents ?? 0;
  const lost = [
    unsent > 0 && countOf(unsent, 'change'),
    only > 0 && `the ${only === 1 ? 'file' : 'files'} of ${countOf(only, 'document')}`,
  ].filter(Boolean);
  const ends = lost.length > 0 ? ` Not sent yet, and gone with this computer’s: ${lost.join(' and ')}.` : '';
  return `Your other computers go on syncing, and any computer can sign in to it again, as ${email} with your password.${ends}`;
}

/** Whether it is the servers that a deletion failed at: then the account can still be deleted here alone. */
export function isOfServers({ code }: Pick<ErrorInfo, 'code'>): boolean {
  return code.startsWith('remote-') || code === 'deletion-incomplete' || code === 'internal';
}

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

/** `$5.00 and 2,000,000 tokens a month, 20 requests a minute`. */
export function limitsText({ monthlyCost, monthlyTokens, requestsPerMinute }: Limits): string {
  const monthly = [
    monthlyCost !== null && money.format(monthlyCost),
    monthlyTokens !== null && countOf(monthlyTokens, 'token'),
  ].filter(Boolean);
  const parts = [
    monthly.length > 0 && `${monthly.join(' and ')} a month`,
    requestsPerMinute !== null && `${countOf(requestsPerMinute, 'request')} a minute`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'No limits';
}
