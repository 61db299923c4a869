/** What the menu of one or several documents holds. */
import {
  CloudDownload,
  FileDown,
  FileOutput,
  FilePenLine,
  FolderClosed,
  FolderMinus,
  FolderOpen,
  Info,
  Link,
  MessageSquareText,
  PanelRight,
  Pencil,
  RefreshCw,
  RotateCw,
  ScanText,
  Square,
  Star,
  Tag,
  Trash2,
} from 'lucide-react';
import { isRecognising, type DocumentSummary } from '../../../shared/domain.ts';
import { openDocumentDialog } from '../../app/stores/library-dialogs-store.ts';
import { useShelvesStore, type Shelf } from '../../app/stores/shelves-store.ts';
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { beginConversation, openPage, useWorkspaceStore, writeAbout } from '../../app/stores/workspace-store.ts';
import { countOf } from '../../components/format.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import {
  cancelDocuments,
  keepOffline,
  openOriginal,
  readAgain,
  retryDocuments,
  saveCopy,
  showInFolder,
} from './document-actions.ts';
import { hasNothingRecognised } from './recognition-words.ts';
import { shelfOf } from './section-members.ts';
import { setInCollection, toggleFavourite } from './shelf-actions.ts';

export function canRetry(document: DocumentSummary): boolean {
  return document.state === 'failed' && document.error?.retryable !== false;
}

export function isUnderWay(document: DocumentSummary): boolean {
  return (document.state !== 'ready' && document.state !== 'failed') || isRecognising(document);
}

/** Recognition of its pages without text was stopped, or failed. */
export function canRecognise(document: DocumentSummary): boolean {
  return document.state === 'ready' && document.recognitionError !== null;
}

/** Nothing of it is being read. */
export function canReadAgain(document: DocumentSummary): boolean {
  return document.state === 'ready' || document.state === 'failed';
}

/** It has scanned pages, and rests; in the wrong language, it may be that nothing was recognised on them. */
export function wasRecognised(document: DocumentSummary): boolean {
  if (hasNothingRecognised(document)) return true;
  return document.state === 'ready' && document.ocrPages > 0 && !isRecognising(document);
}

/** The collection that shows. */
function shownCollection(): Shelf | undefined {
  const { view } = useWorkspaceStore.getState();
  if (view.kind !== 'library' || !view.section.startsWith('collection:')) return undefined;
  return shelfOf(view.section, useShelvesStore.getState());
}

/** What sync adds; nothing while it is off. */
function syncEntries(documents: readonly DocumentSummary[]): MenuEntry[] {
  const { status, documents: places } = useSyncStore.getState();
  const [first] = documents;
  if (status.state === 'off' || !first) return [];
  const ids = documents.map(({ id }) => id);
  const arePinned = ids.every((id) => places.get(id)?.isPinned);
  const entries: MenuEntry[] = [
    { kind: 'separator' },
    {
      kind: 'action',
      label: arePinned ? 'No longer keep offline' : 'Keep offline',
      words: 'pin download file sync bucket',
      icon: <CloudDownload size={15} />,
      run: () => void keepOffline(ids, !arePinned),
    },
  ];
  if (documents.length === 1) {
    entries.push({
      kind: 'action',
      label: 'Copy share link…',
      words: 'send url bucket sync',
      icon: <Link size={15} />,
      run: () => openDocumentDialog('share', [first]),
    });
  }
  return entries;
}

/** What can be done with documents: the library's menu, its keys and the palette all take it from here. */
export function documentMenu(documents: readonly DocumentSummary[]): MenuEntry[] {
  const [first] = documents;
  if (!first) return [];
  const isOne = documents.length === 1;
  const ids = documents.map((document) => document.id);
  const askable = documents.filter((document) => document.searchable).map((document) => document.id);
  const retryable = documents.filter(canRetry).map((document) => document.id);
  const recognisable = documents.filter(canRecognise).map((document) => document.id);
  const readable = documents.filter(canReadAgain).map((document) => document.id);
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
  entries.push({
    kind: 'action',
    label: 'Write…',
    icon: <FilePenLine size={icon} />,
    shortcut: 'w',
    disabled: askable.length === 0,
    run: () => writeAbout({ documentIds: askable, selection: null }),
  });
  const areFavourites = ids.every((id) => useShelvesStore.getState().favourites.has(id));
  entries.push(
    { kind: 'separator' },
    {
      kind: 'action',
      label: areFavourites ? 'No longer favourite' : 'Favourite',
      words: 'star mark',
      icon: <Star size={icon} />,
      shortcut: 'f',
      run: () => void toggleFavourite(ids),
    },
    {
      kind: 'action',
      label: 'Collections…',
      words: 'put into add',
      icon: <FolderClosed size={icon} />,
      shortcut: 'c',
      run: () => openDocumentDialog('collections', documents),
    },
    {
      kind: 'action',
      label: 'Tags…',
      words: 'add remove',
      icon: <Tag size={icon} />,
      shortcut: 't',
      run: () => openDocumentDialog('tags', documents),
    },
  );
  const collection = shownCollection();
  if (collection && ids.some((id) => collection.documentIds.has(id))) {
    entries.push({
      kind: 'action',
      label: `Take out of “${collection.name}”`,
      icon: <FolderMinus size={icon} />,
      run: () => void setInCollection(collection, ids, false),
    });
  }
  if (isOne) {
    entries.push(
      { kind: 'separator' },
      {
        kind: 'action',
        label: 'Details',
        words: 'info properties file hash',
        icon: <Info size={icon} />,
        shortcut: 'i',
        run: () => openDocumentDialog('details', [first]),
      },
      {
        kind: 'action',
        label: 'Rename…',
        words: 'title',
        icon: <Pencil size={icon} />,
        shortcut: 'f2',
        run: () => openDocumentDialog('rename', [first]),
      },
      {
        kind: 'action',
        label: 'Open original',
        words: 'file program',
        icon: <FileOutput size={icon} />,
        run: () => void openOriginal(first.id),
      },
      {
        kind: 'action',
        label: 'Show in folder',
        icon: <FolderOpen size={icon} />,
        run: () => void showInFolder(first.id),
      },
      {
        kind: 'action',
        label: 'Save a copy…',
        words: 'file export original',
        icon: <FileDown size={icon} />,
        run: () => void saveCopy(first.id),
      },
    );
  }
  entries.push(...syncEntries(documents));
  if (retryable.length + recognisable.length + readable.length + cancellable.length > 0)
    entries.push({ kind: 'separator' });
  if (retryable.length > 0) {
    entries.push({
      kind: 'action',
      label: isOne ? 'Retry' : `Retry ${retryable.length.toLocaleString('en')}`,
      icon: <RotateCw size={icon} />,
      run: () => void retryDocuments(retryable),
    });
  }
  if (recognisable.length > 0) {
    entries.push({
      kind: 'action',
      label: 'Recognise pages without text',
      icon: <ScanText size={icon} />,
      run: () => void retryDocuments(recognisable),
    });
  }
  if (isOne && wasRecognised(first)) {
    entries.push({
      kind: 'action',
      label: 'Recognise again…',
      icon: <ScanText size={icon} />,
      run: () => openDocumentDialog('recognise', [first]),
    });
  }
  if (readable.length > 0) {
    entries.push({
      kind: 'action',
      label: isOne ? 'Read again' : `Read ${readable.length.toLocaleString('en')} again`,
      words: 'reindex extract passages vectors',
      icon: <RefreshCw size={icon} />,
      run: () => void readAgain(readable),
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
      run: () => openDocumentDialog('delete', documents),
    },
  );
  return entries;
}
