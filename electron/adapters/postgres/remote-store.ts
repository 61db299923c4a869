/** Entities of one user in Postgres: `RemoteStore`. */
import { AppError } from '../../../shared/errors.ts';
import { isFileRegister, type Entity, type EntityKind } from '../../sync/entity.ts';
import { mergeEntity } from '../../sync/merge.ts';
import type {
  DamagedEntity,
  Device,
  Greeting,
  HistoryMark,
  PulledPage,
  Pushed,
  RemoteStore,
  SeenDevice,
} from '../../sync/ports/remote-store.ts';
import { textArray } from './binary-array.ts';
import {
  isKnown,
  knownValues,
  lastMark,
  markColumns,
  markOf,
  requireHistory,
  requireKnown,
  spareMarks,
  type MarkRow,
} from './history.ts';
import { inspectSchema, requireWritable } from './migrate.ts';
import { removeFiles, removeParts, type Named } from './remote-deletion.ts';
import {
  damaged,
  entityColumns,
  entityJoins,
  entityTables,
  readEntity,
  removeDamagedTombstones,
  writeDead,
  writeLiving,
  type EntityRow,
} from './remote-entities.ts';
import type { PostgresSession, Sql } from './session.ts';
import { lockUser, userMissing } from './user-lock.ts';

/** An entity of a push, as it stands while changes are merged into it. */
interface Standing {
  /** What was there before; null when nothing was. */
  readonly before: Entity | null;
  now: Entity | null;
  /** 0 as long as it has none. */
  seq: number;
  /** What is there can't be read: it is written over. */
  readonly isDamaged: boolean;
}

/** @param userId Whose entities; row-level security hides every other's anyway. */
export class PostgresRemoteStore implements RemoteStore {
  readonly #session: PostgresSession;
  readonly #userId: string;

  constructor(session: PostgresSession, userId: string) {
    this.#session = session;
    this.#userId = userId;
  }

  greet(device: Device, known: HistoryMark | null = null, signal?: AbortSignal): Promise<Greeting> {
    return this.#session.transaction(async (sql) => {
      const { readOnly } = await inspectSchema(sql);
      if (!readOnly) await requireWritable(sql);
      // Shared: who has been away must not be entered while tombstones that it has not seen are being collected.
      const [found] = await sql.query<Omit<Greeting, 'readOnly'> & { readonly isThere: boolean }>(
        `SELECT next_seq - 1 AS head, collected,
            coalesce((SELECT left(value, 100) FROM quire.meta WHERE name = 'restored'), '') AS restored,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "serverTime",
            ${isKnown('$2', '$3')} AS "isThere"
          FROM quire.users u WHERE id = $1 FOR SHARE`,
        [this.#userId, ...knownValues(known)],
      );
      if (!found) throw userMissing();
      const { isThere, ...state } = found;
      requireKnown(known, isThere);
      if (!readOnly) {
        await sql.query(
          `INSERT INTO quire.devices (user_id, id, name, platform, app_version) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, platform = excluded.platform,
              app_version = excluded.app_version, last_seen = now()`,
          [this.#userId, device.id, device.name, device.platform, device.appVersion],
        );
      }
      return { ...state, readOnly };
    }, signal);
  }

