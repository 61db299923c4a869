/** The status bar's word on a month's budget that is nearly used up, once a month, or is used up, as long as it is. */
import { CircleAlert, TriangleAlert, X } from 'lucide-react';
import { classNames } from '../components/class-names.ts';
import { dateText } from '../components/budget-words.ts';
import { request } from '../ipc/client.ts';
import { useStatusStore } from './stores/status-store.ts';
import { attempt } from './stores/toast-store.ts';
import { showUsage } from './stores/workspace-store.ts';

export function BudgetStatus() {
  const budget = useStatusStore((state) => state.status?.budget ?? null);
  if (!budget) return null;
  const { level, percentage, resetsAt, note } = budget;
  const isOver = level === 'exceeded';
  const Icon = isOver ? CircleAlert : TriangleAlert;
  const dismiss = () => void attempt(() => request('usage.dismissWarning', {}));
  const open = () => {
    // What was looked at need not be told again this month.
    if (!isOver) dismiss();
    showUsage();
  };
  return (
    <span
      role="status"
      data-testid="budget-status"
      data-level={level}
      className={classNames('flex min-w-0 items-center', isOver ? 'text-danger' : 'text-warning')}
    >
      <button
        type="button"
        title={note}
        onClick={open}
        className="flex h-5 min-w-0 items-center gap-1.5 rounded px-1.5 hover:bg-hover"
      >
        <Icon size={13} className="shrink-0" aria-hidden="true" />
        <span className="truncate">
          {isOver
            ? `Budget ${percentage < 100 ? 'too low' : 'used up'} until ${dateText(resetsAt)}`
            : `${percentage} % of this month’s budget used`}
        </span>
      </button>
      {isOver ? null : (
        <button
          type="button"
          aria-label="Do not warn again this month"
          onClick={dismiss}
          className="flex size-5 shrink-0 items-center justify-center rounded hover:bg-hover"
        >
          <X size={12} />
        </button>
      )}
    </span>
  );
}
