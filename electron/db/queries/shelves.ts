/**
 * Statements on collections, tags and favourites.
 */
import type { Collection, Shelves } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DeletedCollection, RenamedTag } from '../../../shared/requests/shelves.ts';
import type { Connection } from '../connection.ts';
import type { NewCollection, ShelfStore } from '../shelf-types.ts';
import type { Synchronous } from '../synchronous.ts';

interface Many {
  /** JSON array of document ids. */
  readonly ids: string;
}

/**
 * The two statements on a table that says which documents are in something: each answers with the ids of the documents
 * for which it changed anything.
 *
 * @param column What they are in, for tables with several, with the parameter that it is compared with.
 */
function membership<Of extends object = object>(connection: Connection, table: string, column = '', parameter = '') {
  const chosen = 'documents WHERE id IN (SELECT value FROM json_each(:ids))';
  const changed = 'RETURNING (SELECT id FROM documents WHERE key = document_key)';
  const prepare = (query: string) => connection.prepare<[Many & Of], string>(`${query} ${changed}`).pluck();
  return {
    add: prepare(
      column === ''
        ? `INSERT INTO ${table} (document_key) SELECT key FROM ${chosen} ON CONFLICT DO NOTHING`
        : `INSERT INTO ${table} (${column}, document_key) SELECT ${parameter}, key FROM ${chosen} ON CONFLICT DO NOTHING`,
    ),
    remove: prepare(
      `DELETE FROM ${table} WHERE ${column === '' ? '' : `${column} = ${parameter} AND `}document_key IN (SELECT key FROM ${chosen})`,
    ),
  };
}

