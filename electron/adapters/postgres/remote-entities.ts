/** Entities as rows: which table each kind has, how they are read with few statements, and written in bulk. */
import { AppError } from '../../../shared/errors.ts';
import { entityKinds, type Entity, type EntityKind, type Register, type Tombstone } from '../../sync/entity.ts';
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

/**
 * The entity of a row; null when there is none.
 *
 * What comes from the server is checked: whoever runs it, or another program, may have written anything there. Throws
 * `remote-damaged`.
 */
export function entityOf(row: EntityRow): Entity | null {
  const { id } = row;
  const kind = entityKinds.find((known) => known === row.kind);
  if (kind === undefined) throw damaged(row, 'is of a kind that Quire does not know');
  if (row.stamp !== null) {
    const tombstone = { stamp: row.stamp, seen: row.seen, into: row.into };
    if (!isTombstone(tombstone)) throw damaged(row, 'has a tombstone that is none');
    return { kind, id, registers: {}, tombstone };
  }
  if (row.registers === null) return null;
  const registers = parse(row.registers);
  if (!isRegisters(registers)) throw damaged(row, 'has registers that are none');
  return { kind, id, registers, tombstone: null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** See `Stamp`. */
const stampPattern = /^\d{16}-[0-9a-f]{8}$/;

function isStamped(value: object): value is { readonly stamp: string; readonly seen: number } {
  return (
    'stamp' in value &&
    typeof value.stamp === 'string' &&
    stampPattern.test(value.stamp) &&
    'seen' in value &&
    Number.isSafeInteger(value.seen)
  );
}

function isTombstone(value: {
  readonly stamp: unknown;
  readonly seen: unknown;
  into: string | null;
}): value is Tombstone {
  return isStamped(value);
}

function isRegisters(value: unknown): value is Record<string, Register> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (one: unknown) => typeof one === 'object' && one !== null && isStamped(one) && 'value' in one,
  );
}

/** @param what Said after "The …", in words of this file alone. */
export function damaged(row: { readonly kind: string; readonly id: string }, what: string): AppError {
  const name = `${row.kind} ${row.id}`.replace(/[^\w -]/g, '?').slice(0, 80);
  return new AppError('remote-damaged', `The ${name} in the database ${what}.`, {
    hint: 'Was something else than Quire at work there? Restore its backup, or set up an empty database.',
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
