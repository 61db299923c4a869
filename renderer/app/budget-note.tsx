/** Above the composer, while the budget lets no model be asked: that answers are quoted, and until when. */
import { CircleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isThisComputer } from '../../shared/this-computer.ts';
import type { BudgetNotice } from '../../shared/usage.ts';
import { dateText } from '../components/budget-words.ts';
import { Button } from '../components/button.tsx';
import { request } from '../ipc/client.ts';
import { useStatusStore } from './stores/status-store.ts';
import { showError } from './stores/toast-store.ts';
import { showUsage } from './stores/workspace-store.ts';

export function BudgetNote() {
  const answers = useStatusStore((state) => state.status?.answers);
  const notice = useStatusStore((state) => state.status?.budget);
  // Without a model answers are quoted anyway.
  if (notice?.level !== 'exceeded' || answers?.kind !== 'provider') return null;
  return <Exceeded notice={notice} isLocal={answers.host !== null && isThisComputer(answers.host)} />;
}

interface ExceededProps {
  readonly notice: BudgetNotice;
  /** The model that answers runs on this computer: the budget holds it only if the person said so. */
  readonly isLocal: boolean;
}

function Exceeded({ notice, isLocal }: ExceededProps) {
  const [countsLocal, setCountsLocal] = useState(false);
  useEffect(() => {
    if (!isLocal) return;
    let isCurrent = true;
    request('usage.budget', {}).then((budget) => isCurrent && setCountsLocal(budget.countsLocal), showError);
    return () => {
      isCurrent = false;
    };
    // Told anew, the limits may be others.
  }, [isLocal, notice]);
  if (isLocal && !countsLocal) return null;
  return (
    <div
      role="status"
      data-testid="budget-note"
      className="mb-2 flex items-center gap-2.5 rounded-lg bg-warning-soft px-3 py-1.5 text-label"
    >
      <CircleAlert size={14} className="shrink-0 text-warning" aria-hidden="true" />
      <p className="min-w-0 flex-1">
        Answers are quoted from your documents until {dateText(notice.resetsAt)}:{' '}
        {notice.percentage < 100 ? 'too little of this month’s budget is left' : 'this month’s budget is used up'}.
      </p>
      <Button onClick={() => showUsage('limits')}>Limits</Button>
    </div>
  );
}
