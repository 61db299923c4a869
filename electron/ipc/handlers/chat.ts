/** Handlers of questions and conversations. */
import type { Core } from '../../core/core.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';
import { exportConversation } from './export-file.ts';

type ChatHandlers = Pick<Handlers, Extract<keyof Handlers, `chat.${string}` | `conversations.${string}`>>;

export function chatHandlers(
  core: Core,
  desktop: Desktop,
  onConversationChange: (conversationId: string) => void,
): ChatHandlers {
  const { database, chat } = core;
  return {
    'chat.ask': ({ conversationId, question, ...scope }) => chat.ask(conversationId, question, scope),
    'chat.stop': async ({ streamId }) => {
      await chat.stop(streamId);
      return null;
    },
    'chat.regenerate': ({ conversationId }) => chat.regenerate(conversationId),
    'chat.getTrace': ({ messageId }) => database.traces.get(messageId),
    'chat.edit': ({ messageId, question }) => chat.edit(messageId, question),
    'chat.listDrafts': () => database.conversations.drafts(),
    'chat.keepDraft': async ({ conversationId, text, ...scope }) => {
      await database.conversations.putDraft({ conversationId, text, scope });
      return null;
    },
    'conversations.list': (query) => database.conversations.list(query),
    'conversations.get': ({ conversationId }) => chat.conversation(conversationId),
    'conversations.rename': async ({ conversationId, title }) => {
      await database.conversations.rename(conversationId, title);
      onConversationChange(conversationId);
      return null;
    },
    'conversations.setScope': async ({ conversationId, ...scope }) => {
      await database.conversations.setScope(conversationId, scope);
      onConversationChange(conversationId);
      return null;
    },
    'conversations.mark': async ({ conversationId, pinned, archived }) => {
      await database.conversations.mark(conversationId, {
        ...(pinned === undefined ? {} : { pinned }),
        ...(archived === undefined ? {} : { archived }),
      });
      onConversationChange(conversationId);
      return null;
    },
    'conversations.showMessage': async ({ messageId }) => {
      await chat.showMessage(messageId);
      return null;
    },
    'conversations.export': ({ conversationId, format }) => exportConversation(core, desktop, conversationId, format),
    'conversations.restore': async ({ conversationId }) => {
      await chat.restoreConversation(conversationId);
      return null;
    },
    'conversations.delete': async ({ conversationId }) => {
      await chat.deleteConversation(conversationId);
      return null;
    },
  };
}
