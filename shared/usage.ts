/**
 * What models were asked, what that cost, and what limits it. Values only.
 * Money is US dollars, an estimate by list price; times are milliseconds since the epoch.
 */
import type { Limits } from './accounts.ts';

/**
 * What a model was asked for: an answer, a follow-up put in full (`rewrite`), a part of a written piece, vectors of
 * documents (`embedding`) or of a question, or whether the server works (`test`).
 */
export type CallKind = 'answer' | 'rewrite' | 'piece' | 'embedding' | 'question' | 'test';

/** `interrupted`: Quire ended while it ran, so that what it took is not known and its reservation counts instead. */
export type CallOutcome = 'running' | 'complete' | 'failed' | 'stopped' | 'interrupted';

export const usageGroupings = ['day', 'model', 'kind', 'document'] as const;
export type UsageGrouping = (typeof usageGroupings)[number];

/** What some calls took together. */
export interface UsageFigures {
  readonly calls: number;
  /** Of a call that runs or was interrupted: what was reserved for it. Shares of a document may be broken numbers. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the calls whose price is known; null when that is none of them. Calls to this computer cost 0. */
  readonly cost: number | null;
  /** True when a cost is told that lacks calls without a known price. */
  readonly isCostPartial: boolean;
  /** True when tokens of any of them were estimated because the server told none. */
  readonly isEstimated: boolean;
}

export interface UsageRow extends UsageFigures {
  /** Unique among the rows: the day as 2026-11-21, model and host, the kind, or the document's id. */
  readonly key: string;
  /** For people: the day as 2026-11-21, the model's name, the kind as `CallKind`, the document's title. Empty for `none`. */
  readonly label: string;
  /** The model's host; null for other groupings. */
  readonly host: string | null;
  /** Of documents: those that were deleted since together, and calls about no document (a test, a question's vector). */
  readonly special: 'deleted' | 'none' | null;
}

export interface UsageSummary {
  readonly by: UsageGrouping;
  /** Days in order, without those on which nothing was asked; else the one that took most tokens first. */
  readonly rows: readonly UsageRow[];
  /** Each call once. */
  readonly total: UsageFigures;
}

/** One call of a model. */
export interface UsageCall {
  readonly id: number;
  readonly createdAt: number;
  readonly kind: CallKind;
  readonly host: string;
  readonly model: string;
  /** It went to a server on this computer. */
  readonly isLocal: boolean;
  /** What was reserved for it while it runs, and for good when it was interrupted. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly isEstimated: boolean;
  /** Null when no price is known. */
  readonly cost: number | null;
  /** Milliseconds; null while it runs, and when it was interrupted. */
  readonly duration: number | null;
  readonly outcome: CallOutcome;
  /** Null when there was none, or when it was deleted since. */
  readonly conversationId: string | null;
  readonly conversationTitle: string | null;
  readonly messageId: string | null;
  readonly pieceId: string | null;
  readonly pieceTitle: string | null;
  /** Documents whose passages were sent and that are still there. */
  readonly documents: readonly { readonly id: string; readonly title: string }[];
  /** Those that were deleted since. */
  readonly deletedDocuments: number;
}

export interface UsageCallPage {
  /** Newest first. */
  readonly calls: readonly UsageCall[];
  /** All in the time that was asked for. */
  readonly total: number;
}

/** A limit in force: the tighter one of the account's own and the administrator's. */
export interface LimitInForce {
  readonly value: number;
  readonly by: 'own' | 'administrator';
}

/** Of this calendar month, by the computer's clock. */
export interface Budget {
  readonly monthStart: number;
  /** The first moment of the next month: when the budget is whole again. */
  readonly resetsAt: number;
  /**
   * Of calls that ended. Those to this computer cost nothing, and count in tokens where `countsLocal`. With a budget of
   * the administrator's in money each costs what the built-in list says, at least, whatever the person's own price is.
   */
  readonly spent: { readonly cost: number; readonly tokens: number };
  /** Of calls that run, or that a crash interrupted. */
  readonly reserved: { readonly cost: number; readonly tokens: number };
  /** Calls of this month whose price is not known: they are not in `cost`, and a budget in money does not stop them. */
  readonly callsWithoutPrice: number;
  readonly own: Limits;
  readonly administrator: Limits;
  readonly monthlyCost: LimitInForce | null;
  readonly monthlyTokens: LimitInForce | null;
  readonly requestsPerMinute: LimitInForce | null;
  /** Whether calls to servers on this computer count in tokens and requests. */
  readonly countsLocal: boolean;
  /** Spent and reserved of the budget, the fuller one where there are two; null without one. May exceed 100. */
  readonly percentage: number | null;
  /** `warning` from 80 %, `exceeded` from 100 %, or when what is left has no room for an answer. */
  readonly level: BudgetLevel;
}

export type BudgetLevel = 'unlimited' | 'ok' | 'warning' | 'exceeded';

/** What the status bar tells of the budget. */
export interface BudgetNotice {
  readonly level: 'warning' | 'exceeded';
  readonly percentage: number;
  readonly resetsAt: number;
  /** For people: what is used up and until when. */
  readonly note: string;
}

/** What a model costs: US dollars for a million tokens. */
export interface ModelPrice {
  /** With the port, when it is not the scheme's own: `api.openai.com`. */
  readonly host: string;
  /** Its dated versions (`gpt-5-2025-08-07`) cost the same, unless they have a row of their own. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

export interface PriceTable {
  /** The day of the built-in list. */
  readonly asOf: string;
  readonly builtIn: readonly ModelPrice[];
  /** The person's own; where both have a model, these hold. */
  readonly own: readonly ModelPrice[];
  /** The administrator has a budget in money: calls count in it by the built-in list, at least. */
  readonly isListLeast: boolean;
  /** Models that were asked and whose price is not known. */
  readonly unpriced: readonly { readonly host: string; readonly model: string }[];
}
