/** Entities as rows: which table each kind has, how they are read with few statements, and written in bulk. */
import { AppError } from '../../../shared/errors.ts';
import { entityKinds, type Entity, type EntityKind, type Register } from '../../sync/entity.ts';
import { isStamp } from '../../sync/stamps.ts';
import { textArray } from './binary-array.ts';
import type { Sql } from './session.ts';

export const entityTables: Readonly<Record<EntityKind, string>> = {
  document: 'documents',
  collection: 'collections',
  conversation: 'conversations',
  message: 'messages',
  piece: 'pieces',
  usage: 'usage',
  setting: 'settings',
};

/** An entity as a statement with `entityColumns` answers it. */
export interface EntityRow {
  readonly kind: string;
  readonly id: string;
  readonly stamp: string | null;
  readonly seen: number | null;
  readonly into: string | null;
  /** JSON. */
  readonly registers: string | null;
}

/** Of the rows `of`, which has columns `kind` and `id`; goes with `entityJoins`. */
export function entityColumns(of: string): string {
  return `${of}.kind, ${of}.id, t.stamp, t.seen, t.into_id AS "into", e.registers`;
}

/** Joins the whole entity to the rows `of`; the user's id is `$1`. Of the tables only the one of the kind is looked at. */
export function entityJoins(of: string): string {
  const registers = entityKinds.map(
    (kind) => `SELECT k.registers::text FROM quire.${entityTables[kind]} k
      WHERE ${of}.kind = '${kind}' AND k.user_id = $1 AND k.id = ${of}.id`,
  );
  return `LEFT JOIN quire.tombstones t ON t.user_id = $1 AND t.kind = ${of}.kind AND t.id = ${of}.id
    LEFT JOIN LATERAL (${registers.join(' UNION ALL ')}) e ON true`;
}

/** What a row tells of an entity. */
export interface ReadEntity {
  readonly kind: EntityKind | null;
  /** What is whole of it; null when there is none. */
  readonly entity: Entity | null;
  /** `remote-damaged`, when some of it is not as any Quire writes it. */
  readonly damage: AppError | null;
}

/**
 * The entity of a row. What comes from the server is checked: whoever runs it, or another program, may have written
 * anything there. What is damaged counts as not there, and everything else goes on.
 */
