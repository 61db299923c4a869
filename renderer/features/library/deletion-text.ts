/** What goes and what stays when documents are deleted, before and after, in sentences. Pure. */
import type { DeletionCounts, DeletionOutcome } from '../../../shared/domain.ts';
import { countOf, formatBytes } from '../../components/format.ts';

/** `a, b and c`; null of nothing. */
function listOf(parts: readonly string[]): string | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}

function partsOf({ pages, chunks, vectors, files, pieces, prompts }: DeletionCounts): string[] {
  const counts: readonly (readonly [number: number, noun: string])[] = [
    [pages, 'page'],
    [chunks, 'passage'],
    [vectors, 'vector'],
    [files, 'stored file'],
    [pieces, 'written piece'],
    [prompts, 'kept prompt'],
  ];
  return counts.filter(([number]) => number > 0).map(([number, noun]) => countOf(number, noun));
}

/** `180 pages, 642 passages, 642 vectors and 2 stored files.` */
export function goesText(counts: DeletionCounts): string {
  return `${listOf(partsOf(counts)) ?? 'The entry in your library; nothing else is stored yet'}.`;
}

/** `The file that you added, where it is. 3 citations in conversations and written pieces, with title, page number and quote; …` */
export function staysText({ documents, citations }: Pick<DeletionCounts, 'documents' | 'citations'>): string {
  const file =
    documents === 1
      ? 'The file that you added, where it is on your disk.'
      : 'The files that you added, where they are on your disk.';
  if (citations === 0) return `${file} No conversation cites ${documents === 1 ? 'it' : 'them'}.`;
  const [their, them] = citations === 1 ? ['its', 'it'] : ['their', 'them'];
  const where = 'in conversations and written pieces';
  return `${file} ${countOf(citations, 'citation')} ${where}, with ${their} quote and page number; the page can’t be opened from ${them} any more.`;
}

/** `Deleted: 212 pages, 640 passages, 640 vectors and 2 stored files, 12 MB. Checked: nothing of it is left.` */
export function deletedText(outcome: DeletionOutcome, keptLibraries = 0): string {
  const list = listOf(partsOf(outcome)) ?? countOf(outcome.documents, 'document');
  const size = outcome.freedBytes > 0 ? `, ${formatBytes(outcome.freedBytes)}` : '';
  const it = outcome.documents === 1 ? 'it' : 'them';
  const kept = keptLibrariesText(keptLibraries);
  const left = kept === null ? 'is left.' : `is left in this library. ${kept}`;
  return `Deleted: ${list}${size}. Checked: nothing of ${it} ${left}`;
}

/** What a deletion does not reach: libraries that restores put aside; null when there is none. */
export function keptLibrariesText(keptLibraries: number): string | null {
  if (keptLibraries === 0) return null;
  const [what, them] =
    keptLibraries === 1 ? ['An earlier library', 'it'] : [`${keptLibraries} earlier libraries`, 'them'];
  return `${what} that a restore kept may still hold what is deleted here; delete ${them} in Settings, Library.`;
}
