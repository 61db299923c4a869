/** A written piece in the list. */
import {
  CircleAlert,
  Ellipsis,
  FileQuestion,
  FileText,
  List,
  ListTree,
  LoaderCircle,
  PenLine,
  Table2,
  type LucideIcon,
} from 'lucide-react';
import type { PieceKind, PieceSummary } from '../../../shared/written.ts';
import { classNames } from '../../components/class-names.ts';
import { formatDay } from '../../components/format.ts';
import { WithContextMenu } from '../../components/menu.tsx';
import { openMenuAt } from '../../components/open-menu-at.ts';
import { deletePiece, pieceMenu } from './piece-actions.tsx';
import { documentsText, kindName, progressText, stateNames } from './written-words.ts';

export const kindIcons: Readonly<Record<PieceKind, LucideIcon>> = {
  summary: FileText,
  'key-points': List,
  outline: ListTree,
  questions: FileQuestion,
  figures: Table2,
  prompt: PenLine,
};

export interface PieceRowProps {
  readonly piece: PieceSummary;
  readonly now: number;
  readonly onOpen: () => void;
  readonly onRename: () => void;
}

export function PieceRow({ piece, now, onOpen, onRename }: PieceRowProps) {
  const { id, title, state, source, documents, createdAt, progress } = piece;
  const isBusy = state === 'writing';
  const Icon = isBusy ? LoaderCircle : state === 'failed' ? CircleAlert : kindIcons[piece.kind];
  const writer = source?.kind === 'provider' ? (source.model ?? 'a model') : source ? 'quoted' : null;
  const status = isBusy ? progressText(progress) : state === 'complete' ? null : stateNames[state];
  const details = [kindName(piece), documentsText(documents), writer].filter((part) => part !== null).join(' · ');
  return (
    <WithContextMenu entries={() => pieceMenu(piece, onRename)}>
      <div className="group flex items-center rounded-lg pr-1 hover:bg-hover">
        <button
          type="button"
          data-testid="piece-row"
          data-home=""
          data-piece-id={id}
          data-state={state}
          onClick={onOpen}
          onKeyDown={(event) => {
            if (event.key === 'Delete') void deletePiece(piece);
            else if (event.key === 'F2') onRename();
          }}
          className="flex min-w-0 flex-1 items-start gap-3 rounded-lg px-3 py-2 text-left"
        >
          <Icon
            size={16}
            className={classNames(
              'mt-0.5 shrink-0',
              state === 'failed' ? 'text-danger' : 'text-muted',
              isBusy && 'animate-spin',
            )}
            aria-hidden="true"
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{title}</span>
            <span className="block truncate text-label text-muted">{details}</span>
          </span>
          <span className="shrink-0 pt-px text-right text-label text-muted tabular">
            {formatDay(createdAt, now)}
            {status ? (
              <span className={classNames('block', state === 'failed' ? 'text-danger' : isBusy ? '' : 'text-warning')}>
                {status}
              </span>
            ) : null}
          </span>
        </button>
        <button
          type="button"
          aria-label={`Actions for ${title}`}
          onClick={(event) => openMenuAt(event.currentTarget)}
          className="flex size-6 shrink-0 items-center justify-center rounded text-muted opacity-0 group-hover:opacity-100 hover:bg-pressed hover:text-ink focus-visible:opacity-100"
        >
          <Ellipsis size={15} />
        </button>
      </div>
    </WithContextMenu>
  );
}
