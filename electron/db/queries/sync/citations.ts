/** Citations of messages and of written pieces, as they are synced: with their place, without the passage's own row. */
import { z } from 'zod';
import type { Citation } from '../../../../shared/domain.ts';
import type { Connection } from '../../connection.ts';
import type { JsonValue } from '../../database.ts';
import { packBoxes, unpackBoxes } from '../boxes.ts';
import { citationWriter } from '../citation-writer.ts';
import { fromJson, isUuid, type References } from './codec.ts';
import type { Statements } from './statements.ts';

const whole = z.number().int();
export const citationsSchema = z
  .array(
    z.object({
      number: whole,
      documentId: z.string().refine(isUuid),
      title: z.string(),
      page: whole,
      /** Page and the corners in thousandths of a point, as they are stored. */
      boxes: z.array(z.tuple([whole, whole, whole, whole, whole])),
      ranges: z.array(z.object({ page: whole, start: whole, end: whole })).nullable(),
      quote: z.string(),
    }),
  )
  .refine((citations) => new Set(citations.map(({ number }) => number)).size === citations.length);

interface Row {
  readonly number: number;
  readonly documentId: string;
  readonly chunkId: number | null;
  readonly title: string;
  readonly page: number;
  readonly boxes: Uint8Array;
  readonly ranges: string | null;
  readonly quote: string;
}

export interface SyncedCitations {
  read(ownerKey: number): JsonValue;
  write(ownerKey: number, citations: z.infer<typeof citationsSchema>, references: References): void;
}

const INTEGERS = 5;
const UNITS = 1_000;

export function syncedCitations(
  connection: Connection,
  sql: Statements,
  table: 'citations' | 'written_citations',
): SyncedCitations {
  const owner = table === 'citations' ? 'message_key' : 'piece_key';
  const put = citationWriter(connection, table);
  const rows = (ownerKey: number): Row[] =>
    sql.all(
      `SELECT number, document_id AS documentId, chunk_id AS chunkId, title, page, boxes, ranges, quote FROM ${table}
       WHERE ${owner} = ? ORDER BY number`,
      ownerKey,
    );
  return {
    read: (ownerKey) =>
      rows(ownerKey).map(({ number, documentId, title, page, boxes, ranges, quote }) => ({
        ...{ number, documentId, title, page, boxes: integersOf(boxes), ranges: fromJson(ranges), quote },
      })),
    write(ownerKey, citations, references) {
      // The passage is known here alone: it stays where the citation is of the same page.
      const before = new Map(rows(ownerKey).map((row) => [row.number, row]));
      put(
        ownerKey,
        citations.map(({ boxes, ranges, ...citation }): Citation => {
          const documentId = references.resolve('document', citation.documentId);
          const earlier = before.get(citation.number);
          const isSame = earlier?.documentId === documentId && earlier.page === citation.page;
          return {
            ...citation,
            documentId,
            chunkId: isSame ? earlier.chunkId : null,
            boxes: boxes.map(([page, x0, y0, x1, y1]) => ({
              ...{ page, x0: x0 / UNITS, y0: y0 / UNITS, x1: x1 / UNITS, y1: y1 / UNITS },
            })),
            ...(ranges ? { ranges } : {}),
          };
        }),
      );
    },
  };
}

/** Exact, where points with three decimals need not be. */
function integersOf(boxes: Uint8Array): JsonValue {
  const integers = new Int32Array(packBoxes(unpackBoxes(boxes)).buffer);
  return Array.from({ length: integers.length / INTEGERS }, (_, index) => [
    ...integers.subarray(index * INTEGERS, (index + 1) * INTEGERS),
  ]);
}
