/** Requests about sync: how it stands, what a person wants of it, other computers, conflicts and what is where. */
import { z } from 'zod';
import { filesPolicySchema } from '../files-policy.ts';
import type { SyncStatus } from '../sync.ts';
import {
  type DeletedThere,
  type DocumentSync,
  type SyncConflictView,
  type SyncDevice,
  type SyncSizes,
} from '../sync-view.ts';
import { define } from './define.ts';

const none = z.object({});

export const syncRequests = {
  'sync.status': define(none)<SyncStatus>(),
  /**
   * Begins to sync through the remotes that are named, and answers when that has begun. The password is the account's, by
   * which its library is found where another computer of its owner made one; empty for the local profile.
   * Errors: `remote-not-configured` without a database, `remote-…`, `keychain-unavailable`, `wrong-credentials`.
   */
  'sync.turnOn': define(z.object({ password: z.string().max(1_000) }))<SyncStatus>(),
  /** What is here stays here, what is there stays there. */
  'sync.turnOff': define(none)<SyncStatus>(),
  /**
   * Deletes what lies on the server and in the bucket, looks again, and turns sync off; what is here stays. Errors:
   * `wrong-credentials`, `forbidden` while files are there alone (unless `alsoOnlyThere`: they are lost then),
   * `deletion-incomplete`, `remote-…`. Where a server can't be reached, nothing is deleted on either.
   */
  'sync.deleteThere': define(
    z.object({ password: z.string().max(1_000), alsoOnlyThere: z.boolean().default(false) }),
  )<DeletedThere>(),
  /** Begins a round; answers at once. */
  'sync.now': define(none)<SyncStatus>(),
  'sync.pause': define(none)<SyncStatus>(),
  'sync.resume': define(none)<SyncStatus>(),
  /** Asks the server. Errors: `remote-…`. */
  'sync.devices': define(none)<readonly SyncDevice[]>(),
  /** Nobody waits for it any more; what it has stays on it. */
  'sync.removeDevice': define(z.object({ deviceId: z.uuid() }))<readonly SyncDevice[]>(),
  'sync.conflicts': define(none)<readonly SyncConflictView[]>(),
  /** `mine` writes what was lost again, everywhere; `theirs` leaves what is there. */
  'sync.settleConflict': define(z.object({ conflictId: z.number().int().min(1), choice: z.enum(['mine', 'theirs']) }))<
    readonly SyncConflictView[]
  >(),
  'sync.sizes': define(none)<SyncSizes>(),
  'sync.setPolicy': define(z.object({ policy: filesPolicySchema }))<SyncSizes>(),
  /** Of all documents, in no order. */
  'sync.documents': define(none)<readonly DocumentSync[]>(),
  /** "Keep offline": the files come, and stay. */
  'sync.pin': define(z.object({ documentIds: z.array(z.uuid()).min(1).max(10_000), pinned: z.boolean() }))<null>(),
  /** Resolves when the document's file is on this computer. Errors: `file-not-found`, `remote-…`; none while sync is off. */
  'sync.fetchOriginal': define(z.object({ documentId: z.uuid() }))<null>(),
  /**
   * A link to the file in the bucket for whoever has it, for one hour, a day or seven (in seconds; more no signature of a
   * bucket holds). Errors: `file-not-found` as long as it is not in the bucket, `forbidden` where it is encrypted there,
   * `remote-not-configured` without a bucket.
   */
  'sync.shareLink': define(z.object({ documentId: z.uuid(), seconds: z.literal([3_600, 86_400, 604_800]) }))<string>(),
};
