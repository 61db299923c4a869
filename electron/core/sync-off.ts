/** Sync that is off: what answers as long as nothing else is wired up. */
import { AppError } from '../../shared/errors.ts';
import { noSizes, syncOff } from '../../shared/sync-view.ts';
import type { SyncService } from './sync-service.ts';

function isOff(): Promise<never> {
  return Promise.reject(
    new AppError('remote-not-configured', 'Sync is off.', { hint: 'Turn it on in Settings, Sync.' }),
  );
}

/** Every wish is refused with `remote-not-configured`; there are no devices, conflicts or states. */
export const offSync: SyncService = {
  status: syncOff,
  turnOn: isOff,
  turnOff: () => Promise.resolve(),
  now: isOff,
  pause: isOff,
  resume: isOff,
  devices: () => Promise.resolve([]),
  removeDevice: isOff,
  conflicts: () => Promise.resolve([]),
  settleConflict: isOff,
  sizes: () => Promise.resolve(noSizes),
  setPolicy: isOff,
  documents: () => Promise.resolve([]),
  pin: isOff,
};
