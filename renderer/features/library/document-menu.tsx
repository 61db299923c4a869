/** What the menu of one or several documents holds. */
import { FolderOpen, MessageSquareText, PanelRight, Pencil, RotateCw, Square, Trash2 } from 'lucide-react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { beginConversation, openPage } from '../../app/stores/workspace-store.ts';
import { countOf } from '../../components/format.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import { cancelDocuments, retryDocuments, showInFolder } from './document-actions.ts';

export interface DocumentMenuHandlers {
  readonly onRename: (document: DocumentSummary) => void;
  readonly onDelete: (documents: readonly DocumentSummary[]) => void;
}

export function canRetry(document: DocumentSummary): boolean {
  return document.state === 'failed' && document.error?.retryable !== false;
}

export function isUnderWay(document: DocumentSummary): boolean {
  return document.state !== 'ready' && document.state !== 'failed';
}

export function documentMenu(documents: readonly DocumentSummary[], handlers: DocumentMenuHandlers): MenuEntry[] {
  const [first] = documents;
  if (!first) return [];
  const isOne = documents.length === 1;
  const ids = documents.map((document) => document.id);
  const askable = documents.filter((document) => document.searchable).map((document) => document.id);
  const retryable = documents.filter(canRetry).map((document) => document.id);
  const cancellable = documents.filter(isUnderWay).map((document) => document.id);
  const icon = 15;
  const entries: MenuEntry[] = [];
  if (isOne) {
    entries.push({
      kind: 'action',
      label: 'Open',
      icon: <PanelRight size={icon} />,
      shortcut: 'enter',
      run: () => openPage(first.id),
    });
  }
  entries.push({
    kind: 'action',
    label: isOne ? 'Ask about this' : `Ask about these ${documents.length.toLocaleString('en')}`,
    icon: <MessageSquareText size={icon} />,
    shortcut: 'a',
    disabled: askable.length === 0,
    run: () => beginConversation(askable),
  });
  if (isOne) {
    entries.push(
      { kind: 'separator' },
      {
        kind: 'action',
        label: 'Rename…',
        icon: <Pencil size={icon} />,
        shortcut: 'f2',
        run: () => handlers.onRename(first),
      },
      {
        kind: 'action',
        label: 'Show in folder',
        icon: <FolderOpen size={icon} />,
        run: () => void showInFolder(first.id),
      },
    );
  }
  if (retryable.length > 0 || cancellable.length > 0) entries.push({ kind: 'separator' });
  if (retryable.length > 0) {
    entries.push({
      kind: 'action',
      label: isOne ? 'Retry' : `Retry ${retryable.length.toLocaleString('en')}`,
      icon: <RotateCw size={icon} />,
      run: () => void retryDocuments(retryable),
    });
  }
  if (cancellable.length > 0) {
    entries.push({
      kind: 'action',
      label: isOne ? 'Stop reading' : `Stop reading ${cancellable.length.toLocaleString('en')}`,
      icon: <Square size={icon} />,
      run: () => void cancelDocuments(cancellable),
    });
  }
  entries.push(
    { kind: 'separator' },
    {
      kind: 'action',
      label: isOne ? 'Delete…' : `Delete ${countOf(ids.length, 'document')}…`,
      icon: <Trash2 size={icon} />,
      shortcut: 'delete',
      danger: true,
      run: () => handlers.onDelete(documents),
    },
  );
  return entries;
}
