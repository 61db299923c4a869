/** Text with citations outside of a conversation: rendered and checked as an answer is, its chips name pages. */
import { useEffect, useMemo } from 'react';
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';
import { warmDocument } from '../../app/warm-viewer.ts';
import { AnswerContext } from './answer-context.ts';
import { withoutOpenMark } from './citation-text.ts';
import { Markdown } from './markdown.tsx';
import { VerificationSummary } from './verification-summary.tsx';

export interface CitedTextProps {
  readonly id: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly verification: readonly SentenceVerification[];
  readonly isStreaming: boolean;
}

export function CitedText({ id, text, citations, verification, isStreaming }: CitedTextProps) {
  const context = useMemo(
    () => ({ messageId: id, citations, verification, chips: 'page' as const }),
    [id, citations, verification],
  );
  const cited = citations[0]?.documentId;
  useEffect(() => {
    if (cited !== undefined) warmDocument(cited);
  }, [cited]);
  if (text === '') return null;
  return (
    <>
      <AnswerContext value={context}>
        <Markdown text={isStreaming ? withoutOpenMark(text) : text} verification={verification} />
      </AnswerContext>
      {isStreaming ? null : <VerificationSummary verification={verification} citations={citations} />}
    </>
  );
}
