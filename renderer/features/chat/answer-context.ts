/** The answer that a chip stands in. */
import { createContext } from 'react';
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';

export interface AnswerContextValue {
  readonly messageId: string;
  readonly citations: readonly Citation[];
  readonly verification: readonly SentenceVerification[];
  /** What a chip says: its number, or its page where the numbers mean nothing to the reader. */
  readonly chips?: 'number' | 'page';
}

export const AnswerContext = createContext<AnswerContextValue>({
  messageId: '',
  citations: [],
  verification: [],
});
