/** Requests about how documents are kept: collections, tags, favourites. */
import { z } from 'zod';
import type { Shelves } from '../domain.ts';
import { define } from './define.ts';

const documentIds = z.array(z.uuid()).min(1).max(10_000);
const collectionId = z.uuid();
const name = z.string().trim().min(1).max(80);

/** Documents that the request changed, and not those that were so already: what an undo turns back. */
export interface ChangedDocuments {
  readonly changed: readonly string[];
}

/** What was deleted with a collection, for its undo: which documents were in it, and which conversations followed it. */
export interface DeletedCollection extends ChangedDocuments {
  readonly conversationIds: readonly string[];
}

/** What renaming a tag did, for its undo: all documents that had it, and those that the other tag was new to. */
export interface RenamedTag extends ChangedDocuments {
  readonly gained: readonly string[];
}

export const shelfRequests = {
  'shelves.list': define(z.object({}))<Shelves>(),
  'shelves.createCollection': define(z.object({ name, documentIds: documentIds.or(z.tuple([])).default([]) }))<{
    readonly collectionId: string;
  }>(),
  'shelves.renameCollection': define(z.object({ collectionId, name }))<null>(),
  /** Its documents stay in the library; answers with those that were in it. */
  'shelves.deleteCollection': define(z.object({ collectionId }))<DeletedCollection>(),
  'shelves.restoreCollection': define(
    z.object({
      ...{ collectionId, name },
      documentIds: z.array(z.uuid()).max(100_000),
      conversationIds: z.array(z.uuid()).max(100_000),
    }),
  )<null>(),
  'shelves.putInCollection': define(z.object({ collectionId, documentIds }))<ChangedDocuments>(),
  'shelves.takeOutOfCollection': define(z.object({ collectionId, documentIds }))<ChangedDocuments>(),
  'shelves.tag': define(z.object({ name, documentIds }))<ChangedDocuments>(),
  'shelves.untag': define(z.object({ name, documentIds }))<ChangedDocuments>(),
  /** Into a tag that is there already (whatever its letters) it is merged. */
  'shelves.renameTag': define(z.object({ name, newName: name }))<RenamedTag>(),
  /** Its documents stay in the library; answers with those that had it. */
  'shelves.deleteTag': define(z.object({ name }))<ChangedDocuments>(),
  'shelves.setFavourite': define(z.object({ documentIds, favourite: z.boolean() }))<ChangedDocuments>(),
};
