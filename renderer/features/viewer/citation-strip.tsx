/** Which of the answer's sources is open, and the way to the others. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { stepCitation, type CitationTrail } from '../../app/stores/workspace-store.ts';
import { IconButton } from '../../components/button.tsx';

export function CitationStrip({ trail }: { readonly trail: CitationTrail }) {
  const citation = trail.citations[trail.index];
  if (!citation) return null;
  return (
    <div
      className="flex h-9 shrink-0 items-center gap-2 border-b border-line bg-accent-soft pr-1.5 pl-3"
      data-testid="citation-strip"
    >
      <span className="flex h-4 min-w-4 items-center justify-center rounded-[5px] bg-accent px-1 text-micro font-semibold text-on-accent tabular">
        {citation.number}
      </span>
      <span className="min-w-0 flex-1 truncate text-label text-muted" aria-live="polite" title={citation.quote}>
        <span className="sr-only">
          Source {trail.index + 1} of {trail.citations.length}, page {citation.page}:{' '}
        </span>
        {citation.quote}
      </span>
      <span className="shrink-0 text-small text-muted tabular" aria-hidden="true">
        {trail.index + 1} of {trail.citations.length}
      </span>
      <div className="flex">
        <IconButton label="Previous source" shortcut="k" disabled={trail.index === 0} onClick={() => stepCitation(-1)}>
          <ChevronLeft size={16} />
        </IconButton>
        <IconButton
          label="Next source"
          shortcut="j"
          disabled={trail.index === trail.citations.length - 1}
          onClick={() => stepCitation(1)}
        >
          <ChevronRight size={16} />
        </IconButton>
      </div>
    </div>
  );
}
