/** Collections as registers: their names, and one for each document that is in it. */
import { z } from 'zod';
import type { JsonValue } from '../../database.ts';
import { isUuid, type Codec, type References, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

const nameSchema = z.string().min(1).max(1_000);
const timeSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const MEMBER = 'member:';

export function collectionCodec(sql: Statements): Codec {
  const rowOf = (id: string) =>
    sql.get<{ key: number; name: string; createdAt: number }>(
      'SELECT key, name, created_at AS createdAt FROM collections WHERE id = ?',
      id,
    );
  const members = (key: number): string[] =>
    sql.values<string>(
      'SELECT id FROM collection_documents JOIN documents ON documents.key = document_key WHERE collection_key = ?',
      key,
    );

  function writeMember(key: number, register: string, value: JsonValue, references: References): void {
    const id = references.resolve('document', register.slice(MEMBER.length));
    const document = sql.value<number>('SELECT key FROM documents WHERE id = ?', id);
    // Deleted: it is in no collection any more.
    if (document === undefined) return;
    sql.run(
      value === true
        ? 'INSERT INTO collection_documents (collection_key, document_key) VALUES (?, ?) ON CONFLICT DO NOTHING'
        : 'DELETE FROM collection_documents WHERE collection_key = ? AND document_key = ?',
      ...([key, document] as const),
    );
  }

  return {
    kind: 'collection',
    isId: isUuid,
    read(id): Values | null {
      const row = rowOf(id);
      if (!row) return null;
      const inIt = members(row.key).map((document) => [`${MEMBER}${document}`, true] as const);
      return { name: row.name, createdAt: row.createdAt, ...Object.fromEntries(inIt) };
    },
    knows: (name) => name === 'name' || name === 'createdAt' || name.startsWith(MEMBER),
    accepts(name, value) {
      if (name === 'name') return nameSchema.safeParse(value).success;
      if (name === 'createdAt') return timeSchema.safeParse(value).success;
      return name.startsWith(MEMBER) && isUuid(name.slice(MEMBER.length)) && (value === true || value === null);
    },
    write(id, values, references) {
      const name = nameSchema.safeParse(values['name']).data;
      const createdAt = timeSchema.safeParse(values['createdAt']).data;
      if (!rowOf(id)) {
        if (name === undefined) return 'waiting';
        sql.run(
          'INSERT INTO collections (id, name, created_at) VALUES (?, ?, ?)',
          id,
          name,
          createdAt ?? references.now,
        );
      }
      const row = rowOf(id);
      if (!row) return 'waiting';
      if (name !== undefined) sql.run('UPDATE collections SET name = ? WHERE key = ?', name, row.key);
      if (createdAt !== undefined) sql.run('UPDATE collections SET created_at = ? WHERE key = ?', createdAt, row.key);
      for (const [register, value] of Object.entries(values))
        if (register.startsWith(MEMBER)) writeMember(row.key, register, value, references);
      return 'written';
    },
    remove(id) {
      const row = rowOf(id);
      if (!row) return;
      // As a deletion here: a conversation that followed it keeps what was in it.
      const left = members(row.key);
      if (left.length > 0)
        sql.run(
          'UPDATE conversations SET document_ids = ?, collection_key = NULL WHERE collection_key = ?',
          JSON.stringify(left),
          row.key,
        );
      sql.run('DELETE FROM collections WHERE key = ?', row.key);
    },
    typed: (name, value) => (name === 'name' && typeof value === 'string' ? value : null),
    title: (id) => rowOf(id)?.name ?? '',
  };
}
