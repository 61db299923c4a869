/** What a question needs of the rest: its vector, the passages, the exact place of a quote, the name of its scope. */
import type { Database } from '../db/database.ts';
import type { AnswerPorts, RetrievalOptions } from '../pipeline/answer-types.ts';
import { quotePlace } from '../pipeline/chunk-text.ts';
import type { ChatModel } from '../pipeline/ports/chat-model.ts';
import type { Embedder } from '../pipeline/ports/embedder.ts';
import type { SentenceChecker } from '../pipeline/ports/sentence-checker.ts';
import { allDocuments } from '../pipeline/extractive.ts';
import { widenHits, withPages } from '../pipeline/retrieve-widen.ts';
import { planSearch } from '../pipeline/query-plan.ts';
import { questionVector, retrieve, type QueryVector, type Retrieval } from '../pipeline/retrieve.ts';
import type { RetrievalMode } from '../../shared/domain.ts';
import { toAppError } from '../../shared/errors.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { Embedders } from './embedders.ts';

export interface QuestionsOptions {
  readonly database: Database;
  readonly embedders: Embedders;
  readonly checker: SentenceChecker;
  /** Has what a question is about here before it is searched. */
  readonly elsewhere: Pick<Elsewhere, 'bring'>;
}

export interface SearchOptions extends RetrievalOptions {
  readonly mode?: RetrievalMode;
}

export class Questions {
  readonly #database: Database;
  readonly #embedders: Embedders;
  readonly #checker: SentenceChecker;
  readonly #elsewhere: Pick<Elsewhere, 'bring'>;

  constructor({ database, embedders, checker, elsewhere }: QuestionsOptions) {
    this.#database = database;
    this.#embedders = embedders;
    this.#checker = checker;
    this.#elsewhere = elsewhere;
  }

  /**
   * Both arms where the embedder works; else by words alone, with a note that says why. Documents whose text is on the
   * server are brought first, as far as they come in time; the note tells of the others.
   */
  async retrieve(question: string, options: SearchOptions): Promise<Retrieval> {
    const { documentIds, k, mode = 'hybrid', signal } = options;
    const { vector, note } = mode === 'text' ? { vector: null, note: null } : await this.#embed(question, signal);
    const away = await this.#elsewhere.bring({ documentIds, queryVector: vector, signal });
    const found = await retrieve(this.#database, question, { documents: documentIds, k, mode, queryVector: vector });
    const notes = [note ?? found.note, away].filter((each) => each !== null);
    return { ...found, note: notes.length > 0 ? notes.join(' ') : null };
  }

  /** What the answer stage needs to answer now. */
  async answerPorts(chatModel: ChatModel | null): Promise<AnswerPorts> {
    // Without one the words decide; retrieval asks for it again, and its note says why there is none.
    const embedder = await this.#embedder().catch(() => null);
    return {
      chatModel,
      embedder,
      checker: this.#checker,
      retrieve: (question, options) => this.retrieve(question, options),
      widen: (hits, tokenBudget) => widenHits(this.#database, hits, tokenBudget),
      withPages: (hits) => withPages(this.#database, hits),
      isDoubtful: (documentId, page) => this.#database.recognition.doubtful(documentId, page),
      locate: async (hit, start, end) => {
        const [chunk] = await this.#database.chunks.get([hit.chunkId]);
        if (!chunk) return { boxes: hit.boxes, ranges: [] };
        const pages = await this.#database.pages.read(chunk.documentId, chunk.page, chunk.pageEnd);
        // They come after the passages from another computer: until then the whole passage is shown.
        if (pages.length === 0) return { boxes: hit.boxes, ranges: hit.boxes.length > 0 ? [] : chunk.ranges };
        return quotePlace(pages, chunk.ranges, start, end);
      },
    };
  }

  /** What “I found nothing about this in …” ends with. */
  async scopeName(documentIds: readonly string[]): Promise<string> {
    if (documentIds.length === 0) return allDocuments;
    const [only] = documentIds;
    if (documentIds.length > 1 || !only) return `these ${documentIds.length} documents`;
    const document = await this.#database.documents.get(only);
    return document ? `“${document.title}”` : 'this document';
  }

  #embedder(): Promise<Embedder | null> {
    return this.#embedders.forQuestions();
  }

  async #embed(
    question: string,
    signal: AbortSignal | undefined,
  ): Promise<{ vector: QueryVector | null; note: string | null }> {
    try {
      const embedder = await this.#embedder();
      if (!embedder) return { vector: null, note: 'Searched by words only: the vectors are still being made.' };
      const { texts } = planSearch(question);
      const vectors = await embedder.embed(texts, { priority: 'interactive', ...(signal ? { signal } : {}) });
      const vector = questionVector(vectors);
      return { vector: vector ? { vector, fingerprint: embedder.fingerprint } : null, note: null };
    } catch (error) {
      const { code, message } = toAppError(error);
      if (code === 'cancelled') throw error;
      return { vector: null, note: `Searched by words only. ${message}` };
    }
  }
}
