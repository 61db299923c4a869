/** Words of an answer that their passages do not support, and the numbers and names that stand in none. */
import { use, type ReactNode } from 'react';
import { Tip } from '../../components/tip.tsx';
import { AnswerContext } from './answer-context.ts';
import { verdictText } from './verdict-words.ts';

export interface CheckedTextProps {
  /** Where their sentence begins in the answer. */
  readonly sentence: number;
  readonly children: ReactNode;
}

/** The chip behind the sentence says it to screen readers; here it is seen, and told on hover. */
export function CheckedText({ sentence, children }: CheckedTextProps) {
  const verification = use(AnswerContext).verification.find(({ start }) => start === sentence);
  if (!verification) return children;
  return (
    <Tip label={verdictText(verification)} side="top">
      <span className="unsupported" data-testid="unsupported">
        {children}
      </span>
    </Tip>
  );
}

export function FlaggedText({ sentence, children }: CheckedTextProps) {
  const verification = use(AnswerContext).verification.find(({ start }) => start === sentence);
  if (!verification) return children;
  const { verdict, reason, citations } = verification;
  const what = reason === 'contradicted' ? 'not what the passage says' : 'stands in no cited passage';
  return (
    <Tip label={citations.length > 0 ? verdictText(verification) : 'This stands in no cited passage.'} side="top">
      <mark className="flagged" data-testid="flagged" data-verdict={verdict} tabIndex={0}>
        {children}
        <span className="sr-only select-none"> ({what})</span>
      </mark>
    </Tip>
  );
}
