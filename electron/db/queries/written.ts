/**
 * Statements on written pieces, their documents, citations and kept parts.
 */
import type { AnswerSource, Citation, SentenceVerification, TokenUsage } from '../../../shared/domain.ts';
import { DOUBTFUL_CONFIDENCE } from '../../../shared/domain.ts';
import { AppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { PromptMessage, SentRequest } from '../../../shared/trace.ts';
import type {
  PieceDocument,
  PieceKind,
  PiecePage,
  PieceSelection,
  PieceState,
  PieceSummary,
  WritingProgress,
  WrittenPiece,
} from '../../../shared/written.ts';
import type { Connection } from '../connection.ts';
import type { Synchronous } from '../synchronous.ts';
import type { PiecePatch, WrittenStore } from '../written-types.ts';
import { unpackBoxes, unpackRanges } from './boxes.ts';
import { citationWriter } from './citation-writer.ts';
import { foldedWords, registerFolded } from './folded.ts';

interface SummaryRow {
  readonly key: number;
  readonly id: string;
  readonly title: string;
  readonly kind: PieceKind;
  readonly prompt: string | null;
  readonly selection: string | null;
  readonly state: PieceState;
  readonly source: string | null;
  readonly usage: string | null;
  readonly progress: string | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly duration: number;
}

interface PieceRow extends SummaryRow {
  readonly text: string;
  readonly verification: string | null;
  readonly requests: string | null;
  readonly sentPrompt: string | null;
  readonly promptRemoved: number;
  readonly keptParts: number;
}

interface CitationRow extends Omit<Citation, 'boxes' | 'ranges' | 'doubtful'> {
  readonly boxes: Uint8Array;
  readonly ranges: string | null;
  readonly isDoubtful: number;
}

/** What narrows a list down; null where it is not asked for. */
interface Filter {
  /** Folded words, a JSON array. */
  readonly words: string | null;
  readonly kind: string | null;
  readonly documentId: string | null;
  readonly state: string | null;
  readonly model: string | null;
}

type JsonField = 'verification' | 'source' | 'usage' | 'error' | 'progress' | 'requests' | 'sentPrompt';
const jsonColumns: readonly (readonly [field: JsonField, column: string])[] = [
  ['verification', 'verification'],
  ['source', 'source'],
  ['usage', 'usage'],
  ['error', 'error'],
  ['progress', 'progress'],
  ['requests', 'requests'],
  ['sentPrompt', 'sent_prompt'],
];

export function writtenQueries(connection: Connection): Synchronous<WrittenStore> {
  registerFolded(connection);
  const summaryColumns = `key, id, title, kind, prompt, selection, state, source, usage, progress, error,
    created_at AS createdAt, duration`;
  const model = `coalesce(json_extract(source, '$.model'), '')`;
  const where = `WHERE deleted_at IS NULL
    AND kind = coalesce(:kind, kind) AND state = coalesce(:state, state)
    AND (:model IS NULL OR (source IS NOT NULL AND ${model} = :model))
    AND (:documentId IS NULL OR key IN (SELECT piece_key FROM written_documents WHERE document_id = :documentId))
    AND (:words IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:words) AS word WHERE instr(folded(
      title || ' ' || coalesce(prompt, '') || ' ' || text || ' ' || coalesce((SELECT group_concat(written_documents.title, ' ')
        FROM written_documents WHERE piece_key = written_pieces.key), '')), word.value) = 0))`;
  const select = connection.prepare<[Filter & { limit: number; offset: number }], SummaryRow>(
    `SELECT ${summaryColumns} FROM written_pieces ${where} ORDER BY created_at DESC, key DESC LIMIT :limit OFFSET :offset`,
  );
  const count = connection.prepare<[Filter], number>(`SELECT count(*) FROM written_pieces ${where}`).pluck();
  const countAll = connection
    .prepare<[], number>('SELECT count(*) FROM written_pieces WHERE deleted_at IS NULL')
    .pluck();
  const selectModels = connection
    .prepare<[], string>(
      `SELECT DISTINCT ${model} AS model FROM written_pieces WHERE deleted_at IS NULL AND model <> '' ORDER BY model`,
    )
    .pluck();
  const selectById = connection.prepare<[string], PieceRow>(
    `SELECT ${summaryColumns}, text, verification, requests, sent_prompt AS sentPrompt, prompt_removed AS promptRemoved,
       (SELECT count(*) FROM written_parts WHERE piece_key = key) AS keptParts
     FROM written_pieces WHERE id = ? AND deleted_at IS NULL`,
  );
  // A title follows its document as long as that is there.
  const selectDocuments = connection.prepare<[string], { pieceKey: number; id: string; title: string; gone: number }>(
    `SELECT piece_key AS pieceKey, document_id AS id, coalesce(documents.title, written_documents.title) AS title,
       documents.key IS NULL AS gone
     FROM written_documents LEFT JOIN documents ON documents.id = document_id
     WHERE piece_key IN (SELECT value FROM json_each(?)) ORDER BY piece_key, position`,
  );
  const selectCitations = connection.prepare<[number], CitationRow>(
    `SELECT number, document_id AS documentId, chunk_id AS chunkId, title, page, boxes, ranges, quote,
       EXISTS (SELECT 1 FROM recognitions JOIN documents ON documents.key = document_key
         WHERE documents.id = document_id AND recognitions.number = page AND confidence < ${DOUBTFUL_CONFIDENCE}) AS isDoubtful
     FROM written_citations WHERE piece_key = ? ORDER BY number`,
  );
  const keyOf = connection.prepare<[string], number>('SELECT key FROM written_pieces WHERE id = ?').pluck();
  const insert = connection.prepare<[string, string, string, string | null, string | null, string | null, number]>(
    `INSERT INTO written_pieces (id, title, kind, prompt, selection, source, state, text, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 'writing', '', ?)`,
  );
  const insertDocuments = connection.prepare<[{ key: number; ids: string }]>(
    `INSERT INTO written_documents (piece_key, position, document_id, title)
     SELECT :key, min(wanted.key), documents.id, documents.title FROM json_each(:ids) AS wanted
       JOIN documents ON documents.id = wanted.value GROUP BY documents.id`,
  );
  const isComplete = connection
    .prepare<[number], number>(
      `SELECT NOT EXISTS (SELECT 1 FROM written_documents WHERE piece_key = ?
         AND document_id NOT IN (SELECT id FROM documents))`,
    )
    .pluck();
  const updateText = connection.prepare<[string | null, string | null, number | null, number]>(
    `UPDATE written_pieces SET text = coalesce(?, text), state = coalesce(?, state), duration = coalesce(?, duration)
     WHERE key = ?`,
  );
  const updateJson = new Map(
    jsonColumns.map(([field, column]) => [
      field,
      connection.prepare<[string | null, number]>(`UPDATE written_pieces SET ${column} = ? WHERE key = ?`),
    ]),
  );
  const updateRemoved = connection.prepare<[number, number]>(
    'UPDATE written_pieces SET prompt_removed = ? WHERE key = ?',
  );
  const putCitations = citationWriter(connection, 'written_citations');
  const rename = connection.prepare<[string, string]>('UPDATE written_pieces SET title = ? WHERE id = ?');
  const setDeleted = connection.prepare<[number | null, string]>(
    'UPDATE written_pieces SET deleted_at = ? WHERE id = ?',
  );
  // Documents, citations and parts go with it by their foreign keys.
  const purge = connection.prepare<[number]>('DELETE FROM written_pieces WHERE deleted_at <= ?');
  const insertPart = connection.prepare<[number, string, string, string]>(
    `INSERT OR REPLACE INTO written_parts (piece_key, input_hash, text, passages) VALUES (?, ?, ?, ?)`,
  );
  const selectParts = connection.prepare<[string], { inputHash: string; text: string; passages: string }>(
    `SELECT input_hash AS inputHash, text, passages FROM written_parts
     WHERE piece_key = (SELECT key FROM written_pieces WHERE id = ?)`,
  );
  const clearParts = connection.prepare<[string]>(
    'DELETE FROM written_parts WHERE piece_key = (SELECT key FROM written_pieces WHERE id = ?)',
  );
  const interrupt = connection.prepare(`UPDATE written_pieces SET state = 'interrupted' WHERE state = 'writing'`);

  function existing(id: string): number {
    const key = keyOf.get(id);
    if (key === undefined) throw missingPiece();
    return key;
  }

  function withDocuments(rows: readonly SummaryRow[]): PieceSummary[] {
    const documents = new Map<number, PieceDocument[]>(rows.map(({ key }) => [key, []]));
    for (const { pieceKey, gone, ...document } of selectDocuments.all(JSON.stringify([...documents.keys()]))) {
      documents.get(pieceKey)?.push({ ...document, gone: gone === 1 });
    }
    return rows.map((row) => toSummary(row, documents.get(row.key) ?? []));
  }

  return {
    create: ({ id, title, kind, prompt, documentIds, selection, source, createdAt }) =>
      void connection
        .transaction(() => {
          insert.run(id, title, kind, prompt, selection && JSON.stringify(selection), toJson(source), createdAt);
          const inserted = insertDocuments.run({ key: existing(id), ids: JSON.stringify(documentIds) });
          if (inserted.changes === 0) {
            throw new AppError('not-found', 'These documents are no longer in the library.', {
              hint: 'Choose others to write about.',
            });
          }
        })
        .immediate(),
    get(id) {
      const row = selectById.get(id);
      const [summary] = row ? withDocuments([row]) : [];
      if (!row || !summary) return null;
      const citations = selectCitations.all(row.key).map(({ boxes, ranges, isDoubtful, ...citation }): Citation => ({
        ...citation,
        boxes: unpackBoxes(boxes),
        ...unpackRanges(ranges),
        ...(isDoubtful === 1 ? { doubtful: true } : {}),
      }));
      return {
        ...summary,
        text: row.text,
        citations,
        verification: fromJson<SentenceVerification[]>(row.verification) ?? [],
        requests: fromJson<SentRequest[]>(row.requests) ?? [],
        sentPrompt: fromJson<PromptMessage[]>(row.sentPrompt),
        promptRemoved: row.promptRemoved === 1,
        keptParts: row.keptParts,
      } satisfies WrittenPiece;
    },
    list(query): PiecePage {
      const filter: Filter = {
        words: foldedWords(query.search ?? ''),
        kind: query.kind ?? null,
        documentId: query.documentId ?? null,
        state: query.state ?? null,
        model: query.model ?? null,
      };
      const rows = select.all({ ...filter, limit: query.limit ?? 100, offset: query.offset ?? 0 });
      return {
        pieces: withDocuments(rows),
        total: count.get(filter) ?? 0,
        all: countAll.get() ?? 0,
        models: selectModels.all(),
      };
    },
    update: (id, patch: PiecePatch) =>
      void connection
        .transaction(() => {
          const key = existing(id);
          updateText.run(patch.text ?? null, patch.state ?? null, patch.duration ?? null, key);
          for (const [field] of jsonColumns) {
            if (patch[field] === undefined || field === 'sentPrompt') continue;
            updateJson.get(field)?.run(toJson(patch[field]), key);
          }
          if (patch.sentPrompt !== undefined) {
            const isKept = isComplete.get(key) === 1;
            updateJson.get('sentPrompt')?.run(isKept ? toJson(patch.sentPrompt) : null, key);
            updateRemoved.run(Number(patch.sentPrompt !== null && !isKept), key);
          }
          if (patch.citations) putCitations(key, patch.citations);
        })
        .immediate(),
    rename(id, title) {
      if (rename.run(title, id).changes === 0) throw missingPiece();
    },
    setDeleted(id, deletedAt) {
      if (setDeleted.run(deletedAt, id).changes === 0) throw missingPiece();
    },
    purge: (deletedUntil) => purge.run(deletedUntil).changes,
    putPart: (id, { inputHash, text, references }) =>
      connection
        .transaction(() => {
          const key = keyOf.get(id);
          if (key === undefined || isComplete.get(key) !== 1) return false;
          insertPart.run(key, inputHash, text, JSON.stringify(references));
          return true;
        })
        .immediate(),
    parts: (id) =>
      selectParts.all(id).map(({ inputHash, text, passages }) => ({
        inputHash,
        text,
        references: JSON.parse(passages) as number[],
      })),
    clearParts: (id) => void clearParts.run(id),
    markInterrupted: () => interrupt.run().changes,
  };
}

function missingPiece(): AppError {
  return new AppError('not-found', 'This piece was deleted.', { hint: 'Write it anew.' });
}

function toJson(value: object | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function fromJson<Value>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value);
}

