/** The status bar's word on work that takes a while; it leads to where one sees more of it and can cancel it. */
import type { LucideIcon } from 'lucide-react';
import type { Progress } from '../../shared/domain.ts';
import { formatSecondsLeft } from '../components/format.ts';

export interface LongTaskProps {
  readonly verb: string;
  readonly task: Progress & { readonly secondsLeft: number | null };
  readonly icon: LucideIcon;
  readonly testId: string;
  readonly onOpen: () => void;
}

export function LongTask({ verb, task: { done, total, secondsLeft }, icon: Icon, testId, onOpen }: LongTaskProps) {
  const parts = [
    verb,
    total > 0 && `${Math.floor((100 * done) / total)} %`,
    secondsLeft !== null && formatSecondsLeft(secondsLeft),
  ];
  return (
    <button
      type="button"
      data-testid={testId}
      onClick={onOpen}
      className="flex h-5 shrink-0 items-center gap-1.5 rounded px-1.5 text-ink hover:bg-hover"
    >
      <Icon size={12} aria-hidden="true" />
      {parts.filter(Boolean).join(' · ')}
    </button>
  );
}
