/** Handlers of questions and conversations. */
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type ChatHandlers = Pick<Handlers, Extract<keyof Handlers, `chat.${string}` | `conversations.${string}`>>;

export function chatHandlers(core: Core, onConversationChange: (conversationId: string) => void): ChatHandlers {
  const { database, chat } = core;
  return {
    'chat.ask': ({ conversationId, question, documentIds }) => chat.ask(conversationId, question, documentIds),
    'chat.stop': async ({ streamId }) => {
      await chat.stop(streamId);
      return null;
    },
    'chat.regenerate': ({ conversationId }) => chat.regenerate(conversationId),
    'chat.getTrace': ({ messageId }) => database.traces.get(messageId),
    'conversations.list': ({ search }) => database.conversations.list(search),
    'conversations.get': ({ conversationId }) => chat.conversation(conversationId),
    'conversations.rename': async ({ conversationId, title }) => {
      await database.conversations.rename(conversationId, title);
      onConversationChange(conversationId);
      return null;
    },
    'conversations.setScope': async ({ conversationId, documentIds }) => {
      await database.conversations.setDocuments(conversationId, documentIds);
      onConversationChange(conversationId);
      return null;
    },
    'conversations.delete': async ({ conversationId }) => {
      await chat.deleteConversation(conversationId);
      return null;
    },
  };
}
