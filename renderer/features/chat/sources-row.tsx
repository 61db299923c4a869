/** The sources of an answer, below it: a line for each document, a chip for each page. */
import { FileText } from 'lucide-react';
import type { Citation } from '../../../shared/domain.ts';
import { isGone, useLibraryStore } from '../../app/stores/library-store.ts';
import { openCitation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { classNames } from '../../components/class-names.ts';
import { PassageCard } from './citation-chip.tsx';
import { groupSources } from './source-groups.ts';

export interface SourcesRowProps {
  readonly messageId: string;
  readonly citations: readonly Citation[];
}

export function SourcesRow({ messageId, citations }: SourcesRowProps) {
  const open = useWorkspaceStore(({ trail }) =>
    trail?.messageId === messageId ? (trail.citations[trail.index]?.number ?? null) : null,
  );
  const library = useLibraryStore();
  if (citations.length === 0) return null;
  return (
    <ul aria-label="Sources" className="mt-3.5 flex flex-col gap-2">
      {groupSources(citations).map(({ documentId, title, citations: ofDocument }) => (
        <li
          key={documentId}
          className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1"
          data-testid="source-group"
        >
          <span className="flex max-w-full min-w-0 items-center gap-1.5 text-label text-muted" title={title}>
            <FileText size={13} className="shrink-0" aria-hidden="true" />
            <span className={classNames('truncate', isGone(library, documentId) && 'line-through')}>{title}</span>
          </span>
          <span className="flex flex-wrap gap-1.5">
            {ofDocument.map((citation) => (
              <PassageCard key={citation.number} messageId={messageId} citation={citation}>
                <button
                  type="button"
                  data-testid="source"
                  aria-label={`Source ${citation.number}, p. ${citation.page.toLocaleString('en')} of ${title}${isGone(library, documentId) ? ', a document that was deleted' : ''}`}
                  onPointerOver={() => warmDocument(citation.documentId)}
                  data-number={citation.number}
                  aria-pressed={open === citation.number}
                  onClick={() => openCitation(messageId, citations, citation.number)}
                  className={classNames(
                    'flex h-6 items-center gap-1.5 rounded-md border px-1.5 text-label transition-colors duration-100',
                    isGone(library, documentId) && 'line-through',
                    open === citation.number
                      ? 'border-accent bg-accent-soft'
                      : 'border-line bg-surface hover:border-line-strong hover:bg-hover',
                  )}
                >
                  <span className="font-semibold text-accent-ink tabular">{citation.number}</span>{' '}
                  <span className="tabular">p. {citation.page.toLocaleString('en')}</span>
                </button>
              </PassageCard>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
