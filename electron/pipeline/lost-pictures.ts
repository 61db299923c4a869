/** Pictures of first pages that got lost (a restore leaves damaged ones out) are drawn again from the stored copies. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { BlobStore } from './blobs.ts';
import type { HostRunner } from './ports/pipeline-host.ts';

export interface LostPicturesOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly host: HostRunner;
  readonly signal: AbortSignal;
  readonly onChange: (documentId: string) => void;
  readonly onError: (error: AppError) => void;
}

/**
 * Resolves when each is there again, or its document, which can't be opened any more or hangs its reader, is marked as
 * having none; what could not be drawn for any other reason is tried again at the next start. It never rejects.
 */
export async function drawLostPictures({
  database,
  blobs,
  host,
  signal,
  onChange,
  onError,
}: LostPicturesOptions): Promise<void> {
  try {
    const pictured = await database.documents.contentHashes('pictured');
    for (const contentHash of await blobs.withoutThumbnail(pictured)) {
      const document = await database.documents.findByHash(contentHash);
      if (!document) continue;
      const { id, fileName, format } = document;
      const jobId = randomUUID();
      const job = {
        ...{ jobId, fileName, format, from: 1, budget: 1, describe: true },
        thumbnail: blobs.newThumbnail(contentHash),
      };
      const drawn = await blobs
        .stored(contentHash, format)
        .then((file) =>
          host.run(jobId, (remote) => remote.read({ ...job, file }), { pages: () => Promise.resolve() }, signal),
        )
        .then(({ info }) => info?.hasThumbnail ?? false, toAppError);
      await host.closeDocuments();
      if (signal.aborted) return;
      if (drawn instanceof AppError && !drawn.code.startsWith('pdf-')) {
        onError(drawn);
        // A full disk or a host that died passes; a document that hangs it, or was changed, would do so at every start.
        if (drawn.code !== 'pipeline-hung' && drawn.code !== 'file-changed') continue;
      }
      const hasThumbnail = drawn === true;
      // It may have been deleted meanwhile, and its picture must not stay.
      const owner = await database.documents.findByHash(contentHash);
      if (owner) await database.documents.setInfo(owner.id, { hasThumbnail });
      else await blobs.remove([contentHash]);
      onChange(id);
    }
  } catch (error) {
    if (!signal.aborted) onError(toAppError(error));
  }
}
