/** How far an import is: pure, from the journal's files and the states of its documents. */
import type { ImportFile } from '../db/import-types.ts';
import type { DocumentState } from '../../shared/domain.ts';
import type { ImportSummary } from '../../shared/imports.ts';

/** @param cancelling True while what waited is taken out. */
export function countImport(
  files: Iterable<ImportFile>,
  documents: ReadonlyMap<string, DocumentState>,
  cancelling: boolean,
): ImportSummary {
  const counts = {
    total: 0,
    looking: false,
    waiting: 0,
    toCome: 0,
    read: 0,
    ready: 0,
    duplicates: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const { state, documentId } of files) {
    if (state === 'looking') {
      counts.looking = true;
      continue;
    }
    counts.total += 1;
    switch (state) {
      case 'waiting':
        counts.waiting += 1;
        counts.toCome += 1;
        continue;
      case 'duplicate':
        counts.duplicates += 1;
        break;
      case 'rejected':
        counts.failed += 1;
        break;
      case 'cancelling':
      case 'cancelled':
        counts.cancelled += 1;
        break;
      case 'added': {
        const of = documents.get(documentId ?? '') ?? 'queued';
        if (of === 'ready') counts.ready += 1;
        else if (of === 'failed') counts.failed += 1;
        else counts.waiting += 1;
        if (of === 'queued' || of === 'extracting' || of === 'chunking') continue;
      }
    }
    counts.read += 1;
  }
  return { ...counts, active: counts.looking || counts.waiting > 0 || cancelling, cancelling };
}
