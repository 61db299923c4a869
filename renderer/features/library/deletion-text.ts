/** What goes when documents are deleted, in a sentence. Pure. */
import type { DeletionCounts } from '../../../shared/domain.ts';
import { countOf } from '../../components/format.ts';

/** `180 pages, 642 passages, 642 vectors and 2 files go with it; 3 citations in conversations and written pieces lose their page.` */
export function describeCounts(counts: DeletionCounts): string {
  const it = counts.documents === 1 ? 'it' : 'them';
  const parts = [
    counts.pages > 0 && countOf(counts.pages, 'page'),
    counts.chunks > 0 && countOf(counts.chunks, 'passage'),
    counts.vectors > 0 && countOf(counts.vectors, 'vector'),
    counts.files > 0 && countOf(counts.files, 'file'),
    counts.pieces > 0 && countOf(counts.pieces, 'written piece'),
  ].filter((part) => part !== false);
  const last = parts.pop();
  const list = parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
  const isOne = parts.length === 0 && list?.startsWith('1 ') === true;
  const sentences = [
    list === undefined ? `Nothing else is stored for ${it}` : `${list} ${isOne ? 'goes' : 'go'} with ${it}`,
  ];
  if (counts.citations > 0) {
    const lose = counts.citations === 1 ? 'loses its page' : 'lose their page';
    sentences.push(`${countOf(counts.citations, 'citation')} in conversations and written pieces ${lose}`);
  }
  return `${sentences.join('; ')}.`;
}
