/** What models cost this month, and how much of the budget that is. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Budget } from '../../shared/usage.ts';
import { moneyText, tokenCount } from './amounts.ts';
import { dateText, metersOf, monthText, warningPart, type BudgetMeter } from './budget-words.ts';
import { classNames } from './class-names.ts';
import { countOf } from './format.ts';

export interface BudgetSummaryProps {
  readonly budget: Budget;
  /** Leads to where limits and prices are set. */
  readonly actions?: ReactNode;
}

export function BudgetSummary({ budget, actions }: BudgetSummaryProps) {
  const { monthStart, resetsAt, spent, reserved, requestsPerMinute, callsWithoutPrice, countsLocal } = budget;
  const meters = metersOf(budget);
  const notes = [
    meters.length === 0 && `No budget is set.${countsLocal ? '' : ' Models on this computer are not counted.'}`,
    requestsPerMinute && `At most ${countOf(requestsPerMinute.value, 'request')} a minute.`,
    budget.administrator.monthlyCost !== null && 'Money counts by the built-in list of prices, at least.',
    callsWithoutPrice > 0 &&
      `${countOf(callsWithoutPrice, 'call')} without a known price ${callsWithoutPrice === 1 ? 'is' : 'are'} not counted in money.`,
  ].filter((note) => typeof note === 'string');
  return (
    <section
      aria-label="This month’s budget"
      data-testid="budget"
      data-level={budget.level}
      className="@container rounded-lg border border-line px-4 py-3"
    >
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="flex-1 font-medium whitespace-nowrap">{monthText(monthStart)}</h2>
        <p className="text-label text-muted tabular">
          {meters.length > 0
            ? `Begins anew on ${dateText(resetsAt)}`
            : `${moneyText(spent.cost + reserved.cost)} · ${tokenCount(spent.tokens + reserved.tokens)} tokens`}
        </p>
      </div>
      {meters.length > 0 ? (
        <div className={classNames('mt-2 grid gap-x-8 gap-y-2.5', meters.length > 1 && '@min-[520px]:grid-cols-2')}>
          {meters.map((meter) => (
            <Meter key={meter.kind} meter={meter} />
          ))}
        </div>
      ) : null}
      {notes.length > 0 || actions ? (
        <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
          <p className="min-w-40 flex-1 text-label text-muted tabular">{notes.join(' ')}</p>
          {actions}
        </div>
      ) : null}
    </section>
  );
}

const fills = { ok: 'bg-accent', warning: 'bg-warning', exceeded: 'bg-danger' } as const;
const inks = { ok: 'text-muted', warning: 'text-warning', exceeded: 'text-danger' } as const;

function Meter({ meter }: { readonly meter: BudgetMeter }) {
  const { kind, name, used, limit, reserved, part, percentage, level, by } = meter;
  const Icon = level === 'exceeded' ? CircleAlert : TriangleAlert;
  return (
    <div data-testid={`meter-${kind}`} data-level={level}>
      <div className="flex items-baseline gap-2">
        <p className="min-w-0 flex-1 text-label text-muted tabular">
          {name} <span className="text-ui font-medium text-ink">{used}</span> of {limit}
        </p>
        <p className={classNames('flex items-center gap-1 text-label font-medium tabular', inks[level])}>
          {level === 'ok' ? null : <Icon size={13} aria-hidden="true" />}
          {level === 'exceeded' ? `Used up, ${percentage} %` : `${percentage} %`}
        </p>
      </div>
      <div
        role="meter"
        aria-label={`${name} of this month’s budget`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, percentage)}
        aria-valuetext={`${used} of ${limit}, ${percentage} %`}
        className="relative mt-1 h-1.5 overflow-hidden rounded-full bg-pressed"
      >
        <div
          className={classNames('h-full w-full origin-left', fills[level])}
          style={{ transform: `scaleX(${part})` }}
        />
        {/* Where the warning begins. */}
        <div className="absolute inset-y-0 w-px bg-surface" style={{ left: `${warningPart * 100}%` }} />
      </div>
      {by === 'administrator' || reserved ? (
        <p className="mt-1 text-small text-muted tabular">
          {[by === 'administrator' && 'Set by the administrator', reserved && `${reserved} of it reserved`]
            .filter(Boolean)
            .join(' · ')}
        </p>
      ) : null}
    </div>
  );
}
