/**
 * Puts the parts of Quire together, without a window: the database, the pipeline hosts, ingest, vectors, answers.
 * main.ts and cli.ts are its two users; what differs between them (how processes start, where keys come from, who
 * listens) they hand in.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeStale } from '../backup/staging.ts';
import { discardReady, finishSwap } from '../backup/swap.ts';
import type { Database } from '../db/database.ts';
import { createNpmLanguageData } from '../adapters/npm-language-data.ts';
import { watchFolder } from '../adapters/chokidar-watcher.ts';
import { openDatabase } from '../db/client.ts';
import { KEYS_FILE, type LibraryKeys } from '../encryption/library-keys.ts';
import { noLog } from '../logging/logger.ts';
import { outgoing } from '../pipeline/answer-trace.ts';
import { BlobStore } from '../pipeline/blobs.ts';
import type { ChatService } from '../pipeline/chat.ts';
import { EmbedQueue } from '../pipeline/embed-queue.ts';
import { Imports } from '../pipeline/imports.ts';
import { IngestQueue } from '../pipeline/ingest.ts';
import { Languages } from '../pipeline/languages.ts';
import { drawLostPictures } from '../pipeline/lost-pictures.ts';
import { RecognitionQueue } from '../pipeline/recognition-queue.ts';
import { WatchedFolders } from '../pipeline/watched-folders.ts';
import type { WritingService } from '../pipeline/writing/writing-service.ts';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import type { DeletionOutcome } from '../../shared/domain.ts';
import { toAppError } from '../../shared/errors.ts';
import { isThisComputer } from '../../shared/this-computer.ts';
import { createAnswering } from './answering.ts';
import { takeIn } from './arrivals.ts';
import type { CoreOptions } from './core-options.ts';
import type { DocumentFeed } from './document-feed.ts';
import { EmbedderChange, readEmbedderBefore } from './embedder-change.ts';
import { Embedders, type EmbedderSettings } from './embedders.ts';
import { createFeeds } from './feeds.ts';
import { Health } from './health.ts';
import { healthProbes } from './health-checks.ts';
import { createHosts } from './hosts.ts';
import { createLedger } from './ledger.ts';
import { deletionIncomplete, needsItsKeys } from './library-errors.ts';
import { makeFolder } from './make-folder.ts';
import { Originals } from './originals.ts';
import { Providers } from './providers.ts';
import type { Questions } from './questions.ts';
import { createRemoteTests } from './remote-tests.ts';
import { Remotes } from './remotes.ts';
import { SettingsStore } from './settings-store.ts';
import type { StatusFeed } from './status-feed.ts';
import { LibrarySync } from './sync.ts';
import type { Usage } from './usage.ts';

export interface Core {
  /** The library's folder. */
  readonly folder: string;
  /** As in `CoreOptions`. */
  readonly keys: LibraryKeys | null;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly ingest: IngestQueue;
  readonly imports: Imports;
  /** Watches nothing before its `start`. */
  readonly watched: WatchedFolders;
  readonly embedQueue: EmbedQueue;
  readonly recognition: RecognitionQueue;
  readonly languageData: Languages;
  readonly chat: ChatService;
  readonly writing: WritingService;
  readonly questions: Questions;
  readonly embedders: Embedders;
  readonly embedderChange: EmbedderChange;
  readonly settings: SettingsStore;
  readonly providers: Providers;
  /** The person's own Postgres and bucket. */
  readonly remotes: Remotes;
  /** With the other computers, through these. */
  readonly sync: LibrarySync;
  /** Asked for a document's file before it is read. */
  readonly originals: Originals;
  /** The ledger of model calls, its limits and prices. */
  readonly usage: Usage;
  readonly status: StatusFeed;
  readonly feed: DocumentFeed;
  readonly health: Health;
  /** Takes up what the last run left unfinished; called once, after the window can listen. Requests may come before. */
  resume(): Promise<void>;
  /** Resolves when nothing is read, embedded or recognised any more. */
  settled(): Promise<void>;
  /** Deletes documents with every trace, and says so. Throws `deletion-incomplete` when something of them is left. */
  deleteDocuments(documentIds: readonly string[]): Promise<DeletionOutcome>;
  close(): Promise<void>;
}

/**
 * What works on a library that is open elsewhere too: reading, searching, and asking. Nothing of it resumes, sweeps or
 * makes vectors, which only the one who holds the library's lock may do.
 */
export type SharedCore = Pick<
  Core,
  'folder' | 'keys' | 'database' | 'questions' | 'chat' | 'writing' | 'health' | 'close'
