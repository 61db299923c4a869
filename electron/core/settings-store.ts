/** The settings: one JSON value in the database, checked on the way out, so that an old or broken one can't harm. */
import type { Database, JsonValue } from '../db/database.ts';
import { settingsSchema, type Settings } from '../../shared/requests/settings.ts';

const KEY = 'settings';

export class SettingsStore {
  readonly #database: Database;
  #settings: Settings = settingsSchema.parse({});

  constructor(database: Database) {
    this.#database = database;
  }

  get current(): Settings {
    return this.#settings;
  }

  async load(): Promise<Settings> {
    const parsed = settingsSchema.safeParse((await this.#database.settings.get(KEY)) ?? {});
    if (parsed.success) this.#settings = parsed.data;
    return this.#settings;
  }

  async update(settings: Settings): Promise<Settings> {
    const before = this.#settings;
    // In force at once: a key that is entered right after an address belongs to that address.
    this.#settings = settings;
    try {
      await this.#database.settings.set(KEY, settings as unknown as JsonValue);
    } catch (error) {
      this.#settings = before;
      throw error;
    }
    return settings;
  }
}
