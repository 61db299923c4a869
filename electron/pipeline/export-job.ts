/** What becomes a file: all that a thread needs to make it (see `core/export-thread.ts`). Pure. */
import type { BranchedMessages } from '../db/conversation-types.ts';
import type { ExportFormat } from '../../shared/requests/chat.ts';
import type { WrittenPiece } from '../../shared/written.ts';
import {
  conversationHtml,
  conversationJson,
  conversationMarkdown,
  type ExportedConversation,
} from './export-conversation.ts';
import { pieceHtml, pieceJson, pieceMarkdown } from './writing/export-piece.ts';

export type ExportJob =
  | { readonly format: ExportFormat; readonly piece: WrittenPiece }
  | { readonly format: Exclude<ExportFormat, 'json'>; readonly conversation: ExportedConversation }
  // All branches: of them the others show one.
  | { readonly format: 'json'; readonly conversation: ExportedConversation; readonly tree: BranchedMessages };

/** The file's text; for a PDF the page that is printed. */
export function exportedText(job: ExportJob): string {
  switch (job.format) {
    case 'markdown':
      return 'piece' in job ? pieceMarkdown(job.piece) : conversationMarkdown(job.conversation);
    case 'json':
      return 'piece' in job ? pieceJson(job.piece) : conversationJson(job.conversation, job.tree);
    case 'pdf':
      return 'piece' in job ? pieceHtml(job.piece) : conversationHtml(job.conversation);
  }
}
