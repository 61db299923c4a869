/**
 * Backups of the open library, and restoring one: a task at a time, its progress, and what is told of it.
 * It outlives the core, which a restore replaces.
 */
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { freeSpace, folderBytes } from '../backup/files.ts';
import type { Inspection } from '../backup/read-backup.ts';
import { deleteKept, discardReady, keptFolder, listKept, putBack, readyFolder, swapLibrary } from '../backup/swap.ts';
import { DATABASE, damagedBackup } from '../backup/manifest.ts';
import { inBackupThread, ledgerLeft, ledgerLost, type ThreadOptions } from '../backup/thread.ts';
import type { Database } from '../db/database.ts';
import { openBackupKeys } from '../encryption/open-backup-keys.ts';
import { clearKeys, copyKeys, type LibraryKeys } from '../encryption/library-keys.ts';
import { takeOverKept } from '../encryption/take-over-kept.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupTask, LibraryOverview, RestorePlan } from '../../shared/requests/backup.ts';
import type { Core } from './core.ts';
import { readLastBackup, recordBackup } from './last-backup.ts';

export interface BackupsOptions {
  /** The core that is open now. */
  readonly core: () => Pick<Core, 'database' | 'folder' | 'keys'>;
  readonly appVersion: string;
  readonly onTask: (task: BackupTask | null) => void;
  /** Closes the core, runs what puts another library in its place, and opens that one, or the same when it fails. */
  readonly replaceLibrary: (swap: () => Promise<Swapped>) => Promise<void>;
}

export interface Swapped {
  /** The name of the library that was put aside; null when there was none. */
  readonly kept: string | null;
  /** What the new library lacks, for people; null when nothing is to be told, or a task tells it. */
  readonly note: string | null;
}

/** A backup that was chosen to be restored. */
interface Plan extends Inspection {
  readonly id: string;
  readonly file: string;
  /** Of the library in it, once it is unlocked; they are cleared when the plan is left. */
  readonly keys: LibraryKeys | null;
}

/** Milliseconds of a stage until its rate says something. */
const RATE_AFTER = 1_000;

