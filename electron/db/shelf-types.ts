/** Collections, tags and favourites, as they cross into and out of the database worker. */
import type { Shelves } from '../../shared/domain.ts';
import type { DeletedCollection, RenamedTag } from '../../shared/requests/shelves.ts';

export interface NewCollection {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly documentIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Every change of documents answers with the ids of those that it changed: what an undo has to turn back. */
export interface ShelfStore {
  /** Everything, by name. */
  list(): Promise<Shelves>;
  /** Errors: `request-invalid` when the name is taken. Ids that do not exist are left out. */
  createCollection(collection: NewCollection): Promise<void>;
  renameCollection(id: string, name: string): Promise<void>;
  /** Its documents stay. Answers with what `restoreCollection` needs. */
  deleteCollection(id: string): Promise<DeletedCollection>;
  /** Brings back a deleted collection with its id; conversations that followed it do so again. Errors: as for a new one. */
  restoreCollection(collection: NewCollection, conversationIds: readonly string[]): Promise<void>;
  putIn(collectionId: string, documentIds: readonly string[]): Promise<string[]>;
  takeOut(collectionId: string, documentIds: readonly string[]): Promise<string[]>;
  /** A tag that is there in other letters (`Tax` and `tax`) keeps its own. */
  tag(name: string, documentIds: readonly string[]): Promise<string[]>;
  untag(name: string, documentIds: readonly string[]): Promise<string[]>;
  /**
   * Gives a tag another name, or other letters; into one that is there it is merged, in that one's letters. Errors:
   * `not-found`.
   */
  renameTag(name: string, newName: string): Promise<RenamedTag>;
  /** Answers with the ids of the documents that had it. */
  deleteTag(name: string): Promise<string[]>;
  setFavourite(documentIds: readonly string[], favourite: boolean): Promise<string[]>;
}