export function shelfQueries(connection: Connection): Synchronous<ShelfStore> {
  const selectCollections = connection.prepare<[], { id: string; name: string; ids: string }>(
    `SELECT collections.id, name, json_group_array(documents.id) FILTER (WHERE documents.id IS NOT NULL) AS ids
     FROM collections LEFT JOIN collection_documents ON collection_key = collections.key
       LEFT JOIN documents ON documents.key = document_key
     GROUP BY collections.key ORDER BY name`,
  );
  const selectTags = connection.prepare<[], { name: string; ids: string }>(
    `SELECT name, json_group_array(documents.id) AS ids FROM document_tags JOIN documents ON documents.key = document_key
     GROUP BY name ORDER BY name`,
  );
  const selectFavourites = connection
    .prepare<[], string>('SELECT id FROM favourites JOIN documents ON documents.key = document_key')
    .pluck();
  const selectKey = connection.prepare<[string], number>('SELECT key FROM collections WHERE id = ?').pluck();
  const insertCollection = connection.prepare<[string, string, number]>(
    'INSERT INTO collections (id, name, created_at) VALUES (?, ?, ?)',
  );
  const updateName = connection.prepare<[string, string]>('UPDATE collections SET name = ? WHERE id = ?');
  const nameTaken = connection
    .prepare<[string, string], number>('SELECT 1 FROM collections WHERE name = ? AND id <> ?')
    .pluck();
  const documentsOf = connection
    .prepare<[number], string>(
      'SELECT id FROM collection_documents JOIN documents ON documents.key = document_key WHERE collection_key = ?',
    )
    .pluck();
  // A conversation that followed it is left with what was in it; had it become empty, with what it was begun with: no
  // documents at all would mean the whole library.
  const leaveDocuments = connection.prepare<[string, number]>(
    'UPDATE conversations SET document_ids = ?, collection_key = NULL WHERE collection_key = ?',
  );
  const followersOf = connection
    .prepare<[number], string>('SELECT id FROM conversations WHERE collection_key = ?')
    .pluck();
  // One that was limited to another collection meanwhile stays so.
  const followAgain = connection.prepare<[number, string]>(
    `UPDATE conversations SET collection_key = ?
     WHERE collection_key IS NULL AND id IN (SELECT value FROM json_each(?))`,
  );
  // What was in it loses its place by the foreign key.
  const removeCollection = connection.prepare<[number]>('DELETE FROM collections WHERE key = ?');
  const inCollection = membership<{ key: number }>(connection, 'collection_documents', 'collection_key', ':key');
  const knownTag = connection
    .prepare<[string], string>('SELECT name FROM document_tags WHERE name = ? LIMIT 1')
    .pluck();
  const tagDocuments = connection
    .prepare<[string], string>(
      'SELECT id FROM document_tags JOIN documents ON documents.key = document_key WHERE name = ?',
    )
    .pluck();
  const updateTag = connection.prepare<[string, string]>('UPDATE document_tags SET name = ? WHERE name = ?');
  const removeTag = connection.prepare<[string]>('DELETE FROM document_tags WHERE name = ?');
  const isSameTag = connection.prepare<[string, string], number>('SELECT ? = ? COLLATE NOCASE').pluck();
  const inTag = membership<{ name: string }>(connection, 'document_tags', 'name', ':name');
  const inFavourites = membership(connection, 'favourites');

  function keyOf(collectionId: string): number {
    const key = selectKey.get(collectionId);
    if (key === undefined) throw new AppError('not-found', 'This collection was deleted.');
    return key;
  }

  function refuseTaken(name: string, id: string): void {
    if (nameTaken.get(name, id) === undefined) return;
    throw new AppError('request-invalid', `There is a collection “${name}” already.`, { hint: 'Choose another name.' });
  }

  function create({ id, name, documentIds, createdAt }: NewCollection): void {
    refuseTaken(name, id);
    insertCollection.run(id, name, createdAt);
    inCollection.add.all({ key: keyOf(id), ids: JSON.stringify(documentIds) });
  }

  return {
    list: (): Shelves => ({
      collections: selectCollections
        .all()
        .map(({ id, name, ids }): Collection => ({ id, name, documentIds: JSON.parse(ids) as string[] })),
      tags: selectTags.all().map(({ name, ids }) => ({ name, documentIds: JSON.parse(ids) as string[] })),
      favourites: selectFavourites.all(),
    }),
    createCollection: (collection) => connection.transaction(() => create(collection)).immediate(),
    restoreCollection: (collection, conversationIds) =>
      connection
        .transaction(() => {
          // Undone twice.
          if (selectKey.get(collection.id) !== undefined) return;
          create(collection);
          followAgain.run(keyOf(collection.id), JSON.stringify(conversationIds));
        })
        .immediate(),
    renameCollection(id, name) {
      refuseTaken(name, id);
      keyOf(id);
      updateName.run(name, id);
    },
    deleteCollection: (id) =>
      connection
        .transaction((): DeletedCollection => {
          const key = keyOf(id);
          const changed = documentsOf.all(key);
          const conversationIds = followersOf.all(key);
          if (changed.length > 0) leaveDocuments.run(JSON.stringify(changed), key);
          removeCollection.run(key);
          return { changed, conversationIds };
        })
        .immediate(),
    putIn: (id, ids) => inCollection.add.all({ key: keyOf(id), ids: JSON.stringify(ids) }),
    takeOut: (id, ids) => inCollection.remove.all({ key: keyOf(id), ids: JSON.stringify(ids) }),
    tag: (name, ids) => inTag.add.all({ name: knownTag.get(name) ?? name, ids: JSON.stringify(ids) }),
    untag: (name, ids) => inTag.remove.all({ name, ids: JSON.stringify(ids) }),
    renameTag: (name, newName) =>
      connection
        .transaction((): RenamedTag => {
          const changed = tagDocuments.all(name);
          if (changed.length === 0) throw new AppError('not-found', `No document has the tag “${name}” any more.`);
          if (isSameTag.get(name, newName) === 1) {
            updateTag.run(newName, name);
            return { changed, gained: [] };
          }
          const gained = inTag.add.all({ name: knownTag.get(newName) ?? newName, ids: JSON.stringify(changed) });
          removeTag.run(name);
          return { changed, gained };
        })
        .immediate(),
    deleteTag: (name) =>
      connection
        .transaction((): string[] => {
          const documents = tagDocuments.all(name);
          removeTag.run(name);
          return documents;
        })
        .immediate(),
    setFavourite: (ids, favourite) =>
      (favourite ? inFavourites.add : inFavourites.remove).all({ ids: JSON.stringify(ids) }),
  };
}
