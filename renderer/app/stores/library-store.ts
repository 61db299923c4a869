/** The documents as main last told them. Cards compare by identity: an unchanged document keeps its object. */
import { create } from 'zustand';
import type { DocumentSummary } from '../../../shared/domain.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { toAppError } from '../../../shared/errors.ts';
import type { EventMap } from '../../../shared/events.ts';
import { request } from '../../ipc/client.ts';

export interface LibraryState {
  readonly documents: ReadonlyMap<string, DocumentSummary>;
  /** False until the first list came. */
  readonly loaded: boolean;
  /** It is brought to this version's form first, which takes a while when it is large. */
  readonly updating: boolean;
  readonly error: ErrorInfo | null;
}

export const useLibraryStore = create<LibraryState>(() => ({
  documents: new Map(),
  loaded: false,
  updating: false,
  error: null,
}));

/** Folds one event into the documents: later versions replace earlier ones, removed ones go. Pure. */
export function applyLibraryChange(
  documents: ReadonlyMap<string, DocumentSummary>,
  change: EventMap['library.changed'],
): ReadonlyMap<string, DocumentSummary> {
  const next = new Map(documents);
  for (const document of change.documents) next.set(document.id, document);
  for (const id of change.removed) next.delete(id);
  return next;
}

/** What was told while a list is on its way, which main reads a part at a time; null when none is. */
let toldMeanwhile: EventMap['library.changed'][] | null = null;

export function onLibraryChanged(change: EventMap['library.changed']): void {
  toldMeanwhile?.push(change);
  useLibraryStore.setState((state) => ({ documents: applyLibraryChange(state.documents, change) }));
}

export function onLibraryUpdating(): void {
  useLibraryStore.setState(({ loaded }) => ({ updating: !loaded }));
}

export async function loadLibrary(): Promise<void> {
  const told: EventMap['library.changed'][] = [];
  toldMeanwhile = told;
  try {
    const list = await request('library.listDocuments', {});
    const listed: ReadonlyMap<string, DocumentSummary> = new Map(list.map((item) => [item.id, item]));
    useLibraryStore.setState({
      documents: told.reduce(applyLibraryChange, listed),
      loaded: true,
      updating: false,
      error: null,
    });
  } catch (thrown) {
    useLibraryStore.setState({ loaded: true, updating: false, error: toAppError(thrown).toInfo() });
  } finally {
    if (toldMeanwhile === told) toldMeanwhile = null;
  }
}

/** Whether a document was deleted; while the list is not there, nobody knows. Pure. */
export function isGone(
  { loaded, error, documents }: Pick<LibraryState, 'loaded' | 'error' | 'documents'>,
  documentId: string,
): boolean {
  return loaded && error === null && !documents.has(documentId);
}

/** One document, or undefined when it is not (or no longer) there. */
export function useDocument(id: string | null): DocumentSummary | undefined {
  return useLibraryStore((state) => (id === null ? undefined : state.documents.get(id)));
}
