/**
 * All statements on one connection: what a database worker serves. Runs in the worker, never on the main thread.
 */
import Sqlite from 'better-sqlite3';
import type { Connection } from './connection.ts';
import type { DeletedDocuments, MaintenanceStore } from './database.ts';
import { chunkQueries } from './queries/chunks.ts';
import { conversationQueries } from './queries/conversations.ts';
import { documentQueries } from './queries/documents.ts';
import { embedderQueries } from './queries/embedders.ts';
import { fileQueries } from './queries/files.ts';
import { healthQueries } from './queries/health.ts';
import { importQueries } from './queries/imports.ts';
import { integrityQueries } from './queries/integrity.ts';
import { messageQueries } from './queries/messages.ts';
import { modelCallQueries } from './queries/model-calls.ts';
import { pageQueries } from './queries/pages.ts';
import { partsQueries } from './queries/parts/parts.ts';
import { recognitionQueries } from './queries/recognition.ts';
import { searchQueries } from './queries/search.ts';
import { shelfQueries } from './queries/shelves.ts';
import { settingQueries } from './queries/settings.ts';
import { lazySync } from './queries/sync/lazy.ts';
import { traceQueries } from './queries/traces.ts';
import { vectorQueries } from './queries/vectors.ts';
import { watchQueries } from './queries/watched.ts';
import { writtenQueries } from './queries/written.ts';
import type { Synchronous } from './synchronous.ts';
import { removeUpdateCopies } from './update-copies.ts';

/** Pages of the file given back in one turn: about 5 ms. */
const VACUUM_PAGES = 256;

/** The groups of `Database`, with methods that answer at once or with a promise. */
export function createStore(connection: Connection) {
  const documents = documentQueries(connection);
  const embedders = embedderQueries(connection);
  const search = searchQueries(connection, embedders);
  const recognition = recognitionQueries(connection, documents);
  const vectors = vectorQueries(connection, documents, embedders);
  const maintenance: Synchronous<MaintenanceStore> = {
    integrity: integrityQueries(connection),
    ...healthQueries(connection),
    releaseMemory() {
      search.release();
      connection.pragma('shrink_memory');
    },
  };
  function deleteDocuments(ids: readonly string[]): DeletedDocuments {
    const deleted = documents.delete(ids);
    giveBackSpace(connection);
    const copies = removeUpdateCopies(connection.name);
    return copies === 0 ? deleted : { ...deleted, left: [...deleted.left, `${copies} copies from before an update`] };
  }
  return {
    documents: { ...documents, delete: deleteDocuments },
    pages: pageQueries(connection, documents),
    recognition,
    chunks: chunkQueries(connection, documents),
    embedders: {
      ...embedders,
      activate(fingerprint: string, options?: { readonly dropOthers?: boolean }) {
        embedders.activate(fingerprint, options);
        if (options?.dropOthers) giveBackSpace(connection);
      },
    },
    vectors,
    search,
    conversations: conversationQueries(connection),
    messages: messageQueries(connection),
    traces: traceQueries(connection),
    written: writtenQueries(connection),
    shelves: shelfQueries(connection),
    imports: importQueries(connection, documents),
    watched: watchQueries(connection, documents),
    modelCalls: modelCallQueries(connection),
    settings: settingQueries(connection),
    sync: lazySync(connection, deleteDocuments),
    files: fileQueries(connection),
    parts: partsQueries(connection, { documents, embedders, vectors, plan: recognition.plan }),
    maintenance,
  };
}

export type Store = ReturnType<typeof createStore>;

/** Shrinks the file by the pages a deletion freed, in turns, so that other requests get theirs in between. */
function giveBackSpace(connection: Connection): void {
  setImmediate(() => {
    if (!connection.open) return;
    try {
      if (Number(connection.pragma('freelist_count', { simple: true })) === 0) {
        // The log still holds the pages as they were.
        connection.pragma('wal_checkpoint(TRUNCATE)');
        return;
      }
      connection.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    } catch (error) {
      // Another process holds the file, or the disk is full: the next deletion gives the space back. Thrown here, it
      // would end the thread.
      if (error instanceof Sqlite.SqliteError) return;
      throw error;
    }
    giveBackSpace(connection);
  });
}
