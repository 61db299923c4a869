/** Documents as registers: their file, what is known of them, and how the person keeps them. */
import { z } from 'zod';
import type { DocumentFormat } from '../../../../shared/domain.ts';
import { fileNameOf } from '../../../../shared/file-name.ts';
import { register } from '../../../sync/entity.ts';
import type { JsonValue } from '../../database.ts';
import { fromJson, isUuid, type Codec, type References, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(1_000);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const formats = ['pdf', 'text', 'markdown'] as const satisfies readonly DocumentFormat[];
const file = z.looseObject({ address: name, size: count, contentHash: hash, objectHash: hash, sealed: z.boolean() });
export const contentSchema = z.object({
  // SECURITY: it becomes the path of a file.
  hash,
  size: count,
  format: z.enum(formats),
  fileName: name.transform(fileNameOf).refine((text) => !['', '.', '..'].includes(text)),
});
export const titleSchema = z.object({ title: z.string().max(10_000), renamed: z.boolean() });
const infoSchema = z.object({
  author: z.string().max(10_000).nullable(),
  language: z.string().max(100).nullable(),
  pageCount: count,
  addedAt: count,
});
const schemas: Readonly<Record<string, z.ZodType>> = {
  content: contentSchema,
  title: titleSchema,
  info: infoSchema,
  favourite: z.literal(true).nullable(),
  [register.reading]: z.looseObject({ id: name, pages: count, chunks: count }).nullable(),
  [register.file]: file.nullable(),
  [register.thumbnail]: file.nullable(),
};

interface Row {
  readonly key: number;
  readonly hash: string;
  readonly size: number;
  readonly format: string;
  readonly path: string;
  readonly title: string;
  readonly renamed: number;
  readonly author: string | null;
  readonly language: string | null;
  readonly pageCount: number;
  readonly addedAt: number;
}

const isTag = (register: string): boolean => register.startsWith('tag:');
const isVectors = (register: string): boolean => register.startsWith('vectors:');
const isCopy = (register: string): boolean => /^(?:file|thumbnail):[0-9a-f]{32}$/.test(register);
const isPart = (name: string): boolean =>
  [register.reading, register.file, register.thumbnail].some((one) => one === name) || isVectors(name) || isCopy(name);

/** @param deleteDocuments With all that hangs on them; see `deletion.ts`. Answers with the hashes of their files. */
export function documentCodec(sql: Statements, deleteDocuments: (ids: readonly string[]) => void): Codec {
  const rowOf = (id: string): Row | undefined =>
    sql.get(
      `SELECT key, content_hash AS hash, size, format, path, title, renamed, author, language, page_count AS pageCount,
         added_at AS addedAt FROM documents WHERE id = ?`,
      id,
    );

  function read(id: string): Values | null {
    const row = rowOf(id);
    if (!row) return null;
    const { key, hash, size, format, path, title, renamed, author, language, pageCount, addedAt } = row;
    const values: Record<string, JsonValue> = {
      content: { hash, size, format, fileName: fileNameOf(path) },
      title: { title, renamed: renamed === 1 },
      info: { author, language, pageCount, addedAt },
    };
    for (const tag of sql.values<string>('SELECT name FROM document_tags WHERE document_key = ?', key))
      values[register.tag(tag)] = tag;
    if (sql.value('SELECT 1 FROM favourites WHERE document_key = ?', key) !== undefined) values['favourite'] = true;
    const parts = sql.all<{ name: string; value: string }>(
      'SELECT name, value FROM sync_parts WHERE document_key = ?',
      key,
    );
    for (const part of parts) values[part.name] = fromJson(part.value);
    return values;
  }

  function writeContent(row: Row, content: z.infer<typeof contentSchema>, references: References): void {
    const { hash, size, format, fileName } = content;
    if (hash !== row.hash) {
      // As `documents.replace`, but for the bytes, which are elsewhere. Chunks stay until others come.
      for (const table of ['pages', 'recognitions']) sql.run(`DELETE FROM ${table} WHERE document_key = ?`, row.key);
      sql.run(
        `UPDATE documents SET content_hash = ?, state = 'queued', remote_only = 1, progress_done = 0, progress_total = 0,
           error = NULL, failed_state = NULL, text_pages = 0, ocr_total = 0, ocr_done = 0, ocr_pages = 0,
           ocr_confidence = NULL, ocr_doubtful = 0, ocr_error = NULL, has_thumbnail = 0, updated_at = ? WHERE key = ?`,
        hash,
        references.now,
        row.key,
      );
      sql.run('UPDATE sync_documents SET local_reading = NULL WHERE document_key = ?', row.key);
      sql.run('INSERT OR IGNORE INTO pending_file_deletions (content_hash) VALUES (?)', row.hash);
      sql.run('DELETE FROM pending_file_deletions WHERE content_hash = ?', hash);
      references.dropFile(row.hash);
    }
    // Where the file lies is each computer's own.
    const path = fileNameOf(row.path) === fileName ? row.path : fileName;
    sql.run('UPDATE documents SET size = ?, format = ?, path = ? WHERE key = ?', size, format, path, row.key);
  }

  function writeTag(key: number, name: string, value: JsonValue): void {
    sql.run('DELETE FROM document_tags WHERE document_key = ? AND name = ?', key, name.slice('tag:'.length));
    if (typeof value === 'string')
      sql.run('INSERT INTO document_tags (name, document_key) VALUES (?, ?) ON CONFLICT DO NOTHING', value, key);
  }

  function writePart(key: number, name: string, value: JsonValue): void {
    if (value === null) sql.run('DELETE FROM sync_parts WHERE document_key = ? AND name = ?', key, name);
    else
      sql.run(
        `INSERT INTO sync_parts (document_key, name, value) VALUES (?, ?, ?)
         ON CONFLICT (document_key, name) DO UPDATE SET value = excluded.value`,
        ...([key, name, JSON.stringify(value)] as const),
      );
  }

  function insert(id: string, values: Values, now: number): Row | undefined {
    const content = contentSchema.safeParse(values['content']).data;
    if (!content) return undefined;
    const { hash, size, format, fileName } = content;
    const addedAt = infoSchema.safeParse(values['info']).data?.addedAt ?? now;
    sql.run(
      `INSERT INTO documents (id, content_hash, path, title, format, size, state, remote_only, added_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, 'queued', 1, ?, ?)`,
      ...([id, hash, fileName, fileName, format, size, addedAt, now] as const),
    );
    sql.run('DELETE FROM pending_file_deletions WHERE content_hash = ?', hash);
    return rowOf(id);
  }

  return {
    kind: 'document',
    isId: isUuid,
    read,
    knows: (name) => Object.hasOwn(schemas, name) || isTag(name) || isVectors(name) || isCopy(name),
    accepts(name, value) {
      if (isTag(name)) return value === null || (isTagName(value) && register.tag(value) === name);
      if (isVectors(name)) return name.length <= 300;
      if (isCopy(name)) return file.nullable().safeParse(value).success;
      return Object.hasOwn(schemas, name) && (schemas[name]?.safeParse(value).success ?? false);
    },
    write(id, values, references) {
      const row = rowOf(id) ?? insert(id, values, references.now);
      if (!row) return 'waiting';
      for (const [name, value] of Object.entries(values)) {
        if (isTag(name)) writeTag(row.key, name, value);
        else if (isPart(name)) writePart(row.key, name, value);
      }
      const content = contentSchema.safeParse(values['content']).data;
      if (content) writeContent(row, content, references);
      const title = titleSchema.safeParse(values['title']).data;
      if (title)
        sql.run(
          'UPDATE documents SET title = ?, renamed = ? WHERE key = ?',
          title.title,
          Number(title.renamed),
          row.key,
        );
      const info = infoSchema.safeParse(values['info']).data;
      if (info) {
        const { author, language, pageCount, addedAt } = info;
        // What was read here has as many pages as lie here.
        sql.run(
          `UPDATE documents SET author = ?, language = ?, page_count = iif(remote_only = 1, ?, page_count), added_at = ?
           WHERE key = ?`,
          ...([author, language, pageCount, addedAt, row.key] as const),
        );
      }
      if (values['favourite'] === true)
        sql.run('INSERT INTO favourites (document_key) VALUES (?) ON CONFLICT DO NOTHING', row.key);
      else if (values['favourite'] === null) sql.run('DELETE FROM favourites WHERE document_key = ?', row.key);
      return 'written';
    },
    remove: (id) => deleteDocuments([id]),
    typed(name, value) {
      if (isTag(name)) return typeof value === 'string' ? value : null;
      const title = name === 'title' ? titleSchema.safeParse(value).data : undefined;
      return title?.renamed ? title.title : null;
    },
    title: (id) => rowOf(id)?.title ?? '',
  };
}

function isTagName(value: JsonValue): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 1_000;
}
