/** `quire write FILE|ID…`: a piece about documents, part by part; files that are not in the library yet are added first. */
import { basename } from 'node:path';
import type { Core, SharedCore } from '../core/core.ts';
import { citationJson } from '../pipeline/export-conversation.ts';
import { AppError } from '../../shared/errors.ts';
import type { StreamPart } from '../../shared/stream.ts';
import type { PieceKind } from '../../shared/written.ts';
import { body } from './ask.ts';
import { requireDocuments } from './library.ts';
import type { Printer } from './printer.ts';

export interface WriteArguments {
  readonly kind: PieceKind;
  /** For kind `prompt`; null for the others. */
  readonly prompt: string | null;
  /** Ids of documents; files too, where the library is this process's alone. */
  readonly about: readonly string[];
  /** False quotes the documents although a model is set up. */
  readonly withModel: boolean;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isDocumentId(text: string): boolean {
  return uuid.test(text);
}

/** Adds the files among what is to be written about, then writes. */
export async function writeAboutFiles(core: Core, printer: Printer, options: WriteArguments): Promise<number> {
  const about: string[] = [];
  for (const item of options.about) {
    if (isDocumentId(item)) {
      about.push(item);
      continue;
    }
    const outcomes = await core.ingest.add([item]);
    if (outcomes.length === 0) throw new AppError('file-not-found', `There is no file “${basename(item)}” to read.`);
    for (const { documentId, error } of outcomes) {
      if (error) throw AppError.fromInfo(error);
      if (documentId !== null) about.push(documentId);
    }
  }
  await core.resume();
  await core.settled();
  for (const id of about) {
    const document = await core.database.documents.get(id);
    if (document?.error) throw AppError.fromInfo(document.error);
  }
  return write(core, printer, { ...options, about });
}

export async function write(core: SharedCore, printer: Printer, options: WriteArguments): Promise<number> {
  const { kind, prompt, about, withModel } = options;
  await requireDocuments(core, about);
  const pieceId = await core.writing.start({ kind, prompt, documentIds: about, selection: null }, withModel);
  printer.line({ type: 'start', pieceId }, '');
  /** Held back, so that it stays the last line. */
  let finish: StreamPart | null = null;
  const detach = core.writing.attach(pieceId, (parts) => {
    for (const part of parts) {
      if (part.type === 'text-delta') printer.text(part.text);
      if (part.type === 'finish') finish = part;
      else if (part.type === 'citation') {
        printer.line({ type: 'citation', ...citationJson(part.citation) }, '');
      } else printer.line(body(part), part.type === 'error' ? `\n${part.error.message} ${part.error.hint}` : '');
    }
  });
  await core.writing.finished(pieceId);
  detach?.();
  const piece = await core.writing.get(pieceId);
  const { title, state, source, usage, duration, requests, documents } = piece;
  printer.line({ type: 'piece', pieceId, kind, title, state, documents, source, usage, duration, requests }, '');
  if (finish) printer.line(body(finish), '');
  printer.text('\n');
  for (const { number, title: of, page } of piece.citations) printer.text(`[${number}] ${of}, page ${page}\n`);
  return state === 'complete' ? 0 : 1;
}
