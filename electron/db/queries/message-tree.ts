/**
 * Statements on the order of messages: each has the one before it as its parent. A question that was edited is a
 * branch beside the first, as is another answer to a question. A conversation shows the branch that ends in its leaf.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';

export interface MessageTree {
  /** Keys of the branch that is shown, in the order they were said. */
  path(conversationKey: number): readonly number[];
  /** The last message that is shown; null in an empty conversation. */
  leaf(conversationKey: number): number | null;
  setLeaf(conversationKey: number, key: number | null): void;
  /** Shows the newest branch that has the message. */
  show(conversationKey: number, key: number): void;
  /** Removes a message and all that were said after it, in every branch. */
  removeFrom(conversationKey: number, key: number): void;
  /** Keys of all messages in all branches, in the order they were said. */
  all(conversationKey: number): readonly number[];
  /** By the id of each message the one before it; null for the first. */
  parents(conversationKey: number): Readonly<Record<string, string | null>>;
  /** Messages that stand in the same place, each group oldest first; those that stand alone are left out. */
  branches(conversationKey: number): string[][];
}

export function messageTree(connection: Connection): MessageTree {
  const below =
    'below (key) AS (SELECT ? UNION ALL SELECT messages.key FROM messages JOIN below ON parent_key = below.key)';
  const selectPath = connection
    .prepare<[number], number>(
      `WITH RECURSIVE path (key, parent) AS (
         SELECT key, parent_key FROM messages
         WHERE key = (SELECT leaf_key FROM conversations WHERE conversations.key = ?)
         UNION ALL SELECT messages.key, messages.parent_key FROM path JOIN messages ON messages.key = path.parent)
       SELECT key FROM path ORDER BY key`,
    )
    .pluck();
  const selectLeaf = connection
    .prepare<[number], number | null>('SELECT leaf_key FROM conversations WHERE key = ?')
    .pluck();
  const updateLeaf = connection.prepare<[number | null, number]>('UPDATE conversations SET leaf_key = ? WHERE key = ?');
  const selectParent = connection
    .prepare<[number], number | null>('SELECT parent_key FROM messages WHERE key = ?')
    .pluck();
  const newestBelow = connection
    .prepare<[number], number>(`WITH RECURSIVE ${below} SELECT max(key) FROM below`)
    .pluck();
  const remove = connection.prepare<[number]>(
    `WITH RECURSIVE ${below} DELETE FROM messages WHERE key IN (SELECT key FROM below)`,
  );
  const exists = connection.prepare<[number], number>('SELECT 1 FROM messages WHERE key = ?').pluck();
  const selectPlaces = connection.prepare<[number], { id: string; parent: number | null }>(
    'SELECT id, parent_key AS parent FROM messages WHERE conversation_key = ? ORDER BY key',
  );

  const selectAll = connection
    .prepare<[number], number>('SELECT key FROM messages WHERE conversation_key = ? ORDER BY key')
    .pluck();
  const selectParents = connection.prepare<[number], { id: string; parentId: string | null }>(
    `SELECT messages.id, before.id AS parentId FROM messages LEFT JOIN messages AS before ON before.key = messages.parent_key
     WHERE messages.conversation_key = ? ORDER BY messages.key`,
  );

  return {
    all: (conversationKey) => selectAll.all(conversationKey),
    parents: (conversationKey) =>
      Object.fromEntries(selectParents.all(conversationKey).map(({ id, parentId }) => [id, parentId])),
    path: (conversationKey) => selectPath.all(conversationKey),
    leaf: (conversationKey) => selectLeaf.get(conversationKey) ?? null,
    setLeaf: (conversationKey, key) => void updateLeaf.run(key, conversationKey),
    show(conversationKey, key) {
      const newest = newestBelow.get(key);
      if (newest === undefined) throw new AppError('not-found', 'This message was deleted.');
      updateLeaf.run(newest, conversationKey);
    },
    removeFrom(conversationKey, key) {
      const parent = selectParent.get(key) ?? null;
      const leaf = selectLeaf.get(conversationKey) ?? null;
      remove.run(key);
      if (leaf !== null && exists.get(leaf) === undefined) updateLeaf.run(parent, conversationKey);
    },
    branches(conversationKey) {
      const groups = new Map<number | null, string[]>();
      for (const { id, parent } of selectPlaces.all(conversationKey))
        groups.set(parent, [...(groups.get(parent) ?? []), id]);
      return [...groups.values()].filter((group) => group.length > 1);
    },
  };
}
