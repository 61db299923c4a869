/**
 * Which dialog about documents or shelves is open. The library's menus and keys open them, and so does the palette,
 * wherever one is.
 */
import { create } from 'zustand';
import type { DocumentSummary } from '../../../shared/domain.ts';
import type { Shelf } from './shelves-store.ts';

export type DocumentDialogKind = 'rename' | 'delete' | 'collections' | 'tags' | 'details' | 'recognise' | 'share';

export type LibraryDialog =
  /** `documents`: at least one. */
  | { readonly kind: DocumentDialogKind; readonly documents: readonly DocumentSummary[] }
  /** Null makes a new one. */
  | { readonly kind: 'name-collection'; readonly collection: Shelf | null }
  | { readonly kind: 'name-tag'; readonly tag: Shelf };

export interface LibraryDialogsState {
  readonly dialog: LibraryDialog | null;
}

export const useLibraryDialogs = create<LibraryDialogsState>(() => ({ dialog: null }));

const { setState } = useLibraryDialogs;

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
