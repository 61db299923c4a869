/**
 * What was stamped: the state of sync, registers, tombstones, and the stamping of what changed since. Everything runs
 * inside the caller's transaction.
 */
import { randomUUID } from 'node:crypto';
import { entityKinds, isTypedName, LONGEST_PAST, type EntityKind, type Stamp } from '../../../sync/entity.ts';
import { BEFORE_SYNC, nextTime, stampOf, timeOf } from '../../../sync/stamps.ts';
import { hashOfValue, type Codec, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

export interface StateRow {
  readonly deviceId: string | null;
  readonly remoteId: string | null;
  readonly pulled: number;
  readonly applied: number;
  readonly clockOffset: number;
  readonly lastTime: number;
  readonly restored: string | null;
  readonly mark: string | null;
  /** The mark's sequence. */
  readonly marked: number;
}

/** Gives stamps while sync is on, for as long as a transaction. */
export interface Clock {
  readonly deviceId: string;
  /** The sequence that this device knows everything up to. */
  readonly seen: number;
  next(): Stamp;
  /** Later stamps are later than this one. */
  saw(stamp: Stamp): void;
}

export interface RegisterRow {
  readonly name: string;
  readonly stamp: Stamp;
  readonly seen: number;
  /** JSON; null where nobody types. */
  readonly past: string | null;
  readonly hash: string;
  readonly pushed: number;
  readonly sequence: number | null;
  /** JSON; see the migration. */
  readonly value: string | null;
}

export interface TombstoneRow {
  readonly stamp: Stamp;
  readonly seen: number;
  readonly into: string | null;
  /** JSON; null as long as nobody wrote it down. */
  readonly past: string | null;
  readonly pushed: number;
}

const nothingKnown: StateRow = {
  ...{ deviceId: null, remoteId: null, restored: null, mark: null },
  ...{ pulled: 0, applied: 0, clockOffset: 0, lastTime: 0, marked: 0 },
};

export type Codecs = ReadonlyMap<string, Codec>;

export interface Journal {
  state(): StateRow;
  /** Runs with a clock, and keeps its time; null while sync is off. */
  withClock<Result>(now: number, work: (clock: Clock) => Result): Result | null;
  registers(kind: EntityKind, id: string): ReadonlyMap<string, RegisterRow>;
  putRegister(kind: EntityKind, id: string, row: RegisterRow): void;
  removeRegisters(kind: EntityKind, id: string): void;
  tombstone(kind: EntityKind, id: string): TombstoneRow | null;
  /** Of two the earlier one stays, as on the server. What was stamped of the entity goes. */
  bury(kind: EntityKind, id: string, tombstone: TombstoneRow): void;
  /** Notes an entity whose rows changed where no trigger sees it. */
  touch(kind: EntityKind, id: string): void;
  untouch(kind: EntityKind, id: string): void;
  isTouched(kind: EntityKind, id: string): boolean;
  /** Stamps what changed of an entity, when anything may have. */
  collect(kind: EntityKind, id: string, clock: Clock): void;
  /** Takes what is there now for what was stamped: it follows from something that is synced by itself. */
  absorb(kind: EntityKind, id: string): void;
}

/** The order of kinds as a number, for SQL; what is not known comes last. */
export const UNKNOWN_RANK = 99;

export function rankOf(kind: string): number {
  const rank = entityKinds.findIndex((known) => known === kind);
  return rank === -1 ? UNKNOWN_RANK : rank;
}

const NOTHING = hashOfValue(null);

/** What somebody who writes over a register's value knows: its stamp, and those before it. */
function chainOf({ stamp, past }: RegisterRow): Stamp[] {
  return [stamp, ...(JSON.parse(past ?? '[]') as Stamp[])].slice(0, LONGEST_PAST);
}

export function journalOf(sql: Statements, codecs: Codecs): Journal {
  const state = (): StateRow => {
    const row = sql.get<StateRow>(
      `SELECT device_id AS deviceId, remote_id AS remoteId, pulled, applied, clock_offset AS clockOffset,
         last_time AS lastTime, restored, mark, marked FROM sync_state`,
    );
    return row ?? nothingKnown;
  };

  function withClock<Result>(now: number, work: (clock: Clock) => Result): Result | null {
    const { deviceId, remoteId, applied, clockOffset, lastTime } = state();
    if (deviceId === null || remoteId === null) return null;
    let last = lastTime;
    const result = work({
      deviceId,
      seen: applied,
      next: () => stampOf((last = nextTime(last, now, clockOffset)), deviceId),
      saw: (stamp) => void (last = Math.max(last, timeOf(stamp))),
    });
    if (last !== lastTime) sql.run('UPDATE sync_state SET last_time = ?', last);
    return result;
  }

  const registers = (kind: EntityKind, id: string): ReadonlyMap<string, RegisterRow> =>
    new Map(
      sql
        .all<RegisterRow>(
          'SELECT name, stamp, seen, past, hash, pushed, sequence, value FROM sync_registers WHERE kind = ? AND id = ?',
          kind,
          id,
        )
        .map((row) => [row.name, row]),
    );

  function putRegister(kind: EntityKind, id: string, row: RegisterRow): void {
    const { name, stamp, seen, past, hash, pushed, sequence, value } = row;
    sql.run(
      `INSERT INTO sync_registers (kind, id, name, stamp, seen, past, hash, pushed, sequence, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id, name) DO UPDATE SET stamp = excluded.stamp, seen = excluded.seen, past = excluded.past, hash = excluded.hash,
         pushed = excluded.pushed, sequence = excluded.sequence, value = excluded.value`,
      ...([kind, id, name, stamp, seen, past, hash, pushed, sequence, value] as const),
    );
  }

  const removeRegisters = (kind: EntityKind, id: string): void =>
    void sql.run('DELETE FROM sync_registers WHERE kind = ? AND id = ?', kind, id);

  const tombstone = (kind: EntityKind, id: string): TombstoneRow | null =>
    sql.get<TombstoneRow>(
      'SELECT stamp, seen, into_id AS "into", past, pushed FROM sync_tombstones WHERE kind = ? AND id = ?',
      kind,
      id,
    ) ?? null;

  /** Stamps of what was typed to an entity, now and before: what whoever deletes it here knows. */
  function typedStamps(kind: EntityKind, id: string): string {
    const known = tombstone(kind, id)?.past;
    if (known !== undefined && known !== null) return known;
    return JSON.stringify(
      [...registers(kind, id).values()].flatMap((row) => (isTypedName(row.name) ? chainOf(row) : [])),
    );
  }

  function bury(kind: EntityKind, id: string, { stamp, seen, into, past, pushed }: TombstoneRow): void {
    sql.run(
      `INSERT INTO sync_tombstones (kind, id, stamp, seen, into_id, past, pushed) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET stamp = excluded.stamp, seen = excluded.seen, into_id = excluded.into_id,
         past = excluded.past, pushed = excluded.pushed WHERE stamp = '' OR excluded.stamp < stamp`,
      ...([kind, id, stamp, seen, into, pushed === 0 ? typedStamps(kind, id) : past, pushed] as const),
    );
    removeRegisters(kind, id);
    untouch(kind, id);
  }

  const touch = (kind: EntityKind, id: string): void =>
    void sql.run('INSERT INTO sync_outbox (kind, id) VALUES (?, ?) ON CONFLICT DO NOTHING', kind, id);
  const untouch = (kind: EntityKind, id: string): void =>
    void sql.run('DELETE FROM sync_outbox WHERE kind = ? AND id = ?', kind, id);

  /** Members of a collection whose document is gone are out of it everywhere, without anybody saying so. */
  function isMoot(name: string): boolean {
    const document = /^member:(.*)$/s.exec(name)?.[1];
    return document !== undefined && sql.value('SELECT 1 FROM documents WHERE id = ?', document) === undefined;
  }

  function stampChanges(kind: EntityKind, id: string, values: Values, clock: Clock, wasBefore: boolean): void {
    const codec = codecs.get(kind);
    const rows = registers(kind, id);
    let stamp: Stamp | null = null;
    const put = (name: string, hash: string, row?: RegisterRow): void => {
      // Everything that was there before sync is of one time, in the order in which it came.
      stamp ??= wasBefore && rows.size === 0 ? stampOf(BEFORE_SYNC + placeOf(kind, id), clock.deviceId) : clock.next();
      const past = isTypedName(name) ? JSON.stringify(row ? chainOf(row) : []) : null;
      putRegister(kind, id, { name, stamp, seen: clock.seen, past, hash, pushed: 0, sequence: null, value: null });
    };
    for (const [name, value] of Object.entries(values)) {
      const hash = hashOfValue(value);
      const row = rows.get(name);
      if (row ? row.hash !== hash : hash !== NOTHING) put(name, hash, row);
    }
    for (const [name, row] of rows) {
      if (Object.hasOwn(values, name) || codec?.knows(name) !== true || row.hash === NOTHING) continue;
      if (isMoot(name)) sql.run('DELETE FROM sync_registers WHERE kind = ? AND id = ? AND name = ?', kind, id, name);
      else put(name, NOTHING, row);
    }
  }

  /** Messages are sent in the order in which they were said. */
  function placeOf(kind: EntityKind, id: string): number {
    return kind === 'message' ? (sql.value<number>('SELECT key FROM messages WHERE id = ?', id) ?? 0) : 0;
  }

  const isDead = (kind: EntityKind, id: string): boolean => (tombstone(kind, id)?.stamp ?? '') !== '';

  /** What is dead stays dead: a collection whose deletion was undone after it was told goes on under another id. */
  function renew(kind: EntityKind, id: string, clock: Clock): void {
    untouch(kind, id);
    if (kind !== 'collection') return;
    const again = randomUUID();
    sql.run('UPDATE collections SET id = ? WHERE id = ?', again, id);
    const followers = sql.values<string>(
      'SELECT id FROM conversations WHERE collection_key = (SELECT key FROM collections WHERE id = ?)',
      again,
    );
    for (const follower of followers) touch('conversation', follower);
    touch(kind, again);
    journal.collect(kind, again, clock);
  }

  const journal: Journal = {
    state,
    withClock,
    registers,
    putRegister,
    removeRegisters,
    tombstone,
    bury,
    touch,
    untouch,
    isTouched: (kind, id) => sql.value('SELECT 1 FROM sync_outbox WHERE kind = ? AND id = ?', kind, id) === 1,
    collect(kind, id, clock) {
      const before = sql.value<number>('SELECT before_sync FROM sync_outbox WHERE kind = ? AND id = ?', kind, id);
      const codec = codecs.get(kind);
      if (before === undefined || !codec) return;
      const values = codec.read(id);
      if (values !== null && isDead(kind, id)) return renew(kind, id, clock);
      if (values !== null && values !== 'unsettled') stampChanges(kind, id, values, clock, before === 1);
      else if (values === null && (registers(kind, id).size > 0 || tombstone(kind, id)?.stamp === ''))
        bury(kind, id, { stamp: clock.next(), seen: clock.seen, into: null, past: null, pushed: 0 });
      untouch(kind, id);
    },
    absorb(kind, id) {
      const values = codecs.get(kind)?.read(id);
      if (!values || values === 'unsettled') return;
      for (const [name, row] of registers(kind, id)) {
        if (row.value !== null || codecs.get(kind)?.knows(name) !== true) continue;
        const hash = hashOfValue(values[name] ?? null);
        if (hash !== row.hash) putRegister(kind, id, { ...row, hash });
      }
      untouch(kind, id);
    },
  };
  return journal;
}
