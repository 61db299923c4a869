/**
 * Statements on collections, tags and favourites.
 */
import type { Collection, Shelves } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { ShelfStore } from '../shelf-types.ts';
import type { Synchronous } from '../synchronous.ts';

interface Many {
  /** JSON array of document ids. */
  readonly ids: string;
}

const chosen = 'documents WHERE id IN (SELECT value FROM json_each(:ids))';

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
  // What was in it loses its place by the foreign key.
  const removeCollection = connection.prepare<[number]>('DELETE FROM collections WHERE key = ?');
  const documentId = '(SELECT id FROM documents WHERE key = document_key)';
  const putIn = connection
    .prepare<[Many & { key: number }], string>(
      `INSERT INTO collection_documents (collection_key, document_key) SELECT :key, key FROM ${chosen}
       ON CONFLICT DO NOTHING RETURNING ${documentId}`,
    )
    .pluck();
  const takeOut = connection
    .prepare<[Many & { key: number }], string>(
      `DELETE FROM collection_documents WHERE collection_key = :key AND document_key IN (SELECT key FROM ${chosen})
       RETURNING ${documentId}`,
    )
    .pluck();
  const knownTag = connection
    .prepare<[string], string>('SELECT name FROM document_tags WHERE name = ? LIMIT 1')
    .pluck();
  const tag = connection
    .prepare<[Many & { name: string }], string>(
      `INSERT INTO document_tags (name, document_key) SELECT :name, key FROM ${chosen}
       ON CONFLICT DO NOTHING RETURNING ${documentId}`,
    )
    .pluck();
  const untag = connection
    .prepare<[Many & { name: string }], string>(
      `DELETE FROM document_tags WHERE name = :name AND document_key IN (SELECT key FROM ${chosen})
       RETURNING ${documentId}`,
    )
    .pluck();
  const favour = connection
    .prepare<[Many], string>(
      `INSERT INTO favourites (document_key) SELECT key FROM ${chosen} ON CONFLICT DO NOTHING RETURNING ${documentId}`,
    )
    .pluck();
  const unfavour = connection
    .prepare<[Many], string>(
      `DELETE FROM favourites WHERE document_key IN (SELECT key FROM ${chosen}) RETURNING ${documentId}`,
    )
    .pluck();

  function keyOf(collectionId: string): number {
    const key = selectKey.get(collectionId);
    if (key === undefined) throw new AppError('not-found', 'This collection was deleted.');
    return key;
  }

  function refuseTaken(name: string, id: string): void {
    if (nameTaken.get(name, id) === undefined) return;
    throw new AppError('request-invalid', `There is a collection “${name}” already.`, { hint: 'Choose another name.' });
  }

  return {
    list: (): Shelves => ({
      collections: selectCollections
        .all()
        .map(({ id, name, ids }): Collection => ({ id, name, documentIds: JSON.parse(ids) as string[] })),
      tags: selectTags.all().map(({ name, ids }) => ({ name, documentIds: JSON.parse(ids) as string[] })),
      favourites: selectFavourites.all(),
    }),
    createCollection({ id, name, documentIds, createdAt }) {
      connection
        .transaction(() => {
          refuseTaken(name, id);
          insertCollection.run(id, name, createdAt);
          putIn.all({ key: keyOf(id), ids: JSON.stringify(documentIds) });
        })
        .immediate();
    },
    renameCollection(id, name) {
      refuseTaken(name, id);
      keyOf(id);
      updateName.run(name, id);
    },
    deleteCollection: (id) =>
      connection
        .transaction((): string[] => {
          const key = keyOf(id);
          const documents = documentsOf.all(key);
          removeCollection.run(key);
          return documents;
        })
        .immediate(),
    putIn: (id, ids) => putIn.all({ key: keyOf(id), ids: JSON.stringify(ids) }),
    takeOut: (id, ids) => takeOut.all({ key: keyOf(id), ids: JSON.stringify(ids) }),
    tag: (name, ids) => tag.all({ name: knownTag.get(name) ?? name, ids: JSON.stringify(ids) }),
    untag: (name, ids) => untag.all({ name, ids: JSON.stringify(ids) }),
    setFavourite: (ids, favourite) => (favourite ? favour : unfavour).all({ ids: JSON.stringify(ids) }),
  };
}
