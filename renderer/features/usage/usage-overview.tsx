/** This month against its budget; then a time: its chart, and a table by day, model, kind or document. */
import { Coins } from 'lucide-react';
import { useCallback, useState } from 'react';
import { usageGroupings, type Budget, type UsageFigures, type UsageSummary } from '../../../shared/usage.ts';
import { showUsage } from '../../app/stores/workspace-store.ts';
import { BudgetSummary } from '../../components/budget-summary.tsx';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { askBudget, useAsked } from '../../hooks/use-asked.ts';
import { request } from '../../ipc/client.ts';
import { barText, chartOf, figuresText, type Bar, type Metric } from './chart-bars.ts';
import { spanOf, type Range, type Span } from './time-span.ts';
import { UsageChart } from './usage-chart.tsx';
import { chooseMetric, groupBy, narrowTo, useUsageChoices, type Narrowed } from './usage-choices.ts';
import { UsageTable } from './usage-table.tsx';
import { groupingNames } from './usage-words.ts';

/** What belongs together, so that a chart is never drawn with another time's days. */
interface Overview {
  readonly range: Range;
  readonly span: Span;
  readonly byDay: UsageSummary;
  readonly grouped: UsageSummary;
}

/** @param now Grows when something was asked since. */
export function UsageOverview({ now }: { readonly now: number }) {
  const { range, by } = useUsageChoices();
  const askOverview = useCallback(async (): Promise<Overview> => {
    const span = spanOf(range, now);
    const askBy = (grouping: UsageSummary['by']) => request('usage.summary', { ...span, by: grouping });
    const [byDay, grouped] = await Promise.all([askBy('day'), by === 'day' ? null : askBy(by)]);
    return { range, span, byDay, grouped: grouped ?? byDay };
  }, [range, by, now]);
  const { value, error, reload } = useAsked(askOverview);
  const budget = useAsked(askBudget, now);
  const retry = () => {
    reload();
    budget.reload();
  };
  // The same trouble is told once.
  const budgetError = budget.error?.message === error?.message ? null : budget.error;
  return (
    <div className="mx-auto w-full max-w-[1040px] px-5 pt-4 pb-8">
      {budgetError ? <InlineError error={budgetError} action={<Button onClick={budget.reload}>Retry</Button>} /> : null}
      {budget.error ? null : <MonthBudget budget={budget.value} />}
      {error ? (
        <InlineError error={error} className="mt-4" action={<Button onClick={retry}>Retry</Button>} />
      ) : value === null ? (
        <p role="status" className="mt-10 text-center text-muted" data-testid="usage-loading">
          Adding up…
        </p>
      ) : value.byDay.total.calls === 0 ? (
        <Nothing range={value.range} />
      ) : (
        <Filled overview={value} />
      )}
    </div>
  );
}

function MonthBudget({ budget }: { readonly budget: Budget | null }) {
  // As high as it will be: nothing jumps.
  if (!budget) return <div aria-busy="true" className="h-[82px] rounded-lg border border-line" />;
  return (
    <BudgetSummary
      budget={budget}
      actions={
        <span className="flex gap-1">
          {budget.callsWithoutPrice > 0 ? <Button onClick={() => showUsage('prices')}>Set prices</Button> : null}
          <Button onClick={() => showUsage('limits')}>
            {budget.level === 'unlimited' ? 'Set a limit' : 'Change limits'}
          </Button>
        </span>
      }
    />
  );
}

function Filled({ overview: { range, span, byDay, grouped } }: { readonly overview: Overview }) {
  const chosen = useUsageChoices((state) => state.metric);
  const [pointed, setPointed] = useState<Bar | null>(null);
  const { total } = byDay;
  const metric: Metric = chosen ?? (total.cost !== null && total.cost > 0 ? 'cost' : 'tokens');
  const chart = chartOf(byDay.rows, range, span);
  const openCalls = ({ title, from, to }: Narrowed) => {
    narrowTo({ title, from, to });
    showUsage('calls');
  };
  return (
    <>
      <section aria-label={`By ${chart.unit}`} className="mt-5">
        <div className="mb-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          <p className="min-w-64 flex-1 truncate text-label text-muted tabular" data-testid="usage-readout">
            {pointed ? barText(pointed) : `In all: ${figuresText(total)}`}
          </p>
          <Segmented
            label="The bars show"
            value={metric}
            onChange={chooseMetric}
            options={[
              { value: 'cost', label: 'Cost' },
              { value: 'tokens', label: 'Tokens' },
            ]}
          />
        </div>
        <UsageChart chart={chart} metric={metric} onPoint={setPointed} onOpen={openCalls} />
      </section>
      <section aria-label="Table" className="mt-4">
        <div className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1">
          <Segmented
            label="Group by"
            value={grouped.by}
            onChange={groupBy}
            options={usageGroupings.map((value) => ({ value, label: groupingNames[value] }))}
          />
        </div>
        <UsageTable key={grouped.by} summary={grouped} metric={metric} onOpenDay={openCalls} />
        <Legend total={total} hasShares={grouped.by === 'document'} />
      </section>
    </>
  );
}

/** What the signs mean, of those that can be seen. */
function Legend({ total, hasShares }: { readonly total: UsageFigures; readonly hasShares: boolean }) {
  const isUncertain = total.cost === null || total.isCostPartial;
  const sentences = [
    'Costs are estimates by the prices of your table.',
    total.isEstimated && '≈ is estimated: the server told no tokens of some calls.',
    isUncertain && '≥ is at least that: the price of some calls is not known. Their days have a mark on the bar.',
    hasShares && 'A call about several documents is split evenly among them.',
  ];
  return (
    <p className="mt-3 max-w-[80ch] text-small text-muted" data-testid="usage-legend">
      {sentences.filter(Boolean).join(' ')}
    </p>
  );
}

const nothings: Readonly<Record<Range, string>> = {
  'this-month': 'No model was asked this month.',
  'last-month': 'No model was asked last month.',
  '90-days': 'No model was asked in the last 90 days.',
  all: 'No model was ever asked.',
};

function Nothing({ range }: { readonly range: Range }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 pt-16 text-center text-muted" data-testid="usage-empty">
      <Coins size={32} strokeWidth={1.4} className="text-faint" aria-hidden="true" />
      <p>{nothings[range]}</p>
      <p className="max-w-[46ch] text-small">
        Answers that quote your documents, and search with the built-in model, ask nobody and cost nothing. What a model
        writes is listed here, with its tokens and what they cost.
      </p>
    </div>
  );
}
