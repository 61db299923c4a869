/**
 * Moving house: an account's rows and objects from one remote library to another; resumable, and verified at its end.
 *
 * The account gets its name there last. Until then nobody can sign in to it, and a copy that was cut off goes on where
 * it ended, by the note that lies beside the rows (see `AccountRows`).
 */
import { rm } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { Account, AccountRows, CopyNote } from '../ports/account-rows.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { copyObjects, type CopiedObjects } from './copy-objects.ts';
import { compareTable, copyTable, type CopiedTable, type RowsContext } from './copy-rows.ts';
import { findNamed, type Named } from './named-objects.ts';

export interface CopyProgress {
  readonly stage: 'rows' | 'comparing' | 'objects';
  /** Of rows: which table. */
  readonly table: string | null;
  readonly done: number;
  /** Null when it is not known. */
  readonly total: number | null;
}

export interface CopySides {
  readonly from: AccountRows;
  readonly to: AccountRows;
  /** Opens both buckets below an account's prefix; null when objects stay where they are. */
  readonly buckets: ((userId: string) => { readonly from: BlobStore; readonly to: BlobStore }) | null;
}

export interface CopyOptions {
  /** Which account; null when there is only one. */
  readonly email: string | null;
  /** For objects on their way; removed when all is done. */
  readonly folder: string;
  /** Reads every object back at its end. */
  readonly readBack: boolean;
  /** Goes on without objects that are damaged or missing where they come from. */
  readonly skipDamaged: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CopyProgress) => void;
}

export interface CopyReport {
  readonly account: { readonly id: string; readonly email: string };
  /** Whether all of it was there before; then it was only compared. */
  readonly wasThere: boolean;
  readonly tables: readonly CopiedTable[];
  /** Rows of vectors that no document names: they stay where they are. */
  readonly unnamedVectors: number;
  readonly objects: CopiedObjects | null;
}

/** How often tables that changed meanwhile are copied again. */
const mostRounds = 3;

/**
 * Errors: `not-found` without such an account; `request-invalid` when the other side has one of this id or e-mail that
 * differs; `remote-forbidden` when it is somebody else's there; `remote-damaged` for objects that are not what documents
 * name; `remote-busy` when the library changes all the time; and those of both sides. After each of them, and after a
 * kill, the same call goes on.
 */
export async function copyAccount(sides: CopySides, options: CopyOptions): Promise<CopyReport> {
  const account = await chooseAccount(sides.from, options);
  const there = await accountThere(sides.to, account, options.signal);
  const copy = new AccountCopy(sides, options, account);
  const report = there && !there.note ? await copy.compare(there) : await copy.run();
  await rm(options.folder, { recursive: true, force: true });
  return report;
}

class AccountCopy {
  readonly #sides: CopySides;
  readonly #options: CopyOptions;
  readonly #rows: RowsContext;
  #account: Account;

