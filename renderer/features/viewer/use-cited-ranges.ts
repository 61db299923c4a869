/** Where a citation is marked in a document's text. */
import { useEffect, useMemo, useState } from 'react';
import type { Citation, PageRange } from '../../../shared/domain.ts';
import type { PageText } from '../../../shared/requests/library.ts';
import { request } from '../../ipc/client.ts';
import { citedRanges } from './cited-ranges.ts';

/** The request takes no more. */
const mostBoxes = 2_000;

/** A citation of a PDF has boxes: main knows which words stand in them. Where none do, its words are looked for. */
export function useCitedRanges(
  documentId: string,
  citation: Citation | null,
  pages: ReadonlyMap<number, PageText>,
): readonly PageRange[] {
  const [read, setRead] = useState<{ readonly citation: Citation; readonly ranges: readonly PageRange[] } | null>(null);
  const hasBoxes = citation !== null && citation.boxes.length > 0;
  useEffect(() => {
    if (!hasBoxes) return;
    let isCurrent = true;
    const take = (ranges: readonly PageRange[]) => {
      if (isCurrent) setRead({ citation, ranges });
    };
    request('viewer.readBoxes', { documentId, boxes: citation.boxes.slice(0, mostBoxes) }).then(take, () => take([]));
    return () => {
      isCurrent = false;
    };
  }, [documentId, citation, hasBoxes]);
  return useMemo(() => {
    if (hasBoxes && read?.citation !== citation) return [];
    const inOrder = [...pages.values()].sort((a, b) => a.number - b.number);
    const hasWords = hasBoxes && read !== null && read.ranges.length > 0;
    return citedRanges(hasWords ? { ...citation, ranges: read.ranges } : citation, inOrder);
  }, [citation, hasBoxes, read, pages]);
}
