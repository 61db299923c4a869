/** What stands in for electron/app where the backend runs in plain Node; for `vi.mock`. */
import { createForkedHostLauncher } from '../../electron/adapters/forked-host.ts';
import { workerEntry } from '../../electron/workers/entry.ts';
import { modelEnvironment } from './models.ts';

/** In place of app/utility-host.ts: hosts that are forked. */
export function utilityHost() {
  const entry = workerEntry('pipeline-host');
  return { createUtilityHostLauncher: () => createForkedHostLauncher({ entry, environment: modelEnvironment }) };
}

/** In place of app/paths.ts. @param dataFolder Asked anew each time. */
export function paths(dataFolder: () => string) {
  return { dataFolder, bundled: () => '', modelEnvironment: () => ({}) };
}