  push(
    deviceId: string,
    changes: readonly Entity[],
    known: HistoryMark | null = null,
    signal?: AbortSignal,
  ): Promise<Pushed> {
    if (changes.length === 0) return Promise.resolve({ sequences: [], mark: null });
    return this.#session.transaction(async (sql) => {
      const nextSeq = await lockUser(sql, this.#userId, 'alone');
      await requireHistory(sql, this.#userId, known);
      const standing = await this.#present(sql, deviceId, changes);
      const unnamed: Named[] = [];
      for (const change of changes) {
        const of = standing.get(key(change));
        if (!of) continue;
        const merged = mergeEntity(of.now, change);
        unnamed.push(...filesThatLost(of.now, change, merged ?? of.now));
        of.now = merged ?? of.now;
      }
      await this.#write(sql, nextSeq, [...standing.values()], unnamed);
      const sequences = changes.map((change) => standing.get(key(change))?.seq ?? 0);
      return { sequences, mark: await lastMark(sql, this.#userId) };
    }, signal);
  }

  async pull(
    since: number,
    limit: number,
    known: HistoryMark | null = null,
    signal?: AbortSignal,
  ): Promise<PulledPage> {
    // One more than asked for tells whether there is more; the head is that of the same moment.
    const rows = await this.#read<EntityRow & MarkRow & { seq: number | null; head: number; isThere: boolean }>(
      `WITH page AS (
          SELECT kind, id, seq FROM quire.changes WHERE user_id = $1 AND seq > $2
            AND seq < (SELECT next_seq FROM quire.users WHERE id = $1) ORDER BY seq LIMIT $3)
        SELECT u.next_seq - 1 AS head, ${isKnown('$4', '$5')} AS "isThere",
          ${markColumns('(SELECT coalesce(max(seq), $2) FROM page)')}, c.seq, ${entityColumns('c')}
        FROM quire.users u LEFT JOIN page c ON true
        ${entityJoins('c')}
        WHERE u.id = $1 ORDER BY c.seq`,
      [this.#userId, since, limit + 1, ...knownValues(known)],
      signal,
    );
    const [first] = rows;
    if (first === undefined) throw userMissing();
    const { head } = first;
    requireKnown(known, first.isThere);
    const found = rows.filter((row) => row.seq !== null);
    const atHead = found.length <= limit;
    const page = found.slice(0, limit);
    const entities: Entity[] = [];
    const broken: DamagedEntity[] = [];
    for (const row of page) {
      const { kind, entity, damage } = readEntity(row);
      if (entity) entities.push(entity);
      const error = damage ?? (entity ? null : damaged(row, 'is listed and not there'));
      if (error) broken.push({ kind, id: row.id, error: error.toInfo() });
    }
    // The last ones may have been collected: who is at the head has read them all the same.
    const cursor = atHead ? Math.max(since, head) : (page.at(-1)?.seq ?? since);
    return { entities, cursor, atHead, mark: markOf(first), damaged: broken };
  }

  acknowledge(deviceId: string, cursor: number, signal?: AbortSignal): Promise<void> {
    return this.#session.transaction(async (sql) => {
      await requireWritable(sql);
      await sql.query(
        `UPDATE quire.devices SET cursor = greatest(cursor, $3), last_seen = now() WHERE user_id = $1 AND id = $2`,
        [this.#userId, deviceId, cursor],
      );
      const [waiting] = await sql.query<{ isDue: boolean }>(
        `SELECT EXISTS (SELECT FROM quire.tombstones WHERE user_id = $1 AND seq <= d.cursor)
            OR (SELECT count(*) FROM quire.marks WHERE user_id = $1 AND seq < d.cursor) > $2 AS "isDue"
          FROM (SELECT min(cursor) AS cursor FROM quire.devices WHERE user_id = $1) d`,
        [this.#userId, spareMarks],
      );
      if (!waiting?.isDue) return;
      // Under the lock, the devices are looked at again: one may have been entered meanwhile.
      await lockUser(sql, this.#userId, 'alone');
      await sql.query(
        `WITH gone AS (
          DELETE FROM quire.tombstones WHERE user_id = $1
            AND seq <= (SELECT min(cursor) FROM quire.devices WHERE user_id = $1)
          RETURNING kind, id, seq
        ), unlisted AS (
          DELETE FROM quire.changes c USING gone WHERE c.user_id = $1 AND c.kind = gone.kind AND c.id = gone.id
        )
        UPDATE quire.users SET collected = greatest(collected, (SELECT min(cursor) FROM quire.devices WHERE user_id = $1))
          WHERE id = $1`,
        [this.#userId],
      );
      // Who remembers one of these has read less than was collected, and compares in any case.
      await sql.query(
        `DELETE FROM quire.marks m USING quire.users u WHERE u.id = $1 AND m.user_id = $1 AND m.seq < u.collected`,
        [this.#userId],
      );
    }, signal);
  }

  async present(kind: EntityKind, after: string | null, limit: number, signal?: AbortSignal): Promise<string[]> {
    const rows = await this.#read<{ id: string }>(
      `SELECT id FROM quire.${entityTables[kind]} WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [this.#userId, after ?? '', limit],
      signal,
    );
    return rows.map(({ id }) => id);
  }

  devices(signal?: AbortSignal): Promise<SeenDevice[]> {
    return this.#read<SeenDevice>(
      `SELECT id::text, name, platform, app_version AS "appVersion", cursor,
          (extract(epoch FROM last_seen) * 1000)::bigint AS "lastSeen"
        FROM quire.devices WHERE user_id = $1 ORDER BY last_seen DESC, id`,
      [this.#userId],
      signal,
    );
  }

  async removeDevice(deviceId: string, signal?: AbortSignal): Promise<void> {
    await this.#session.transaction(async (sql) => {
      // Under the lock: what the device is pushing at this moment is either in, or refused.
      await lockUser(sql, this.#userId, 'alone');
      await sql.query(`DELETE FROM quire.devices WHERE user_id = $1 AND id = $2`, [this.#userId, deviceId]);
    }, signal);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** One statement; its own transaction only serves to be cancelled. */
  #read<Row extends object>(text: string, values: readonly unknown[], signal: AbortSignal | undefined): Promise<Row[]> {
    if (!signal) return this.#session.query<Row>(text, values);
    return this.#session.transaction((sql) => sql.query<Row>(text, values), signal);
  }

  /** What is there of the entities that are to be changed. */
  async #present(sql: Sql, deviceId: string, changes: readonly Entity[]): Promise<Map<string, Standing>> {
    const asked = [...new Map(changes.map((change) => [key(change), change])).values()];
    const rows = await sql.query<EntityRow & { seq: number | null; isListed: boolean }>(
      `SELECT ${entityColumns('w')}, c.seq,
          EXISTS (SELECT FROM quire.devices WHERE user_id = $1 AND id = $4) AS "isListed"
        FROM unnest($2::text[], $3::text[]) AS w (kind, id)
        LEFT JOIN quire.changes c ON c.user_id = $1 AND c.kind = w.kind AND c.id = w.id
        ${entityJoins('w')}`,
      [this.#userId, textArray(asked.map(({ kind }) => kind)), textArray(asked.map(({ id }) => id)), deviceId],
    );
    if (!rows[0]?.isListed) throw deviceMissing();
    const found = new Map(rows.map((row) => [key(row), row]));
    // In the order of the changes, which is that of the sequences they get.
    return new Map(
      asked.map((change) => {
        const row = found.get(key(change));
        const { entity: before, damage } = row ? readEntity(row) : { entity: null, damage: null };
        return [key(change), { before, now: before, seq: row?.seq ?? 0, isDamaged: damage !== null }];
      }),
    );
  }

  /** Writes what changed, gives it sequences in order, and removes what went with it. */
  async #write(sql: Sql, nextSeq: number, all: readonly Standing[], unnamed: readonly Named[]): Promise<void> {
    const changed: { entity: Entity; seq: number }[] = [];
    for (const one of all) {
      // What is there and in no list (somebody else was at work) is listed again.
      if (!one.now || (one.now === one.before && one.seq > 0)) continue;
      one.seq = nextSeq + changed.length;
      changed.push({ entity: one.now, seq: one.seq });
    }
    await removeFiles(sql, this.#userId, unnamed);
    if (changed.length === 0) return;
    const living = changed.filter(({ entity }) => !entity.tombstone).map(({ entity }) => entity);
    const dead = changed.filter(({ entity }) => entity.tombstone);
    await writeLiving(sql, this.#userId, living);
    const mended = all.filter(({ isDamaged, now }) => isDamaged && now && !now.tombstone);
    await removeDamagedTombstones(
      sql,
      this.#userId,
      mended.flatMap(({ now }) => now ?? []),
    );
    if (dead.length > 0) {
      await writeDead(sql, this.#userId, dead);
      const documents = dead.filter(({ entity }) => entity.kind === 'document');
      await removeParts(
        sql,
        this.#userId,
        documents.map(({ entity }) => entity.id),
      );
    }
    await sql.query(
      `INSERT INTO quire.changes (user_id, kind, id, seq)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
        ON CONFLICT (user_id, kind, id) DO UPDATE SET seq = excluded.seq`,
      [
        this.#userId,
        textArray(changed.map(({ entity }) => entity.kind)),
        textArray(changed.map(({ entity }) => entity.id)),
        changed.map(({ seq }) => seq),
      ],
    );
    await sql.query(`UPDATE quire.users SET next_seq = $2 WHERE id = $1`, [this.#userId, nextSeq + changed.length]);
  }
}

function key({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`;
}

/**
 * Objects that a document named, or was to name, and that lost against another: they leave the list of files. Nobody
 * else's are touched: another device may have listed one whose register is still on its way.
 */
function filesThatLost(before: Entity | null, change: Entity, now: Entity | null): Named[] {
  if (change.kind !== 'document' || !now || now.tombstone) return [];
  const names = [before, change, now].flatMap((entity) => Object.keys(entity?.registers ?? {})).filter(isFileRegister);
  const stays = new Set(names.map((name) => addressIn(now, name)));
  return [...new Set(names)]
    .flatMap((name) => [addressIn(before, name), addressIn(change, name)])
    .filter((address) => address !== null && !stays.has(address))
    .map((address) => ({ documentId: change.id, address: address ?? '' }));
}

function addressIn(entity: Entity | null, name: string): string | null {
  const value = entity?.registers[name]?.value;
  const hasAddress = typeof value === 'object' && value !== null && 'address' in value;
  return hasAddress && typeof value.address === 'string' ? value.address : null;
}

function deviceMissing(): AppError {
  return new AppError('interrupted', 'This computer was removed from the list of devices.', {
    hint: 'It is entered again when it syncs the next time.',
    retryable: true,
  });
}
