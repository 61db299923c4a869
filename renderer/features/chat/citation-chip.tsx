/** A small numbered chip after a sentence: hover shows the passage, click opens its page with the boxes drawn. */
import { HoverCard } from 'radix-ui';
import { FileText, TriangleAlert } from 'lucide-react';
import { use, useEffect, useState, type ReactNode } from 'react';
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';
import { isGone, useDocument, useLibraryStore } from '../../app/stores/library-store.ts';
import { openCitation, useWorkspaceStore } from '../../app/stores/workspace-store.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { classNames } from '../../components/class-names.ts';
import { layerElement } from '../../components/layer.ts';
import { AnswerContext } from './answer-context.ts';
import { VerdictBadge, VerdictLine } from './verdict.tsx';
import { verdictText } from '../../../shared/verdict-words.ts';

/** Milliseconds until the passage shows and goes. */
const openDelay = 180;
const closeDelay = 80;

export function chipId(messageId: string, number: number): string {
  return `citation-${messageId}-${number}`;
}

/** Whether a citation's page is what the pane beside shows. */
export function useIsShown(messageId: string, number: number): boolean {
  return useWorkspaceStore(
    ({ trail, panes }) =>
      panes.page && trail?.messageId === messageId && trail.citations[trail.index]?.number === number,
  );
}

export interface CitationChipProps {
  readonly number: number;
  /** Where the sentence begins that it stands in, when that was checked. */
  readonly sentence: number | null;
  /** The sentence's last chip bears its verdict. */
  readonly isLast: boolean;
}

/** Renders nothing for a number that no citation stands behind. */
export function CitationChip({ number, sentence, isLast }: CitationChipProps) {
  const { messageId, citations, verification, chips = 'number' } = use(AnswerContext);
  const citation = citations.find((candidate) => candidate.number === number);
  if (!citation) return null;
  const checked = verification.find(({ start }) => start === sentence) ?? null;
  return (
    <PassageCard messageId={messageId} citation={citation} verification={checked}>
      <ChipButton
        messageId={messageId}
        citation={citation}
        label={chips === 'page' ? `p. ${citation.page}` : String(number)}
        verification={checked}
        isLast={isLast}
        onOpen={() => openCitation(messageId, citations, number)}
      />
    </PassageCard>
  );
}

interface ChipButtonProps {
  readonly messageId: string;
  readonly citation: Citation;
  readonly label: string;
  readonly verification: SentenceVerification | null;
  readonly isLast: boolean;
  readonly onOpen: () => void;
}

function ChipButton({ messageId, citation, label, verification, isLast, onOpen, ...rest }: ChipButtonProps) {
  const isOpen = useIsShown(messageId, citation.number);
  const gone = useLibraryStore((library) => isGone(library, citation.documentId));
  return (
    <button
      type="button"
      {...rest}
      data-testid="citation-chip"
      data-number={citation.number}
      data-chip={chipId(messageId, citation.number)}
      data-verdict={verification?.verdict}
      aria-label={`Source ${citation.number}: ${citation.title}, p. ${citation.page}${gone ? ', a document that was deleted' : ''}${citation.doubtful ? ', recognised with doubt' : ''}${verification ? `. ${verdictText(verification)}` : ''}`}
      aria-pressed={isOpen}
      onClick={onOpen}
      onPointerOver={() => warmDocument(citation.documentId)}
      className={classNames(
        'relative ml-[3px] inline-flex scroll-my-16 h-4 whitespace-nowrap min-w-4 -translate-y-px items-center justify-center rounded-[5px] px-1 align-middle',
        'text-micro font-semibold tabular transition-colors duration-100 select-none',
        gone && 'line-through',
        isOpen ? 'bg-accent text-on-accent' : 'bg-accent-soft text-accent-ink hover:bg-accent hover:text-on-accent',
      )}
    >
      {label}
      {verification && isLast ? <VerdictBadge verdict={verification.verdict} /> : null}
    </button>
  );
}

export interface PassageCardProps {
  readonly messageId: string;
  readonly citation: Citation;
  /** What the check of the sentence found; absent where the citation stands for no sentence. */
  readonly verification?: SentenceVerification | null;
  readonly children: ReactNode;
}

/** The passage on hover; not while its page is open, where it would only lie above it. */
export function PassageCard({ messageId, citation, verification = null, children }: PassageCardProps) {
  const isShown = useIsShown(messageId, citation.number);
  const [isOpen, setIsOpen] = useState(false);
  // It stays away while its page is open, and goes when another citation is walked to with the pointer still on it.
  if (isOpen && isShown) setIsOpen(false);
  useEffect(() => {
    if (!isOpen) return;
    return useWorkspaceStore.subscribe((state, before) => {
      if (state.trail !== before.trail) setIsOpen(false);
    });
  }, [isOpen]);
  return (
    <HoverCard.Root
      open={isOpen}
      onOpenChange={(next) => setIsOpen(next && !isShown)}
      openDelay={openDelay}
      closeDelay={closeDelay}
    >
      <HoverCard.Trigger asChild>{children}</HoverCard.Trigger>
      <HoverCard.Portal container={layerElement()}>
        <HoverCard.Content
          side="top"
          sideOffset={6}
          collisionPadding={12}
          data-testid="citation-card"
          className="appear z-30 w-80 rounded-lg bg-raised p-3 shadow-float"
        >
          <p className="flex items-center gap-1.5 text-label font-medium">
            <FileText size={13} className="shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 flex-1 truncate">{citation.title}</span>
            <span className="shrink-0 text-muted tabular">p. {citation.page}</span>
          </p>
          <blockquote className="mt-2 line-clamp-8 border-l-2 border-accent-line pl-2.5 text-ui leading-[1.5] text-muted whitespace-pre-line readable">
            {citation.quote}
          </blockquote>
          {verification ? <VerdictLine verification={verification} /> : null}
          {citation.doubtful ? (
            <p className="mt-2 flex gap-1.5 text-small text-warning" data-testid="citation-doubtful">
              <TriangleAlert size={13} className="mt-[2px] shrink-0" aria-hidden="true" />
              Recognised on a picture, with little certainty: compare it with the page.
            </p>
          ) : null}
          {citation.chunkId === null ? <LostPassage documentId={citation.documentId} /> : null}
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}

/** Why the page of a citation can no longer show its passage. */
function LostPassage({ documentId }: { readonly documentId: string }) {
  const document = useDocument(documentId);
  // While it is read again nothing is known yet.
  if (document && !document.searchable) return null;
  return (
    <p className="mt-2 text-small text-warning">
      {document ? 'Its file was changed since: this passage is no longer in it.' : 'This document was deleted.'}
    </p>
  );
}
