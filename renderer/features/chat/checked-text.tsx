/** Words of an answer that their passages do not support, and the numbers and names that stand in none. */
import { use, type ReactNode } from 'react';
import { Tip } from '../../components/tip.tsx';
import { AnswerContext } from './answer-context.ts';
import { verdictText } from '../../../shared/verdict-words.ts';

export interface CheckedTextProps {
  /** Where their sentence begins in the answer. */
  readonly sentence: number;
  readonly children: ReactNode;
}

export interface CheckedWordsProps extends CheckedTextProps {
  /** No chip behind the sentence tells its verdict: these words do, by keyboard and to screen readers, too. */
  readonly tells: boolean;
}

/** The chip behind the sentence says it to screen readers; here it is seen, and told on hover. */
export function CheckedText({ sentence, tells, children }: CheckedWordsProps) {
  const verification = use(AnswerContext).verification.find(({ start }) => start === sentence);
  if (!verification) return children;
  const { verdict } = verification;
  const text = verdictText(verification);
  return (
    <Tip label={text} side="top">
      <span
        className={verdict === 'partly' ? 'partly' : 'unsupported'}
        data-testid={verdict}
        {...(tells ? { tabIndex: 0 } : {})}
      >
        {children}
        {tells ? <span className="sr-only select-none"> ({text})</span> : null}
      </span>
    </Tip>
  );
}

export function FlaggedText({ sentence, children }: CheckedTextProps) {
  const verification = use(AnswerContext).verification.find(({ start }) => start === sentence);
  if (!verification) return children;
  const { verdict, reason, citations } = verification;
  const what =
    reason === 'contradicted'
      ? 'not what the passage says'
      : reason === 'calculated'
        ? 'calculated, stands in no cited passage'
        : 'stands in no cited passage';
  return (
    <Tip label={citations.length > 0 ? verdictText(verification) : 'This stands in no cited passage.'} side="top">
      <mark className="flagged" data-testid="flagged" data-verdict={verdict} tabIndex={0}>
        {children}
        <span className="sr-only select-none"> ({what})</span>
      </mark>
    </Tip>
  );
}
