/**
 * Migration 17: sync with a person's own server. What changed is noted by triggers, in the transaction of the change, and
 * only while sync is on; see docs/adr/0002-sync.md.
 */
import type { Connection } from '../connection.ts';

export function sync(connection: Connection): void {
  connection.exec(`
    -- 1 while nothing of the document is here but what lists show: it was added on another device, and its text did not
    -- come yet. Its state is 'queued' then, and no queue takes it up.
    ALTER TABLE documents ADD COLUMN remote_only INTEGER NOT NULL DEFAULT 0;

    -- One row. Sync is on while remote_id is there.
    CREATE TABLE sync_state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      device_id TEXT,
      remote_id TEXT,
      pulled INTEGER NOT NULL DEFAULT 0,
      applied INTEGER NOT NULL DEFAULT 0,
      -- Milliseconds.
      clock_offset REAL NOT NULL DEFAULT 0,
      -- Microseconds of the last stamp given or seen.
      last_time INTEGER NOT NULL DEFAULT 0,
      -- Which restore of a backup the server is of; null before the first meeting.
      restored TEXT
    ) STRICT;
    INSERT INTO sync_state (one) VALUES (1);

    -- Entities that may have changed since they were stamped. before_sync: there when sync was turned on.
    CREATE TABLE sync_outbox (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      before_sync INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    -- What each register was stamped with. Its value lies in the library's own tables; only what these have no place for
    -- (a newer Quire's registers, a leaf that did not come yet) is kept here, as JSON.
    CREATE TABLE sync_registers (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      stamp TEXT NOT NULL,
      seen INTEGER NOT NULL,
      -- Stamps of the values before it, as a JSON array; of what a person types.
      past TEXT,
      hash TEXT NOT NULL,
      pushed INTEGER NOT NULL,
      -- The server's, when it acknowledged what was written here; null before.
      sequence INTEGER,
      value TEXT,
      PRIMARY KEY (kind, id, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sync_registers_waiting ON sync_registers (kind, stamp, id) WHERE pushed = 0;

    -- An empty stamp: deleted, and not collected yet.
    CREATE TABLE sync_tombstones (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      stamp TEXT NOT NULL,
      seen INTEGER NOT NULL,
      into_id TEXT,
      -- Stamps of what was typed, as a JSON array.
      past TEXT,
      pushed INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sync_tombstones_waiting ON sync_tombstones (kind, stamp, id) WHERE pushed = 0;

    -- Pulled and not applied. deferred: looked at, and what it belongs to is not here (or its kind is not known).
    CREATE TABLE sync_inbox (
      key INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      -- Place of the kind in the order of applying.
      rank INTEGER NOT NULL,
      deferred INTEGER NOT NULL DEFAULT 0,
      entity TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX sync_inbox_by_entity ON sync_inbox (kind, id);
    CREATE INDEX sync_inbox_waiting ON sync_inbox (rank, key) WHERE deferred = 0;

    -- The same thing under two ids: what names the first means the second. own: found out here.
    CREATE TABLE sync_aliases (
      kind TEXT NOT NULL,
      from_id TEXT NOT NULL,
      to_id TEXT NOT NULL,
      own INTEGER NOT NULL,
      PRIMARY KEY (kind, from_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sync_conflicts (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      register TEXT NOT NULL,
      deleted INTEGER NOT NULL,
      at INTEGER NOT NULL,
      title TEXT NOT NULL,
      -- JSON.
      mine TEXT NOT NULL,
      theirs TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sync_conflicts_by_entity ON sync_conflicts (kind, entity_id);

    -- Registers that name a document's parts on the server: reading, file, thumbnail, vectors:<fingerprint>.
    CREATE TABLE sync_parts (
      document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
      name TEXT NOT NULL,
      -- JSON.
      value TEXT NOT NULL,
      PRIMARY KEY (document_key, name)
    ) STRICT, WITHOUT ROWID;

    -- How a document stands here; none of it is synced.
    CREATE TABLE sync_documents (
      document_key INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
      -- Id of the reading that lies in pages and chunks.
      local_reading TEXT,
      pinned INTEGER NOT NULL DEFAULT 0,
      -- Milliseconds since the epoch.
      used_at INTEGER NOT NULL DEFAULT 0
    ) STRICT;
  `);
  for (const watched of watchedTables) connection.exec(triggersOf(watched));
}

