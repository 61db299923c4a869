/** This month's budget in short; the whole of it fills the window's middle. */
import { ChartColumn } from 'lucide-react';
import { showUsage } from '../../app/stores/workspace-store.ts';
import { BudgetSummary } from '../../components/budget-summary.tsx';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { askBudget, useAsked } from '../../hooks/use-asked.ts';
import { TabHead } from './tab.tsx';

export function UsageTab() {
  const { value: budget, error } = useAsked(askBudget);
  return (
    <>
      <TabHead
        title="Usage and limits"
        note="What models were asked and what that cost, by day, model and document; budgets that stop them, and the prices that costs are counted by."
      />
      {error ? <InlineError error={error} className="mb-3" /> : null}
      {budget ? <BudgetSummary budget={budget} /> : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button tone="primary" icon={<ChartColumn size={14} />} onClick={() => showUsage()}>
          Show usage
        </Button>
        <Button onClick={() => showUsage('limits')}>Set limits</Button>
        <Button onClick={() => showUsage('prices')}>Prices of models</Button>
      </div>
    </>
  );
}
