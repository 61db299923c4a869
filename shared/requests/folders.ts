/** Requests about watched folders. */
import { z } from 'zod';
import type { DeletionCounts } from '../domain.ts';
import type { WatchedFolder } from '../folders.ts';
import { define } from './define.ts';

const folderId = z.uuid();

export const folderRequests = {
  'folders.list': define(z.object({}))<readonly WatchedFolder[]>(),
  /** Shows the system's dialog for folders and watches what is chosen; false when it was dismissed. */
  'folders.choose': define(z.object({}))<boolean>(),
  'folders.pause': define(z.object({ folderId }))<null>(),
  'folders.resume': define(z.object({ folderId }))<null>(),
  /** Looks through it now. */
  'folders.check': define(z.object({ folderId }))<null>(),
  /** What would go with the folder: the documents that came into the library through it alone. */
  'folders.describeRemoval': define(z.object({ folderId }))<DeletionCounts>(),
  'folders.remove': define(z.object({ folderId, withDocuments: z.boolean() }))<null>(),
};
