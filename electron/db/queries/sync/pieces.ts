/** Written pieces as registers: told when nobody is writing them. Prompts, kept parts and progress stay where they are. */
import { z } from 'zod';
import { pieceKinds } from '../../../../shared/written.ts';
import type { Connection } from '../../connection.ts';
import type { JsonValue } from '../../database.ts';
import { citationsSchema, syncedCitations } from './citations.ts';
import { fromJson, isUuid, toJson, type Codec, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

const id = z.string().refine(isUuid);
const json = z.json();
const time = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const titleSchema = z.string().max(10_000);
const bodySchema = z.object({
  kind: z.enum(pieceKinds),
  prompt: z.string().nullable(),
  selection: z
    .looseObject({ documentId: id, firstPage: z.number().int(), lastPage: z.number().int(), text: z.string() })
    .nullable(),
  state: z.enum(['complete', 'stopped', 'interrupted', 'failed']),
  source: json,
  usage: json,
  error: json,
  verification: z.array(json).nullable(),
  requests: z.array(json).nullable(),
  createdAt: time,
  duration: time,
  text: z.string(),
  documents: z.array(z.object({ position: z.number().int(), id, title: z.string() })).min(1),
  citations: citationsSchema,
});

interface Row {
  readonly key: number;
  readonly title: string;
  readonly kind: string;
  readonly prompt: string | null;
  readonly selection: string | null;
  readonly state: string;
  readonly source: string | null;
  readonly usage: string | null;
  readonly error: string | null;
  readonly verification: string | null;
  readonly requests: string | null;
  readonly createdAt: number;
  readonly duration: number;
  readonly trashed: number | null;
  readonly text: string;
}

export function pieceCodec(connection: Connection, sql: Statements): Codec {
  const citations = syncedCitations(connection, sql, 'written_citations');
  const rowOf = (pieceId: string): Row | undefined =>
    sql.get(
      `SELECT key, title, kind, prompt, selection, state, source, usage, error, verification, requests,
         created_at AS createdAt, duration, deleted_at AS trashed, text FROM written_pieces WHERE id = ?`,
      pieceId,
    );
  const keyOf = (pieceId: string): number | undefined =>
    sql.value('SELECT key FROM written_pieces WHERE id = ?', pieceId);
  const isHere = (documentId: string): boolean => sql.value('SELECT 1 FROM documents WHERE id = ?', documentId) === 1;

  return {
    kind: 'piece',
    isId: isUuid,
    read(pieceId): Values | null | 'unsettled' {
      const row = rowOf(pieceId);
      if (!row) return null;
      if (row.state === 'writing') return 'unsettled';
      const { key, kind, prompt, state, createdAt, duration, text } = row;
      const documents = sql.all<{ position: number; id: string; title: string }>(
        'SELECT position, document_id AS id, title FROM written_documents WHERE piece_key = ? ORDER BY position',
        key,
      );
      const body: Record<string, JsonValue> = {
        ...{ kind, prompt, state, createdAt, duration, text },
        selection: fromJson(row.selection),
        source: fromJson(row.source),
        usage: fromJson(row.usage),
        error: fromJson(row.error),
        verification: fromJson(row.verification),
        requests: fromJson(row.requests),
        documents: documents.map(({ position, id, title }) => ({ position, id, title })),
        citations: citations.read(key),
      };
      return { title: row.title, trashed: row.trashed, body };
    },
    knows: (name) => name === 'title' || name === 'trashed' || name === 'body',
    accepts(name, value) {
      if (name === 'title') return titleSchema.safeParse(value).success;
      if (name === 'trashed') return time.nullable().safeParse(value).success;
      return name === 'body' && bodySchema.safeParse(value).success;
    },
    write(pieceId, values, references) {
      const body = bodySchema.safeParse(values['body']).data;
      if (keyOf(pieceId) === undefined) {
        if (!body) return 'waiting';
        const documents = body.documents.map((document) => references.resolve('document', document.id));
        // A piece goes with the last of its documents.
        if (!documents.some(isHere))
          return documents.every((document) => references.isDeleted('document', document)) ? 'orphan' : 'waiting';
        sql.run(
          `INSERT INTO written_pieces (id, title, kind, state, created_at, text) VALUES (?, '', ?, ?, ?, '')`,
          ...([pieceId, body.kind, body.state, body.createdAt] as const),
        );
      }
      const key = keyOf(pieceId);
      if (key === undefined) return 'waiting';
      if (body) {
        const selection = body.selection && {
          ...body.selection,
          documentId: references.resolve('document', body.selection.documentId),
        };
        sql.run(
          `UPDATE written_pieces SET kind = ?, prompt = ?, selection = ?, state = ?, source = ?, usage = ?, error = ?,
             verification = ?, requests = ?, created_at = ?, duration = ?, text = ? WHERE key = ?`,
          ...([body.kind, body.prompt, selection && JSON.stringify(selection), body.state] as const),
          ...([toJson(body.source), toJson(body.usage), toJson(body.error), toJson(body.verification)] as const),
          ...([toJson(body.requests), body.createdAt, body.duration, body.text, key] as const),
        );
        sql.run('DELETE FROM written_documents WHERE piece_key = ?', key);
        for (const { position, id, title } of body.documents)
          sql.run(
            `INSERT INTO written_documents (piece_key, position, document_id, title) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
            ...([key, position, references.resolve('document', id), title] as const),
          );
        citations.write(key, body.citations, references);
      }
      const title = titleSchema.safeParse(values['title']).data;
      if (title !== undefined) sql.run('UPDATE written_pieces SET title = ? WHERE key = ?', title, key);
      const trashed = time.nullable().safeParse(values['trashed']).data;
      if (trashed !== undefined) sql.run('UPDATE written_pieces SET deleted_at = ? WHERE key = ?', trashed, key);
      return 'written';
    },
    remove: (pieceId) => void sql.run('DELETE FROM written_pieces WHERE id = ?', pieceId),
    typed: (name, value) => (name === 'title' && typeof value === 'string' ? value : null),
    title: (pieceId) => rowOf(pieceId)?.title ?? '',
  };
}
