/**
 * The pieces that are written: main owns each, saves it as it grows, and goes on where it stopped. Listeners come and go;
 * only `stop` ends one.
 */
import { randomUUID } from 'node:crypto';
import type { Database, PiecePatch, PieceQuery } from '../../db/database.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { StreamPartBody } from '../../../shared/stream.ts';
import type { PromptMessage } from '../../../shared/trace.ts';
import type {
  PiecePage,
  PieceRequest,
  PieceState,
  WritingEstimate,
  WritingProgress,
  WrittenPiece,
} from '../../../shared/written.ts';
import { citeHit } from '../answer-quote.ts';
import type { AnswerPorts, Locate, Passage } from '../answer-types.ts';
import { MessageStream, newMessage, type StreamListener } from '../message-stream.ts';
import { callOwner } from '../ports/request-meter.ts';
import type { CostOf } from '../prices.ts';
import { extractPiece, type SourceDocument } from './extract.ts';
import { inSlices } from '../in-slices.ts';
import { planWriting, writeWithModel, type KeptPart } from './map-reduce.ts';
import { loadMaterial } from './material.ts';
import { pieceTitle } from './piece-title.ts';
import { RequestLog } from './request-log.ts';
import { Turns } from './turns.ts';

export interface WritingOptions {
  readonly database: Database;
  /** What answers are made with now: the model (null without one), the embedder, the place of a quote. */
  readonly ports: () => Promise<Pick<AnswerPorts, 'chatModel' | 'checker' | 'locate' | 'isDoubtful'>>;
  readonly isLocalHost: (host: string) => boolean;
  /** By the list and the person's own prices. */
  readonly costOf: CostOf;
  /** Told when a piece began, ended, was renamed or deleted. */
  readonly onChange: (pieceId: string) => void;
  readonly onError: (error: AppError) => void;
}

/** Requests to a model that run at once, over all pieces: a local one has no more hands, a hosted one has limits. */
const requestsAtOnce = 3;
/** Milliseconds between two writes of a growing piece. */
const saveInterval = 400;
/** Milliseconds that a finished stream can still be attached to. */
const linger = 60_000;
/** Milliseconds: ten seconds to undo a deletion, and one for the click to arrive. */
const undoTime = 11_000;

/** Why work on a piece ended early: by the person, or with the app. */
type Ended = 'stopped' | 'interrupted';

export class WritingService {
  readonly #options: WritingOptions;
  readonly #streams = new Map<string, MessageStream>();
  readonly #resuming = new Map<string, Promise<void>>();
  readonly #turns = new Turns(requestsAtOnce);
  readonly #purges = new Set<NodeJS.Timeout>();

  constructor(options: WritingOptions) {
    this.#options = options;
  }

  /** Marks what was being written when the app died, and deletes for good what was deleted before; before anything else. */
  async recover(): Promise<void> {
    await this.#options.database.written.markInterrupted();
    await this.#options.database.written.purge(Date.now());
  }

