/** What a library keeps of its sync; it stays on this computer. */
import { z } from 'zod';
import type { Database, JsonValue } from '../db/database.ts';
import { filesPolicySchema, type FilesPolicy } from '../../shared/files-policy.ts';

const KEY = 'sync';
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

export class SyncSettings {
  readonly #database: Pick<Database, 'settings'>;
  #stored: StoredSync | null = null;

  constructor(database: Pick<Database, 'settings'>) {
    this.#database = database;
  }

  /** Null while sync is off. */
  get current(): StoredSync | null {
    return this.#stored;
  }

  get policy(): FilesPolicy {
    return this.#stored?.policy ?? { files: 'all', limit: null };
  }

  async load(): Promise<StoredSync | null> {
    const { data } = storedSchema.safeParse(await this.#database.settings.get(KEY));
    return (this.#stored = data ?? null);
  }

  async store(stored: StoredSync): Promise<void> {
    await this.#database.settings.set(KEY, JSON.parse(JSON.stringify(stored)) as JsonValue);
    this.#stored = stored;
  }

  /** Nothing while sync is off. */
  async change(change: Partial<StoredSync>): Promise<void> {
    if (this.#stored) await this.store({ ...this.#stored, ...change });
  }

  /** Sync is off from then on. */
  async remove(): Promise<void> {
    await this.#database.settings.delete(KEY);
    this.#stored = null;
  }
}