interface WatchedTable {
  readonly table: string;
  readonly kind: string;
  /** The entity that a row belongs to, as a query; `ROW` stands for NEW or OLD. Nothing where that is being deleted, too. */
  readonly owner: string;
  /**
   * The columns whose change counts. What a document counts while it is read (progress, texts, passages) is left out, so
   * that reading costs nothing more; so are keys that a deletion elsewhere sets to null.
   */
  readonly columns: readonly string[];
  /** That a row is one that is synced: an answer that is being written is not. */
  readonly where?: string;
}

const ofDocument = 'SELECT id FROM documents WHERE key = ROW.document_key';
const ofMessage = `SELECT id FROM messages WHERE key = ROW.message_key AND state <> 'streaming'`;
const ofPiece = `SELECT id FROM written_pieces WHERE key = ROW.piece_key AND state <> 'writing'`;
const itself = 'SELECT ROW.id AS id';
const ofCitation = ['number', 'document_id', 'title', 'page', 'boxes', 'ranges', 'quote'];

const watchedTables: readonly WatchedTable[] = [
  {
    table: 'documents',
    kind: 'document',
    owner: itself,
    columns: [
      ...['id', 'content_hash', 'path', 'title', 'renamed', 'author', 'language', 'format', 'size', 'page_count'],
      'added_at',
    ],
  },
  { table: 'document_tags', kind: 'document', owner: ofDocument, columns: ['name', 'document_key'] },
  { table: 'favourites', kind: 'document', owner: ofDocument, columns: ['document_key'] },
  { table: 'sync_parts', kind: 'document', owner: ofDocument, columns: ['name', 'value'] },
  { table: 'collections', kind: 'collection', owner: itself, columns: ['id', 'name', 'created_at'] },
  {
    table: 'collection_documents',
    kind: 'collection',
    owner: 'SELECT id FROM collections WHERE key = ROW.collection_key',
    columns: ['collection_key', 'document_key'],
  },
  {
    table: 'conversations',
    kind: 'conversation',
    owner: itself,
    columns: [
      ...['id', 'title', 'renamed', 'document_ids', 'collection_key', 'pinned', 'archived', 'deleted_at', 'leaf_key'],
      ...['created_at', 'updated_at'],
    ],
  },
  {
    table: 'messages',
    kind: 'message',
    owner: itself,
    columns: [
      ...['id', 'conversation_key', 'role', 'state', 'source', 'usage', 'error', 'verification', 'created_at', 'text'],
      'parent_key',
    ],
    where: `ROW.state <> 'streaming'`,
  },
  { table: 'citations', kind: 'message', owner: ofMessage, columns: ofCitation },
  {
    table: 'written_pieces',
    kind: 'piece',
    owner: itself,
    columns: [
      ...['id', 'title', 'kind', 'prompt', 'selection', 'state', 'source', 'usage', 'error', 'verification'],
      ...['requests', 'created_at', 'duration', 'deleted_at', 'text'],
    ],
    where: `ROW.state <> 'writing'`,
  },
  { table: 'written_documents', kind: 'piece', owner: ofPiece, columns: ['position', 'document_id', 'title'] },
  { table: 'written_citations', kind: 'piece', owner: ofPiece, columns: ofCitation },
  {
    table: 'model_calls',
    kind: 'usage',
    owner: 'SELECT ROW.uid AS id',
    columns: ['prompt_tokens', 'completion_tokens', 'is_estimated', 'cost', 'duration', 'outcome'],
    where: `ROW.outcome <> 'running'`,
  },
  {
    table: 'settings',
    kind: 'setting',
    owner: `SELECT 'library' AS id`,
    columns: ['value'],
    where: `ROW.key IN ('settings', 'prices')`,
  },
];

function triggersOf({ table, kind, owner, columns, where }: WatchedTable): string {
  const isOn = '(SELECT remote_id FROM sync_state) IS NOT NULL';
  const changed = columns.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(' OR ');
  const trigger = (name: string, event: string, row: 'NEW' | 'OLD', when: readonly string[]): string =>
    `CREATE TRIGGER sync_${table}_${name} AFTER ${event} ON ${table} WHEN ${when.join(' AND ').replaceAll('ROW.', `${row}.`)} BEGIN
      INSERT INTO sync_outbox (kind, id) SELECT '${kind}', owner.id FROM (${owner.replaceAll('ROW.', `${row}.`)}) AS owner
      WHERE true ON CONFLICT DO NOTHING;
    END;`;
  const rows = where === undefined ? [] : [where];
  return [
    trigger('added', 'INSERT', 'NEW', [isOn, ...rows]),
    trigger('changed', `UPDATE OF ${columns.join(', ')}`, 'NEW', [isOn, ...rows, `(${changed})`]),
    trigger('gone', 'DELETE', 'OLD', [isOn, ...(kind === 'usage' ? rows : [])]),
  ].join('\n');
}
