/** The answer that a chip stands in. */
import { createContext } from 'react';
import type { Citation, SentenceVerification } from '../../../shared/domain.ts';

export interface AnswerContextValue {
  readonly messageId: string;
  readonly citations: readonly Citation[];
  readonly verification: readonly SentenceVerification[];
}

export const AnswerContext = createContext<AnswerContextValue>({
  messageId: '',
  citations: [],
  verification: [],
});
