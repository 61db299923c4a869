/** What a library keeps of its sync; it stays on this computer. */
import { z } from 'zod';
import type { Database, JsonValue } from '../db/database.ts';
import { filesPolicySchema, type FilesPolicy } from '../../shared/files-policy.ts';

const KEY = 'sync';
const storedSchema = z.object({
  /** False since it was turned off; what it was is known when it is turned on again. */
  isOn: z.boolean().default(true),
  userId: z.uuid(),
  /** Of the library there (`remoteIdOf`); null where an older version turned it on. */
  remoteId: z.string().nullable().default(null),
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

export class SyncSettings {
  readonly #database: Pick<Database, 'settings'>;
  #stored: StoredSync | null = null;

  constructor(database: Pick<Database, 'settings'>) {
    this.#database = database;
  }

  /** Null while sync is off. */
  get current(): StoredSync | null {
    return this.#stored?.isOn ? this.#stored : null;
  }

  /** What is synced, or was when sync was turned off; null where it never was, and after the library there was deleted. */
  get last(): StoredSync | null {
    return this.#stored;
  }

  get policy(): FilesPolicy {
    return this.#stored?.policy ?? { files: 'all', limit: null };
  }

  async load(): Promise<StoredSync | null> {
    this.#stored = storedSchema.safeParse(await this.#database.settings.get(KEY)).data ?? null;
    return this.current;
  }

  async store(stored: StoredSync): Promise<void> {
    await this.#database.settings.set(KEY, JSON.parse(JSON.stringify(stored)) as JsonValue);
    this.#stored = stored;
  }

  /** Nothing while sync is off. */
  async change(change: Partial<StoredSync>): Promise<void> {
    if (this.current) await this.store({ ...this.current, ...change });
  }

  async turnOff(): Promise<void> {
    // What the password opens is of no use while it is off.
    await this.change({ isOn: false, record: undefined, known: undefined });
  }

  /** The library there is gone: nothing is left to be known of it. */
  async forget(): Promise<void> {
    await this.#database.settings.delete(KEY);
    this.#stored = null;
  }
}
