/** `quire backup FILE`, `quire verify-backup FILE` and `quire restore FILE`. */
import { basename, join, resolve } from 'node:path';
import { inBackupThread, ledgerLost, type ThreadOptions } from '../backup/thread.ts';
import { finishSwap, readyFolder, swapLibrary } from '../backup/swap.ts';
import type { SharedCore } from '../core/core.ts';
import { recordBackup } from '../core/last-backup.ts';
import { makeFolder } from '../core/make-folder.ts';
import { LibraryLock } from '../db/library-lock.ts';
import { AppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupSummary } from '../../shared/requests/backup.ts';
import type { Printer } from './printer.ts';

export interface BackupArguments {
  readonly file: string;
  readonly appVersion: string;
}

export async function backup(
  core: SharedCore,
  printer: Printer,
  { file, appVersion }: BackupArguments,
): Promise<number> {
  const { folder, keys } = core;
  const summary = await inBackupThread(
    (remote) => remote.write({ folder, file: resolve(file), appVersion, keys }),
    watched(printer),
  );
  await recordBackup(core.database, summary);
  printer.line({ type: 'backup', ...summary }, `Backed up ${describe(summary)} to ${file}.`);
  if (summary.missingOriginals + summary.alteredOriginals > 0) {
    printer.line(
      { type: 'note', missing: summary.missingOriginals, altered: summary.alteredOriginals },
      `Of the originals, ${summary.missingOriginals} were missing in the library and ${summary.alteredOriginals} were damaged there.`,
    );
  }
  return 0;
}

export async function verifyBackup(printer: Printer, file: string): Promise<number> {
  const { summary, problems } = await inBackupThread((remote) => remote.verify(resolve(file), null), watched(printer));
  for (const problem of problems) printer.line({ type: 'problem', problem }, problem);
  printer.line(
    { type: 'verified', ok: problems.length === 0, ...summary },
    problems.length === 0
      ? `${file} is whole: ${summary ? describe(summary) : 'every byte of an encrypted library'}.`
      : `${file} is damaged. What is told above can’t be restored.`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** @param folder The library's folder, which need not be there. */
export async function restoreBackup(printer: Printer, folder: string, file: string): Promise<number> {
  finishSwap(folder);
  const { summary } = await inBackupThread((remote) => remote.inspect(resolve(file), null));
  if (!summary) {
    throw new AppError('wrong-key', `The backup ${file} is encrypted.`, {
      hint: 'Restore it in Quire’s window, which asks for its password or its recovery code.',
    });
  }
  printer.line({ type: 'restoring', ...summary }, `Restoring ${describe(summary)}.`);
  makeFolder(folder);
  const lock = new LibraryLock({ path: join(folder, 'library.db') });
  // Until the swap: renaming a folder with an open file in it fails on Windows.
  lock.acquire();
  try {
    const notes = await inBackupThread(
      (remote) => remote.unpack({ file: resolve(file), folder, from: null, to: null }),
      watched(printer),
    );
    const isCarried = await inBackupThread((remote) => remote.carryLedger({ from: folder, to: readyFolder(folder) }));
    for (const note of isCarried ? notes : [...notes, ledgerLost]) printer.line({ type: 'note', note }, note);
  } finally {
    lock.release();
  }
  const kept = await swapLibrary(folder);
  printer.line(
    { type: 'restored', kept, ...summary },
    kept === null
      ? `Restored to ${folder}.`
      : `Restored to ${folder}. The library of before is kept beside it, in ${basename(kept)}, until you delete it.`,
  );
  return 0;
}

function describe({ counts, createdAt }: BackupSummary): string {
  const day = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
  return `${counts.documents} documents and ${counts.conversations} conversations of ${day} UTC`;
}

/** Progress in lines (for programs), and Ctrl+C as an end that leaves nothing half-done. */
function watched(printer: Printer): ThreadOptions {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  return {
    signal: stop.signal,
    onProgress: ({ stage, done, total }: BackupProgress) => printer.line({ type: 'progress', stage, done, total }, ''),
  };
}
