/** Objects of deleted documents: removed from the bucket, and only then from the server's list of what is to go from it. */
import type { BlobStore } from '../ports/blob-store.ts';
import type { RemoteParts } from '../ports/remote-parts.ts';

/** Objects a request; S3 takes a thousand. */
const BATCH = 500;

export interface RemovalOptions {
  readonly remote: Pick<RemoteParts, 'filesToRemove' | 'confirmRemoved'>;
  readonly bucket: Pick<BlobStore, 'name' | 'remove'>;
}

/**
 * Removes what is to go from one bucket; answers how many objects went. Cut off anywhere, the next call goes on. What is to
 * go from other buckets stays listed for those who can look there.
 */
export async function removeFromBucket({ remote, bucket }: RemovalOptions, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    signal.throwIfAborted();
    const addresses = await remote.filesToRemove(bucket.name, BATCH, signal);
    if (addresses.length === 0) return removed;
    await bucket.remove(addresses, signal);
    await remote.confirmRemoved(bucket.name, addresses, signal);
    removed += addresses.length;
    // The rest is for the next call: should the server list the same again, this would go on for ever.
    if (addresses.length < BATCH) return removed;
  }
}
