/** What can be done with the text that is selected on a page. */
import { FilePenLine, MessageSquareQuote, Quote } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import type { ShownSelection } from './use-selection.ts';

/** Pixels. */
const barHeight = 36;
const barHalfWidth = 200;
const gap = 8;

export interface SelectionBarProps {
  readonly selection: ShownSelection;
  /** The width of what it stands in. */
  readonly width: number;
  readonly height: number;
  readonly onAsk: () => void;
  readonly onWrite: () => void;
  readonly onCopy: () => void;
}

export function SelectionBar({ selection, width, height, onAsk, onWrite, onCopy }: SelectionBarProps) {
  const above = selection.top - barHeight - gap;
  const below = Math.min(selection.bottom + gap, height - barHeight - gap);
  const left = Math.min(
    Math.max(selection.left, barHalfWidth + gap),
    Math.max(barHalfWidth + gap, width - barHalfWidth - gap),
  );
  return (
    <div
      role="toolbar"
      aria-label="Selected text"
      data-testid="selection-bar"
      // The selection must outlive the press on a button.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      className="appear absolute z-10 flex -translate-x-1/2 items-center gap-1 rounded-lg bg-raised p-1 shadow-float"
      style={{ left, top: above >= gap ? above : Math.max(gap, below) }}
    >
      <Button tone="quiet" icon={<MessageSquareQuote size={14} />} onClick={onAsk} data-testid="ask-selection">
        Ask about this
      </Button>
      <Button tone="quiet" icon={<FilePenLine size={14} />} onClick={onWrite} data-testid="write-selection">
        Write…
      </Button>
      <Button tone="quiet" icon={<Quote size={13} />} onClick={onCopy} data-testid="copy-citation">
        Copy with citation
      </Button>
    </div>
  );
}