export class Backups {
  readonly #options: BackupsOptions;
  #task: BackupTask | null = null;
  #running: { readonly controller: AbortController; readonly done: Promise<void> } | null = null;
  #stageStart = 0;
  #plan: Plan | null = null;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  get task(): BackupTask | null {
    return this.#task;
  }

  async overview(): Promise<LibraryOverview> {
    const { database, folder } = this.#options.core();
    const [databaseBytes, originals, thumbnails, free, kept, documents, conversations, lastBackup] = await Promise.all([
      folderBytes(folder, (name) => name.startsWith('library.db')),
      folderBytes(join(folder, 'blobs')),
      folderBytes(join(folder, 'thumbs')),
      freeSpace(folder),
      listKept(folder),
      database.documents.ids(),
      countConversations(database),
      readLastBackup(database),
    ]);
    return {
      database: databaseBytes,
      originals,
      thumbnails,
      free,
      kept,
      lastBackup,
      counts: { documents: documents.length, conversations },
    };
  }

  /** Begins a backup; how it goes is told by `onTask`. Errors: `request-invalid` while another task runs. */
  create(file: string): void {
    const { appVersion, core } = this.#options;
    this.#begin('backup', file, async (options) => {
      const { folder, keys } = core();
      const summary = await inBackupThread((remote) => remote.write({ folder, file, appVersion, keys }), options);
      await recordBackup(core().database, summary);
      return { summary };
    });
  }

  /** Begins to check every hash in a backup. */
  verify(file: string): void {
    const key = this.#options.core().keys?.manifest ?? null;
    this.#begin('verify', file, (options) => inBackupThread((remote) => remote.verify(file, key), options));
  }

  /** Reads what is in a backup; the answer's `planId` restores it. Errors: `backup-damaged`, `backup-from-the-future`. */
  async plan(file: string): Promise<RestorePlan> {
    this.#forgetPlan();
    const { keys } = this.#options.core();
    const inspection = await inBackupThread((remote) => remote.inspect(file, keys?.manifest ?? null));
    // One that opens with the library's own keys is of this library.
    const isOwn = inspection.summary?.isEncrypted === true;
    this.#plan = { id: randomUUID(), file, ...inspection, keys: isOwn && keys ? copyKeys(keys) : null };
    return this.#described(this.#plan);
  }

  /** Opens an encrypted backup with a password or a recovery code. Errors: `wrong-credentials`, `keys-damaged`. */
  async unlock(planId: string, secret: string): Promise<RestorePlan> {
    const plan = this.#planOf(planId);
    if (plan.summary || plan.keysFile === null) return this.#described(plan);
    const keys = await openBackupKeys(plan.file, plan.keysFile, secret);
    const { summary } = await inBackupThread((remote) => remote.inspect(plan.file, keys.manifest));
    if (!summary || this.#plan !== plan) {
      clearKeys(keys);
      this.#planOf(planId);
      throw damagedBackup(basename(plan.file), 'its table of contents is not that of its library.');
    }
    this.#plan = { ...plan, summary, keys };
    return this.#described(this.#plan);
  }

  #described({ id, file, summary }: Plan): RestorePlan {
    const becomesEncrypted = this.#options.core().keys !== null;
    return { planId: id, fileName: basename(file), backup: summary, becomesEncrypted };
  }

  #planOf(planId: string): Plan {
    if (this.#plan?.id === planId) return this.#plan;
    throw new AppError('not-found', 'Choose the backup again.');
  }

  #forgetPlan(): void {
    if (this.#plan?.keys) clearKeys(this.#plan.keys);
    this.#plan = null;
  }

  /** Begins to restore what was planned last. */
  restore(planId: string): void {
    const { file, summary, keys: from } = this.#planOf(planId);
    if (!summary) throw new AppError('request-invalid', 'Unlock the backup first.');
    this.#begin('restore', file, async (options) => {
      const { folder, keys: to } = this.#options.core();
      const notes = await inBackupThread((remote) => remote.unpack({ file, folder, from, to }), options);
      this.#forgetPlan();
      let isCarried = true;
      await this.#replace(async () => {
        const job = { from: folder, to: readyFolder(folder), key: to?.database ?? null };
        isCarried = await inBackupThread((remote) => remote.carryLedger(job));
        return { kept: await swapLibrary(folder), note: null };
      });
      // The library of the moment before its backup does not know of it.
      await recordBackup(this.#options.core().database, summary);
      return { notes: isCarried ? notes : [...notes, ledgerLost] };
    });
  }

  /**
   * Puts an earlier library back, and keeps the present one in turn. Errors: `wrong-key` when it has keys of its own and no
   * secret was typed, `wrong-credentials` for another's.
   * @param secret A password or a recovery code of the earlier library.
   */
  async putBack(name: string, secret: string | null = null): Promise<void> {
    this.#refuseSecond();
    const { folder, keys } = this.#options.core();
    const key = keys?.database ?? null;
    await takeOverKept({ kept: keptFolder(folder, name), folder, keys, secret });
    const database = join(keptFolder(folder, name), DATABASE);
    await inBackupThread((remote) => remote.quieten(database, key));
    this.#refuseSecond();
    // What it tells of is not what is open then.
    this.#tell(null);
    await this.#options.replaceLibrary(async () => {
      const job = { from: folder, to: keptFolder(folder, name), key };
      const isCarried = await inBackupThread((remote) => remote.carryLedger(job));
      return { kept: await putBack(folder, name), note: isCarried ? null : ledgerLeft };
    });
  }

  async deleteKept(name: string): Promise<void> {
    await deleteKept(this.#options.core().folder, name);
  }

  cancel(): void {
    this.#running?.controller.abort();
  }

  dismiss(): void {
    if (!this.#running) this.#tell(null);
  }

  /** Ends what runs and waits until nothing half-done of it is left. */
  async close(): Promise<void> {
    this.cancel();
    await this.#running?.done;
    this.#forgetPlan();
  }

  async #replace(swap: () => Promise<Swapped>): Promise<void> {
    this.#progress({ stage: 'replacing', done: 0, total: 0 });
    try {
      await this.#options.replaceLibrary(swap);
    } catch (error) {
      await discardReady(this.#options.core().folder);
      throw error;
    }
  }

  #begin(
    kind: BackupTask['kind'],
    file: string,
    work: (options: ThreadOptions) => Promise<Partial<Pick<BackupTask, 'summary' | 'problems' | 'notes'>>>,
  ): void {
    this.#refuseSecond();
    const controller = new AbortController();
    const fresh = {
      summary: null,
      problems: [],
      notes: [],
      error: null,
      secondsLeft: null,
      done: 0,
      total: 0,
    } as const;
    this.#task = {
      ...fresh,
      kind,
      fileName: basename(file),
      state: 'running',
      stage: kind === 'backup' ? 'snapshot' : kind === 'verify' ? 'checking' : 'unpacking',
    };
    this.#stageStart = performance.now();
    const run = async (): Promise<void> => {
      try {
        const onProgress = (progress: BackupProgress): void => this.#progress(progress);
        this.#end({ state: 'done', ...(await work({ onProgress, signal: controller.signal })) });
      } catch (thrown) {
        const error = toAppError(thrown);
        this.#end(error.code === 'cancelled' ? { state: 'cancelled' } : { state: 'failed', error: error.toInfo() });
      }
    };
    this.#running = { controller, done: run() };
    this.#tell(this.#task);
  }

  #refuseSecond(): void {
    if (this.#running) {
      throw new AppError('request-invalid', 'A backup is being worked on already.', {
        hint: 'Wait until it is done, or cancel it.',
      });
    }
  }

  #progress(progress: BackupProgress): void {
    if (this.#task?.state !== 'running') return;
    const now = performance.now();
    if (progress.stage !== this.#task.stage) this.#stageStart = now;
    const spent = now - this.#stageStart;
    const { done, total } = progress;
    const secondsLeft = spent < RATE_AFTER || done === 0 ? null : Math.ceil(((total - done) / done) * (spent / 1_000));
    this.#tell({ ...this.#task, ...progress, secondsLeft });
  }

  #end(outcome: Partial<BackupTask>): void {
    this.#running = null;
    if (this.#task) this.#tell({ ...this.#task, ...outcome, secondsLeft: null });
  }

  #tell(task: BackupTask | null): void {
    this.#task = task;
    this.#options.onTask(task);
  }
}

async function countConversations(database: Database): Promise<number> {
  const { total } = await database.conversations.list({
    search: '',
    documentIds: [],
    from: null,
    to: null,
    archived: false,
    limit: 1,
    offset: 0,
  });
  return total;
}
