/** What the two kinds of viewer (pages of a PDF, pages of text) have in common. */
import type { Ref } from 'react';
import type { Citation, DocumentSummary } from '../../../shared/domain.ts';
import type { PageTarget } from '../../app/stores/workspace-store.ts';
import type { FoundMatches } from './find-store.ts';
import type { Anchor } from './page-layout.ts';
import type { Rotation, Zoom } from './zoom.ts';

export type SidePanel = 'outline' | 'thumbnails';

export interface ViewerHandle {
  readonly goTo: (place: Anchor) => void;
  /** The place at the upper edge. */
  readonly place: () => Anchor;
  /** Gives the pages the focus, so that keys scroll them. */
  readonly focus: () => void;
}

export interface ViewerProps {
  readonly document: DocumentSummary;
  readonly target: PageTarget;
  /** The citation to mark; null when a document was merely opened. */
  readonly citation: Citation | null;
  readonly found: FoundMatches;
  readonly zoom: Zoom;
  readonly rotation: Rotation;
  readonly side: SidePanel | null;
  /** Markdown as it is written. */
  readonly isSource: boolean;
  /** How many there are, once the document is open: the library does not know it of one that it could not read. */
  readonly onPageCount: (count: number) => void;
  /** The page that is in sight now. */
  readonly onPage: (page: number) => void;
  /** The scale that fitting came to, so that the next step of the zoom starts from it. */
  readonly onScale: (zoom: number) => void;
  /** Zoomed by the wheel or by fingers. */
  readonly onZoom: (zoom: number) => void;
  /** The place moved; called for each scroll event. */
  readonly onMove: () => void;
  /** Goes to a place and keeps the one before it for the way back. */
  readonly onJump: (place: Anchor) => void;
  readonly handle: Ref<ViewerHandle>;
}
