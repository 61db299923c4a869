/** What the window is shown of sync beside its status: made of the library's own rows. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Database, JsonValue } from '../db/database.ts';
import type { Applied, DocumentParts, SyncConflict } from '../db/sync-types.ts';
import type { BlobStore } from '../pipeline/blobs.ts';
import { documentsWith } from '../sync/parts/each.ts';
import { fileIn, isNamed } from '../sync/parts/named-files.ts';
import type { SeenDevice } from '../sync/ports/remote-store.ts';
import type {
  DocumentSync,
  DocumentSyncState,
  PlacedFiles,
  SyncConflictView,
  SyncDevice,
  SyncSizes,
} from '../../shared/sync-view.ts';

/** An answer to "which hash has no file": no file has this name. */
const NO_HASH = '0'.repeat(64);

/** A document with whether its original is on this computer. */
interface Placed {
  readonly document: DocumentParts;
  /** Bytes; null where it is not here. */
  readonly here: number | null;
  readonly isThere: boolean;
}

/** @param bucket The one that counts as there (`BlobStore.name`); any when null. */
async function placed(
  database: Pick<Database, 'parts'>,
  blobs: BlobStore,
  withSizes: boolean,
  bucket: string | null,
): Promise<Placed[]> {
  const folder = dirname(blobs.file(NO_HASH, 'pdf'));
  const names = new Set(await readdir(folder));
  const found: Placed[] = [];
  for (const document of await documentsWith(database.parts, new AbortController().signal, () => true)) {
    const name = basename(blobs.file(document.contentHash, document.format));
    const isHere = names.has(name);
    const size = isHere && withSizes ? ((await stat(join(folder, name)).catch(() => null))?.size ?? 0) : 0;
    const isThere = bucket === null ? isNamed(document, 'original') : fileIn(document, 'original', bucket) !== null;
    found.push({ document, here: isHere ? size : null, isThere });
  }
  return found;
}

/**
 * @param bucket `BlobStore.name` of the bucket that is named; null when there is none.
 * @param isSending Whether what is not on the server is on its way there.
 */
export async function documentStates(
  database: Pick<Database, 'parts' | 'sync'>,
  blobs: BlobStore,
  { bucket, isSending }: { readonly bucket: string | null; readonly isSending: boolean },
): Promise<DocumentSync[]> {
  const conflicts = new Set(
    (await database.sync.conflicts()).filter(({ kind }) => kind === 'document').map(({ entityId }) => entityId),
  );
  return (await placed(database, blobs, false, bucket)).map((one) => ({
    documentId: one.document.documentId,
    state: conflicts.has(one.document.documentId) ? 'conflict' : stateOf(one, bucket !== null, isSending),
    isPinned: one.document.pinned,
  }));
}

function stateOf({ document, here, isThere }: Placed, hasBucket: boolean, isSending: boolean): DocumentSyncState {
  if (here === null) return 'remote-only';
  const isTextThere =
    document.reading !== null && (document.localReading === null || document.reading.id === document.localReading);
  if (isTextThere && (isThere || !hasBucket)) return 'synced';
  return isSending ? 'uploading' : 'local';
}

/** @param bucket The one that counts as there (`BlobStore.name`); any when null. */
export async function filesWhere(
  database: Pick<Database, 'parts'>,
  blobs: BlobStore,
  bucket: string | null,
): Promise<Pick<SyncSizes, 'here' | 'both' | 'there' | 'pinned'>> {
  const all = await placed(database, blobs, true, bucket);
  const sum = (chosen: readonly Placed[]): PlacedFiles => ({
    documents: chosen.length,
    bytes: chosen.reduce((total, { document, here }) => total + (here ?? document.size), 0),
  });
  return {
    here: sum(all.filter(({ here, isThere }) => here !== null && !isThere)),
    both: sum(all.filter(({ here, isThere }) => here !== null && isThere)),
    there: sum(all.filter(({ here }) => here === null)),
    pinned: sum(all.filter(({ here, document }) => here !== null && document.pinned)),
  };
}

/** @param deviceId This computer's own; null while sync is off. */
export function deviceView(
  { id, name, platform, appVersion, lastSeen }: SeenDevice,
  deviceId: string | null,
): SyncDevice {
  return { id, name, platform, appVersion, lastSeen, isThisOne: id === deviceId };
}

export function conflictView({ id, kind, title, register, mine, theirs, deleted, at }: SyncConflict): SyncConflictView {
  return { id, kind, title, register, mine: textOf(mine), theirs: deleted ? null : textOf(theirs), at };
}

/** What may be another since a conflict was settled. */
export function settledBy({ kind, entityId }: SyncConflict): Omit<Applied, 'left'> {
  return {
    documentIds: kind === 'document' ? [entityId] : [],
    conversationIds: kind === 'conversation' ? [entityId] : [],
    contentHashes: [],
    conflicts: 0,
    settings: kind === 'setting',
  };
}

/** The words of a register's value: those that a person typed. */
function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return value === null ? '' : String(value);
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  const { title, text, name } = value as Readonly<Record<string, JsonValue>>;
  return textOf(title ?? text ?? name ?? JSON.stringify(value));
}

/** Remembers where documents were when the window was last told. */
export class SyncPlaces {
  readonly #told = new Map<string, string>();

  /** Those that are in another place than before; all, the first time. */
  changed(documents: readonly DocumentSync[]): readonly DocumentSync[] {
    return documents.filter((document) => {
      const place = JSON.stringify(document);
      const isOther = this.#told.get(document.documentId) !== place;
      this.#told.set(document.documentId, place);
      return isOther;
    });
  }
}
