/** `quire search QUESTION`: the passages that retrieval finds, best first. */
import type { SharedCore } from '../core/core.ts';
import type { RetrievalMode } from '../../shared/domain.ts';
import { requireDocuments } from './library.ts';
import type { Printer } from './printer.ts';

export interface SearchArguments {
  readonly question: string;
  readonly documentIds: readonly string[];
  readonly k: number;
  readonly mode: RetrievalMode;
}

export async function search(
  core: SharedCore,
  printer: Printer,
  { question, documentIds, k, mode }: SearchArguments,
): Promise<number> {
  const started = performance.now();
  await requireDocuments(core, documentIds);
  const retrieved = await core.questions.retrieve(question, { documentIds, k, mode });
  for (const hit of retrieved.hits) {
    const { rank, documentId, path, title, page, score, text, boxes } = hit;
    printer.line(
      { type: 'hit', rank, documentId, path, title, page, score, text, boxes },
      `${rank}. ${title}, page ${page}\n   ${text.slice(0, 200).replaceAll('\n', ' ')}`,
    );
  }
  const ms = Math.round(performance.now() - started);
  printer.line({ type: 'done', ms, mode: retrieved.mode, note: retrieved.note }, retrieved.note ?? '');
  return 0;
}
