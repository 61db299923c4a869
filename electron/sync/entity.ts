/**
 * What is synced: entities, each a set of registers of which the later stamp wins. Pure types, and their order.
 *
 * docs/adr/0002-sync.md has the whole picture.
 */
import type { JsonValue } from '../db/database.ts';

/** In the order in which they are applied: whatever an entity names stands before it. */
export const entityKinds = ['document', 'collection', 'conversation', 'message', 'piece', 'usage', 'setting'] as const;
export type EntityKind = (typeof entityKinds)[number];

/**
 * When and where a register was written: 16 digits of microseconds since the epoch, a hyphen, and the first 8 hex digits
 * of the device's id. Compared as text. See `stamps.ts`.
 */
export type Stamp = string;

/** One value with its history's end. */
export interface Register {
  readonly stamp: Stamp;
  /** The server sequence up to which the writing device had read when it wrote: what it knew of. */
  readonly seen: number;
  /**
   * Stamps of the values that it took the place of, the last first, at most `LONGEST_PAST`: its writer knew these. `seen`
   * does not tell: a value that lost on the server was never shown to who won, and may have had its sequence before that.
   * Only of what a person types (`isTypedName`).
   */
  readonly past?: readonly Stamp[];
  readonly value: JsonValue;
}

/** An entity that was deleted; wins over every register, whatever its stamp. */
export interface Tombstone {
  readonly stamp: Stamp;
  readonly seen: number;
  /** The entity of the same kind that it was merged into (the same file on two devices); null when it was deleted. */
  readonly into: string | null;
  /** Stamps of what was typed to the entity, as far as who deleted it knew; `seen` tells of the rest. */
  readonly past?: readonly Stamp[];
}

/** What whoever wrote or deleted knew. */
export type Knowledge = Pick<Register, 'seen' | 'past'>;

/** Whoever wrote last before so many others counts as not known. */
export const LONGEST_PAST = 16;

/** Whether a register is something that a person types, and several may type over each other. */
export function isTypedName(name: string): boolean {
  return name === 'title' || name === 'name' || name.startsWith('tag:');
}

/** An entity, or what of it changed: registers that are absent are as they were. */
export interface Entity {
  readonly kind: EntityKind;
  /** Unique within its kind. */
  readonly id: string;
  /** Empty when it was deleted. */
  readonly registers: Readonly<Record<string, Register>>;
  readonly tombstone: Tombstone | null;
}

/**
 * Names of registers that several modules use; `tag:`, `member:`, `vectors:`, `file:` and `thumbnail:` begin those of which
 * there are many.
 */
export const register = {
  /** Folded as SQLite's NOCASE folds, which knows the letters of ASCII alone. */
  tag: (name: string): string => `tag:${name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`,
  member: (documentId: string): string => `member:${documentId}`,
  vectors: (fingerprint: string): string => `vectors:${fingerprint}`,
  reading: 'reading',
  file: 'file',
  thumbnail: 'thumbnail',
  /** The same file in another bucket than the one that register `file` or `thumbnail` names; see `BlobStore.name`. */
  copy: (kind: 'file' | 'thumbnail', bucket: string): string => `${kind}:${bucket}`,
} as const;

/** Whether a register names a file of a document, or its picture, in whichever bucket. */
export function isFileRegister(name: string): boolean {
  return /^(?:file|thumbnail)(?::|$)/.test(name);
}
