/** A message for tests of streams: an answer of which nothing has come yet. */
import type { Message } from '../../shared/domain.ts';

export const emptyAnswer: Message = {
  id: 'm',
  conversationId: 'c',
  role: 'assistant',
  text: '',
  state: 'streaming',
  citations: [],
  verification: [],
  source: null,
  usage: null,
  error: null,
  createdAt: 0,
};
