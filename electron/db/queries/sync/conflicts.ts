/** What a person typed and another device won over: kept until somebody has looked at it. */
import { AppError } from '../../../../shared/errors.ts';
import { isTypedName, type EntityKind, type Knowledge } from '../../../sync/entity.ts';
import { isOwn } from '../../../sync/stamps.ts';
import type { JsonValue } from '../../database.ts';
import type { SyncConflict } from '../../sync-types.ts';
import { canonical, type References } from './codec.ts';
import type { Codecs, Clock, Journal, RegisterRow } from './journal.ts';
import type { Statements } from './statements.ts';

interface ConflictRow {
  readonly id: number;
  readonly kind: EntityKind;
  readonly entityId: string;
  readonly title: string;
  readonly register: string;
  readonly mine: string;
  readonly theirs: string;
  readonly deleted: number;
  readonly at: number;
}

export interface Loss {
  readonly kind: EntityKind;
  readonly id: string;
  readonly title: string;
  readonly register: string;
  readonly mine: JsonValue;
  readonly theirs: JsonValue;
  readonly deleted: boolean;
}

export interface Conflicts {
  list(): SyncConflict[];
  /** Keeps a loss; answers with 1, for counting. */
  keep(loss: Loss, now: number): number;
  /**
   * What was typed here of an entity that another device deletes without having seen it, and what was kept of it before;
   * to be kept when the entity is gone, since what is kept of it goes with it.
   */
  ofDeleted(kind: EntityKind, id: string, knowledge: Knowledge, clock: Clock): Loss[];
  settle(id: number, choice: 'mine' | 'theirs', references: References): void;
}

/** Whether a register was written on this device, and whoever wrote later, or deleted it, did not know of it. */
export function isUnseen(row: RegisterRow, { seen, past }: Knowledge, clock: Clock): boolean {
  if (!isOwn(row.stamp, clock.deviceId)) return false;
  if (past && isTypedName(row.name)) return !past.includes(row.stamp);
  return row.sequence === null || seen < row.sequence;
}

