/** Conversations as registers; their messages are entities of their own. */
import { z } from 'zod';
import type { JsonValue } from '../../database.ts';
import { fromJson, isUuid, type Codec, type References, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

const id = z.string().refine(isUuid);
const time = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const schemas = {
  title: z.object({ title: z.string().max(10_000), renamed: z.boolean() }),
  scope: z.object({ documentIds: z.array(id).max(100_000), collectionId: id.nullable() }),
  pinned: z.boolean(),
  archived: z.boolean(),
  trashed: time.nullable(),
  leaf: id.nullable(),
  times: z.object({ createdAt: time, updatedAt: time }),
} as const;
type Name = keyof typeof schemas;

interface Row {
  readonly key: number;
  readonly title: string;
  readonly renamed: number;
  readonly documentIds: string;
  readonly collectionId: string | null;
  readonly pinned: number;
  readonly archived: number;
  readonly trashed: number | null;
  readonly leaf: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function conversationCodec(sql: Statements): Codec {
  const rowOf = (id: string): Row | undefined =>
    sql.get(
      `SELECT key, title, renamed, document_ids AS documentIds, pinned, archived, deleted_at AS trashed,
         (SELECT id FROM collections WHERE key = collection_key) AS collectionId,
         (SELECT id FROM messages WHERE key = leaf_key) AS leaf, created_at AS createdAt, updated_at AS updatedAt
       FROM conversations WHERE id = ?`,
      id,
    );

  function writeScope(key: number, scope: z.infer<typeof schemas.scope>, references: References): void {
    const documents = [...new Set(scope.documentIds.map((document) => references.resolve('document', document)))];
    const collection = scope.collectionId && references.resolve('collection', scope.collectionId);
    sql.run(
      'UPDATE conversations SET document_ids = ?, collection_key = (SELECT key FROM collections WHERE id = ?) WHERE key = ?',
      ...([JSON.stringify(documents), collection, key] as const),
    );
  }

  return {
    kind: 'conversation',
    isId: isUuid,
    read(id): Values | null {
      const row = rowOf(id);
      if (!row) return null;
      return {
        title: { title: row.title, renamed: row.renamed === 1 },
        scope: { documentIds: fromJson(row.documentIds), collectionId: row.collectionId },
        pinned: row.pinned === 1,
        archived: row.archived === 1,
        trashed: row.trashed,
        leaf: row.leaf,
        times: { createdAt: row.createdAt, updatedAt: row.updatedAt },
      };
    },
    knows: isName,
    accepts: (name, value) => isName(name) && schemas[name].safeParse(value).success,
    write(id, values, references) {
      const read = <Of extends Name>(name: Of) =>
        schemas[name].safeParse(values[name]).data as z.infer<(typeof schemas)[Of]> | undefined;
      const [title, times] = [read('title'), read('times')];
      if (!rowOf(id)) {
        if (!title) return 'waiting';
        const createdAt = times?.createdAt ?? references.now;
        sql.run(
          `INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES (?, ?, '[]', ?, ?)`,
          ...([id, title.title, createdAt, createdAt] as const),
        );
      }
      const row = rowOf(id);
      if (!row) return 'waiting';
      const set = (column: string, value: string | number | null): void =>
        void sql.run(`UPDATE conversations SET ${column} = ? WHERE key = ?`, value, row.key);
      if (title) {
        set('title', title.title);
        set('renamed', Number(title.renamed));
      }
      if (times) {
        set('created_at', times.createdAt);
        set('updated_at', times.updatedAt);
      }
      const scope = read('scope');
      if (scope) writeScope(row.key, scope, references);
      const [pinned, archived, trashed, leaf] = [read('pinned'), read('archived'), read('trashed'), read('leaf')];
      if (pinned !== undefined) set('pinned', Number(pinned));
      if (archived !== undefined) set('archived', Number(archived));
      if (trashed !== undefined) set('deleted_at', trashed);
      if (leaf) showLeaf(sql, id, leaf);
      return 'written';
    },
    // Messages, citations, traces and a question that is not asked yet go with it.
    remove: (id) => void sql.run('DELETE FROM conversations WHERE id = ?', id),
    typed(name, value) {
      const title = name === 'title' ? schemas.title.safeParse(value).data : undefined;
      return title?.renamed ? title.title : null;
    },
    title: (id) => rowOf(id)?.title ?? '',
  };
}

function isName(name: string): name is Name {
  return Object.hasOwn(schemas, name);
}

/** Shows the branch that ends in a message, when it is here. Answers whether it is. */
export function showLeaf(sql: Statements, conversationId: string, messageId: JsonValue): boolean {
  if (typeof messageId !== 'string') return false;
  const changed = sql.run(
    `UPDATE conversations SET leaf_key = (SELECT key FROM messages WHERE id = ?)
     WHERE id = ? AND EXISTS (SELECT 1 FROM messages WHERE id = ? AND conversation_key = conversations.key)`,
    ...([messageId, conversationId, messageId] as const),
  );
  return changed > 0;
}

/** A conversation with messages ends in one of its own: in its newest, where none is known. */
export function mendLeaf(sql: Statements, conversationId: string): void {
  sql.run(
    `UPDATE conversations SET leaf_key = (SELECT key FROM messages WHERE conversation_key = conversations.key
       ORDER BY created_at DESC, id DESC LIMIT 1)
     WHERE id = ? AND NOT EXISTS (
       SELECT 1 FROM messages WHERE key = leaf_key AND conversation_key = conversations.key)`,
    conversationId,
  );
}
