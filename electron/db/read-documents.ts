/** Reads documents for main's thread, which must not stand still while a large library is copied to it. */
import type { DocumentSummary } from '../../shared/domain.ts';
import type { DocumentStore } from './database.ts';

/** Documents a message: some 5 ms of the thread that gets them. */
const SLICE = 500;

/** The documents in the order of their ids, a slice at a time; those that went meanwhile are left out. */
export async function readDocuments(
  documents: Pick<DocumentStore, 'getSeveral'>,
  ids: readonly string[],
): Promise<DocumentSummary[]> {
  const read: DocumentSummary[] = [];
  for (let from = 0; from < ids.length; from += SLICE)
    read.push(...(await documents.getSeveral(ids.slice(from, from + SLICE))));
  return read;
}