export function readEntity(row: EntityRow): ReadEntity {
  const { id } = row;
  const kind = entityKinds.find((known) => known === row.kind) ?? null;
  const broken = (what: string, entity: Entity | null = null): ReadEntity => ({
    ...{ kind, entity },
    damage: damaged(row, what),
  });
  if (kind === null) return broken('is of a kind that this Quire does not know');
  if (row.stamp !== null) {
    const { stamp, seen, into } = row;
    if (!isStamp(stamp) || seen === null) return broken('has a tombstone that is none');
    return { kind, entity: { kind, id, registers: {}, tombstone: { stamp, seen, into } }, damage: null };
  }
  if (row.registers === null) return { kind, entity: null, damage: null };
  const registers = parse(row.registers);
  if (typeof registers !== 'object' || registers === null || Array.isArray(registers)) {
    return broken('has registers that are none');
  }
  const all = Object.entries(registers);
  const whole = all.filter((one): one is [string, Register] => isRegister(one[1]));
  const entity = { kind, id, registers: Object.fromEntries(whole), tombstone: null };
  if (whole.length === all.length) return { kind, entity, damage: null };
  return broken('has a register that is none', whole.length > 0 ? entity : null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRegister(value: unknown): value is Register {
  return (
    typeof value === 'object' &&
    value !== null &&
    'stamp' in value &&
    isStamp(value.stamp) &&
    'seen' in value &&
    Number.isSafeInteger(value.seen) &&
    'value' in value
  );
}

/** @param what Said after "The …", in words of this file alone. */
export function damaged(row: { readonly kind: string; readonly id: string }, what: string): AppError {
  const name = `${row.kind} ${row.id}`.replace(/[^\w -]/g, '?').slice(0, 80);
  return new AppError('remote-damaged', `The ${name} in the database ${what}.`, {
    hint: 'It is passed over, and everything else goes on. A computer that has it sends it again when sync is turned off and on there. See that nothing else writes to this database.',
  });
}

/** Writes living entities over what is there; a statement for each kind among them. */
export async function writeLiving(sql: Sql, userId: string, entities: readonly Entity[]): Promise<void> {
  for (const kind of entityKinds) {
    const these = entities.filter((entity) => entity.kind === kind);
    if (these.length === 0) continue;
    const isDocument = kind === 'document';
    const readings = isDocument ? these.map(readingOf) : [];
    await sql.query(
      `INSERT INTO quire.${entityTables[kind]} (user_id, id, registers${isDocument ? ', reading, chunks' : ''})
        SELECT $1, w.id, w.registers::json${isDocument ? ', w.reading, w.chunks' : ''}
        FROM unnest($2::text[], $3::text[]${isDocument ? ', $4::text[], $5::integer[]' : ''})
          AS w (id, registers${isDocument ? ', reading, chunks' : ''})
        ON CONFLICT (user_id, id) DO UPDATE SET registers = excluded.registers
          ${isDocument ? ', reading = excluded.reading, chunks = excluded.chunks' : ''}`,
      [
        userId,
        textArray(these.map(({ id }) => id)),
        textArray(these.map(({ registers }) => JSON.stringify(registers))),
        ...(isDocument
          ? [textArray(readings.map((reading) => reading?.id ?? null)), readings.map((reading) => reading?.chunks ?? 0)]
          : []),
      ],
    );
  }
}

/** What register `reading` of a document names; see `RemoteReading`. */
function readingOf(entity: Entity): { readonly id: string; readonly chunks: number } | null {
  const value = entity.registers['reading']?.value;
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return null;
  const chunks = 'chunks' in value ? value.chunks : 0;
  return { id: value.id, chunks: typeof chunks === 'number' && Number.isInteger(chunks) ? chunks : 0 };
}

/** Removes tombstones that are none, of entities that live on. */
export async function removeDamagedTombstones(sql: Sql, userId: string, entities: readonly Entity[]): Promise<void> {
  if (entities.length === 0) return;
  await sql.query(
    `DELETE FROM quire.tombstones t USING unnest($2::text[], $3::text[]) AS w (kind, id)
      WHERE t.user_id = $1 AND t.kind = w.kind AND t.id = w.id`,
    [userId, textArray(entities.map(({ kind }) => kind)), textArray(entities.map(({ id }) => id))],
  );
}

/** Writes tombstones, and removes what they stand for from the tables of entities. */
export async function writeDead(
  sql: Sql,
  userId: string,
  entities: readonly { readonly entity: Entity; readonly seq: number }[],
): Promise<void> {
  for (const kind of entityKinds) {
    const ids = entities.filter(({ entity }) => entity.kind === kind).map(({ entity }) => entity.id);
    if (ids.length === 0) continue;
    await sql.query(`DELETE FROM quire.${entityTables[kind]} WHERE user_id = $1 AND id = ANY ($2::text[])`, [
      userId,
      textArray(ids),
    ]);
  }
  await sql.query(
    `INSERT INTO quire.tombstones (user_id, kind, id, stamp, seen, into_id, seq)
      SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
      ON CONFLICT (user_id, kind, id) DO UPDATE
        SET stamp = excluded.stamp, seen = excluded.seen, into_id = excluded.into_id, seq = excluded.seq`,
    [
      userId,
      textArray(entities.map(({ entity }) => entity.kind)),
      textArray(entities.map(({ entity }) => entity.id)),
      textArray(entities.map(({ entity }) => entity.tombstone?.stamp ?? null)),
      entities.map(({ entity }) => entity.tombstone?.seen ?? 0),
      textArray(entities.map(({ entity }) => entity.tombstone?.into ?? null)),
      entities.map(({ seq }) => seq),
    ],
  );
}
