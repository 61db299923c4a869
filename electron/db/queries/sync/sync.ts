/** Statements of sync: what changed, what is to be sent, what came, and what could not be joined. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../../../shared/errors.ts';
import { entityKinds, type Entity, type EntityKind, type Register, type Stamp } from '../../../sync/entity.ts';
import type { Connection } from '../../connection.ts';
import type { DeletedDocuments } from '../../database.ts';
import type { HistoryMark } from '../../../sync/ports/remote-store.ts';
import type { Acknowledgement, Applied, SyncState, SyncStore } from '../../sync-types.ts';
import type { Synchronous } from '../../synchronous.ts';
import { applying } from './apply.ts';
import { hashOfValue, type Codec, type References } from './codec.ts';
import { collectionCodec } from './collections.ts';
import { conflictsOf } from './conflicts.ts';
import { conversationCodec } from './conversations.ts';
import { documentCodec } from './documents.ts';
import { forgetSync } from './forget.ts';
import { inboxOf } from './inbox.ts';
import { journalOf, type Codecs } from './journal.ts';
import { settingCodec } from './library-settings.ts';
import { messageCodec } from './messages.ts';
import { pieceCodec } from './pieces.ts';
import { samenessOf } from './same.ts';
import { statementsOf } from './statements.ts';
import { usageCodec } from './usage.ts';

/** Registers that are looked through for each entity to send; most have fewer. */
const REGISTERS_EACH = 8;

export type DeleteDocuments = (ids: readonly string[]) => DeletedDocuments;

const ALL = Number.MAX_SAFE_INTEGER;

/** Whether a failure is the fault of what was to be written, and not of the disk or of the database. */
function isItsOwn(thrown: unknown): thrown is Error {
  if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError) return true;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)/.test(code);
}

function pastOf(past: string | null): { readonly past?: readonly Stamp[] } {
  return past === null ? {} : { past: JSON.parse(past) as Stamp[] };
}

