/**
 * Which documents are chosen, and which dialog about documents or shelves is open. The library's menus and keys open
 * them, and so does the palette, wherever one is.
 */
import { create } from 'zustand';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { useLibraryStore } from './library-store.ts';
import type { Shelf } from './shelves-store.ts';
import { useWorkspaceStore } from './workspace-store.ts';

export type DocumentDialogKind = 'rename' | 'delete' | 'collections' | 'tags' | 'details' | 'recognise';

export type LibraryDialog =
  /** `documents`: at least one. */
  | { readonly kind: DocumentDialogKind; readonly documents: readonly DocumentSummary[] }
  /** Null makes a new one. */
  | { readonly kind: 'name-collection'; readonly collection: Shelf | null }
  | { readonly kind: 'name-tag'; readonly tag: Shelf };

export interface LibraryDialogsState {
  /** Ids of what is selected in the library while that shows. */
  readonly selected: readonly string[];
  readonly dialog: LibraryDialog | null;
}

export const useLibraryDialogs = create<LibraryDialogsState>(() => ({ selected: [], dialog: null }));

const { setState, getState } = useLibraryDialogs;

export function setSelectedDocuments(selected: readonly string[]): void {
  setState({ selected });
}

export function openDocumentDialog(kind: DocumentDialogKind, documents: readonly DocumentSummary[]): void {
  if (documents.length > 0) setState({ dialog: { kind, documents } });
}

export function nameCollection(collection: Shelf | null): void {
  setState({ dialog: { kind: 'name-collection', collection } });
}

export function nameTag(tag: Shelf): void {
  setState({ dialog: { kind: 'name-tag', tag } });
}

export function closeLibraryDialog(): void {
  setState({ dialog: null });
}

/** What an action without a subject of its own is about: the library's selection, else the document that is read. */
export function chosenDocuments(): readonly DocumentSummary[] {
  const { documents } = useLibraryStore.getState();
  const { panes, target } = useWorkspaceStore.getState();
  const { selected } = getState();
  const ids = selected.length > 0 ? selected : panes.page && target ? [target.documentId] : [];
  return ids.flatMap((id) => documents.get(id) ?? []);
}