function toSummary(row: SummaryRow, documents: readonly PieceDocument[]): PieceSummary {
  const { id, title, kind, prompt, state, createdAt, duration } = row;
  return {
    ...{ id, title, kind, prompt, documents, state, createdAt, duration },
    selection: fromJson<PieceSelection>(row.selection),
    source: fromJson<AnswerSource>(row.source),
    usage: fromJson<TokenUsage>(row.usage),
    progress: fromJson<WritingProgress>(row.progress),
    error: fromJson<ErrorInfo>(row.error),
  };
}

/**
 * What a deletion of documents does to pieces. Both take document ids as a JSON array and run inside the caller's
 * transaction.
 */
export interface PieceDeletion {
  /** Removes the pieces whose last document goes. */
  readonly removePieces: (ids: string) => void;
  /** Takes the place of citations, kept parts and prompts that hold their text out of the pieces that stay. */
  readonly clearOthers: (ids: string) => void;
}

/** Of the pieces about any of these documents, those that have no other document left. `:ids` is a JSON array. */
export const doomedPieces = `SELECT key FROM written_pieces
  WHERE key IN (SELECT piece_key FROM written_documents WHERE document_id IN (SELECT value FROM json_each(:ids)))
    AND NOT EXISTS (SELECT 1 FROM written_documents WHERE piece_key = written_pieces.key
      AND document_id IN (SELECT id FROM documents) AND document_id NOT IN (SELECT value FROM json_each(:ids)))`;

