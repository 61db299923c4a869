/** What can be done with the selection, floating above the documents' lower edge. */
import { FilePenLine, FolderClosed, MessageSquareText, RotateCw, Star, Tag, Trash2, X } from 'lucide-react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { openDocumentDialog } from '../../app/stores/library-dialogs-store.ts';
import { beginConversation, writeAbout } from '../../app/stores/workspace-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { retryDocuments } from './document-actions.ts';
import { canRetry } from './document-menu.tsx';
import { toggleFavourite } from './shelf-actions.ts';

export interface SelectionBarProps {
  readonly selected: readonly DocumentSummary[];
  readonly onClear: () => void;
}

export function SelectionBar({ selected, onClear }: SelectionBarProps) {
  const askable = selected.filter((document) => document.searchable).map((document) => document.id);
  const retryable = selected.filter(canRetry).map((document) => document.id);
  return (
    <div
      role="toolbar"
      aria-label="Selected documents"
      data-testid="selection-bar"
      className="appear absolute bottom-4 left-1/2 z-20 flex -translate-x-1/2 items-center gap-1 rounded-xl bg-raised p-1.5 pl-3 shadow-float"
    >
      <span className="mr-2 whitespace-nowrap text-label text-muted tabular">
        {selected.length.toLocaleString('en')} selected
      </span>
      <Button
        tone="primary"
        icon={<MessageSquareText size={14} />}
        disabled={askable.length === 0}
        onClick={() => beginConversation(askable)}
      >
        {selected.length === 1 ? 'Ask about this' : 'Ask about these'}
      </Button>
      <IconButton
        label="Write…"
        shortcut="w"
        side="top"
        disabled={askable.length === 0}
        onClick={() => writeAbout({ documentIds: askable, selection: null })}
        data-testid="write-selected"
      >
        <FilePenLine size={15} />
      </IconButton>
      {retryable.length > 0 ? (
        <Button tone="quiet" icon={<RotateCw size={14} />} onClick={() => void retryDocuments(retryable)}>
          Retry
        </Button>
      ) : null}
      <IconButton
        label="Favourite"
        shortcut="f"
        side="top"
        onClick={() => void toggleFavourite(selected.map((document) => document.id))}
      >
        <Star size={15} />
      </IconButton>
      <IconButton
        label="Collections"
        shortcut="c"
        side="top"
        onClick={() => openDocumentDialog('collections', selected)}
      >
        <FolderClosed size={15} />
      </IconButton>
      <IconButton label="Tags" shortcut="t" side="top" onClick={() => openDocumentDialog('tags', selected)}>
        <Tag size={15} />
      </IconButton>
      <Button tone="quiet" icon={<Trash2 size={14} />} onClick={() => openDocumentDialog('delete', selected)}>
        Delete…
      </Button>
      <IconButton label="Clear selection" shortcut="escape" side="top" onClick={onClear}>
        <X size={15} />
      </IconButton>
    </div>
  );
}
