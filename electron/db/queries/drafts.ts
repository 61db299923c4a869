/** Statements on questions that are written and not asked yet. */
import type { ConversationScope } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { ConversationStore } from '../conversation-types.ts';
import type { Synchronous } from '../synchronous.ts';

interface DraftRow {
  readonly conversationId: string | null;
  readonly text: string;
  readonly scope: string;
}

export function draftQueries(connection: Connection): Synchronous<Pick<ConversationStore, 'drafts' | 'putDraft'>> {
  const select = connection.prepare<[], DraftRow>(
    `SELECT id AS conversationId, text, scope FROM drafts LEFT JOIN conversations ON key = conversation_key
     WHERE deleted_at IS NULL`,
  );
  const keyOf = '(SELECT key FROM conversations WHERE id = :conversationId)';
  const remove = connection.prepare<[Pick<DraftRow, 'conversationId'>]>(
    `DELETE FROM drafts WHERE conversation_key IS ${keyOf} AND (:conversationId IS NULL OR conversation_key IS NOT NULL)`,
  );
  // Nothing for a conversation that is gone: its question has no place any more.
  const insert = connection.prepare<[DraftRow]>(
    `INSERT INTO drafts (conversation_key, text, scope) SELECT ${keyOf}, :text, :scope
     WHERE :conversationId IS NULL OR ${keyOf} IS NOT NULL`,
  );
  const put = connection.transaction((draft: DraftRow) => {
    remove.run({ conversationId: draft.conversationId });
    if (draft.text !== '') insert.run(draft);
  });
  return {
    drafts: () => select.all().map((row) => ({ ...row, scope: JSON.parse(row.scope) as ConversationScope })),
    putDraft({ conversationId, text, scope }) {
      put({ conversationId, text, scope: JSON.stringify(scope) });
    },
  };
}
