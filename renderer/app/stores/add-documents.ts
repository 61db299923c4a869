/** Adding files, from a drop, a paste or the system's dialog, and telling what became of them. */
import { LARGE_IMPORT } from '../../../shared/imports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AddOutcome } from '../../../shared/requests/library.ts';
import { request } from '../../ipc/client.ts';
import { summariseOutcomes } from './add-outcomes.ts';
import { showDone, showError } from './toast-store.ts';
import { highlightDocuments, showLibrary } from './workspace-store.ts';

/** Files of which the system gives neither name nor path, because their names are not in its character set. */
export const unnamedDrop = new AppError(
  'file-unreadable',
  'What was dropped was not added: its name can’t be read in this system’s character set.',
  { hint: 'Rename it with plain letters, or drop the folder that it is in.' },
);

async function add(outcomesOf: () => Promise<readonly AddOutcome[]>): Promise<void> {
  try {
    tellOutcomes(await outcomesOf());
  } catch (thrown) {
    showError(thrown);
  }
}

/** Says what became of files: also of those that were opened with Quire from outside its window. */
export function tellOutcomes(outcomes: readonly AddOutcome[]): void {
  const { text, rejected, duplicateIds, addedIds } = summariseOutcomes(outcomes);
  if (addedIds.length > 0) showLibrary('all');
  // The status bar tells how far it is, and one message at its end what became of it.
  if (outcomes.length > LARGE_IMPORT) return;
  if (duplicateIds.length > 0) {
    highlightDocuments(duplicateIds);
    showDone(text, { label: 'Show', run: () => highlightDocuments(duplicateIds) });
  } else if (text) {
    showDone(text);
  }
  for (const error of rejected) showError(error);
}

export async function addFiles(files: readonly File[]): Promise<void> {
  if (files.length > 0) await add(() => request('library.addFiles', { files }));
}

export async function chooseFiles(folders = false): Promise<void> {
  await add(() => request('library.chooseFiles', { folders }));
}