  constructor(sides: CopySides, options: CopyOptions, account: Account) {
    this.#sides = sides;
    this.#options = options;
    this.#account = account;
    this.#rows = {
      from: sides.from,
      to: sides.to,
      userId: account.id,
      signal: options.signal,
      onProgress: (stage, table, done) => options.onProgress?.({ stage, table, done, total: null }),
    };
  }

  async run(): Promise<CopyReport> {
    const { from, to } = this.#sides;
    const { signal } = this.#options;
    for (let round = 1; round <= mostRounds; round += 1) {
      // Anew in each round: it says what the tables below must be consistent with.
      this.#account = await accountOf(from, this.#account.id, signal);
      const named = await findNamed(from, this.#account.id, signal);
      let note = await to.begin(this.#account, named.spaces, signal);
      const { tables, unnamedVectors } = await this.#tables(named);
      for (const table of tables) note = await copyTable(this.#rows, table, note);
      const objects = await this.#copyObjects(named, note, async (address) => {
        note = { ...note, objects: address };
        await to.keep(this.#account.id, note, signal);
      });
      const { equal, different } = await this.#compareTables(tables);
      for (const table of different) {
        note = { ...note, tables: without(note.tables, table) };
        await to.clear(table, this.#account.id, note, signal);
      }
      const now = await accountOf(from, this.#account.id, signal);
      if (different.length > 0 || !isSame(this.#account, now)) continue;
      await to.finish(now, signal);
      return { account: now, wasThere: false, tables: equal, unnamedVectors, objects };
    }
    throw new AppError('remote-busy', 'The library changed while it was copied, again and again.', {
      hint: 'Pause sync on all computers, then copy again: it goes on where it is.',
      retryable: true,
    });
  }

  /** What is there whole is not written to; objects that are damaged there are sent again. */
  async compare(there: Account): Promise<CopyReport> {
    const named = await findNamed(this.#sides.from, this.#account.id, this.#options.signal);
    const { tables, unnamedVectors } = await this.#tables(named);
    const { equal, different } = await this.#compareTables(tables);
    if (different.length > 0 || !isSame(this.#account, there)) {
      const what = different.length > 0 ? ` (${different.join(', ')})` : '';
      throw new AppError(
        'request-invalid',
        `The library to copy to has the account ${this.#account.email} already, and differs${what}.`,
        { hint: 'Nothing was changed. Delete the account there first, or choose another database.' },
      );
    }
    const objects = await this.#copyObjects(named, null, () => Promise.resolve());
    return { account: this.#account, wasThere: true, tables: equal, unnamedVectors, objects };
  }

  /** Tables to copy: all but those of vectors that no document names, whose embedder nobody knows. */
  async #tables({ spaces }: Named): Promise<{ tables: string[]; unnamedVectors: number }> {
    const { from } = this.#sides;
    const counts = Object.entries(await from.counts(this.#account.id, this.#options.signal));
    const known = new Set(spaces.map(({ fingerprint }) => from.vectorTable(fingerprint)));
    const isNamed = ([table]: readonly [string, number]): boolean => !table.startsWith('vectors_') || known.has(table);
    const unnamed = counts.filter((entry) => !isNamed(entry));
    return {
      tables: counts
        .filter(isNamed)
        .map(([table]) => table)
        .sort(),
      unnamedVectors: unnamed.reduce((sum, [, rows]) => sum + rows, 0),
    };
  }

  async #compareTables(tables: readonly string[]): Promise<{ equal: CopiedTable[]; different: string[] }> {
    const equal: CopiedTable[] = [];
    const different: string[] = [];
    for (const table of tables) {
      const same = await compareTable(this.#rows, table);
      if (same) equal.push(same);
      else different.push(table);
    }
    return { equal, different };
  }

  async #copyObjects(
    { objects }: Named,
    note: CopyNote | null,
    onVerified: (address: string) => Promise<void>,
  ): Promise<CopiedObjects | null> {
    const { folder, readBack, skipDamaged, signal, onProgress } = this.#options;
    const buckets = this.#sides.buckets?.(this.#account.id);
    if (!buckets) return null;
    try {
      const copied = await copyObjects(
        {
          ...buckets,
          folder,
          signal,
          onProgress: (done, total) => onProgress?.({ stage: 'objects', table: null, done, total }),
          verified: note?.objects ?? null,
          // What was finished once is read back: what happened to it since is not known.
          readBack: readBack || note === null,
          onVerified,
        },
        objects,
      );
      const [first] = copied.problems;
      if (!first || skipDamaged) return copied;
      const others = copied.problems.length > 1 ? ` So are ${copied.problems.length - 1} more.` : '';
      throw new AppError(
        'remote-damaged',
        `The file of the document ${first.object.documentId} could not be copied: ${first.error.message}${others}`,
        { hint: 'Restore it where it is copied from, or go on without such files by --skip-damaged.' },
      );
    } finally {
      buckets.from.close();
      buckets.to.close();
    }
  }
}

async function chooseAccount(rows: AccountRows, { email, signal }: CopyOptions): Promise<Account> {
  const accounts = (await rows.accounts(signal)).filter(({ note }) => !note);
  const chosen = email === null ? accounts : accounts.filter((one) => one.email.toLowerCase() === email.toLowerCase());
  const [only] = chosen;
  if (only && chosen.length === 1) return only;
  throw chosen.length === 0
    ? new AppError('not-found', `The library to copy from has no account${email === null ? '' : ` ${email}`}.`, {
        hint: 'Check the database, and the role that is signed in with: each sees its own accounts alone.',
      })
    : new AppError('request-invalid', 'The library to copy from has several accounts.', {
        hint: `Choose one with --account: ${chosen.map((one) => one.email).join(', ')}.`,
      });
}

/** The account that is there under this id; refuses another one under its e-mail. */
async function accountThere(
  rows: AccountRows,
  account: Account,
  signal: AbortSignal | undefined,
): Promise<Account | null> {
  const accounts = await rows.accounts(signal);
  const found = accounts.find(({ id }) => id === account.id);
  const email = account.email.toLowerCase();
  if (!found && accounts.some((one) => one.email.toLowerCase() === email)) {
    throw new AppError('request-invalid', `The library to copy to has another account of ${account.email}.`, {
      hint: 'Delete that account there first, or choose another database.',
    });
  }
  return found ?? null;
}

async function accountOf(rows: AccountRows, id: string, signal: AbortSignal | undefined): Promise<Account> {
  const found = (await rows.accounts(signal)).find((account) => account.id === id);
  if (found) return found;
  throw new AppError('not-found', 'The account was deleted where it is copied from.');
}

function isSame(one: Account, other: Account): boolean {
  const columns = Object.keys({ ...one.row, ...other.row });
  return columns.every((column) => one.row[column] === other.row[column]);
}

function without(tables: CopyNote['tables'], table: string): CopyNote['tables'] {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => name !== table));
}
