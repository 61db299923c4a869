/** Saves a conversation or a written piece as a file that the person names. */
import { inExportThread } from '../../core/export-thread.ts';
import type { Core } from '../../core/core.ts';
import type { ExportedConversation } from '../../pipeline/export-conversation.ts';
import type { ExportJob } from '../../pipeline/export-job.ts';
import type { ExportFormat } from '../../../shared/requests/chat.ts';
import type { Desktop } from '../desktop.ts';

const kinds: Readonly<Record<ExportFormat, { readonly extension: string; readonly name: string }>> = {
  markdown: { extension: 'md', name: 'Markdown' },
  pdf: { extension: 'pdf', name: 'PDF' },
  json: { extension: 'json', name: 'JSON' },
};

const longestFileName = 80;

/** Answers with the file's name, or null when the dialog was dismissed. */
export async function exportConversation(
  { chat, database }: Pick<Core, 'chat' | 'database'>,
  desktop: Desktop,
  conversationId: string,
  format: ExportFormat,
): Promise<string | null> {
  const conversation = await exported({ chat, database }, conversationId);
  const { title } = conversation.summary;
  if (format !== 'json') return saveExport(desktop, title, { format, conversation });
  const tree = await database.messages.tree(conversationId);
  return saveExport(desktop, title, { format, conversation, tree });
}

async function exported(
  { chat, database }: Pick<Core, 'chat' | 'database'>,
  conversationId: string,
): Promise<ExportedConversation> {
  const conversation = await chat.conversation(conversationId);
  const cited = conversation.messages.flatMap(({ citations }) => citations.map(({ documentId }) => documentId));
  const present = new Set((await database.documents.getSeveral([...new Set(cited)])).map(({ id }) => id));
  return { ...conversation, goneDocumentIds: cited.filter((id) => !present.has(id)) };
}

/** As `exportConversation`. */
export function saveExport(desktop: Desktop, title: string, job: ExportJob): Promise<string | null> {
  const kind = kinds[job.format];
  return desktop.saveFile({
    fileName: exportFileName(title, kind.extension),
    kind,
    make: async () => {
      const text = await inExportThread(job);
      return job.format === 'pdf' ? desktop.printPdf(text) : text;
    },
  });
}

/** A file name without what file systems refuse. */
export function exportFileName(title: string, extension: string): string {
  const safe = title
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, longestFileName)
    .trim();
  return `${safe === '' ? 'Conversation' : safe}.${extension}`;
}
