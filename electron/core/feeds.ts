/** What the window is told of an open library: its documents, and how it stands. */
import type { Database } from '../db/database.ts';
import type { Log } from '../logging/logger.ts';
import type { Imports } from '../pipeline/imports.ts';
import { ActivityMeter } from './activity.ts';
import type { CoreOptions } from './core-options.ts';
import { DocumentFeed } from './document-feed.ts';
import { IngestLog } from './ingest-log.ts';
import type { SettingsStore } from './settings-store.ts';
import { StatusFeed } from './status-feed.ts';

export interface FeedsOptions {
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly log: Log;
  /** Asked for when there is something to tell; made later than these. */
  readonly imports: () => Pick<Imports, 'summary' | 'documentsChanged'>;
  readonly told: Pick<CoreOptions, 'onLibraryChange' | 'onStatusChange' | 'onError'>;
}

export interface Feeds {
  readonly meter: ActivityMeter;
  readonly status: StatusFeed;
  readonly ingestLog: IngestLog;
  readonly feed: DocumentFeed;
}

export function createFeeds({ database, settings, log, imports, told }: FeedsOptions): Feeds {
  const meter = new ActivityMeter();
  const status = new StatusFeed({
    settings,
    meter,
    imported: () => imports().summary,
    announce: (event) => told.onStatusChange?.(event),
  });
  const ingestLog = new IngestLog(log);
  const feed = new DocumentFeed({
    database,
    announce: (event) => {
      ingestLog.changed(event.documents, event.removed);
      meter.update(event.documents, performance.now());
      meter.remove(event.removed);
      imports().documentsChanged(event.documents, event.removed);
      told.onLibraryChange?.(event);
      status.changed();
    },
    onError: (error) => told.onError('library feed', error),
  });
  return { meter, status, ingestLog, feed };
}
