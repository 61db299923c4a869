/**
 * The port through which every request to a model is weighed before it is made and written down when it ended. Adapters
 * of providers ask it; `core/metering.ts` has the rules.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TokenUsage } from '../../../shared/domain.ts';
import type { CallKind } from '../../../shared/usage.ts';

/** What a request is for, as whoever makes it knows. */
export interface CallPurpose {
  readonly kind: CallKind;
  /** Documents whose text is sent. */
  readonly documentIds: readonly string[];
}

/** What the work is on in which requests are made. */
export interface CallOwner {
  readonly conversationId?: string;
  readonly messageId?: string;
  readonly pieceId?: string;
}

/**
 * Whose work goes on in this chain of calls. As with `outgoing`: adapters are shared, so that nothing else could tell.
 */
export const callOwner = new AsyncLocalStorage<CallOwner>();

export interface MeteredRequest extends CallPurpose {
  readonly host: string;
  readonly model: string;
  /** Estimated, rather too many. */
  readonly promptTokens: number;
  /** Ends a wait for its turn. */
  readonly signal?: AbortSignal;
}

export interface RequestEnd {
  readonly outcome: 'complete' | 'failed' | 'stopped';
  /** As the server told it; null when it did not. */
  readonly usage: TokenUsage | null;
  /** Estimated, of what came. */
  readonly receivedTokens: number;
  /** The server did nothing for it: it was not reached, or it refused. */
  readonly isUnserved: boolean;
}

export interface OpenRequest {
  /** Tokens after which the answer has to be ended; null when nothing holds it. */
  readonly maxTokens: number | null;
  /** Told once, whatever became of it. Never rejects. */
  end(result: RequestEnd): Promise<void>;
}

export interface RequestMeter {
  /**
   * To be awaited before the request is made. Rejects with `budget-exceeded`, `too-many-requests`, `limits-unknown` or
   * `cancelled`, and with what the database throws: then it must not be made.
   */
  begin(request: MeteredRequest): Promise<OpenRequest>;
}
