/**
 * What passes between the database client and its worker threads, and which thread answers what.
 */
import type { Database } from './database.ts';
import type { OpenOptions } from './open.ts';

export type Group = Exclude<keyof Database, 'close' | 'serve'>;

export interface WorkerOpenOptions extends OpenOptions {
  /** Holds the library's lock from `open` to `close`, or to the end of the process. */
  readonly exclusive?: boolean;
}

/** The functions a database worker serves. */
export interface WorkerFunctions {
  /** Opens the file; called once, before anything else. */
  open(options: WorkerOpenOptions): Promise<void>;
  /** Calls a method of a group of `Database`. */
  call(group: Group, method: string, parameters: readonly unknown[]): Promise<unknown>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * `write`: the one writing thread. `read`: the read-only one. `both`: first one, then the other. `aside`: a read-only
 * one that is there for long looks alone, and ends when it has had none for a while.
 */
export type Route = 'write' | 'read' | 'both' | 'aside';

export const routes: { readonly [Name in Group]: { readonly [Method in keyof Database[Name]]: Route } } = {
  documents: {
    insert: 'write',
    get: 'read',
    findByHash: 'read',
    list: 'read',
    ids: 'read',
    getSeveral: 'read',
    names: 'read',
    contentHashes: 'read',
    listUnfinished: 'read',
    setInfo: 'write',
    rename: 'write',
    stages: 'read',
    storedBytes: 'read',
    reset: 'write',
    replace: 'write',
    setState: 'write',
    setProgress: 'write',
    fail: 'write',
    retry: 'write',
    describeDeletion: 'read',
    delete: 'write',
  },
  pages: { put: 'write', next: 'read', read: 'read', readText: 'read', sizes: 'read', find: 'read' },
  recognition: {
    plan: 'write',
    waiting: 'read',
    pages: 'read',
    put: 'write',
    stop: 'write',
    again: 'write',
    goOn: 'write',
    doubtful: 'read',
  },
  chunks: { begin: 'write', append: 'write', finish: 'write', get: 'read', range: 'read', headingPaths: 'read' },
  embedders: { register: 'write', list: 'read', active: 'read', outstanding: 'read', activate: 'write' },
  vectors: { pending: 'read', put: 'write', progress: 'read', read: 'read', documentsLacking: 'read' },
  search: { text: 'read', pages: 'read', vectors: 'read', warm: 'read', coverage: 'read' },
  conversations: {
    create: 'write',
    get: 'read',
    list: 'read',
    rename: 'write',
    retitle: 'write',
    setScope: 'write',
    mark: 'write',
    setDeleted: 'write',
    delete: 'write',
    purge: 'write',
    drafts: 'read',
    putDraft: 'write',
  },
  messages: {
    list: 'read',
    get: 'read',
    tree: 'read',
    branches: 'read',
    figures: 'read',
    show: 'write',
    append: 'write',
    update: 'write',
    deleteFrom: 'write',
    markInterrupted: 'write',
  },
  traces: { put: 'write', get: 'read' },
  written: {
    create: 'write',
    get: 'read',
    list: 'read',
    update: 'write',
    rename: 'write',
    setDeleted: 'write',
    purge: 'write',
    putPart: 'write',
    parts: 'read',
    clearParts: 'write',
    markInterrupted: 'write',
  },
  shelves: {
    list: 'read',
    createCollection: 'write',
    renameCollection: 'write',
    deleteCollection: 'write',
    restoreCollection: 'write',
    putIn: 'write',
    takeOut: 'write',
    tag: 'write',
    untag: 'write',
    renameTag: 'write',
    deleteTag: 'write',
    setFavourite: 'write',
  },
  imports: {
    list: 'read',
    documentStates: 'read',
    begin: 'write',
    look: 'write',
    insert: 'write',
    settle: 'write',
    cancel: 'write',
    again: 'write',
    clear: 'write',
  },
  watched: {
    folders: 'read',
    counts: 'read',
    add: 'write',
    setPaused: 'write',
    remove: 'write',
    files: 'read',
    file: 'read',
    isExcluded: 'read',
    put: 'write',
    insert: 'write',
    setGone: 'write',
    isSole: 'read',
    move: 'write',
    brought: 'read',
  },
  modelCalls: {
    reserve: 'write',
    settle: 'write',
    markInterrupted: 'write',
    spending: 'read',
    summary: 'read',
    list: 'read',
    unpriced: 'read',
    setPrices: 'write',
  },
  settings: { get: 'read', list: 'read', set: 'write', delete: 'write' },
  sync: {
    state: 'read',
    turnOn: 'write',
    turnOff: 'write',
    setClock: 'write',
    setRestored: 'write',
    collect: 'write',
    outgoing: 'write',
    pushed: 'write',
    receive: 'write',
    apply: 'write',
    known: 'read',
    sendAgain: 'write',
    receiveGone: 'write',
    conflicts: 'read',
    settleConflict: 'write',
  },
  files: { pendingDeletions: 'read', confirmDeleted: 'write' },
  parts: {
    documents: 'write',
    get: 'write',
    setRegister: 'write',
    count: 'read',
    pages: 'read',
    chunks: 'read',
    chunkHashes: 'read',
    received: 'read',
    putPages: 'write',
    putChunks: 'write',
    finishReading: 'write',
    spaces: 'read',
    lackingVectors: 'read',
    awaitingVectors: 'read',
    elsewhere: 'read',
    vectors: 'read',
    putVectors: 'write',
    setPictured: 'write',
    setPinned: 'write',
    used: 'write',
  },
  maintenance: {
    integrity: 'read',
    figures: 'aside',
    tables: 'aside',
    quickCheck: 'aside',
    releaseMemory: 'both',
  },
};
