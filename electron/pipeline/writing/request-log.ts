/**
 * What was sent for a piece, request by request: where to, how much, what it took. Several run at once, so that each has
 * an entry of its own.
 */
import type { TokenUsage } from '../../../shared/domain.ts';
import type { PromptMessage, RequestPurpose, SentRequest } from '../../../shared/trace.ts';
import type { BytesSentListener } from '../ports/chat-model.ts';
import type { CostOf } from '../prices.ts';
import { countPromptTokens } from '../prompt.ts';

export interface LoggedRequest {
  /** To be told of the bytes that go out for it. */
  readonly bytesSent: BytesSentListener;
  readonly usage: (usage: TokenUsage) => void;
  readonly received: (text: string) => void;
  readonly unreachable: () => void;
}

type Sent = Parameters<BytesSentListener>[0];

interface Entry {
  readonly purpose: RequestPurpose;
  readonly promptTokens: number;
  sent: Sent | null;
  bytes: number;
  usage: TokenUsage | null;
  received: number;
  delivered: boolean;
}

export class RequestLog {
  readonly #isLocal: (host: string) => boolean;
  readonly #costOf: CostOf;
  readonly #earlier: readonly SentRequest[];
  readonly #entries: Entry[] = [];

  /** @param isLocal Whether a host is this computer. @param earlier Of the times before this one. */
  constructor(isLocal: (host: string) => boolean, costOf: CostOf, earlier: readonly SentRequest[] = []) {
    this.#isLocal = isLocal;
    this.#costOf = costOf;
    this.#earlier = earlier;
  }

  begin(purpose: RequestPurpose, messages: readonly PromptMessage[]): LoggedRequest {
    const promptTokens = messages.reduce((sum, { content }) => sum + countPromptTokens(content), 0);
    const entry: Entry = { purpose, promptTokens, sent: null, bytes: 0, usage: null, received: 0, delivered: true };
    this.#entries.push(entry);
    return {
      bytesSent: (sent) => {
        entry.sent = sent;
        // One that is tried again goes out again.
        entry.bytes += sent.bytes;
      },
      usage: (usage) => (entry.usage = usage),
      received: (text) => (entry.received += text.length),
      unreachable: () => (entry.delivered = false),
    };
  }

  /** Of all requests that went out, the earlier ones first. */
  list(): SentRequest[] {
    const now = this.#entries.flatMap((entry): SentRequest[] => {
      const { purpose, sent, bytes, usage, received, delivered, promptTokens } = entry;
      if (!sent) return [];
      const request = {
        purpose,
        host: sent.host,
        model: sent.model,
        local: this.#isLocal(sent.host),
        bytes,
        delivered,
        inputTokens: usage?.inputTokens ?? promptTokens,
        outputTokens: usage?.outputTokens ?? countPromptTokens(' '.repeat(received)),
        reported: usage !== null,
      };
      return [{ ...request, cost: delivered ? this.#costOf(request) : 0 }];
    });
    return [...this.#earlier, ...now];
  }

  /** Null when nothing was delivered. */
  usage(): TokenUsage | null {
    const delivered = this.list().filter((request) => request.delivered);
    if (delivered.length === 0) return null;
    return {
      inputTokens: delivered.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      outputTokens: delivered.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    };
  }
}
