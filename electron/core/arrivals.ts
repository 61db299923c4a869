/** What came from other computers: the window shows it, and what waits for text or vectors goes on. */
import type { Database } from '../db/database.ts';
import type { Applied } from '../db/sync-types.ts';
import type { EmbedQueue } from '../pipeline/embed-queue.ts';
import type { IngestQueue } from '../pipeline/ingest.ts';
import type { RecognitionQueue } from '../pipeline/recognition-queue.ts';
import type { CoreOptions } from './core-options.ts';
import type { DocumentFeed } from './document-feed.ts';
import type { SettingsStore } from './settings-store.ts';
import type { StatusFeed } from './status-feed.ts';

/** Who is told, or goes on. */
export interface Arrivals {
  readonly database: Pick<Database, 'documents'>;
  readonly settings: Pick<SettingsStore, 'load'>;
  readonly ingest: Pick<IngestQueue, 'removeFiles'>;
  readonly feed: DocumentFeed;
  readonly status: StatusFeed;
  readonly embedQueue: EmbedQueue;
  readonly recognition: RecognitionQueue;
  readonly told: Pick<CoreOptions, 'onConversationChange' | 'onShelvesChange'>;
}

export async function takeIn(
  applied: Omit<Applied, 'left'>,
  { database, settings, ingest, feed, status, embedQueue, recognition, told }: Arrivals,
): Promise<void> {
  const { documentIds, conversationIds, contentHashes, settings: areOther } = applied;
  if (contentHashes.length > 0) await ingest.removeFiles();
  const there = new Set((await database.documents.getSeveral(documentIds)).map(({ id }) => id));
  for (const id of there) feed.changed(id);
  const gone = documentIds.filter((id) => !there.has(id));
  if (gone.length > 0) feed.removed(gone);
  for (const id of conversationIds) told.onConversationChange?.(id);
  if (documentIds.length > 0) told.onShelvesChange?.();
  if (areOther) await settings.load();
  status.changed();
  embedQueue.poke();
  recognition.poke();
}
