/**
 * All rows of one account in a remote library, table by table, as moving house needs them: read, written and compared
 * without knowing what they mean. Postgres implements it (adapters/postgres). Every method rejects with an AppError.
 */
import type { VectorSpace } from './remote-parts.ts';

/** The primary key of a row without the account, as text; what reading goes on after. */
export type RowKey = readonly string[];

/** How far a copy came: kept in the place that is copied to, in the transactions of the rows themselves. */
export interface CopyNote {
  /** By table: the last key that was written, or `whole`. */
  readonly tables: Readonly<Record<string, RowKey | 'whole'>>;
  /** Objects up to this address are there and were verified; null before the first. */
  readonly objects: string | null;
}

export interface Account {
  /** UUID. */
  readonly id: string;
  readonly email: string;
  /** Its row in `users` as texts by column, without the id and the role. */
  readonly row: Readonly<Record<string, string | null>>;
  /** Set while a copy to this place is under way: nobody can sign in to it. */
  readonly note: CopyNote | null;
}

export interface RowPage {
  /** Names of columns, in order. */
  readonly columns: readonly string[];
  /** Values as texts, in the order of the columns. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Null when there is nothing after it. */
  readonly last: RowKey | null;
  /** Characters of all values. */
  readonly size: number;
}

export interface RowDigest {
  readonly rows: number;
  /** SHA-256 over the SHA-256 of each row, in the order of keys; hex. */
  readonly sha256: string;
  readonly last: RowKey | null;
}

export interface AccountRows {
  /** Accounts that this role may see. */
  accounts(signal?: AbortSignal): Promise<Account[]>;
  /** Rows by table, without `users`. */
  counts(userId: string, signal?: AbortSignal): Promise<Readonly<Record<string, number>>>;
  /** Documents' registers, as JSON text, in the order of ids. */
  documents(
    userId: string,
    after: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly registers: string }[]>;
  /** Dimensions of the vectors of an embedder's table; null when there is no such table. */
  dimensions(fingerprint: string, signal?: AbortSignal): Promise<number | null>;
  /** The table of an embedder's vectors, in every library the same. */
  vectorTable(fingerprint: string): string;
  /** At most `limit` rows after a key, in the order of keys. */
  read(table: string, userId: string, after: RowKey | null, limit: number, signal?: AbortSignal): Promise<RowPage>;
  /** The same rows, hashed where they are. */
  digest(table: string, userId: string, after: RowKey | null, limit: number, signal?: AbortSignal): Promise<RowDigest>;

  /** Makes the schema, the tables of vectors and an account that nobody can sign in to yet; or goes on with it. */
  begin(account: Account, spaces: readonly VectorSpace[], signal?: AbortSignal): Promise<CopyNote>;
  /** Writes rows and the note in one transaction; rows that are there are overwritten. */
  write(table: string, userId: string, page: RowPage, note: CopyNote, signal?: AbortSignal): Promise<void>;
  /** Removes the account's rows of a table, and keeps the note. */
  clear(table: string, userId: string, note: CopyNote, signal?: AbortSignal): Promise<void>;
  keep(userId: string, note: CopyNote, signal?: AbortSignal): Promise<void>;
  /** Gives the account its row: from now on it can be signed in to. */
  finish(account: Account, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