  /**
   * Begins a piece; answers with its id, which is its stream's as well.
   * @param withModel False quotes the documents although a model is set up.
   */
  async start(request: PieceRequest, withModel = true): Promise<string> {
    const { database } = this.#options;
    const { kind, prompt, selection, documentIds } = request;
    const documents = await Promise.all(documentIds.map((id) => database.documents.get(id)));
    const titles = documents.flatMap((document) => (document ? [document.title] : []));
    const id = randomUUID();
    const createdAt = Date.now();
    if (kind === 'prompt' && (prompt ?? '').trim() === '') throw new AppError('request-invalid', 'There is no prompt.');
    const quotes = !(withModel && (await this.#options.ports()).chatModel);
    if (kind === 'prompt' && quotes) throw noModel();
    const title = pieceTitle({ kind, prompt, selection }, titles);
    // SECURITY: kept before anything is read, so that going on with it later never sends what was only to be quoted.
    const source = quotes ? quotedSource : null;
    await database.written.create({
      ...request,
      prompt: kind === 'prompt' ? prompt : null,
      id,
      title,
      createdAt,
      source,
    });
    this.#begin(id, createdAt, source);
    return id;
  }

  /** Goes on with a piece that did not become complete; parts that are kept are not asked for again. */
  async goOn(id: string): Promise<void> {
    if (this.#active(id)) return;
    // One at a time, from before the first wait: two clicks are one run.
    const resuming = this.#resuming.get(id) ?? this.#resume(id).finally(() => this.#resuming.delete(id));
    this.#resuming.set(id, resuming);
    await resuming;
  }

  async #resume(id: string): Promise<void> {
    const piece = await this.#piece(id);
    if (piece.state === 'complete') throw new AppError('request-invalid', 'This piece is complete already.');
    await this.#options.database.written.update(id, { state: 'writing', error: null });
    this.#begin(id, piece.createdAt, isQuoted(piece) ? quotedSource : null);
  }

  /**
   * Writes the same anew as a piece beside the first: one that was quoted is quoted again, another is written with the
   * present model. Documents that are gone are left out.
   */
  async again(id: string): Promise<string> {
    const piece = await this.#piece(id);
    const { kind, prompt, selection } = piece;
    const documentIds = piece.documents.filter(({ gone }) => !gone).map((document) => document.id);
    return this.start({ kind, prompt, selection, documentIds }, !isQuoted(piece));
  }

  /** Ends the work on a piece; what is there stays. */
  async stop(id: string, reason: Ended = 'stopped'): Promise<void> {
    const stream = this.#active(id);
    if (!stream) return;
    stream.controller.abort(reason);
    await stream.done.promise;
  }

  /** Ends the work on pieces about these documents, before they are deleted. */
  async stopAbout(documentIds: readonly string[]): Promise<void> {
    const gone = new Set(documentIds);
    for (const { id, finished } of [...this.#streams.values()]) {
      if (finished) continue;
      const piece = await this.#options.database.written.get(id);
      if (piece?.documents.some((document) => gone.has(document.id))) await this.stop(id);
    }
  }

  /** Resolves when the piece is written and saved. */
  async finished(id: string): Promise<void> {
    await this.#streams.get(id)?.done.promise;
  }

  /** The function that ends listening; null when the piece is not being written and was not a minute ago. */
  attach(id: string, listener: StreamListener): (() => void) | null {
    return this.#streams.get(id)?.attach(listener) ?? null;
  }

  /** What is being written is ahead of what is saved. */
  async get(id: string): Promise<WrittenPiece> {
    const piece = await this.#piece(id);
    const stream = this.#active(id);
    if (!stream) return piece;
    const { text, citations, verification, source } = stream.message;
    return { ...piece, text, citations, verification, source, progress: stream.progress };
  }

  list(query: PieceQuery): Promise<PiecePage> {
    return this.#options.database.written.list(query);
  }

  /** What writing would take now. */
  async estimate({ kind, prompt, documentIds, selection }: PieceRequest): Promise<WritingEstimate> {
    const { chatModel } = await this.#options.ports();
    const { documents } = await loadMaterial(this.#options.database, documentIds, selection, { withVectors: false });
    const passages = passagesOf(documents);
    const plan = chatModel && planWriting({ kind, prompt }, passages, chatModel.promptTokens);
    const writer = chatModel && {
      model: chatModel.model,
      host: chatModel.host,
      local: this.#options.isLocalHost(chatModel.host),
    };
    return { passages: passages.length, parts: plan?.groups.length ?? 0, tokens: plan?.tokens ?? 0, writer };
  }

  async rename(id: string, title: string): Promise<void> {
    await this.#options.database.written.rename(id, title);
    this.#options.onChange(id);
  }

  /** Out of sight at once, for good after the time for an undo. */
  async delete(id: string): Promise<void> {
    const { database, onChange, onError } = this.#options;
    await this.stop(id);
    const deletedAt = Date.now();
    await database.written.setDeleted(id, deletedAt);
    onChange(id);
    const timer = setTimeout(() => {
      this.#purges.delete(timer);
      database.written.purge(deletedAt).catch((error: unknown) => onError(toAppError(error)));
    }, undoTime);
    this.#purges.add(timer);
  }

  async restore(id: string): Promise<void> {
    await this.#options.database.written.setDeleted(id, null);
    this.#options.onChange(id);
  }

  /** Ends all work; each piece is saved as far as it came, to be gone on with. */
  async close(): Promise<void> {
    // What they would have purged, the next start does.
    for (const timer of this.#purges) clearTimeout(timer);
    await Promise.all([...this.#streams.keys()].map((id) => this.stop(id, 'interrupted')));
  }

  /** @param source Where it will come from, where that is settled: quoted, no model is asked. */
  #begin(id: string, createdAt: number, source: typeof quotedSource | null): void {
    const message = newMessage({ id, conversationId: id, role: 'assistant', text: '', state: 'streaming', createdAt });
    const stream = new MessageStream(id, message);
    if (source) stream.push({ type: 'source', source });
    this.#streams.set(id, stream);
    this.#options.onChange(id);
    void callOwner.run({ pieceId: id }, () => this.#work(stream, source === null));
  }

  async #work(stream: MessageStream, withModel: boolean): Promise<void> {
    const { database, isLocalHost, costOf, onChange, onError } = this.#options;
    const begun = performance.now();
    const found = await database.written.get(stream.id).catch(toAppError);
    const piece = found instanceof AppError ? null : found;
    const log = new RequestLog(isLocalHost, costOf, piece?.requests ?? []);
    const figures = (): PiecePatch => ({
      duration: Math.round((piece?.duration ?? 0) + performance.now() - begun),
      requests: log.list(),
      usage: log.usage(),
      progress: stream.progress,
    });
    let state: Exclude<PieceState, 'writing'> = 'complete';
    try {
      if (found instanceof AppError) throw found;
      if (!piece) throw new AppError('not-found', 'This piece was deleted.');
      let savedAt = performance.now();
      for await (const part of this.#parts(stream, piece, log, withModel)) {
        stream.push(part);
        if (performance.now() - savedAt < saveInterval) continue;
        await database.written.update(stream.id, { ...this.#patch(stream), ...figures() });
        savedAt = performance.now();
      }
    } catch (thrown) {
      const { signal } = stream.controller;
      const error = toAppError(thrown);
      state = signal.aborted ? (signal.reason as Ended) : 'failed';
      if (state === 'failed') stream.push({ type: 'error', error: error.toInfo() });
      if (state === 'failed' && error.code === 'internal') onError(error);
    }
    try {
      const usage = log.usage();
      if (usage) stream.push({ type: 'usage', usage });
      await database.written.update(stream.id, { ...this.#patch(stream), ...figures(), state });
      if (state === 'complete') await database.written.clearParts(stream.id);
    } catch (thrown) {
      const error = toAppError(thrown);
      // It was deleted with its document while it was written.
      if (error.code !== 'not-found') onError(error);
    }
    stream.push({ type: 'finish', reason: state });
    stream.finish();
    onChange(stream.id);
    const forget = () => this.#streams.get(stream.id) === stream && this.#streams.delete(stream.id);
    setTimeout(forget, linger).unref();
  }

  #patch({ message }: MessageStream): PiecePatch {
    const { text, citations, verification, source, error } = message;
    return { text, citations, verification, source, error };
  }

  async *#parts(
    stream: MessageStream,
    piece: WrittenPiece,
    log: RequestLog,
    withModel: boolean,
  ): AsyncGenerator<StreamPartBody> {
    const { database, ports } = this.#options;
    const { signal } = stream.controller;
    const present = piece.documents.filter(({ gone }) => !gone).map(({ id }) => id);
    const { chatModel, checker = null, locate, isDoubtful } = await ports();
    if (piece.kind === 'prompt' && !chatModel) throw noModel();
    const writer = withModel ? chatModel : null;
    const material = await loadMaterial(database, present, piece.selection, { withVectors: !writer, signal });
    const place = locate && material.locate(locate);
    const parts = writer
      ? writeWithModel({ kind: piece.kind, prompt: piece.prompt }, passagesOf(material.documents), {
          ...{ chatModel: writer, checker, locate: place, log, signal },
          kept: new Map((await database.written.parts(piece.id)).map((part) => [part.inputHash, part])),
          keep: async (part: KeptPart) => void (await database.written.putPart(piece.id, part)),
          takeTurn: this.#turns.take,
          onProgress: (progress) => this.#tellProgress(stream, progress),
          onPrompt: (messages) => this.#keepPrompt(piece.id, messages),
        })
      : quoted(piece, material.documents, place, signal);
    for await (const part of parts) {
      signal.throwIfAborted();
      if (part.type !== 'citation') yield part;
      else {
        const doubtful = await isDoubtful?.(part.citation.documentId, part.citation.page);
        yield doubtful ? { ...part, citation: { ...part.citation, doubtful: true } } : part;
      }
    }
  }

  #tellProgress(stream: MessageStream, progress: WritingProgress): void {
    stream.push({ type: 'progress', progress });
    this.#options.database.written
      .update(stream.id, { progress })
      .catch((error: unknown) => this.#ignoreDeleted(toAppError(error)));
  }

  #keepPrompt(id: string, sentPrompt: readonly PromptMessage[]): void {
    this.#options.database.written
      .update(id, { sentPrompt })
      .catch((error: unknown) => this.#ignoreDeleted(toAppError(error)));
  }

  #ignoreDeleted(error: AppError): void {
    if (error.code !== 'not-found') this.#options.onError(error);
  }

  #active(id: string): MessageStream | undefined {
    const stream = this.#streams.get(id);
    return stream && !stream.finished ? stream : undefined;
  }

  async #piece(id: string): Promise<WrittenPiece> {
    const piece = await this.#options.database.written.get(id);
    if (!piece) throw new AppError('not-found', 'This piece was deleted.', { hint: 'Write it anew.' });
    return piece;
  }
}

function passagesOf(documents: readonly SourceDocument[]): Passage[] {
  return documents.flatMap(({ chunks }) => chunks.map(({ hit }) => ({ hit, parts: [hit] })));
}

/** Of a piece that no model writes. */
const quotedSource = { kind: 'extractive', model: null, host: null, retrieval: 'text', note: null } as const;

function isQuoted({ source }: WrittenPiece): boolean {
  return source?.kind === 'extractive';
}

/** The documents' own sentences, headings and rows. */
async function* quoted(
  { kind }: Pick<WrittenPiece, 'kind'>,
  documents: readonly SourceDocument[],
  locate: Locate | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamPartBody> {
  if (kind === 'prompt') throw noModel();
  yield { type: 'progress', progress: { stage: 'reading', done: 0, total: 1 } };
  const blocks = await inSlices(extractPiece(kind, documents), signal);
  yield { type: 'progress', progress: { stage: 'writing', done: 0, total: 1 } };
  yield { type: 'source', source: quotedSource };
  yield { type: 'text-start' };
  let number = 0;
  for (const { before, quote, after } of blocks) {
    if (!quote) {
      yield { type: 'text-delta', text: before + after };
      continue;
    }
    number += 1;
    yield { type: 'citation', citation: await citeHit(number, quote.hit, [quote], locate) };
    yield { type: 'text-delta', text: `${before}[${number}]${after}` };
  }
  yield { type: 'text-end' };
  yield { type: 'progress', progress: { stage: 'writing', done: 1, total: 1 } };
}

function noModel(): AppError {
  return new AppError('provider-not-configured', 'A prompt of your own needs a model, and none is set up.', {
    hint: 'Choose one in Settings under Answers.',
  });
}
