/** Requests about written pieces: summaries, outlines and the like, of documents or of selected text. */
import { z } from 'zod';
import { pieceKinds, pieceStates, type PiecePage, type WritingEstimate, type WrittenPiece } from '../written.ts';
import { exportFormats } from './chat.ts';
import { define } from './define.ts';

const pieceId = z.uuid();
const page = z.number().int().min(1);

const pieceRequest = {
  kind: z.enum(pieceKinds),
  /** For kind `prompt`; null for the others. */
  prompt: z.string().trim().min(1).max(8_000).nullable().default(null),
  /** What is too much to read is told by the pages that they have, not by their number. */
  documentIds: z.array(z.uuid()).min(1).max(100_000),
  selection: z
    .object({ documentId: z.uuid(), firstPage: page, lastPage: page, text: z.string().min(1).max(200_000) })
    .nullable()
    .default(null),
};

export const writtenRequests = {
  /** The piece's id is that of its stream. `withModel: false` quotes the documents although a model is set up. */
  'written.start': define(z.object({ ...pieceRequest, withModel: z.boolean().default(true) }))<{
    readonly pieceId: string;
  }>(),
  'written.estimate': define(z.object(pieceRequest))<WritingEstimate>(),
  /** Goes on with one that was stopped, interrupted or failed. */
  'written.goOn': define(z.object({ pieceId }))<null>(),
  /** Writes the same anew as a piece beside it: quoted if that one was, else with the present model. */
  'written.again': define(z.object({ pieceId }))<{ readonly pieceId: string }>(),
  'written.stop': define(z.object({ pieceId }))<null>(),
  'written.get': define(z.object({ pieceId }))<WrittenPiece>(),
  'written.list': define(
    z.object({
      search: z.string().max(500).default(''),
      kind: z.enum(pieceKinds).nullable().default(null),
      documentId: z.uuid().nullable().default(null),
      state: z.enum(pieceStates).nullable().default(null),
      /** A model's name; empty for those that no model wrote. */
      model: z.string().max(200).nullable().default(null),
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
  )<PiecePage>(),
  'written.rename': define(z.object({ pieceId, title: z.string().trim().min(1).max(200) }))<null>(),
  /** As a file; its name, or null when the dialog was dismissed. */
  'written.export': define(z.object({ pieceId, format: z.enum(exportFormats) }))<string | null>(),
  /** Out of sight at once, for good ten seconds later. */
  'written.delete': define(z.object({ pieceId }))<null>(),
  'written.restore': define(z.object({ pieceId }))<null>(),
};
