/** The sources of an answer, below it. */
import type { Citation } from '../../../shared/domain.ts';
import { openCitation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { classNames } from '../../components/class-names.ts';
import { PassageCard } from './citation-chip.tsx';

export interface SourcesRowProps {
  readonly messageId: string;
  readonly citations: readonly Citation[];
}

export function SourcesRow({ messageId, citations }: SourcesRowProps) {
  const open = useWorkspaceStore(({ trail }) =>
    trail?.messageId === messageId ? (trail.citations[trail.index]?.number ?? null) : null,
  );
  if (citations.length === 0) return null;
  return (
    <ul aria-label="Sources" className="mt-3.5 flex flex-wrap gap-1.5">
      {citations.map((citation) => (
        <li key={citation.number} className="max-w-full min-w-0">
          <PassageCard messageId={messageId} citation={citation}>
            <button
              type="button"
              data-testid="source"
              onPointerOver={() => warmDocument(citation.documentId)}
              data-number={citation.number}
              aria-pressed={open === citation.number}
              onClick={() => openCitation(messageId, citations, citation.number)}
              className={classNames(
                'flex h-7 max-w-64 items-center gap-1.5 rounded-md border px-2 text-label transition-colors duration-100',
                open === citation.number
                  ? 'border-accent bg-accent-soft'
                  : 'border-line bg-surface hover:border-line-strong hover:bg-hover',
              )}
            >
              <span className="font-semibold text-accent-ink tabular">{citation.number}</span>
              <span className="truncate">{citation.title}</span>
              <span className="shrink-0 text-muted tabular">p. {citation.page}</span>
            </button>
          </PassageCard>
        </li>
      ))}
    </ul>
  );
}
