/** The ledger of model calls, as it crosses into and out of the database worker. */
import type { Limits } from '../../shared/accounts.ts';
import type {
  CallKind,
  CallOutcome,
  LimitInForce,
  ModelPrice,
  PriceTable,
  UsageCallPage,
  UsageGrouping,
  UsageSummary,
} from '../../shared/usage.ts';

/** A call that is about to be made. */
export interface NewModelCall {
  readonly account: string;
  /** Milliseconds since the epoch: now. */
  readonly createdAt: number;
  readonly kind: CallKind;
  readonly host: string;
  readonly model: string;
  /** It goes to a server on this computer. */
  readonly isLocal: boolean;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly pieceId: string | null;
  /** Whose text is sent; those that do not exist count as deleted. */
  readonly documentIds: readonly string[];
  /** Estimated, rather too many. */
  readonly promptTokens: number;
  /** Whether a turn can be waited for; others go first. */
  readonly canWait: boolean;
}

export type Reservation =
  | {
      readonly outcome: 'reserved';
      readonly id: number;
      /** Tokens after which the answer has to be ended; null when no budget holds it. */
      readonly maxTokens: number | null;
    }
  | {
      readonly outcome: 'over-budget';
      readonly limit: 'monthlyCost' | 'monthlyTokens';
      readonly inForce: LimitInForce;
      /** Spent and reserved, in the limit's unit. */
      readonly used: number;
      /** Milliseconds since the epoch. */
      readonly resetsAt: number;
    }
  | {
      readonly outcome: 'too-many';
      readonly inForce: LimitInForce;
      /** Milliseconds until the next may be made. */
      readonly wait: number;
    };

/** How a call ended. */
export interface ModelCallEnd {
  readonly outcome: Exclude<CallOutcome, 'running' | 'interrupted'>;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The server did not tell them. */
  readonly isEstimated: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

/** From `from` (inclusive) to `to` (exclusive), milliseconds. */
export interface UsageSpan {
  readonly from: number;
  readonly to: number;
}

/** What the calls of a time took. */
export interface UsageSpending {
  readonly spent: { readonly cost: number; readonly tokens: number };
  /** Of calls that run or were interrupted. */
  readonly reserved: { readonly cost: number; readonly tokens: number };
  readonly callsWithoutPrice: number;
}

export interface ModelCallStore {
  /**
   * One transaction, whoever else has the library open: asks whether the call fits in the account's own limits and the
   * administrator's, takes a request out of the bucket and writes the call with its reservation.
   */
  reserve(call: NewModelCall, administrator: Limits): Promise<Reservation>;
  /** Puts what a call took in the place of its reservation. One that was taken for interrupted is told as it ended. */
  settle(id: number, end: ModelCallEnd): Promise<void>;
  /** At start, by whoever has the library alone: what still runs was interrupted. Answers how many. */
  markInterrupted(): Promise<number>;
  /**
   * @param countsLocal Whether calls to this computer count in tokens.
   * @param byAdministrator Whether money counts as it does in an administrator's budget (`countedPrice`);
   * false when absent.
   */
  spending(span: UsageSpan, countsLocal: boolean, byAdministrator?: boolean): Promise<UsageSpending>;
  summary(span: UsageSpan, by: UsageGrouping): Promise<UsageSummary>;
  list(span: UsageSpan, page: { readonly limit: number; readonly offset: number }): Promise<UsageCallPage>;
  /** Models that were asked elsewhere and have no price, by name. */
  unpriced(): Promise<PriceTable['unpriced']>;
  /** Keeps the person's own prices; calls without a price get theirs. */
  setPrices(prices: readonly ModelPrice[]): Promise<void>;
}
