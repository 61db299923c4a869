/** The page's own actions, for the palette and its shortcuts; there is nothing to do while no page is open. */
import {
  ArrowLeft,
  Code,
  FileSearch,
  Images,
  ListTree,
  MoveHorizontal,
  RotateCw,
  Square,
  ZoomIn,
  ZoomOut,
  Hash,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Action } from './actions.tsx';
import { useLibraryStore } from './stores/library-store.ts';
import { sendViewerCommand, type ViewerCommand } from './stores/viewer-commands.ts';
import { useWorkspaceStore } from './stores/workspace-store.ts';

const size = 15;

function isPageOpen(): boolean {
  const { panes, target } = useWorkspaceStore.getState();
  return panes.page && target !== null;
}

function isMarkdownOpen(): boolean {
  const { target } = useWorkspaceStore.getState();
  const document = useLibraryStore.getState().documents.get(target?.documentId ?? '');
  return isPageOpen() && document?.format === 'markdown';
}

function action(
  command: ViewerCommand,
  title: string,
  icon: ReactNode,
  more: Partial<Pick<Action, 'words' | 'shortcut' | 'isAvailable'>> = {},
): Action {
  return {
    id: `viewer-${command}`,
    title,
    icon,
    isAvailable: isPageOpen,
    ...more,
    run: () => sendViewerCommand(command),
  };
}

export const viewerActions: readonly Action[] = [
  // Ctrl+F comes here by way of `find`, which knows whether the page is meant.
  action('find', 'Find in document', <FileSearch size={size} />, { words: 'search page text', shortcut: 'mod+f' }),
  action('go-to-page', 'Go to page…', <Hash size={size} />, { words: 'number jump', shortcut: 'mod+g' }),
  action('outline', 'Show or hide the outline', <ListTree size={size} />, {
    words: 'contents chapters',
    shortcut: 'o',
  }),
  action('thumbnails', 'Show or hide page thumbnails', <Images size={size} />, { words: 'pictures', shortcut: 't' }),
  action('source', 'Show Markdown as written or formatted', <Code size={size} />, {
    words: 'source raw',
    shortcut: 'm',
    isAvailable: isMarkdownOpen,
  }),
  action('zoom-in', 'Zoom in on the page', <ZoomIn size={size} />, { words: 'larger', shortcut: 'plus' }),
  action('zoom-out', 'Zoom out of the page', <ZoomOut size={size} />, { words: 'smaller', shortcut: '-' }),
  action('actual-size', 'Page at its actual size', <Square size={size} />, { words: 'zoom 100', shortcut: '0' }),
  action('fit-width', 'Fit the page’s width', <MoveHorizontal size={size} />, { words: 'zoom', shortcut: 'w' }),
  action('fit-page', 'Fit the whole page', <Square size={size} />, { words: 'zoom', shortcut: 'p' }),
  action('rotate-right', 'Rotate the pages to the right', <RotateCw size={size} />, { words: 'turn', shortcut: 'r' }),
  action('back', 'Back to where you were on the page', <ArrowLeft size={size} />, { words: 'link history' }),
];
