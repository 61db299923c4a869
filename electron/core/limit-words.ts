/** What is said when a limit holds a call back, and when a budget comes to its end. Pure. */
import { describeSeconds } from '../adapters/openai-client.ts';
import type { Reservation } from '../db/model-call-types.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { Budget, BudgetNotice, CallKind, LimitInForce } from '../../shared/usage.ts';

/** Part of a budget that is left when it counts as used up: less than a call takes. */
const nothingLeft = 0.005;

export type Refusal = Exclude<Reservation, { readonly outcome: 'reserved' }>;

/** The error of a call that was not made: why, until when, and the way out. */
export function refusalError(refusal: Refusal, kind: CallKind): AppError {
  const { inForce } = refusal;
  const isOwn = inForce.by === 'own';
  if (refusal.outcome === 'too-many') {
    const requests = inForce.value === 1 ? '1 request' : `${inForce.value.toLocaleString('en')} requests`;
    const next = describeSeconds(refusal.wait / 1_000);
    return new AppError(
      'too-many-requests',
      `The limit of ${requests} a minute to models is reached; the next one can be made in ${next}.`,
      {
        hint: isOwn
          ? 'Wait, or raise the limit in Settings under Usage and limits.'
          : 'Wait, or ask this computer’s administrator for more.',
        retryable: true,
      },
    );
  }
  const { limit, used, resetsAt } = refusal;
  const budget = budgetText(limit, inForce);
  const date = dateText(resetsAt);
  const isUsedUp = used >= inForce.value * (1 - nothingLeft);
  const message = isUsedUp
    ? `This month’s budget for models, ${budget}, is used up until ${date}.`
    : `What is left of this month’s budget for models, ${budget}, is too little for this; it begins anew on ${date}.`;
  const raise = isOwn ? 'Raise it in Settings under Usage and limits' : 'Ask this computer’s administrator for more';
  const without = kind === 'piece' ? ' Quoted instead of written, a piece needs no model.' : '';
  return new AppError('budget-exceeded', message, { hint: `${raise}, or wait until then.${without}` });
}

/**
 * What the administrator allows could not be read: nobody knows whether a model may be asked, so none is.
 * Answers quote the documents then, and vectors are tried again.
 */
export function limitsUnknown(thrown: unknown): AppError {
  const { message, hint } = toAppError(thrown);
  return new AppError(
    'limits-unknown',
    `No model was asked, because what this computer’s administrator allows cannot be read. ${message}`,
    { hint: hint || 'Try again in a moment.', retryable: true, cause: thrown },
  );
}

/** What the status bar tells; null below the warning. */
export function budgetNotice(budget: Budget): BudgetNotice | null {
  const { level, percentage, resetsAt } = budget;
  if (percentage === null || (level !== 'warning' && level !== 'exceeded')) return null;
  const rounded = Math.floor(percentage);
  const note =
    level === 'warning'
      ? `${rounded} % of this month’s budget for models, ${fullerOf(budget)}, is used; it begins anew on ${dateText(resetsAt)}.`
      : `${exceededText(budget, percentage)} Answers quote the documents until then.`;
  return { level, percentage: rounded, resetsAt, note };
}

function exceededText(budget: Budget, percentage: number): string {
  const date = dateText(budget.resetsAt);
  return percentage < 100
    ? `What is left of this month’s budget for models is too little for an answer; it begins anew on ${date}.`
    : `This month’s budget for models, ${fullerOf(budget)}, is used up until ${date}.`;
}

function fullerOf({ monthlyCost, monthlyTokens, spent, reserved }: Budget): string {
  const part = (limit: LimitInForce | null, name: 'cost' | 'tokens'): number =>
    limit ? (spent[name] + reserved[name]) / Math.max(limit.value, Number.EPSILON) : -1;
  const isMoney = part(monthlyCost, 'cost') >= part(monthlyTokens, 'tokens');
  const [name, limit] = isMoney ? (['monthlyCost', monthlyCost] as const) : (['monthlyTokens', monthlyTokens] as const);
  return limit ? budgetText(name, limit) : '';
}

function budgetText(name: 'monthlyCost' | 'monthlyTokens', { value, by }: LimitInForce): string {
  const amount = name === 'monthlyCost' ? `$${value.toFixed(2)}` : `${value.toLocaleString('en')} tokens`;
  return by === 'own' ? amount : `${amount} by this computer’s administrator`;
}

/** `1 December`. */
function dateText(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}