/** @param blank See `deletion.ts`: overwrites a text column where it lies. */
export function pieceDeletion(connection: Connection, blank: (column: string) => string): PieceDeletion {
  const about = `(SELECT piece_key FROM written_documents WHERE document_id IN (SELECT value FROM json_each(:ids)))`;
  const statements = (queries: readonly string[]) => {
    const prepared = queries.map((query) => connection.prepare<[{ ids: string }]>(query));
    return (ids: string): void => {
      for (const statement of prepared) statement.run({ ids });
    };
  };
  const doomed = `(${doomedPieces})`;
  return {
    removePieces: statements([
      `UPDATE written_parts SET ${blank('text')} WHERE piece_key IN ${about}`,
      `UPDATE written_citations SET ${blank('quote')} WHERE piece_key IN ${doomed}`,
      `UPDATE written_pieces SET ${['text', 'title', 'prompt', 'selection', 'sent_prompt'].map(blank).join(', ')}
         WHERE key IN ${doomed}`,
      `DELETE FROM written_pieces WHERE key IN ${doomed}`,
    ]),
    clearOthers: statements([
      `DELETE FROM written_parts WHERE piece_key IN ${about}`,
      `UPDATE written_pieces SET ${blank('sent_prompt')} WHERE sent_prompt IS NOT NULL AND key IN ${about}`,
      `UPDATE written_pieces SET sent_prompt = NULL, prompt_removed = 1 WHERE sent_prompt IS NOT NULL AND key IN ${about}`,
      `UPDATE written_citations SET chunk_id = NULL, boxes = x'', ranges = NULL WHERE document_id IN (SELECT value FROM json_each(:ids))`,
    ]),
  };
}
