/** Handlers of the requests about sync. */
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type SyncHandlers = Pick<Handlers, Extract<keyof Handlers, `sync.${string}`>>;

export function syncHandlers({ sync }: Pick<Core, 'sync'>): SyncHandlers {
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
    'sync.deleteThere': async ({ password }) => {
      await sync.deleteThere(password);
      return sync.status;
    },
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
  };
}
