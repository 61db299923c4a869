/** What is in a library, as far as it is synced, and what a person typed into it. */
import type { Connection } from '../../../electron/db/connection.ts';
import type { Entity } from '../../../electron/sync/entity.ts';
import type { SimulatedDevice } from './device.ts';

/** Each by its name; ids stand for keys, and rows are in an order of their own. */
const queries = {
  documents: `SELECT id, content_hash, title, renamed, author, language, format, size, page_count, added_at
    FROM documents ORDER BY id`,
  tags: `SELECT documents.id, name FROM document_tags JOIN documents ON documents.key = document_key ORDER BY id, name`,
  favourites: 'SELECT documents.id FROM favourites JOIN documents ON documents.key = document_key ORDER BY id',
  collections: 'SELECT id, name, created_at FROM collections ORDER BY id',
  members: `SELECT collections.id AS collection, documents.id AS document FROM collection_documents
    JOIN collections ON collections.key = collection_key JOIN documents ON documents.key = document_key ORDER BY 1, 2`,
  conversations: `SELECT id, title, renamed, document_ids, pinned, archived, deleted_at, created_at, updated_at,
    (SELECT id FROM collections WHERE key = collection_key) AS collection,
    (SELECT id FROM messages WHERE key = leaf_key) AS leaf FROM conversations ORDER BY id`,
  messages: `SELECT messages.id, conversations.id AS conversation, role, state, text, messages.created_at,
    (SELECT id FROM messages AS before WHERE before.key = messages.parent_key) AS parent
    FROM messages JOIN conversations ON conversations.key = conversation_key ORDER BY messages.id`,
  pieces: 'SELECT id, title, kind, prompt, state, created_at, text, deleted_at FROM written_pieces ORDER BY id',
  pieceDocuments: `SELECT written_pieces.id, position, document_id FROM written_documents
    JOIN written_pieces ON written_pieces.key = piece_key ORDER BY id, position`,
  usage: `SELECT uid, account, created_at, host, model, prompt_tokens, completion_tokens, outcome
    FROM model_calls ORDER BY uid`,
  theme: `SELECT json_extract(value, '$.theme') AS theme FROM settings WHERE key = 'settings'`,
} as const;

export type Dump = Readonly<Record<keyof typeof queries, readonly unknown[]>>;

export function dumpOf(connection: Connection): Dump {
  const entries = Object.entries(queries).map(([name, sql]) => [name, connection.prepare(sql).all()]);
  return Object.fromEntries(entries) as Dump;
}

/**
 * What everything in the library is stamped with: by kind and id, the registers and their stamps. Without members of
 * collections whose document was deleted: whether a device has forgotten them yet is of no consequence.
 */
export function stampsOf({ connection }: SimulatedDevice): Record<string, Record<string, string>> {
  const documents = new Set(connection.prepare<[], string>('SELECT id FROM documents').pluck().all());
  const rows = connection
    .prepare<[], { kind: string; id: string; name: string; stamp: string }>(
      'SELECT kind, id, name, stamp FROM sync_registers ORDER BY kind, id, name',
    )
    .all();
  const stamps: Record<string, Record<string, string>> = {};
  for (const { kind, id, name, stamp } of rows)
    if (!isMoot(name, documents)) (stamps[`${kind} ${id}`] ??= {})[name] = stamp;
  return stamps;
}

/** The same of the server. */
export function stampsOnServer(entities: readonly Entity[]): Record<string, Record<string, string>> {
  const documents = new Set(
    entities.flatMap(({ kind, id, tombstone }) => (kind === 'document' && !tombstone ? [id] : [])),
  );
  return Object.fromEntries(
    entities
      .filter(({ tombstone }) => !tombstone)
      .map(({ kind, id, registers }) => [
        `${kind} ${id}`,
        Object.fromEntries(
          Object.entries(registers)
            .filter(([name]) => !isMoot(name, documents))
            .map(([name, { stamp }]) => [name, stamp] as const)
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        ),
      ]),
  );
}

function isMoot(name: string, documents: ReadonlySet<string>): boolean {
  return name.startsWith('member:') && !documents.has(name.slice('member:'.length));
}

/** Marks that stand in typed texts, each once in a simulation: `t17t`. */
const mark = /\bt\d+t\b/g;

const typedSql = `SELECT 'document ' || id AS place, title AS text FROM documents
  UNION ALL SELECT 'tag of ' || documents.id, name FROM document_tags JOIN documents ON documents.key = document_key
  UNION ALL SELECT 'collection ' || id, name FROM collections UNION ALL SELECT 'conversation ' || id, title FROM conversations
  UNION ALL SELECT 'message ' || id, text FROM messages UNION ALL SELECT 'piece ' || id, title FROM written_pieces`;

/** The marks that a person can see in the library, with what they are seen on. */
export function typedIn(connection: Connection): Map<string, string> {
  const texts = connection.prepare<[], { place: string; text: string }>(typedSql).all();
  return new Map(texts.flatMap(({ place, text }) => (text.match(mark) ?? []).map((found) => [found, place] as const)));
}

/** The marks of what lies in its list of conflicts as lost: a person can see these, too. */
export function keptIn(connection: Connection): Set<string> {
  const losses = connection.prepare<[], string>('SELECT mine FROM sync_conflicts').pluck().all();
  return new Set(losses.flatMap((mine) => mine.match(mark) ?? []));
}
