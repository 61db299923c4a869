/** What a library keeps of its sync; it stays on this computer. */
import { z } from 'zod';
import type { Database, JsonValue } from '../db/database.ts';
import { filesPolicySchema, type FilesPolicy } from '../../shared/files-policy.ts';

const KEY = 'sync';
/** What it was, once it is off. */
const FORMER_KEY = 'sync-former';
const storedSchema = z.object({
  userId: z.uuid(),
  deviceName: z.string().max(100),
  paused: z.boolean().default(false),
  policy: filesPolicySchema.default({ files: 'all', limit: null }),
  /** After a change of password: what is still to be put in the place of the record on the server. */
  record: z.unknown().optional(),
  /** A record that the password opens which `record`, or the one on the server, was made with. */
  known: z.unknown().optional(),
  /** The account's e-mail as the server was told it, or as it was when sync was turned on. */
  email: z.string().optional(),
  /** Deleting the library there was begun: some of it may be gone. */
  deleting: z.boolean().default(false),
});
export type StoredSync = z.infer<typeof storedSchema>;

const formerSchema = storedSchema.pick({ userId: true, email: true, deleting: true }).extend({
  /** See `remoteIdOf`: elsewhere the same account is another library. */
  remoteId: z.string(),
});
/** The remote library that this one was synced with when sync was turned off; whatever its e-mail there is by now. */
export type FormerSync = z.infer<typeof formerSchema>;

export class SyncSettings {
  readonly #database: Pick<Database, 'settings'>;
  #stored: StoredSync | null = null;
  #former: FormerSync | null = null;

  constructor(database: Pick<Database, 'settings'>) {
    this.#database = database;
  }

  /** Null while sync is off. */
  get current(): StoredSync | null {
    return this.#stored;
  }

  /** Null while sync is on, where it never was, and after the library there was deleted. */
  get former(): FormerSync | null {
    return this.#former;
  }

  get policy(): FilesPolicy {
    return this.#stored?.policy ?? { files: 'all', limit: null };
  }

  async load(): Promise<StoredSync | null> {
    this.#stored = storedSchema.safeParse(await this.#database.settings.get(KEY)).data ?? null;
    this.#former = formerSchema.safeParse(await this.#database.settings.get(FORMER_KEY)).data ?? null;
    return this.#stored;
  }

  async store(stored: StoredSync): Promise<void> {
    await this.#database.settings.set(KEY, JSON.parse(JSON.stringify(stored)) as JsonValue);
    this.#stored = stored;
    if (this.#former) await this.#database.settings.delete(FORMER_KEY);
    this.#former = null;
  }

  /** Nothing while sync is off. */
  async change(change: Partial<StoredSync>): Promise<void> {
    if (this.#stored) await this.store({ ...this.#stored, ...change });
  }

  /**
   * Sync is off from then on.
   * @param remoteId Of the library there, which is known again when sync is turned on; null where it is gone.
   */
  async remove(remoteId: string | null): Promise<void> {
    if (this.#stored && remoteId !== null) {
      const { userId, email, deleting } = this.#stored;
      const former: FormerSync = { userId, deleting, remoteId, ...(email === undefined ? {} : { email }) };
      await this.#database.settings.set(FORMER_KEY, former);
      this.#former = former;
    }
    await this.#database.settings.delete(KEY);
    this.#stored = null;
  }
}
