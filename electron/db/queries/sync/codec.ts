/** How the rows of a kind of entity become registers and come back. */
import { createHash } from 'node:crypto';
import type { EntityKind } from '../../../sync/entity.ts';
import type { JsonValue } from '../../database.ts';

/** Values of registers, by name. */
export type Values = Readonly<Record<string, JsonValue>>;

/**
 * `written`: it is in the library. `waiting`: what it belongs to is not here, and may come. `orphan`: that was deleted, so
 * that it is nowhere.
 */
export type Written = 'written' | 'waiting' | 'orphan';

/** What codecs ask of the rest. */
export interface References {
  /** The id under which an entity is known by now: the same file, or collection, of two devices has two. */
  resolve(kind: EntityKind, id: string): string;
  isDeleted(kind: EntityKind, id: string): boolean;
  /** Content hashes whose files are of no use any more. */
  dropFile(contentHash: string): void;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Codec {
  readonly kind: EntityKind;
  /** Whether ids of this kind look so; what comes from elsewhere becomes names of rows, and of files. */
  isId(id: string): boolean;
  /** Null when there is no such entity; `unsettled` while it is being written, and has nothing to tell yet. */
  read(id: string): Values | null | 'unsettled';
  /** Whether this Quire has a place for the register. */
  knows(name: string): boolean;
  /** Whether a value from elsewhere can be written. */
  accepts(name: string, value: JsonValue): boolean;
  /** Writes accepted values; the others stay. Makes the entity when it is not there. */
  write(id: string, values: Values, references: References): Written;
  remove(id: string): void;
  /** What a person typed, of a register's value, when it would be a loss; null for what nobody typed. */
  typed(name: string, value: JsonValue): string | null;
  /** What the entity is called; empty when it has no name. */
  title(id: string): string;
}

/** JSON with its keys in order: the same text for the same value, whatever it went through. */
export function canonical(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

function isList(value: readonly JsonValue[] | { readonly [key: string]: JsonValue }): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What a register is compared by: 128 bits of SHA-256, hex. */
export function hashOfValue(value: JsonValue): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isUuid(id: string): boolean {
  return uuid.test(id);
}

/** The value of a column of JSON. */
export function fromJson(text: string | null): JsonValue {
  return text === null ? null : (JSON.parse(text) as JsonValue);
}

export function toJson(value: JsonValue | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
