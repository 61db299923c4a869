/** Which documents are chosen, for actions that have no subject of their own: the palette's and the menu's. */
import { create } from 'zustand';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { useLibraryStore } from './library-store.ts';
import { useWorkspaceStore } from './workspace-store.ts';

export interface SelectionState {
  /** Ids of what is selected in the library while that shows. */
  readonly selected: readonly string[];
}

export const useSelectionStore = create<SelectionState>(() => ({ selected: [] }));

export function setSelectedDocuments(selected: readonly string[]): void {
  useSelectionStore.setState({ selected });
}

/** The library's selection, else the document that is read. */
export function chosenDocuments(): readonly DocumentSummary[] {
  const { documents } = useLibraryStore.getState();
  const { panes, target } = useWorkspaceStore.getState();
  const { selected } = useSelectionStore.getState();
  const ids = selected.length > 0 ? selected : panes.page && target ? [target.documentId] : [];
  return ids.flatMap((id) => documents.get(id) ?? []);
}
