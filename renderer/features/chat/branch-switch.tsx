/** ‹ 2/3 ›: walks through the versions of a question, or of an answer. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';

export interface BranchSwitchProps {
  readonly what: 'question' | 'answer';
  /** Ids of all versions, oldest first. */
  readonly branch: readonly string[];
  readonly current: string;
  readonly onShow: (messageId: string) => void;
}

export function BranchSwitch({ what, branch, current, onShow }: BranchSwitchProps) {
  const index = branch.indexOf(current);
  const [before, after] = [branch[index - 1], branch[index + 1]];
  return (
    <div
      role="group"
      aria-label={`Versions of the ${what}`}
      className="flex shrink-0 items-center"
      data-testid={what === 'question' ? 'branches' : 'answer-branches'}
    >
      <IconButton
        label="Earlier version"
        side="top"
        disabled={before === undefined}
        onClick={() => before !== undefined && onShow(before)}
        className="w-5"
      >
        <ChevronLeft size={14} />
      </IconButton>
      <span className="text-small text-muted tabular">
        {index + 1}/{branch.length}
      </span>
      <IconButton
        label="Later version"
        side="top"
        disabled={after === undefined}
        onClick={() => after !== undefined && onShow(after)}
        className="w-5"
      >
        <ChevronRight size={14} />
      </IconButton>
    </div>
  );
}
