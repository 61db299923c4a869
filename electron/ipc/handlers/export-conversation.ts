/** Saves a conversation as a file that the person names. */
import {
  conversationHtml,
  conversationJson,
  conversationMarkdown,
  exportFileName,
} from '../../pipeline/export-conversation.ts';
import type { Core } from '../../core/core.ts';
import type { ExportFormat } from '../../../shared/requests/chat.ts';
import type { Desktop } from '../desktop.ts';

export const exportKinds: Readonly<Record<ExportFormat, { readonly extension: string; readonly name: string }>> = {
  markdown: { extension: 'md', name: 'Markdown' },
  pdf: { extension: 'pdf', name: 'PDF' },
  json: { extension: 'json', name: 'JSON' },
};

/** Answers with the file's name, or null when the dialog was dismissed. */
export async function exportConversation(
  { chat, database }: Pick<Core, 'chat' | 'database'>,
  desktop: Desktop,
  conversationId: string,
  format: ExportFormat,
): Promise<string | null> {
  const conversation = await chat.conversation(conversationId);
  const kind = exportKinds[format];
  return desktop.saveFile({
    fileName: exportFileName(conversation.summary.title, kind.extension),
    kind,
    make: () => {
      switch (format) {
        case 'markdown':
          return Promise.resolve(conversationMarkdown(conversation));
        case 'json':
          return database.messages.tree(conversationId).then((tree) => conversationJson(conversation, tree));
        case 'pdf':
          return desktop.printPdf(conversationHtml(conversation));
      }
    },
  });
}
