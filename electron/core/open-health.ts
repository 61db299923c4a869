/** The checks of a library, also of one that can't be opened: they then say why. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNpmLanguageData } from '../adapters/npm-language-data.ts';
import { noLog } from '../logging/logger.ts';
import { toAppError } from '../../shared/errors.ts';
import { openSharedCore, type SharedCore } from './core.ts';
import type { CoreOptions } from './core-options.ts';
import { Health } from './health.ts';
import { healthProbes, type CheckedLibrary } from './health-checks.ts';
import { createHosts } from './hosts.ts';

/** Works beside whoever has the library open, and makes none where there is none. Never rejects for the library's sake. */
export async function openHealth(options: CoreOptions): Promise<Pick<SharedCore, 'health' | 'close'>> {
  const { folder, keychain, launcher, stallLimit } = options;
  let library: CheckedLibrary = null;
  if (existsSync(join(folder, 'library.db'))) {
    try {
      return await openSharedCore(options);
    } catch (thrown) {
      library = toAppError(thrown);
    }
  }
  const hosts = createHosts({ launcher, stallLimit, log: options.log ?? noLog });
  const languageData = createNpmLanguageData(options.languageFolder ?? join(folder, 'languages'));
  return {
    health: new Health(healthProbes({ folder: nearestFolder(folder), library, hosts, keychain, languageData })),
    close() {
      hosts.close();
      return Promise.resolve();
    },
  };
}

/** Of a folder that is still to be made, the one in which it will be: its disk is the same. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