>;

/**
 * Opens a library for this process alone, until `close` or the end of the process. Errors: `library-in-use` when another
 * has it, `database-from-the-future`, `database-damaged`, `disk-full`, `file-unreadable`.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const core = await open(options, true);
  try {
    // Before the first request: what it begins must not be taken for what the last run left.
    await Promise.all([
      core.chat.recover(),
      core.writing.recover(),
      core.imports.load(),
      core.database.modelCalls.markInterrupted(),
    ]);
  } catch (error) {
    await core.close();
    throw error;
  }
  return core;
}

/** Opens a library beside whoever else has it open. Errors: as `openCore`; `library-in-use` only on an older format. */
export function openSharedCore(options: CoreOptions): Promise<SharedCore> {
  return open(options, false);
}

async function open(options: CoreOptions, exclusive: boolean): Promise<Core> {
  const { folder, keys, onError } = options;
  // Synchronous: the database's thread begins in this turn of a busy event loop, not in a later one.
  finishSwap(folder);
  makeFolder(folder);
  // SECURITY: nothing plain is begun in the place of an encrypted library that is gone.
  if (!keys && existsSync(join(folder, KEYS_FILE))) throw needsItsKeys(folder);
  const blobs = new BlobStore(folder, keys);
  const database = await openDatabase({
    path: join(folder, 'library.db'),
    exclusive,
    key: keys?.database ?? null,
    onUpdate: () => options.onUpdate?.(),
  });
  const settings = new SettingsStore(database);
  const remotes = new Remotes({
    database,
    keychain: options.keychain,
    tests: options.remoteTests ?? createRemoteTests(options.accountId ?? LOCAL_ACCOUNT),
    onTesting: (event) => options.onRemoteTesting?.(event),
  });
  const sync = new LibrarySync({
    database,
    blobs,
    folder,
    keys,
    keychain: options.keychain,
    remotes,
    proveOwner: options.proveOwner ?? null,
    ownerEmail: options.ownerEmail ?? (() => Promise.resolve(null)),
    appVersion: options.appVersion ?? '',
    onStatus: (event) => options.onSyncStatus?.(event),
    onDocuments: (documents) => options.onSyncDocuments?.(documents),
    onApplied: (applied) =>
      void takeIn(applied, {
        ...{ database, settings, ingest, feed, status, embedQueue, recognition },
        told: options,
      }).catch((error: unknown) => onError('sync', toAppError(error))),
    onError: (error) => onError('sync', error),
  });
  const ledger = createLedger({
    database,
    account: options,
    announce: (notice) => status.setBudget(notice),
    onLimitsChange: () => embedQueue.poke(),
    onError: (error) => onError('usage', error),
  });
  const { usage } = ledger;
  let before: EmbedderSettings | null;
  try {
    [before] = await Promise.all([
      readEmbedderBefore(database),
      settings.load(),
      remotes.load(),
      sync.load(),
      usage.load(),
      blobs.prepare(),
    ]);
  } catch (error) {
    await database.close();
    throw error;
  }

  const log = options.log ?? noLog;
  const hosts = createHosts({ launcher: options.launcher, stallLimit: options.stallLimit, log });

  const { meter, status, ingestLog, feed } = createFeeds({
    ...{ database, settings, log },
    imports: () => imports,
    told: options,
  });
  const providers = new Providers({
    settings,
    meter: ledger.metering,
    keychain: options.keychain,
    onBytesSent: (sent) => {
      const { host, bytes } = sent;
      outgoing.getStore()?.(sent);
      // What goes to a server on this computer does not leave it.
      if (!isThisComputer(host)) status.addBytesSent(bytes);
    },
    onAnswersError: (error) => status.setAnswers(error),
  });
  const embedders: Embedders = new Embedders({
    database,
    settings,
    providers,
    host: hosts.embedding,
    before: () => embedderChange.before,
  });
  const embedderChange = new EmbedderChange({
    database,
    settings,
    embedders,
    costOf: usage.costOf,
    before,
    onChange: () => embedQueue.restart(),
    announce: (rebuild) => status.setRebuild(rebuild),
    onError: (error) => onError('embedding', error),
  });

  const embedQueue: EmbedQueue = new EmbedQueue({
    database,
    embedder: () => embedders.wanted(),
    mayDiffer: (active) => embedders.mayDiffer(active),
    awaited: (fingerprint) => sync.awaitedVectors(fingerprint),
    isReading: () => ingest.busy,
    onChange: (id) => feed.changed(id),
    onAvailability: (error) => status.setEmbedder(error),
    onRebuild: (rebuild) => embedderChange.progress(rebuild),
    onComplete: (fingerprint) => embedderChange.complete(fingerprint),
    onIdle: () => recognition.poke(),
    onError: (error) => onError('embedding', error),
  });
  const ingest: IngestQueue = new IngestQueue({
    database,
    blobs,
    hosts: hosts.reading,
    tryingHost: hosts.trying,
    onChange: (id) => feed.changed(id),
    onText: () => embedQueue.poke(),
    holdBackground: async (id) => {
      const releases = await Promise.all([embedQueue.hold(id), recognition.hold(id)]);
      return () => releases.forEach((release) => release());
    },
    onError: (error) => onError('ingest', error),
  });
  const languageData = new Languages(
    createNpmLanguageData(options.languageFolder ?? join(folder, 'languages'), options.languageRegistry ?? null),
    () => recognition.restart(),
  );
  const recognition: RecognitionQueue = new RecognitionQueue({
    database,
    blobs,
    host: hosts.recognising,
    isBusy: () => ingest.busy || embedQueue.busy,
    languageData,
    defaultLanguages: () => settings.current.recognition.languages,
    onChange: (id) => feed.changed(id),
    onRecognised: (id) => ingest.takeUp(id),
    onError: (error) => onError('recognition', error),
  });
  const deleteDocuments: Core['deleteDocuments'] = async (documentIds) => {
    await writing.stopAbout(documentIds);
    const { outcome, left } = await ingest.delete(documentIds);
    feed.removed(documentIds);
    void sync.deleted(documentIds).catch((error: unknown) => onError('sync', toAppError(error)));
    if (left.length > 0) throw deletionIncomplete(left);
    return outcome;
  };
  const imports: Imports = new Imports({
    database,
    ingest,
    deleteDocuments,
    onChange: () => status.changed(),
    onError: (error) => onError('import', error),
  });
  const watched = new WatchedFolders({
    database,
    ingest,
    watch: options.watch ?? watchFolder,
    ownFolder: realpathSync(options.ownFolder ?? folder),
    ...(options.watchTimes ? { times: options.watchTimes } : {}),
    deleteDocuments,
    onDocumentChange: (id) => feed.changed(id),
    onChange: () => options.onFoldersChange?.(),
    onError: (error) => onError('watched folders', error),
  });
  const { questions, chat, writing } = createAnswering({
    ...{ database, embedders, providers, hosts, sync, usage },
    told: options,
  });

  const health = new Health(
    healthProbes({
      folder,
      library: { database, providers, settings: () => settings.current },
      hosts,
      keychain: options.keychain,
      languageData,
    }),
  );

  const closing = new AbortController();
  let drawing: Promise<void> | null = null;

  return {
    folder,
    keys,
    database,
    blobs,
    ingest,
    imports,
    watched,
    embedQueue,
    recognition,
    languageData,
    chat,
    writing,
    questions,
    embedders,
    embedderChange,
    settings,
    providers,
    remotes,
    sync,
    originals: new Originals(database, blobs, sync),
    usage,
    status,
    feed,
    health,
    async resume() {
      // What a backup or a restore that was killed left behind.
      await Promise.all([removeStale(folder), removeStale(dirname(folder)), discardReady(folder)]);
      meter.update(await database.documents.listUnfinished(), performance.now());
      await ingest.resume();
      drawing = drawLostPictures({
        database,
        blobs,
        host: hosts.trying,
        signal: closing.signal,
        onChange: (id) => feed.changed(id),
        onError: (error) => onError('pictures', error),
      });
      await imports.resume();
      usage.changed();
      status.changed();
      await sync.start();
    },
    async settled() {
      do {
        await imports.idle();
        await ingest.idle();
        embedQueue.poke();
        await embedQueue.idle();
        recognition.poke();
        await recognition.idle();
      } while (ingest.busy || embedQueue.busy || recognition.busy);
    },
    deleteDocuments,
    async close() {
      feed.close();
      ingestLog.flush();
      health.cancel();
      status.close();
      closing.abort();
      await Promise.all([chat.close(), writing.close(), sync.close()]);
      await remotes.close();
      hosts.close();
      await Promise.all([
        drawing,
        watched.close(),
        imports.close(),
        ingest.close(),
        embedQueue.close(),
        recognition.close(),
        languageData.close(),
      ]);
      await ledger.close();
      await database.close();
    },
  };
}
