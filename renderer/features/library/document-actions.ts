/** What can be done with documents: each asks main, and says where it failed. */
import { request } from '../../ipc/client.ts';
import { attempt, showDone } from '../../app/stores/toast-store.ts';

export async function retryDocument(documentId: string): Promise<void> {
  await attempt(() => request('library.retryDocument', { documentId }));
}

export async function retryDocuments(documentIds: readonly string[]): Promise<void> {
  for (const id of documentIds) await retryDocument(id);
}

export async function cancelDocuments(documentIds: readonly string[]): Promise<void> {
  for (const documentId of documentIds) await attempt(() => request('library.cancelDocument', { documentId }));
}

export async function showInFolder(documentId: string): Promise<void> {
  await attempt(() => request('library.showInFolder', { documentId }));
}

export async function openOriginal(documentId: string): Promise<void> {
  await attempt(() => request('library.openOriginal', { documentId }));
}

/** Of the stored file, where the system's dialog says. */
export async function saveCopy(documentId: string): Promise<void> {
  await attempt(async () => {
    const fileName = await request('library.saveCopy', { documentId });
    if (fileName !== null) showDone(`Saved ${fileName}.`);
  });
}

/** Keeps their files on this computer whatever the limit, or no longer. */
export async function keepOffline(documentIds: readonly string[], pinned: boolean): Promise<void> {
  await attempt(async () => {
    await request('sync.pin', { documentIds: [...documentIds], pinned });
    const what = documentIds.length === 1 ? 'Its file' : 'Their files';
    const stays = documentIds.length === 1 ? 'stays' : 'stay';
    showDone(pinned ? `${what} ${stays} on this computer.` : `${what} may go from this computer when room is needed.`);
  });
}

/** Recognises its scanned pages anew, in these languages from now on. */
export async function recogniseAgain(documentId: string, languages: readonly string[]): Promise<void> {
  await attempt(() => request('recognition.again', { documentId, languages: [...languages] }));
}

/** Reads the stored copies anew: their passages and vectors are made again. */
export async function readAgain(documentIds: readonly string[]): Promise<void> {
  for (const documentId of documentIds) await attempt(() => request('library.reindexDocument', { documentId }));
}
