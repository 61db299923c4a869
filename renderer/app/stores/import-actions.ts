/** What can be done with the import, and the one message at its end. */
import { LARGE_IMPORT, type ImportSummary } from '../../../shared/imports.ts';
import { request } from '../../ipc/client.ts';
import { importOutcomeText, isImportTold } from '../import-words.ts';
import { setImportOpen, useStatusStore } from './status-store.ts';
import { showDone, showError } from './toast-store.ts';

type ImportRequest = 'imports.cancel' | 'imports.continue' | 'imports.retryFailed' | 'imports.dismiss';

async function ask(name: ImportRequest): Promise<void> {
  try {
    await request(name, {});
  } catch (thrown) {
    showError(thrown);
  }
}

export const cancelImport = (): Promise<void> => ask('imports.cancel');
export const continueImport = (): Promise<void> => ask('imports.continue');
export const retryFailedImports = (): Promise<void> => ask('imports.retryFailed');

export async function dismissImport(): Promise<void> {
  setImportOpen(false);
  await ask('imports.dismiss');
}

export function isImporting(): boolean {
  return useStatusStore.getState().status?.import?.active === true;
}

/** Told of every change: says once what became of an import that is over. */
export function tellImport(before: ImportSummary | null, after: ImportSummary | null): void {
  // The next one does not begin with what was open for the last.
  if (!after || !isImportTold(after)) setImportOpen(false);
  if (!before?.active || !after || after.active) return;
  if (after.cancelled > 0) {
    showDone(importOutcomeText(after), { label: 'Add after all', run: () => void continueImport() });
  } else if (after.total > LARGE_IMPORT) {
    const show = { label: 'Show', run: () => setImportOpen(true) };
    showDone(importOutcomeText(after), after.failed > 0 ? show : null);
  }
}
