/** One line under an answer: how many of its cited sentences their passages support. */
import { Quote } from 'lucide-react';
import type { Citation, SentenceVerification, Verdict } from '../../../shared/domain.ts';
import { isGone, useLibraryStore } from '../../app/stores/library-store.ts';
import { VerdictIcon } from './verdict.tsx';
import { goneSources, summaryText } from '../../../shared/verdict-words.ts';

export interface VerificationSummaryProps {
  readonly verification: readonly SentenceVerification[];
  readonly citations: readonly Citation[];
  /** True for an answer that quotes the documents and says nothing of its own. */
  readonly isQuoted?: boolean;
  /** True when it says that nothing fits: that its quotes are right is no reason for a green mark. */
  readonly isCalm?: boolean;
}

export function VerificationSummary(props: VerificationSummaryProps) {
  const { verification, citations, isQuoted = false, isCalm = false } = props;
  const gone = useLibraryStore((library) => goneSources(citations, (id) => isGone(library, id)));
  const text = summaryText(verification, { isQuoted, gone });
  if (text === null) return null;
  const verdict = worstOf(verification);
  return (
    <p className="mt-3 flex items-start gap-1.5 text-small text-muted" data-testid="verification-summary">
      {verdict === 'supported' && (isCalm || gone !== 'none') ? (
        <Quote size={13} className="mt-[1.5px] shrink-0" aria-hidden="true" />
      ) : (
        <VerdictIcon verdict={verdict} />
      )}
      <span>{text}</span>
    </p>
  );
}

function worstOf(verification: readonly SentenceVerification[]): Verdict {
  const verdicts = verification.map(({ verdict }) => verdict);
  if (verdicts.includes('unsupported')) return 'unsupported';
  if (verdicts.includes('partly')) return 'partly';
  return verdicts.includes('unjudged') ? 'unjudged' : 'supported';
}
