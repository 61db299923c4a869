/**
 * Where a person stopped reading: page, place on it, zoom and rotation of each document, kept on this computer.
 * It goes with its document, and the oldest go when there are many.
 */
import { storageAccount, storedKey } from './account-storage.ts';

export type Zoom = 'fit' | 'page' | number;
export type Rotation = 0 | 90 | 180 | 270;

export interface ReadingPosition {
  readonly page: number;
  /** How far down the page the window's top edge stands, as a part of the page's height; below 0 above it. */
  readonly part: number;
  readonly zoom: Zoom;
  readonly rotation: Rotation;
}

export type ReadingPositions = ReadonlyMap<string, ReadingPosition>;

/** Documents; a position is some 70 bytes. */
const limit = 2_000;

function isZoom(value: unknown): value is Zoom {
  return value === 'fit' || value === 'page' || (typeof value === 'number' && value >= 0.1 && value <= 10);
}

function isRotation(value: unknown): value is Rotation {
  return value === 0 || value === 90 || value === 180 || value === 270;
}

/** Reads what was stored; entries that do not fit are left out. */
export function parseReadingPositions(stored: string | null): ReadingPositions {
  const positions = new Map<string, ReadingPosition>();
  let entries: unknown;
  try {
    entries = JSON.parse(stored ?? '[]');
  } catch {
    // Someone else's or half a text: reading starts anew.
    return positions;
  }
  if (!Array.isArray(entries)) return positions;
  for (const entry of entries) {
    if (!Array.isArray(entry)) continue;
    const [id, page, part, zoom, rotation] = entry as unknown[];
    if (typeof id !== 'string' || typeof page !== 'number' || !Number.isInteger(page) || page < 1) continue;
    if (typeof part !== 'number' || !Number.isFinite(part) || !isZoom(zoom) || !isRotation(rotation)) continue;
    positions.set(id, { page, part, zoom, rotation });
  }
  return positions;
}

/** The newest last. */
export function formatReadingPositions(positions: ReadingPositions): string {
  return JSON.stringify(
    [...positions].map(([id, { page, part, zoom, rotation }]) => [
      id,
      page,
      Math.round(part * 10_000) / 10_000,
      zoom,
      rotation,
    ]),
  );
}

/** With one more, as the newest; the oldest go beyond the limit. */
export function withPosition(
  positions: ReadingPositions,
  id: string,
  position: ReadingPosition,
  most = limit,
): ReadingPositions {
  const next = new Map(positions);
  next.delete(id);
  next.set(id, position);
  for (const oldest of next.keys()) {
    if (next.size <= most) break;
    next.delete(oldest);
  }
  return next;
}

let known: { readonly account: string; readonly positions: ReadingPositions } | null = null;

function positions(): ReadingPositions {
  const account = storageAccount();
  if (known?.account !== account)
    known = { account, positions: parseReadingPositions(localStorage.getItem(storedKey('quire.reading'))) };
  return known.positions;
}

function keep(next: ReadingPositions): void {
  known = { account: storageAccount(), positions: next };
  localStorage.setItem(storedKey('quire.reading'), formatReadingPositions(next));
}

export function readingPosition(documentId: string): ReadingPosition | null {
  return positions().get(documentId) ?? null;
}

export function keepReadingPosition(documentId: string, position: ReadingPosition): void {
  keep(withPosition(positions(), documentId, position));
}

/** Documents were deleted: nothing of them stays. */
export function forgetReadingPositions(documentIds: readonly string[]): void {
  if (!documentIds.some((id) => positions().has(id))) return;
  const next = new Map(positions());
  for (const id of documentIds) next.delete(id);
  keep(next);
}
