/** The account's ledger as it is shown, its limits and its prices. */
import type { Database } from '../db/database.ts';
import type { UsageSpan } from '../db/model-call-types.ts';
import {
  isTooLittle,
  limitsInForce,
  monthOf,
  OWN_LIMITS,
  OWN_PRICES,
  percentageOf,
  readOwnLimits,
  readOwnPrices,
  type LimitsInForce,
  type OwnLimits,
} from '../pipeline/limits.ts';
import { builtInPrices, costOf, countedPrice, pricesAsOf, type CostOf, type Price } from '../pipeline/prices.ts';
import type { Limits } from '../../shared/accounts.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import type {
  Budget,
  BudgetLevel,
  BudgetNotice,
  ModelPrice,
  PriceTable,
  UsageCallPage,
  UsageGrouping,
  UsageSummary,
} from '../../shared/usage.ts';
import { budgetNotice } from './limit-words.ts';

export interface UsageOptions {
  readonly database: Pick<Database, 'modelCalls' | 'settings'>;
  readonly administratorLimits: () => Promise<Limits>;
  /** What the status bar tells of the budget; null when there is nothing to tell. */
  readonly announce: (notice: BudgetNotice | null) => void;
  /** The person's own limits are others now: what rested may go on. */
  readonly onLimitsChange: () => void;
  readonly onError: (error: AppError) => void;
}

/** In the settings: the first moment of the month whose warning was dismissed. */
const DISMISSED = 'budget-warning-dismissed';

/** Percent from which on it is warned, and at which nothing more is asked. */
const warningAt = 80;
const exceededAt = 100;

/** Calls among which the last answer is looked for. */
const lastCalls = 20;

/** Milliseconds that changes are gathered. */
const LOOK_AFTER = 200;
/** Milliseconds until a notice is looked at again, at most: the month may be over. */
const LOOK_AGAIN = 3_600_000;

export class Usage {
  readonly #options: UsageOptions;
  #prices: readonly ModelPrice[] = [];
  #looking: Promise<void> = Promise.resolve();
  #due: NodeJS.Timeout | null = null;
  #again: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: UsageOptions) {
    this.#options = options;
  }

  /** Reads the person's own prices. */
  async load(): Promise<void> {
    this.#prices = readOwnPrices(await this.#options.database.settings.get(OWN_PRICES));
  }

  /** By the list and the person's own prices. */
  readonly costOf: CostOf = (request) => costOf(request, this.#prices);

  summary(span: UsageSpan, by: UsageGrouping): Promise<UsageSummary> {
    return this.#options.database.modelCalls.summary(span, by);
  }

  calls(span: UsageSpan, page: { readonly limit: number; readonly offset: number }): Promise<UsageCallPage> {
    return this.#options.database.modelCalls.list(span, page);
  }

  async budget(): Promise<Budget> {
    const month = monthOf(Date.now());
    const { limits: own, countsLocal, administrator, inForce } = await this.#limits();
    const { spent, reserved, callsWithoutPrice } = await this.#options.database.modelCalls.spending(
      { from: month.start, to: month.end },
      countsLocal,
      administrator.monthlyCost !== null,
    );
    const used = { cost: spent.cost + reserved.cost, tokens: spent.tokens + reserved.tokens };
    const percentage = percentageOf(used, inForce);
    const price = inForce.monthlyCost
      ? await this.#answerPrice({ from: month.start, to: month.end }, administrator.monthlyCost !== null)
      : null;
    return {
      ...{ monthStart: month.start, resetsAt: month.end, spent, reserved, callsWithoutPrice, own, administrator },
      ...inForce,
      countsLocal,
      percentage,
      level: levelOf(percentage, isTooLittle(used, inForce, price)),
    };
  }

  async setLimits(limits: Limits, countsLocal: boolean): Promise<Budget> {
    const { monthlyCost, monthlyTokens, requestsPerMinute } = limits;
    await this.#options.database.settings.set(OWN_LIMITS, {
      limits: { monthlyCost, monthlyTokens, requestsPerMinute },
      countsLocal,
    });
    this.changed();
    this.#options.onLimitsChange();
    return this.budget();
  }

  /** The warning is not shown again this month. */
  async dismissWarning(): Promise<void> {
    await this.#options.database.settings.set(DISMISSED, monthOf(Date.now()).start);
    this.changed();
  }

  async prices(): Promise<PriceTable> {
    const { database, administratorLimits } = this.#options;
    const [unpriced, administrator] = await Promise.all([database.modelCalls.unpriced(), administratorLimits()]);
    const isListLeast = administrator.monthlyCost !== null;
    return { asOf: pricesAsOf, builtIn: builtInPrices, own: this.#prices, isListLeast, unpriced };
  }

  /** One row for a host and a model: the last one holds. */
  async setPrices(prices: readonly ModelPrice[]): Promise<PriceTable> {
    const rows = [...new Map(prices.map((price) => [`${price.host} ${price.model}`, price])).values()];
    await this.#options.database.modelCalls.setPrices(rows);
    this.#prices = rows;
    this.changed();
    return this.prices();
  }

  /** What is spent has changed: looks at the budget soon, once for all that changes meanwhile. */
  changed(): void {
    if (this.#closed) return;
    this.#due ??= setTimeout(() => {
      this.#due = null;
      this.#looking = this.#looking
        .then(() => this.#look())
        .catch((error: unknown) => this.#options.onError(toAppError(error)));
    }, LOOK_AFTER);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of [this.#due, this.#again]) if (timer) clearTimeout(timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const { announce } = this.#options;
    if (this.#again) clearTimeout(this.#again);
    this.#again = null;
    const { monthlyCost, monthlyTokens } = (await this.#limits()).inForce;
    // Without a budget there is nothing to add up.
    const notice = monthlyCost || monthlyTokens ? await this.#notice() : null;
    announce(notice);
    if (!notice || this.#closed) return;
    this.#again = setTimeout(() => this.changed(), LOOK_AGAIN);
    this.#again.unref();
  }

  async #notice(): Promise<BudgetNotice | null> {
    const budget = await this.budget();
    const notice = budgetNotice(budget);
    if (notice?.level !== 'warning') return notice;
    return (await this.#options.database.settings.get(DISMISSED)) === budget.monthStart ? null : notice;
  }

  /** Of the model that answered last; null when none did, or nobody knows its price. */
  async #answerPrice(span: UsageSpan, byAdministrator: boolean): Promise<Price | null> {
    const { calls } = await this.#options.database.modelCalls.list(span, { limit: lastCalls, offset: 0 });
    const last = calls.find(({ kind }) => kind === 'answer');
    if (!last) return null;
    return countedPrice({ host: last.host, model: last.model, local: last.isLocal }, this.#prices, byAdministrator);
  }

  async #limits(): Promise<OwnLimits & { readonly administrator: Limits; readonly inForce: LimitsInForce }> {
    const { database, administratorLimits } = this.#options;
    const [stored, administrator] = await Promise.all([database.settings.get(OWN_LIMITS), administratorLimits()]);
    const own = readOwnLimits(stored);
    return { ...own, administrator, inForce: limitsInForce(own.limits, administrator) };
  }
}

function levelOf(percentage: number | null, isTooLittleLeft: boolean): BudgetLevel {
  if (percentage === null) return 'unlimited';
  if (percentage >= exceededAt || isTooLittleLeft) return 'exceeded';
  return percentage >= warningAt ? 'warning' : 'ok';
}
