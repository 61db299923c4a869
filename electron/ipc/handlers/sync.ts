/** Handlers of the requests about sync. */
import { basename, extname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { extensionOf } from '../../pipeline/blobs.ts';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';
import { exportFileName } from './export-file.ts';

type SyncHandlers = Pick<Handlers, Extract<keyof Handlers, `sync.${string}`>>;

export function syncHandlers({
  sync,
  database,
  originals,
}: Pick<Core, 'sync' | 'database' | 'originals'>): SyncHandlers {
  return {
    'sync.status': () => Promise.resolve(sync.status),
    'sync.turnOn': async ({ password }) => {
      await sync.turnOn(password);
      return sync.status;
    },
    'sync.turnOff': async () => {
      await sync.turnOff();
      return sync.status;
    },
    'sync.deleteThere': ({ password, alsoOnlyThere }) => sync.deleteThere(password, { alsoOnlyThere }),
    'sync.now': async () => {
      await sync.now();
      return sync.status;
    },
    'sync.pause': async () => {
      await sync.pause();
      return sync.status;
    },
    'sync.resume': async () => {
      await sync.resume();
      return sync.status;
    },
    'sync.devices': () => sync.devices(),
    'sync.removeDevice': async ({ deviceId }) => {
      await sync.removeDevice(deviceId);
      return sync.devices();
    },
    'sync.conflicts': () => sync.conflicts(),
    'sync.settleConflict': async ({ conflictId, choice }) => {
      await sync.settleConflict(conflictId, choice);
      return sync.conflicts();
    },
    'sync.sizes': () => sync.sizes(),
    'sync.setPolicy': async ({ policy }) => {
      await sync.setPolicy(policy);
      return sync.sizes();
    },
    'sync.documents': () => sync.documents(),
    'sync.pin': async ({ documentIds, pinned }) => {
      await sync.pin(documentIds, pinned);
      return null;
    },
    'sync.fetchOriginal': async ({ documentId }) => {
      await originals.haveOf(documentId);
      return null;
    },
    'sync.shareLink': async ({ documentId, seconds }) => {
      const document = await database.documents.get(documentId);
      if (!document) throw new AppError('not-found', 'This document is no longer in the library.');
      const { fileName, format } = document;
      // SECURITY: the name may come from somebody else's backup.
      const name = exportFileName(basename(fileName, extname(fileName)), extensionOf(format));
      return sync.shareLink(documentId, seconds, name);
    },
  };
}
