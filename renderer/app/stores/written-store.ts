/**
 * Written pieces: the list as it is filtered, and those that are open, with what is being written now. Main owns each
 * stream and saves it; here it is only shown.
 */
import { create } from 'zustand';
import type { Message } from '../../../shared/domain.ts';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import { applyPart } from '../../../shared/stream-reducer.ts';
import type { StreamPart } from '../../../shared/stream.ts';
import type { PieceKind, PieceState, PieceSummary, WrittenPiece } from '../../../shared/written.ts';
import { newestOnly } from '../../hooks/newest-only.ts';
import { attachStream, request } from '../../ipc/client.ts';
import { withPage } from './next-page.ts';
import { showError } from './toast-store.ts';

export interface PieceFilter {
  readonly search: string;
  readonly kind: PieceKind | null;
  readonly documentId: string | null;
  readonly state: PieceState | null;
  /** A model's name; empty for those that no model wrote; null for all. */
  readonly model: string | null;
}

export interface WrittenState {
  readonly filter: PieceFilter;
  /** What is loaded of the list, newest first. */
  readonly pieces: readonly PieceSummary[];
  readonly total: number;
  /** All that there are; null until it is known. */
  readonly all: number | null;
  readonly models: readonly string[];
  readonly error: ErrorInfo | null;
  readonly open: ReadonlyMap<string, WrittenPiece>;
  /** Why a piece could not be opened. */
  readonly openError: ErrorInfo | null;
}

export const noPieceFilter: PieceFilter = { search: '', kind: null, documentId: null, state: null, model: null };

/** Pieces that are asked for at a time, and at most at once when what is loaded is loaded anew. */
const pageSize = 100;
const longestReload = 500;

export const useWrittenStore = create<WrittenState>(() => ({
  filter: noPieceFilter,
  pieces: [],
  total: 0,
  all: null,
  models: [],
  error: null,
  open: new Map(),
  openError: null,
}));

const { getState, setState } = useWrittenStore;

const load = newestOnly({
  ask: (limit: number) => request('written.list', { ...getState().filter, limit }),
  onAnswer: (page) => setState({ ...page, error: null }),
  onError: (thrown) => setState({ error: toAppError(thrown).toInfo() }),
});

/** Loads anew what is shown. */
export function loadPieces(): void {
  load(Math.min(longestReload, Math.max(pageSize, getState().pieces.length)));
}

let isLoadingMore = false;

/** Loads the next page; called when the end of the list comes near. */
export async function loadMorePieces(): Promise<void> {
  const { filter, pieces, total } = getState();
  if (isLoadingMore || pieces.length >= total) return;
  isLoadingMore = true;
  try {
    const page = await request('written.list', { ...filter, limit: pageSize, offset: pieces.length });
    // The list was filtered, or loaded anew: this is not what follows in it.
    if (getState().pieces !== pieces) return;
    setState({ ...page, pieces: withPage(pieces, page.pieces), error: null });
  } catch (thrown) {
    setState({ error: toAppError(thrown).toInfo() });
  } finally {
    isLoadingMore = false;
  }
}

export function filterPieces(filter: Partial<PieceFilter>): void {
  setState({ filter: { ...getState().filter, ...filter }, pieces: getState().pieces.slice(0, pageSize) });
  loadPieces();
}

/** Pieces whose stream is listened to. */
const followed = new Set<string>();

/** Fetches a piece, and follows it while it is written. */
export async function openPiece(pieceId: string): Promise<void> {
  try {
    const piece = await request('written.get', { pieceId });
    if (followed.has(pieceId)) return;
    put(piece);
    setState({ openError: null });
    if (piece.state === 'writing') follow(piece);
  } catch (thrown) {
    forgetPiece(pieceId);
    setState({ openError: toAppError(thrown).toInfo() });
  }
}

export function forgetPiece(pieceId: string): void {
  const open = new Map(getState().open);
  open.delete(pieceId);
  setState({ open });
}

/** Main says that a piece began, ended, was renamed or deleted. */
export function onPieceChanged(pieceId: string): void {
  loadPieces();
  if (getState().open.has(pieceId) && !followed.has(pieceId)) void openPiece(pieceId);
}

/** Pieces went with their documents, and others lost one. */
export function onDocumentsRemoved(): void {
  loadPieces();
  for (const id of getState().open.keys()) if (!followed.has(id)) void openPiece(id);
}

function put(piece: WrittenPiece): void {
  setState({ open: new Map(getState().open).set(piece.id, piece) });
}

/** Takes the parts in once a frame, so that a burst of them costs one rendering. */
function follow(piece: WrittenPiece): void {
  const { id } = piece;
  followed.add(id);
  let current = piece;
  let message = messageOf(piece);
  let sequence = Number.NEGATIVE_INFINITY;
  let waiting: StreamPart[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const take = (): void => {
    timer = null;
    let isOver = false;
    for (const part of waiting) {
      if (part.sequence <= sequence) continue;
      sequence = part.sequence;
      message = applyPart(message, part);
      if (part.type === 'progress') current = { ...current, progress: part.progress };
      if (part.type === 'finish') isOver = true;
    }
    waiting = [];
    const { text, citations, verification, source, usage, error } = message;
    current = { ...current, text, citations, verification, source, usage, error };
    if (getState().open.has(id)) put(current);
    if (!isOver) return;
    detach();
    followed.delete(id);
    // What was saved has its times, requests and state.
    if (getState().open.has(id)) void openPiece(id);
  };
  const listen = (parts: readonly StreamPart[]): void => {
    waiting.push(...parts);
    timer ??= setTimeout(take, frame);
  };
  const detach = attachStream(id, listen, showError);
}

/** Milliseconds. A hidden window draws no frames, its timers still run. */
const frame = 16;

function messageOf({ id, text, citations, verification, source, usage, createdAt }: WrittenPiece): Message {
  const fixed = { conversationId: id, role: 'assistant', state: 'streaming', error: null } as const;
  return { id, text, citations, verification, source, usage, createdAt, ...fixed };
}
