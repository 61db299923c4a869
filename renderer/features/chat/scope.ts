/** What a question can be asked of. Pure. */
import type { DocumentSummary } from '../../../shared/domain.ts';

/** One that failed before its text was there has nothing to answer from; one that is being read will have. */
export function canBeAsked({ state, searchable }: Pick<DocumentSummary, 'state' | 'searchable'>): boolean {
  return searchable || state !== 'failed';
}

export function isSameSet(ids: readonly string[], chosen: ReadonlySet<string>): boolean {
  return ids.length > 0 && ids.length === chosen.size && ids.every((id) => chosen.has(id));
}
