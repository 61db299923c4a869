/** The headings of a document as they were found in its text. */
import { useEffect, useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { request } from '../../ipc/client.ts';
import type { OutlineNode } from './outline-tree.ts';
import { headingOutline } from './text-outline.ts';

const none: ReadonlyMap<number, readonly string[]> = new Map();

/** Places are pages. */
export async function storedOutline(documentId: string): Promise<readonly OutlineNode<number>[]> {
  const headings = await request('viewer.headings', { documentId });
  return headingOutline(headings.map(({ title, level, page }) => ({ title, level, place: page })));
}

/** By page; none until they came, and where they can't be had: the text reads without them. */
export function useStoredHeadings(
  { id: documentId, searchable }: Pick<DocumentSummary, 'id' | 'searchable'>,
  isWanted: boolean,
): ReadonlyMap<number, readonly string[]> {
  const [headings, setHeadings] = useState(none);
  useEffect(() => {
    if (!isWanted || !searchable) return;
    let isCurrent = true;
    request('viewer.headings', { documentId }).then(
      (found) => {
        const byPage = Map.groupBy(found, ({ page }) => page);
        const titles = [...byPage].map(([page, own]) => [page, own.map(({ title }) => title)] as const);
        if (isCurrent) setHeadings(new Map(titles));
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [documentId, searchable, isWanted]);
  return headings;
}
