/** What is said about a budget: how much of it is gone, whose limit holds, when it begins anew. Pure. */
import type { Budget, LimitInForce } from '../../shared/usage.ts';
import { moneyText, tokenCount } from './amounts.ts';

/** From this part of a budget on it is warned of. */
export const warningPart = 0.8;

export interface BudgetMeter {
  readonly kind: 'cost' | 'tokens';
  /** `Money`. */
  readonly name: string;
  /** `$3.20`, with what is reserved. */
  readonly used: string;
  readonly limit: string;
  /** Of what is used; null when nothing is. */
  readonly reserved: string | null;
  /** 0 to 1, not more. */
  readonly part: number;
  /** Whole; may exceed 100. */
  readonly percentage: number;
  readonly level: 'ok' | 'warning' | 'exceeded';
  readonly by: LimitInForce['by'];
}

/** The budgets that there are, money first. */
export function metersOf({ spent, reserved, monthlyCost, monthlyTokens }: Budget): readonly BudgetMeter[] {
  return [
    ...(monthlyCost ? [meterOf('cost', spent.cost, reserved.cost, monthlyCost)] : []),
    ...(monthlyTokens ? [meterOf('tokens', spent.tokens, reserved.tokens, monthlyTokens)] : []),
  ];
}

function meterOf(kind: BudgetMeter['kind'], spent: number, reserved: number, limit: LimitInForce): BudgetMeter {
  const text = kind === 'cost' ? moneyText : tokenCount;
  const used = spent + reserved;
  // Of a limit of nothing, everything is gone.
  const part = limit.value > 0 ? used / limit.value : 1;
  return {
    kind,
    name: kind === 'cost' ? 'Money' : 'Tokens',
    used: text(used),
    limit: text(limit.value),
    reserved: reserved > 0 ? text(reserved) : null,
    part: Math.min(1, part),
    percentage: Math.floor(part * 100 + 1e-9),
    level: part >= 1 ? 'exceeded' : part >= warningPart ? 'warning' : 'ok',
    by: limit.by,
  };
}

/** `November 2026`. */
export function monthText(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { month: 'long', year: 'numeric' });
}

/** `1 December`, as in “until 1 December”. */
export function dateText(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}
