/**
 * Where the person was when the app ended: the view, and the page that was open, kept on this computer. How far it was
 * read is kept with the reading positions.
 */
import { storageAccount, storedKey } from './account-storage.ts';
import type { LibrarySection, MainView, WorkspaceState } from './workspace-store.ts';

export interface LastPlace {
  readonly view: MainView;
  /** The document whose page was open; null when none was. */
  readonly documentId: string | null;
  /** Whether it filled the place of the library and the conversation. */
  readonly isAlone: boolean;
}

const library: MainView = { kind: 'library', section: 'all' };
const nowhere: LastPlace = { view: library, documentId: null, isAlone: false };

function isSection(value: unknown): value is LibrarySection {
  return typeof value === 'string' && /^(?:all|recent|favourites|failed|(?:collection|tag):.+)$/.test(value);
}

function viewOf(value: unknown): MainView {
  const { kind, section, conversationId, pieceId } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === 'library' && isSection(section)) return { kind, section };
  if (kind === 'conversation' && (conversationId === null || typeof conversationId === 'string'))
    return { kind, conversationId };
  if (kind === 'written' && (pieceId === null || typeof pieceId === 'string')) return { kind, pieceId };
  return library;
}

/** Reads what was stored; what does not fit gives the library. A search is not kept. */
export function parseLastPlace(stored: string | null): LastPlace {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    // Someone else's or half a text: the library opens.
    return nowhere;
  }
  const { view, documentId, isAlone } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const hasPage = typeof documentId === 'string';
  return { view: viewOf(view), documentId: hasPage ? documentId : null, isAlone: hasPage && isAlone === true };
}

export function formatLastPlace({ view, panes, target }: Pick<WorkspaceState, 'view' | 'panes' | 'target'>): string {
  const documentId = panes.page ? (target?.documentId ?? null) : null;
  return JSON.stringify({ view, documentId, isAlone: documentId !== null && !panes.main });
}

let read: { readonly account: string; readonly place: LastPlace } | null = null;

/** As it was when the window opened, or the account whose place it is. */
export function lastPlace(): LastPlace {
  const account = storageAccount();
  if (read?.account !== account)
    read = { account, place: parseLastPlace(localStorage.getItem(storedKey('quire.place'))) };
  return read.place;
}

export function storePlace(state: WorkspaceState): void {
  localStorage.setItem(storedKey('quire.place'), formatLastPlace(state));
}

export function keepPlace(state: WorkspaceState, before: WorkspaceState): void {
  if (state.view === before.view && state.panes === before.panes && state.target === before.target) return;
  storePlace(state);
}
