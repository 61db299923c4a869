/** One line under an answer: how many of its cited sentences their passages support. */
import type { SentenceVerification, Verdict } from '../../../shared/domain.ts';
import { VerdictIcon } from './verdict.tsx';
import { summaryText } from './verdict-words.ts';

export function VerificationSummary({ verification }: { readonly verification: readonly SentenceVerification[] }) {
  const text = summaryText(verification);
  if (text === null) return null;
  return (
    <p className="mt-3 flex items-start gap-1.5 text-small text-muted" data-testid="verification-summary">
      <VerdictIcon verdict={worstOf(verification)} />
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
