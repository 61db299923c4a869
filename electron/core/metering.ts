/**
 * The one way to a provider: every request is reserved in the ledger before it is made, within the limits of the account,
 * and settled when it ended. What a killed process left unsettled keeps counting as what was reserved for it.
 */
import { delay, isLoopback } from '../adapters/openai-client.ts';
import type { Database } from '../db/database.ts';
import type { Reservation } from '../db/model-call-types.ts';
import {
  callOwner,
  type MeteredRequest,
  type OpenRequest,
  type RequestEnd,
  type RequestMeter,
} from '../pipeline/ports/request-meter.ts';
import type { Limits } from '../../shared/accounts.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import type { CallKind } from '../../shared/usage.ts';
import { refusalError } from './limit-words.ts';

export interface MeteringOptions {
  readonly database: Pick<Database, 'modelCalls'>;
  readonly accountId: string;
  readonly administratorLimits: () => Promise<Limits>;
  /** What is spent or reserved has changed. */
  readonly onChange: () => void;
  readonly onError: (error: AppError) => void;
}

/** Nobody waits for these: they take their turn when one comes. */
const canWait: ReadonlySet<CallKind> = new Set(['embedding', 'piece']);

/** Milliseconds that is waited at once: a limit that was raised meanwhile is seen. */
const longestWait = 5_000;

type Held = Extract<Reservation, { readonly outcome: 'reserved' }>;

export class Metering implements RequestMeter {
  readonly #options: MeteringOptions;
  readonly #settling = new Set<Promise<void>>();

  constructor(options: MeteringOptions) {
    this.#options = options;
  }

  async begin(request: MeteredRequest): Promise<OpenRequest> {
    const { id, maxTokens } = await this.#reserve(request);
    const begun = performance.now();
    this.#options.onChange();
    return {
      maxTokens,
      end: (result) => {
        const settling = this.#settle(id, request, result, performance.now() - begun);
        this.#settling.add(settling);
        return settling.finally(() => this.#settling.delete(settling));
      },
    };
  }

  /** Resolves when all that ended is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  async #reserve({ kind, host, model, documentIds, promptTokens, signal }: MeteredRequest): Promise<Held> {
    const { database, accountId, administratorLimits } = this.#options;
    const { conversationId = null, messageId = null, pieceId = null } = callOwner.getStore() ?? {};
    for (;;) {
      const call = {
        ...{ account: accountId, createdAt: Date.now(), kind, host, model, isLocal: isLoopback(`http://${host}`) },
        ...{ conversationId, messageId, pieceId, documentIds, promptTokens, canWait: canWait.has(kind) },
      };
      const reservation = await database.modelCalls.reserve(call, await administratorLimits());
      if (reservation.outcome === 'reserved') return reservation;
      if (reservation.outcome === 'over-budget') this.#options.onChange();
      if (reservation.outcome === 'over-budget' || !call.canWait) throw refusalError(reservation, kind);
      await delay(Math.min(reservation.wait, longestWait), signal);
    }
  }

  async #settle(
    id: number,
    { promptTokens }: MeteredRequest,
    { outcome, usage, receivedTokens, isUnserved }: RequestEnd,
    duration: number,
  ): Promise<void> {
    const { database, onChange, onError } = this.#options;
    const prompt = counted(usage?.inputTokens, isUnserved ? 0 : promptTokens);
    const completion = counted(usage?.outputTokens, receivedTokens);
    try {
      await database.modelCalls.settle(id, {
        outcome,
        promptTokens: prompt.count,
        completionTokens: completion.count,
        isEstimated: prompt.isEstimated || completion.isEstimated,
        duration: Math.round(duration),
      });
    } catch (thrown) {
      // It stays as what was reserved for it, which is not less.
      onError(toAppError(thrown));
    }
    onChange();
  }
}

/** A server's own count, where it makes sense; some tell none, or nothing but noughts. */
function counted(
  told: number | undefined,
  estimate: number,
): { readonly count: number; readonly isEstimated: boolean } {
  if (told !== undefined && Number.isFinite(told) && told > 0) return { count: Math.round(told), isEstimated: false };
  return { count: estimate, isEstimated: estimate > 0 };
}
