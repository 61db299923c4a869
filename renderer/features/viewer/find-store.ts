/**
 * Find in the open document: main looks through the stored text of its pages, a slice at a time, from the page in sight
 * on; results come in as the slices do. Scanned pages are found like any other, and no PDF is read for it.
 */
import { create } from 'zustand';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { findPagesLimit, type TextMatch } from '../../../shared/requests/viewer.ts';
import { request } from '../../ipc/client.ts';
import { compareMatches, mergeMatches, nextMatch, sliceOrder } from './find-order.ts';

export interface FoundMatches {
  readonly matches: readonly TextMatch[];
  /** The one that is gone to. */
  readonly current: TextMatch | null;
}

export interface FindState extends FoundMatches {
  readonly isOpen: boolean;
  readonly query: string;
  readonly isSearching: boolean;
  /** There are more matches than are kept. */
  readonly isCut: boolean;
  readonly error: ErrorInfo | null;
  /** Grows to ask the bar for its field. */
  readonly focusRequest: number;
}

/** Matches that are kept: more are no help to anyone. */
export const matchLimit = 10_000;

const closed: FindState = {
  isOpen: false,
  query: '',
  matches: [],
  current: null,
  isSearching: false,
  isCut: false,
  error: null,
  focusRequest: 0,
};

export const useFindStore = create<FindState>(() => closed);
const { setState, getState } = useFindStore;

export interface SearchedDocument {
  readonly id: string;
  readonly pageCount: number;
}

/** Grows with every search; a slice of an older one is dropped. */
let search = 0;

export function openFind(): void {
  setState((state) => ({ isOpen: true, focusRequest: state.focusRequest + 1 }));
}

export function closeFind(): void {
  search += 1;
  setState({ ...closed, focusRequest: getState().focusRequest });
}

/** Looks for a query, from a page on; the first match from there becomes the current one. */
export async function find(document: SearchedDocument, query: string, page: number): Promise<void> {
  search += 1;
  const mine = search;
  const isEmpty = query.trim() === '';
  setState({ query, matches: [], current: null, isCut: false, error: null, isSearching: !isEmpty });
  if (isEmpty) return;
  try {
    for (const { from, to } of sliceOrder(document.pageCount, page, findPagesLimit)) {
      const limit = matchLimit - getState().matches.length;
      if (limit <= 0) break;
      const more = await request('viewer.findText', { documentId: document.id, query, from, to, limit });
      if (mine !== search) return;
      if (more.length === 0) continue;
      setState(({ matches, current }) => ({
        matches: mergeMatches(matches, more),
        current: current ?? more[0] ?? null,
        isCut: more.length === limit,
      }));
    }
    if (mine === search) setState({ isSearching: false });
  } catch (thrown) {
    if (mine === search) setState({ isSearching: false, error: toAppError(thrown).toInfo() });
  }
}

/** Goes on to the next (1) or the previous (-1) match, round the ends. */
export function stepMatch(step: 1 | -1): void {
  setState(({ matches, current }) => ({ current: nextMatch(matches, current, step) }));
}

/** From 1; 0 when there is none. */
export function matchNumber({ matches, current }: FoundMatches): number {
  if (!current) return 0;
  return matches.findIndex((match) => compareMatches(match, current) === 0) + 1;
}
