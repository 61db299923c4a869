/** The sources of an answer by document, each named once. Pure. */
import type { Citation } from '../../../shared/domain.ts';

export interface SourceGroup {
  readonly documentId: string;
  readonly title: string;
  readonly citations: readonly Citation[];
}

/** In the order in which the answer first cites them; the numbers of a group rise. */
export function groupSources(citations: readonly Citation[]): readonly SourceGroup[] {
  const groups = new Map<string, Citation[]>();
  for (const citation of citations) {
    const group = groups.get(citation.documentId);
    if (group) group.push(citation);
    else groups.set(citation.documentId, [citation]);
  }
  return [...groups].map(([documentId, ofDocument]) => ({
    documentId,
    title: ofDocument[0]?.title ?? '',
    citations: ofDocument,
  }));
}
