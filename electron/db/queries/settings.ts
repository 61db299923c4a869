/**
 * Statements on settings: JSON values by key. Secrets are never among them.
 */
import type { Connection } from '../connection.ts';
import type { JsonValue, SettingStore } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';

export function settingQueries(connection: Connection): Synchronous<SettingStore> {
  const select = connection.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  const selectAll = connection.prepare<[], { key: string; value: string }>(
    'SELECT key, value FROM settings ORDER BY key',
  );
  const upsert = connection.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = connection.prepare<[string]>('DELETE FROM settings WHERE key = ?');
  return {
    get(key) {
      const value = select.get(key);
      return value === undefined ? null : (JSON.parse(value) as JsonValue);
    },
    list: () => Object.fromEntries(selectAll.all().map(({ key, value }) => [key, JSON.parse(value) as JsonValue])),
    set(key, value) {
      upsert.run(key, JSON.stringify(value));
    },
    delete(key) {
      remove.run(key);
    },
  };
}
