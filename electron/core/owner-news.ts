/**
 * What the server is still to be told of the library's owner: another password, another e-mail.
 *
 * What it was told is kept with the library; what is new is what differs from that. So nothing is forgotten when Quire ends
 * between a change and its telling, and an e-mail that was changed while nobody could be told is told with the next round.
 */
import type { JsonValue } from '../db/database.ts';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import type { OwnerNews } from '../sync/ports/remote-errands.ts';

/** The present e-mail of the account that a library belongs to; null where that is not known. */
export type OwnerEmail = () => Promise<string | null>;

/** As it is kept with the library. */
export interface Told {
  /** The e-mail that the server has of this account; absent where it was never taken down. */
  readonly email?: string | undefined;
  /** A sign-in record that it is still to get. */
  readonly record?: unknown;
}

export class OwnerThere {
  readonly #present: OwnerEmail;
  /** An e-mail that another library there has: it is not asked for again before the next start. */
  #refused: { readonly email: string; readonly error: ErrorInfo } | null = null;

  constructor(present: OwnerEmail) {
    this.#present = present;
  }

  /** Why the server does not have the account's present e-mail; null when it does, or will. */
  get error(): ErrorInfo | null {
    return this.#refused?.error ?? null;
  }

  /**
   * Tells what is new, if anything is. Rejects as `send`, but for an e-mail that is taken there: see `error`.
   * @returns What is to be kept with the library from now on; null when that stays as it is.
   */
  async tell(told: Told, send: (news: OwnerNews) => Promise<void>): Promise<Told | null> {
    const present = await this.#present();
    const isOther = present !== null && told.email !== undefined && present !== told.email;
    if (!isOther || this.#refused?.email !== present) this.#refused = null;
    const record = told.record as JsonValue | undefined;
    const email = isOther && !this.#refused ? present : undefined;
    // Where it was never taken down, it is now, and not told: this computer may not be the one that has the later one.
    const first = told.email === undefined && present !== null ? { email: present } : null;
    if (record === undefined && email === undefined) return first;
    const done = { ...first, ...(record === undefined ? {} : { record: undefined }) };
    try {
      await send({ ...(record === undefined ? {} : { record }), ...(email === undefined ? {} : { email }) });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'email-taken' || email === undefined) throw error;
      this.#refused = { email, error: error.toInfo() };
      // What else was new went before it.
      return done;
    }
    return email === undefined ? done : { ...done, email };
  }
}