export function syncQueries(connection: Connection, deleteDocuments: DeleteDocuments): Synchronous<SyncStore> {
  const sql = statementsOf(connection);
  /** Of documents that were deleted by what came. */
  let goneFiles: string[] = [];
  const codecs: Codecs = new Map(
    [
      documentCodec(sql, (ids) => void goneFiles.push(...deleteDocuments(ids).contentHashes)),
      collectionCodec(sql),
      conversationCodec(sql),
      messageCodec(connection, sql),
      pieceCodec(connection, sql),
      usageCodec(sql),
      settingCodec(connection),
    ].map((codec: Codec) => [codec.kind, codec]),
  );
  const journal = journalOf(sql, codecs);
  const inbox = inboxOf(sql);
  const conflicts = conflictsOf(sql, journal, codecs);
  let now = Date.now();
  const sameness = samenessOf({ sql, journal, codecs, conflicts, now: () => now });

  const atOnce = <Result>(work: () => Result): Result => connection.transaction(work).immediate();
  const count = (query: string): number => sql.value<number>(query) ?? 0;

  function state(): SyncState {
    const { deviceId, remoteId, pulled, applied, clockOffset, restored, mark, marked } = journal.state();
    return {
      ...{ deviceId, remoteId, pulled, applied, clockOffset, restored },
      mark: mark === null ? null : { sequence: marked, mark },
      waiting: count(
        `SELECT count(*) FROM (SELECT kind, id FROM sync_outbox UNION SELECT kind, id FROM sync_registers WHERE pushed = 0
           UNION SELECT kind, id FROM sync_tombstones WHERE pushed = 0)`,
      ),
      inbox: inbox.count(),
      conflicts: count('SELECT count(*) FROM sync_conflicts'),
    };
  }

  function mustBeOn(): void {
    if (journal.state().remoteId !== null) return;
    throw new AppError('remote-not-configured', 'Sync is off: nothing is taken in.', {
      hint: 'Turn it on in Settings.',
    });
  }

  /** Everything that is here, as changes of before sync; entities that are being written follow when they are done. */
  function listAll(): void {
    const lists: readonly (readonly [kind: EntityKind, query: string])[] = [
      ['document', 'SELECT id FROM documents'],
      ['collection', 'SELECT id FROM collections'],
      ['conversation', 'SELECT id FROM conversations'],
      ['message', `SELECT id FROM messages WHERE state <> 'streaming'`],
      ['piece', `SELECT id FROM written_pieces WHERE state <> 'writing'`],
      ['usage', `SELECT uid AS id FROM model_calls WHERE outcome <> 'running'`],
      ['setting', `SELECT 'library' AS id FROM settings WHERE key IN ('settings', 'prices') LIMIT 1`],
    ];
    for (const [kind, query] of lists)
      sql.run(
        `INSERT INTO sync_outbox (kind, id, before_sync) SELECT ?, id, 1 FROM (${query}) WHERE true ON CONFLICT DO NOTHING`,
        kind,
      );
  }

  /** Registers that wait to be sent, with their values as they were stamped: what changed since is stamped first. */
  function unsent(kind: EntityKind, id: string): Entity | null {
    const grave = journal.tombstone(kind, id);
    if (grave && grave.pushed === 0 && grave.stamp !== '') {
      const { stamp, seen, into, past } = grave;
      return { kind, id, registers: {}, tombstone: { stamp, seen, into, ...pastOf(past) } };
    }
    const values = codecs.get(kind)?.read(id);
    if (!values || values === 'unsettled') return null;
    const registers = [...journal.registers(kind, id).values()].flatMap(({ name, stamp, seen, past, hash, pushed }) => {
      const value = values[name] ?? null;
      if (pushed === 1) return [];
      if (hashOfValue(value) === hash) {
        return [[name, { stamp, seen, ...pastOf(past), value } satisfies Register] as const];
      }
      // A change that no trigger tells of: a deletion took what a paid call was made for. A stamp stands for one value.
      journal.touch(kind, id);
      return [];
    });
    return registers.length === 0 ? null : { kind, id, registers: Object.fromEntries(registers), tombstone: null };
  }

  /** In the order of stamps; looks through at most so many registers. */
  function unsentOf(kind: EntityKind, limit: number, most: number): Entity[] {
    const ids = sql.values<string>(
      `SELECT id FROM (
         SELECT * FROM (SELECT id, stamp FROM sync_registers WHERE kind = ? AND pushed = 0 ORDER BY stamp LIMIT ?)
         UNION ALL SELECT * FROM (
           SELECT id, stamp FROM sync_tombstones WHERE kind = ? AND pushed = 0 AND stamp <> '' ORDER BY stamp LIMIT ?))
       ORDER BY stamp, id`,
      ...([kind, most, kind, most] as const),
    );
    const found: Entity[] = [];
    for (const id of new Set(ids)) {
      if (found.length >= limit) break;
      const entity = unsent(kind, id);
      if (entity) found.push(entity);
    }
    return found;
  }

  const changed = (limit: number): { readonly kind: EntityKind; readonly id: string }[] =>
    sql.all('SELECT kind, id FROM sync_outbox LIMIT ?', limit);

  function acknowledge({ kind, id, stamps, sequence }: Acknowledgement): void {
    for (const [name, stamp] of Object.entries(stamps))
      if (name === '')
        sql.run('UPDATE sync_tombstones SET pushed = 1 WHERE kind = ? AND id = ? AND stamp = ?', kind, id, stamp);
      else
        sql.run(
          'UPDATE sync_registers SET pushed = 1, sequence = ? WHERE kind = ? AND id = ? AND name = ? AND stamp = ?',
          ...([sequence, kind, id, name, stamp] as const),
        );
  }

  /** The later one stays: where the server has it, it has all that was before it. */
  function keepMark(seen: HistoryMark | null): void {
    if (seen)
      sql.run('UPDATE sync_state SET mark = ?, marked = ? WHERE marked <= ?', seen.mark, seen.sequence, seen.sequence);
  }

  /** What only a newer Quire has a place for has no value here to be sent. */
  function sendAgain(kind: EntityKind, id: string): boolean {
    const registers = sql.run(
      'UPDATE sync_registers SET pushed = 0 WHERE kind = ? AND id = ? AND value IS NULL',
      kind,
      id,
    );
    const grave = sql.run(`UPDATE sync_tombstones SET pushed = 0 WHERE kind = ? AND id = ? AND stamp <> ''`, kind, id);
    return registers + grave > 0;
  }

  function applySome(at: number, limit: number): Applied {
    now = at;
    goneFiles = [];
    const nothing = { documentIds: [], conversationIds: [], contentHashes: [], conflicts: 0, settings: false, left: 0 };
    return (
      journal.withClock(at, (clock): Applied => {
        // What was done here until now was done without knowing any of it.
        for (const { kind, id } of changed(ALL)) journal.collect(kind, id, clock);
        const run = applying({ sql, journal, codecs, inbox, conflicts, sameness, now: at, clock });
        const applyOne = connection.transaction(run.apply);
        const damaged: { readonly kind: EntityKind; readonly id: string; readonly reason: string }[] = [];
        for (const { kind, id } of inbox.next(limit)) {
          try {
            // In a savepoint: what of it was written before it failed goes.
            applyOne(kind, id);
          } catch (thrown) {
            if (!isItsOwn(thrown)) throw thrown;
            // One that no rule here knows must not keep all that comes after it from coming in.
            inbox.defer(kind, id);
            damaged.push({
              kind,
              id,
              reason: thrown.name === 'SqliteError' ? 'it breaks a rule of the library' : 'it has another form',
            });
          }
        }
        const left = inbox.count();
        if (left === 0) sql.run('UPDATE sync_state SET applied = pulled');
        const isHere = (hash: string): boolean =>
          sql.value('SELECT 1 FROM documents WHERE content_hash = ?', hash) === 1;
        const ids = (kind: EntityKind): string[] => [...(run.changed.get(kind) ?? [])];
        return {
          documentIds: ids('document'),
          conversationIds: ids('conversation'),
          contentHashes: [...new Set([...goneFiles, ...run.droppedFiles])].filter((hash) => !isHere(hash)),
          conflicts: run.conflicts(),
          settings: ids('setting').length > 0,
          ...(damaged.length > 0 ? { damaged } : {}),
          left,
        };
      }) ?? nothing
    );
  }

  /** For what a person chose; nothing is led elsewhere by it. */
  const plain: References = {
    resolve: (kind, id) => sameness.resolve(kind, id).id,
    isDeleted: (kind, id) => journal.tombstone(kind, id) !== null,
    dropFile: () => undefined,
    get now() {
      return Date.now();
    },
  };

  return {
    state,
    turnOn: (remoteId) =>
      atOnce(() => {
        if (journal.state().remoteId === remoteId) return state();
        forgetSync(connection);
        sql.run('UPDATE sync_state SET device_id = ?, remote_id = ?', randomUUID(), remoteId);
        listAll();
        return state();
      }),
    turnOff: () => atOnce(() => forgetSync(connection)),
    setClock: (offset) => void (Number.isFinite(offset) && sql.run('UPDATE sync_state SET clock_offset = ?', offset)),
    setRestored: (restored) => void sql.run('UPDATE sync_state SET restored = ?', restored),
    collect: (at, limit) =>
      atOnce(
        () =>
          journal.withClock(at, (clock) => {
            const changed = sql.all<{ kind: EntityKind; id: string }>(
              'SELECT kind, id FROM sync_outbox LIMIT ?',
              limit,
            );
            for (const { kind, id } of changed) journal.collect(kind, id, clock);
            return count('SELECT count(*) FROM sync_outbox');
          }) ?? 0,
      ),
    outgoing(limit) {
      if (journal.state().remoteId === null) return [];
      const found: Entity[] = [];
      for (const kind of entityKinds) {
        if (found.length >= limit) break;
        const rest = limit - found.length;
        const some = unsentOf(kind, rest, rest * REGISTERS_EACH);
        // Many in a row can have changed again since they were stamped.
        found.push(...(some.length > 0 ? some : unsentOf(kind, rest, ALL)));
      }
      return found;
    },
    pushed: (acknowledgements, mark = null) =>
      atOnce(() => {
        acknowledgements.forEach(acknowledge);
        keepMark(mark);
      }),
    sendAgain: (entities) => atOnce(() => entities.filter(({ kind, id }) => sendAgain(kind, id)).length),
    receive: (entities, cursor, mark = null) =>
      atOnce(() => {
        mustBeOn();
        if (entities.length > 0) inbox.retry();
        for (const entity of entities) inbox.put(entity);
        sql.run('UPDATE sync_state SET pulled = max(pulled, ?)', cursor);
        keepMark(mark);
      }),
    apply: (at, limit) => atOnce(() => applySome(at, limit)),
    known: (kind, after, limit) =>
      // What was pulled and not applied is known, too: it would come to life here after everybody else deleted it.
      sql.values<string>(
        `SELECT id FROM sync_registers WHERE kind = ? AND id > ? AND pushed = 1
         UNION SELECT id FROM sync_inbox WHERE kind = ? AND id > ? AND entity ->> '$.tombstone' IS NULL
         ORDER BY id LIMIT ?`,
        ...([kind, after ?? '', kind, after ?? '', limit] as const),
      ),
    receiveGone: (kind, ids) =>
      atOnce(() => {
        mustBeOn();
        journal.withClock(Date.now(), (clock) => {
          for (const id of ids) {
            // Nobody knows any more what whoever deleted it knew: all that was typed here is told of.
            const tombstone = { stamp: clock.next(), seen: 0, into: null, past: [] };
            inbox.put({ kind, id, registers: {}, tombstone });
          }
        });
      }),
    conflicts: () => conflicts.list(),
    settleConflict: (id, choice) => atOnce(() => conflicts.settle(id, choice, plain)),
  };
}
