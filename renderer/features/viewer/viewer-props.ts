/** What the two kinds of viewer (pages of a PDF, pages of text) have in common. */
import type { Ref } from 'react';
import type { Citation, DocumentSummary } from '../../../shared/domain.ts';
import type { PageTarget } from '../../app/stores/workspace-store.ts';

export interface ViewerHandle {
  readonly goToPage: (page: number) => void;
}

export interface ViewerProps {
  readonly document: DocumentSummary;
  readonly target: PageTarget;
  /** The citation to mark; null when a document was merely opened. */
  readonly citation: Citation | null;
  /** The page that is in sight now. */
  readonly onPage: (page: number) => void;
  /** The scale that `fit` came to, so that the next step of the zoom starts from it. */
  readonly onScale: (zoom: number) => void;
  readonly handle: Ref<ViewerHandle>;
}
