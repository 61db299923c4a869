/** Handlers of collections, tags and favourites. */
import { randomUUID } from 'node:crypto';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type ShelfHandlers = Pick<Handlers, Extract<keyof Handlers, `shelves.${string}`>>;

/**
 * @param onChange Told after every change.
 * @param onConversationChange Told of conversations that a collection was taken from, or given back to.
 */
export function shelfHandlers(
  core: Core,
  onChange: () => void,
  onConversationChange: (conversationId: string) => void,
): ShelfHandlers {
  const { shelves } = core.database;
  const told = async (change: Promise<readonly string[]>) => {
    const changed = await change;
    onChange();
    return { changed };
  };
  return {
    'shelves.list': () => shelves.list(),
    'shelves.createCollection': async ({ name, documentIds }) => {
      const id = randomUUID();
      await shelves.createCollection({ id, name, documentIds, createdAt: Date.now() });
      onChange();
      return { collectionId: id };
    },
    'shelves.renameCollection': async ({ collectionId, name }) => {
      await shelves.renameCollection(collectionId, name);
      onChange();
      return null;
    },
    'shelves.deleteCollection': async ({ collectionId }) => {
      const deleted = await shelves.deleteCollection(collectionId);
      onChange();
      deleted.conversationIds.forEach(onConversationChange);
      return deleted;
    },
    'shelves.restoreCollection': async ({ collectionId, name, documentIds, conversationIds }) => {
      const collection = { id: collectionId, name, documentIds, createdAt: Date.now() };
      await shelves.restoreCollection(collection, conversationIds);
      onChange();
      conversationIds.forEach(onConversationChange);
      return null;
    },
    'shelves.putInCollection': ({ collectionId, documentIds }) => told(shelves.putIn(collectionId, documentIds)),
    'shelves.takeOutOfCollection': ({ collectionId, documentIds }) => told(shelves.takeOut(collectionId, documentIds)),
    'shelves.tag': ({ name, documentIds }) => told(shelves.tag(name, documentIds)),
    'shelves.untag': ({ name, documentIds }) => told(shelves.untag(name, documentIds)),
    'shelves.renameTag': async ({ name, newName }) => {
      const renamed = await shelves.renameTag(name, newName);
      onChange();
      return renamed;
    },
    'shelves.deleteTag': ({ name }) => told(shelves.deleteTag(name)),
    'shelves.setFavourite': ({ documentIds, favourite }) => told(shelves.setFavourite(documentIds, favourite)),
  };
}
