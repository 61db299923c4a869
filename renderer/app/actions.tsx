/** Every action of the window: the palette lists them, shortcuts and the native menu run them. */
import {
  Archive,
  ArchiveRestore,
  BookOpen,
  CircleSlash,
  CloudCog,
  FilePlus2,
  FolderPlus,
  FolderSync,
  Info,
  Library,
  ListTree,
  ListFilter,
  MoonStar,
  PanelLeft,
  PanelRight,
  Search,
  Settings2,
  ShieldCheck,
  SquarePen,
  Stethoscope,
  TextSearch,
  Undo2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { EventMap } from '../../shared/events.ts';
import { assertNever } from '../../shared/errors.ts';
import { request } from '../ipc/client.ts';
import { accountActions } from './account-actions.tsx';
import { conversationActions } from './conversation-palette.tsx';
import { explainLastAnswer } from './explain-answer.ts';
import { chooseFiles } from './stores/add-documents.ts';
import { cancelImport, isImporting } from './stores/import-actions.ts';
import { backUp, cancelBackup, chooseRestore, isBackupRunning, verifyBackup } from './stores/backup-store.ts';
import { useStatusStore } from './stores/status-store.ts';
import { isOpen } from './stores/session-store.ts';
import { chosenDocuments } from './stores/selection-store.ts';
import { offeredUndo, showDone, showError, undoOffered } from './stores/toast-store.ts';
import { sendViewerCommand } from './stores/viewer-commands.ts';
import { watchFolder } from './stores/watch-folder.ts';
import {
  beginConversation,
  isPageMeant,
  openDialog,
  openPage,
  openSettings,
  requestFilter,
  setPaletteOpen,
  showLibrary,
  showSearch,
  togglePane,
  useWorkspaceStore,
} from './stores/workspace-store.ts';
import { applyTheme, isDark } from './theme.ts';
import { usageActions } from './usage-actions.tsx';
import { viewerActions } from './viewer-actions.tsx';
import { writingActions } from './writing-actions.tsx';

export interface Action {
  readonly id: string;
  readonly title: string;
  /** Other words by which the palette finds it. */
  readonly words?: string;
  readonly shortcut?: string;
  readonly icon: ReactNode;
  /** Left out of the palette while it is false. */
  readonly isAvailable?: () => boolean;
  /** Its shortcut holds while a dialog is open, too. */
  readonly isUrgent?: boolean;
  /** Where one types, its shortcut is the field's. */
  readonly yieldsToFields?: boolean;
  readonly run: () => void;
}

/** Turns to the other theme and keeps it in the settings. */
export async function toggleTheme(): Promise<void> {
  const theme = isDark() ? 'light' : 'dark';
  applyTheme(theme);
  try {
    // The theme alone: all settings, read and written back, would undo what changes in between.
    await request('settings.setTheme', { theme });
  } catch (thrown) {
    showError(thrown);
  }
}

function sayNoPage(text: string): void {
  showDone(`${text} Open a document first: choose one and press Enter.`);
}

/** Where no page was opened yet, the chosen document's. */
function showOrHidePage(): void {
  if (togglePane('page')) return;
  const [document] = chosenDocuments();
  if (document) openPage(document.id);
  else sayNoPage('No page is open.');
}

const size = 15;

export const actions: readonly Action[] = [
  {
    id: 'new-conversation',
    title: 'New conversation',
    words: 'ask chat question',
    shortcut: 'mod+n',
    icon: <SquarePen size={size} />,
    run: () => beginConversation([]),
  },
  {
    id: 'add-files',
    title: 'Add files…',
    words: 'open import pdf',
    shortcut: 'mod+o',
    icon: <FilePlus2 size={size} />,
    run: () => void chooseFiles(),
  },
  {
    id: 'add-folder',
    title: 'Add a folder…',
    words: 'open import directory',
    icon: <FolderPlus size={size} />,
    run: () => void chooseFiles(true),
  },
  {
    id: 'watch-folder',
    title: 'Watch a folder…',
    words: 'add directory automatically import',
    icon: <FolderSync size={size} />,
    run: () => void watchFolder(),
  },
  {
    id: 'watched-folders',
    title: 'Watched folders',
    words: 'settings pause stop directory',
    icon: <FolderSync size={size} />,
    run: () => openSettings('folders'),
  },
  {
    id: 'undo',
    title: 'Undo what was just done',
    words: 'back restore deleted',
    shortcut: 'mod+z',
    icon: <Undo2 size={size} />,
    isAvailable: () => offeredUndo() !== undefined,
    yieldsToFields: true,
    run: undoOffered,
  },
  {
    id: 'cancel-import',
    title: 'Cancel the import',
    words: 'stop adding files reading',
    icon: <CircleSlash size={size} />,
    isAvailable: isImporting,
    run: () => void cancelImport(),
  },
  {
    id: 'explain-answer',
    title: 'Why these passages',
    words: 'explain answer trace prompt sent cost tokens rank',
    shortcut: 'mod+shift+y',
    icon: <ListTree size={size} />,
    run: explainLastAnswer,
  },
  {
    id: 'show-library',
    title: 'Show library',
    words: 'documents all',
    icon: <Library size={size} />,
    run: () => showLibrary('all'),
  },
  {
    id: 'find',
    title: 'Filter documents',
    words: 'find search',
    shortcut: 'mod+f',
    icon: <ListFilter size={size} />,
    // Beside or instead of the library, the page is what is looked through.
    run: () => (isPageMeant() ? sendViewerCommand('find') : requestFilter()),
  },
  {
    id: 'search-documents',
    title: 'Search the text of all documents',
    words: 'find full text pages words',
    shortcut: 'mod+shift+f',
    icon: <TextSearch size={size} />,
    run: () => showSearch(),
  },
  {
    id: 'toggle-library',
    title: 'Show or hide the sidebar',
    words: 'pane library',
    shortcut: 'mod+1',
    icon: <PanelLeft size={size} />,
    run: () => togglePane('sidebar'),
  },
  {
    id: 'toggle-main',
    title: 'Read alone, or beside the conversation',
    words: 'pane focus full middle viewer',
    shortcut: 'mod+2',
    icon: <BookOpen size={size} />,
    run: () => void (togglePane('main') || sayNoPage('There is no page to read alone.')),
  },
  {
    id: 'toggle-page',
    title: 'Show or hide the page',
    words: 'pane viewer',
    shortcut: 'mod+3',
    icon: <PanelRight size={size} />,
    run: showOrHidePage,
  },
  {
    id: 'toggle-theme',
    title: 'Light or dark',
    words: 'theme appearance night',
    icon: <MoonStar size={size} />,
    run: () => void toggleTheme(),
  },
  {
    id: 'open-settings',
    title: 'Settings…',
    words: 'preferences provider model key',
    shortcut: 'mod+,',
    icon: <Settings2 size={size} />,
    run: () => openDialog('settings'),
  },
  {
    id: 'back-up',
    title: 'Back up the library…',
    words: 'save export archive copy',
    icon: <Archive size={size} />,
    run: () => void backUp(),
  },
  {
    id: 'restore-backup',
    title: 'Restore a backup…',
    words: 'library import archive',
    icon: <ArchiveRestore size={size} />,
    run: () => void chooseRestore(),
  },
  {
    id: 'verify-backup',
    title: 'Verify a backup…',
    words: 'library check hash archive',
    icon: <ShieldCheck size={size} />,
    run: () => void verifyBackup(),
  },
  {
    id: 'cancel-backup',
    title: 'Cancel the backup or restore',
    words: 'stop verify',
    icon: <CircleSlash size={size} />,
    isAvailable: isBackupRunning,
    run: () => void cancelBackup(),
  },
  {
    id: 'cancel-embedder-change',
    title: 'Cancel the change of the search model',
    words: 'stop embedder vectors index anew',
    icon: <CircleSlash size={size} />,
    isAvailable: () => Boolean(useStatusStore.getState().status?.rebuild),
    run: () => void request('settings.cancelEmbedderChange', {}).catch(showError),
  },
  {
    id: 'sync-settings',
    title: 'Sync settings',
    words: 'remote postgres database bucket s3 cloud computers devices minio',
    icon: <CloudCog size={size} />,
    run: () => openSettings('sync'),
  },
  {
    id: 'diagnostics',
    title: 'Diagnostics',
    words: 'settings health check report problem trouble log support',
    icon: <Stethoscope size={size} />,
    run: () => openSettings('diagnostics'),
  },
  {
    id: 'show-about',
    title: 'About Quire',
    words: 'version',
    icon: <Info size={size} />,
    run: () => openDialog('about'),
  },
  ...accountActions,
  ...conversationActions,
  ...viewerActions,
  ...writingActions,
  ...usageActions,
];

/** Opens the palette; it is no line of its own list. */
export const paletteAction: Action = {
  id: 'open-palette',
  title: 'Search or ask anything',
  shortcut: 'mod+k',
  icon: <Search size={size} />,
  run: () => setPaletteOpen(true),
};

const byId = new Map([...actions, paletteAction].map((action) => [action.id, action]));

export function runAction(id: string): void {
  byId.get(id)?.run();
}

/** A dialog waits for an answer: what is under it stays as it is. The palette gives way to what it lists. */
export function isHeldByDialog(): boolean {
  return document.querySelector('[data-modal]') !== null && !useWorkspaceStore.getState().paletteOpen;
}

/** The native menu's commands bear the actions' names. */
export function runCommand({ command }: EventMap['app.command']): void {
  if (!isOpen()) {
    showDone('Nothing is open yet: type your password, or go on without an account.');
    return;
  }
  if (isHeldByDialog()) {
    showDone('Close the open dialog first.');
    return;
  }
  setPaletteOpen(false);
  switch (command) {
    case 'open-palette':
    case 'open-settings':
    case 'new-conversation':
    case 'toggle-library':
    case 'toggle-main':
    case 'toggle-page':
    case 'find':
    case 'show-about':
    case 'add-files':
      runAction(command);
      return;
    default:
      assertNever(command);
  }
}