export function conflictsOf(sql: Statements, journal: Journal, codecs: Codecs): Conflicts {
  const list = (): SyncConflict[] =>
    sql
      .all<ConflictRow>(
        'SELECT key AS id, kind, entity_id AS entityId, title, register, mine, theirs, deleted, at FROM sync_conflicts ORDER BY key',
      )
      .map(({ mine, theirs, deleted, ...row }) => ({
        ...row,
        // What it is called now; of what is gone, as it was called then.
        title: (deleted === 1 ? '' : codecs.get(row.kind)?.title(row.entityId)) || row.title,
        mine: JSON.parse(mine) as JsonValue,
        theirs: JSON.parse(theirs) as JsonValue,
        deleted: deleted === 1,
      }));

  function keep({ kind, id, title, register, mine, theirs, deleted }: Loss, now: number): number {
    const [own, other] = [canonical(mine), canonical(theirs)];
    // The same again says nothing new.
    const isKept = sql.value(
      'SELECT 1 FROM sync_conflicts WHERE kind = ? AND entity_id = ? AND register = ? AND mine = ? AND theirs = ? AND deleted = ?',
      ...([kind, id, register, own, other, Number(deleted)] as const),
    );
    if (isKept !== undefined) return 0;
    sql.run(
      `INSERT INTO sync_conflicts (kind, entity_id, register, deleted, at, title, mine, theirs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...([kind, id, register, Number(deleted), now, title, own, other] as const),
    );
    return 1;
  }

  function typedOf(kind: EntityKind, id: string, title: string, knowledge: Knowledge, clock: Clock): Loss[] {
    const codec = codecs.get(kind);
    const values = codec?.read(id);
    if (!codec || !values || values === 'unsettled') return [];
    return [...journal.registers(kind, id)].flatMap(([name, row]): Loss[] => {
      const value = values[name] ?? null;
      const typed = codec.typed(name, value);
      if (typed === null || !isUnseen(row, knowledge, clock)) return [];
      const mine = kind === 'message' ? typed : value;
      return [{ kind, id, title, register: name, mine, theirs: null, deleted: true }];
    });
  }

  /** Takes what is kept of an entity off the list, to be put back as that of one that is gone. */
  function keptOf(kind: EntityKind, id: string): Loss[] {
    const rows = list().filter((row) => row.kind === kind && row.entityId === id);
    sql.run('DELETE FROM sync_conflicts WHERE kind = ? AND entity_id = ?', kind, id);
    return rows.map(({ title, register, mine, theirs }) => ({
      kind,
      id,
      title,
      register,
      mine,
      theirs,
      deleted: true,
    }));
  }

  /** Pieces go with the last of their documents. */
  function ofPieces(documentId: string, knowledge: Knowledge, clock: Clock): Loss[] {
    const pieces = sql.values<string>(
      `SELECT id FROM written_pieces WHERE key IN (SELECT piece_key FROM written_documents WHERE document_id = ?)
         AND NOT EXISTS (SELECT 1 FROM written_documents JOIN documents ON documents.id = document_id
           WHERE piece_key = written_pieces.key AND document_id <> ?)`,
      ...([documentId, documentId] as const),
    );
    return pieces.flatMap((piece) => {
      journal.collect('piece', piece, clock);
      const title = codecs.get('piece')?.title(piece) ?? '';
      return [...keptOf('piece', piece), ...typedOf('piece', piece, title, knowledge, clock)];
    });
  }

  return {
    keep,
    list,
    ofDeleted(kind, id, knowledge, clock) {
      const title = codecs.get(kind)?.title(id) ?? '';
      const losses = [...keptOf(kind, id), ...typedOf(kind, id, title, knowledge, clock)];
      if (kind === 'document') return [...losses, ...ofPieces(id, knowledge, clock)];
      if (kind !== 'conversation') return losses;
      // Its messages go with it, and a question that is not asked yet.
      const messages = sql.values<string>(
        `SELECT messages.id FROM messages JOIN conversations ON conversations.key = conversation_key
         WHERE conversations.id = ? AND role = 'user' ORDER BY messages.key`,
        id,
      );
      for (const message of messages) {
        journal.collect('message', message, clock);
        losses.push(...typedOf('message', message, title, knowledge, clock));
      }
      const draft = sql.value<string>(
        'SELECT text FROM drafts JOIN conversations ON conversations.key = conversation_key WHERE conversations.id = ?',
        id,
      );
      if (draft !== undefined)
        losses.push({ kind, id, title, register: 'draft', mine: draft, theirs: null, deleted: true });
      return losses;
    },
    settle(id, choice, references) {
      const row = sql.get<ConflictRow>(
        'SELECT kind, entity_id AS entityId, register, mine, deleted FROM sync_conflicts WHERE key = ?',
        id,
      );
      // Looked at in another window already.
      if (!row) return;
      if (choice === 'mine') {
        const codec = codecs.get(row.kind);
        const values = row.deleted === 1 ? null : codec?.read(row.entityId);
        if (!codec || !values)
          throw new AppError('not-found', 'What this belonged to was deleted, and can’t be brought back from here.', {
            hint: 'Copy the text, then let it go.',
          });
        const mine = JSON.parse(row.mine) as JsonValue;
        const isTaken =
          row.kind === 'collection' &&
          sql.value('SELECT 1 FROM collections WHERE name = ? AND id <> ?', String(mine), row.entityId) === 1;
        if (isTaken)
          throw new AppError('request-invalid', `There is a collection “${String(mine)}” already.`, {
            hint: 'Rename that one first.',
          });
        codec.write(row.entityId, { [row.register]: mine }, references);
      }
      sql.run('DELETE FROM sync_conflicts WHERE key = ?', id);
    },
  };
}
