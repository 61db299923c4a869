/** The selection over what is shown now, with the mouse's and the keyboard's way of changing it. */
import { useCallback, useEffect, useMemo, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { setSelectedDocuments } from '../../app/stores/selection-store.ts';
import { openReader } from '../../app/stores/workspace-store.ts';
import { entryOfKey } from '../../components/menu.tsx';
import { physicalKey } from '../../components/shortcut-text.ts';
import { documentMenu } from './document-menu.tsx';
import {
  clearSelection,
  emptySelection,
  move,
  moveTo,
  retain,
  select,
  selectAll,
  type Selection,
} from './selection.ts';

export interface DocumentSelection {
  readonly selection: Selection;
  readonly selected: readonly DocumentSummary[];
  /**
   * Where the keyboard went, to be brought into view. What the mouse is on is seen already: moved at a click, it would
   * not be there any more for the second one.
   */
  readonly reached: string | null;
  readonly clear: () => void;
  readonly onClick: (event: MouseEvent<HTMLElement>) => void;
  readonly onDoubleClick: (event: MouseEvent<HTMLElement>) => void;
  /** A right click selects what it hits, unless that is selected already. */
  readonly onContextMenu: (event: MouseEvent<HTMLElement>) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/** The document that an event happened on; null on empty ground or on a control inside a card. */
function documentIdOf(event: MouseEvent<HTMLElement>): string | null {
  if (!(event.target instanceof Element)) return null;
  return event.target.closest<HTMLElement>('[data-document-id]')?.dataset['documentId'] ?? null;
}

function isOnControl(event: MouseEvent<HTMLElement>): boolean {
  return event.target instanceof Element && event.target.closest('button') !== null;
}

/** Command+Backspace is how a Mac deletes. */
const deleteKey = { key: 'Delete', code: 'Delete', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

/** Where the keyboard was when the library was left for a page or another view; it goes on from there. */
let lastActive: string | null = null;

export interface SelectionOptions {
  readonly documents: readonly DocumentSummary[];
  /** How far up and down go: the number of columns, 1 in a list. */
  readonly columns: number;
}

export function useDocumentSelection({ documents, columns }: SelectionOptions): DocumentSelection {
  const [stored, setStored] = useState<Selection>(() => ({ ...emptySelection, active: lastActive }));
  const [reached, setReached] = useState(lastActive);
  const order = useMemo(() => documents.map((document) => document.id), [documents]);
  const selection = useMemo(() => retain(stored, order), [stored, order]);
  const selected = useMemo(
    () => documents.filter((document) => selection.ids.has(document.id)),
    [documents, selection.ids],
  );
  const { active } = selection;
  useEffect(() => {
    lastActive = active;
  }, [active]);
  // For the palette, as long as they are in sight.
  useEffect(() => {
    setSelectedDocuments(selected.map((document) => document.id));
    return () => setSelectedDocuments([]);
  }, [selected]);
  const clear = useCallback(() => setStored(clearSelection), []);

  const onClick = (event: MouseEvent<HTMLElement>) => {
    if (isOnControl(event)) return;
    const id = documentIdOf(event);
    if (id === null) setStored(clearSelection(selection));
    else setStored(select(selection, order, id, { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }));
  };

  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const id = documentIdOf(event);
    if (id !== null && !selection.ids.has(id)) setStored(select(selection, order, id, { toggle: false, range: false }));
  };

  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    const id = documentIdOf(event);
    if (id !== null && !isOnControl(event)) openReader(id);
  };

  const go = (next: Selection) => {
    setStored(next);
    setReached(next.active);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    const mod = event.ctrlKey || event.metaKey;
    const how = { extend: event.shiftKey, keep: mod };
    const steps: Record<string, number> = {
      ArrowDown: columns,
      ArrowUp: -columns,
      ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
    };
    const step = steps[event.key];
    if (step !== undefined) go(move(selection, order, step, how));
    else if (event.key === 'Home' && order[0]) go(moveTo(selection, order, order[0], how));
    else if (event.key === 'End' && order.length > 0) go(moveTo(selection, order, order[order.length - 1] ?? '', how));
    else if (event.key === ' ' && selection.active) {
      setStored(select(selection, order, selection.active, { toggle: true, range: false }));
    } else if (mod && (physicalKey(event) ?? event.key.toLowerCase()) === 'a') setStored(selectAll(selection, order));
    else if (event.key === 'Enter' && selection.active) openReader(selection.active);
    else if (event.key === 'Escape' && selection.ids.size > 0) clear();
    else {
      const press = event.key === 'Backspace' && event.metaKey ? deleteKey : event;
      const entry = entryOfKey(documentMenu(selected), press);
      if (!entry) return;
      entry.run();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return { selection, selected, reached, clear, onClick, onDoubleClick, onContextMenu, onKeyDown };
}
