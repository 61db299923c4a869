/**
 * Records how an answer is made while it is made: what was searched, considered, sent, and how long it took.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Message, TokenUsage } from '../../shared/domain.ts';
import type { NewTrace, PromptMessage, RequestPurpose, SentRequest, TracedPassage } from '../../shared/trace.ts';
import type { Considered, Passage, Retrieved } from './answer-types.ts';
import type { BytesSentListener } from './ports/chat-model.ts';
import type { CostOf } from './prices.ts';
import { countPromptTokens } from './prompt.ts';

/**
 * Who is told of the bytes that go out for the answer that is being made in this chain of calls. A request goes through
 * adapters that several questions share, so that nothing else could tell whose it is.
 */
export const outgoing = new AsyncLocalStorage<BytesSentListener>();

type Sent = Parameters<BytesSentListener>[0];
type OpenRequest = Sent & { purpose: RequestPurpose; local: boolean; delivered: boolean; usage: TokenUsage | null };

/** Told by the answer stage as it goes on; `finish` makes the trace of it. */
export class TraceRecorder {
  readonly #begun: number;
  readonly #clock: () => number;
  readonly #isLocal: (host: string) => boolean;
  readonly #costOf: CostOf;
  #purpose: RequestPurpose = 'search';
  #searched = '';
  #found: Retrieved | null = null;
  #prompt: readonly PromptMessage[] | null = null;
  #sent: readonly Passage[] = [];
  #firstText: number | null = null;
  readonly #requests: OpenRequest[] = [];

  /** @param isLocal Whether a host is this computer. @param clock Milliseconds. */
  constructor(isLocal: (host: string) => boolean, costOf: CostOf, clock: () => number = () => performance.now()) {
    this.#isLocal = isLocal;
    this.#costOf = costOf;
    this.#clock = clock;
    this.#begun = clock();
  }

  /** What the next requests are for. */
  begin(purpose: RequestPurpose): void {
    this.#purpose = purpose;
  }

  readonly bytesSent: BytesSentListener = (sent) => {
    this.#requests.push({
      ...sent,
      purpose: this.#purpose,
      local: this.#isLocal(sent.host),
      delivered: true,
      usage: null,
    });
  };

  /** What the server says that its last request took. */
  usage(usage: TokenUsage): void {
    const last = this.#requests.at(-1);
    if (last) last.usage = usage;
  }

  /** The server of the last request could not be reached. */
  unreachable(): void {
    const last = this.#requests.at(-1);
    if (last) last.delivered = false;
  }

  searched(question: string, found: Retrieved): void {
    this.#searched = question;
    this.#found = found;
  }

  prompted(messages: readonly PromptMessage[], passages: readonly Passage[]): void {
    this.#prompt = messages;
    this.#sent = passages;
  }

  /** The answer's first word came. */
  text(): void {
    this.#firstText ??= this.#clock() - this.#begun;
  }

  /** Null when nothing was searched yet. */
  finish(message: Pick<Message, 'text' | 'citations'>): NewTrace | null {
    if (!this.#found) return null;
    const requests = this.#requests.map((request) => this.#close(request, message.text));
    const costs = requests.filter(({ delivered }) => delivered).map(({ cost }) => cost);
    return {
      facts: {
        searched: this.#searched,
        retrieval: this.#found.mode,
        requests,
        firstText: this.#firstText === null ? null : Math.round(this.#firstText),
        total: Math.round(this.#clock() - this.#begun),
        cost: costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
      },
      passages: this.#passages(this.#found, message),
      prompt: this.#prompt,
    };
  }

  #close({ usage, ...request }: OpenRequest, answer: string): SentRequest {
    const isAnswer = request.purpose === 'answer';
    const sentText =
      isAnswer && this.#prompt ? this.#prompt.reduce((sum, { content }) => sum + content.length, 0) : null;
    const tokens = {
      inputTokens: usage?.inputTokens ?? countPromptTokens(' '.repeat(sentText ?? request.bytes)),
      outputTokens: usage?.outputTokens ?? (isAnswer ? countPromptTokens(answer) : 0),
    };
    const { purpose, host, model, local, bytes, delivered } = request;
    const closed = { purpose, host, model, local, bytes, delivered, ...tokens, reported: usage !== null };
    return { ...closed, cost: delivered ? this.#costOf(closed) : 0 };
  }

  #passages(found: Retrieved, { citations }: Pick<Message, 'citations'>): TracedPassage[] {
    const sent = new Map(this.#sent.map((passage, index) => [passage.hit.chunkId, { passage, number: index + 1 }]));
    const cited = new Map(citations.map(({ chunkId, number }) => [chunkId, number]));
    const considered: readonly Considered[] = found.considered ?? found.hits;
    return considered.map((candidate, index) => {
      const { chunkId, documentId, page, textRank, bm25, vectorRank, cosine, score } = candidate;
      const prompted = sent.get(chunkId);
      const parts = prompted?.passage.parts ?? [];
      const citedPart = [chunkId, ...parts.map((part) => part.chunkId)].find((id) => cited.has(id));
      return {
        rank: index + 1,
        ...{ chunkId, documentId, page, textRank, bm25, vectorRank, cosine, score },
        sentAs: prompted?.number ?? null,
        tokens: prompted ? parts.reduce((sum, { text }) => sum + countPromptTokens(text), 0) : null,
        citedAs: citedPart === undefined ? null : (cited.get(citedPart) ?? null),
      };
    });
  }
}
