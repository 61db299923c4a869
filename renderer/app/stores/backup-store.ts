/** The library's backups as main last told of them, and what the window asks of them. */
import { create } from 'zustand';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { EventMap } from '../../../shared/events.ts';
import type { BackupTask, RestorePlan } from '../../../shared/requests/backup.ts';
import { request } from '../../ipc/client.ts';
import { showDone, showError } from './toast-store.ts';
import { openSettings } from './workspace-store.ts';

export interface BackupState {
  /** The one that runs, or the last that ended and was not dismissed. */
  readonly task: BackupTask | null;
  /** A backup that was chosen, until it is restored or left. */
  readonly plan: RestorePlan | null;
}

export const useBackupStore = create<BackupState>(() => ({ task: null, plan: null }));
const { setState } = useBackupStore;

export function onBackupChanged(task: BackupTask | null): void {
  setState({ task });
}

export async function loadBackupTask(): Promise<void> {
  await showingErrors(async () => setState({ task: await request('backup.getTask', {}) }));
}

/** Asks where to, then writes the whole library there. */
export async function backUp(): Promise<void> {
  await showingErrors(async () => {
    if (await request('backup.create', {})) openSettings('library');
  });
}

/** Asks for a backup, then checks it. */
export async function verifyBackup(): Promise<void> {
  await showingErrors(async () => {
    if (await request('backup.verify', {})) openSettings('library');
  });
}

/** Asks for a backup, and shows what is in it and what it replaces. */
export async function chooseRestore(): Promise<void> {
  await showingErrors(async () => {
    const plan = await request('backup.chooseRestore', {});
    if (!plan) return;
    setState({ plan });
    openSettings('library');
  });
}

/** Opens the encrypted backup that was chosen; answers with why it did not open, null when it did. */
export async function unlockPlan({ planId }: RestorePlan, secret: string): Promise<ErrorInfo | null> {
  try {
    setState({ plan: await request('backup.unlock', { planId, secret }) });
    return null;
  } catch (thrown) {
    return toAppError(thrown).toInfo();
  }
}

export function leavePlan(): void {
  setState({ plan: null });
}

export async function restore({ planId }: RestorePlan): Promise<void> {
  setState({ plan: null });
  await showingErrors(() => request('backup.restore', { planId }));
}

/** Whether something runs that can still be cancelled. */
export function isBackupRunning(): boolean {
  const { task } = useBackupStore.getState();
  return task?.state === 'running' && task.stage !== 'replacing';
}

export async function cancelBackup(): Promise<void> {
  await showingErrors(() => request('backup.cancel', {}));
}

export async function dismissBackup(): Promise<void> {
  await showingErrors(() => request('backup.dismiss', {}));
}

/**
 * The window is reloaded when it is done, since another library is open then. Answers with why it did not open when it
 * needs a password or a recovery code of its own; any other failure is shown.
 */
export async function putBack(name: string, secret: string | null = null): Promise<ErrorInfo | null> {
  try {
    await request('backup.putBack', { name, secret });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'wrong-key' || error.code === 'wrong-credentials') return error.toInfo();
    showError(error);
  }
  return null;
}

async function putBackAgain(name: string): Promise<void> {
  const refusal = await putBack(name);
  if (refusal) showError(refusal);
}

/** Milliseconds; a library is looked at before one knows, and the settings offer the same for good. */
const undoTime = 20_000;

/** Another library is open; the one before can be had again. */
export function onLibraryReplaced({ kept, note }: EventMap['library.replaced']): void {
  showDone(
    `Another library is open now. The one of before is kept.${note === null ? '' : ` ${note}`}`,
    { label: 'Put it back', run: () => void putBackAgain(kept) },
    undoTime,
  );
}

async function showingErrors(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    showError(thrown);
  }
}
