/** Finds the entry of a worker: beside this module's source in development (Node strips types), or in the bundle. */
import { fileURLToPath } from 'node:url';

export type WorkerName =
  | 'db-worker'
  | 'accounts-worker'
  | 'pipeline-host'
  | 'backup-worker'
  | 'export-worker'
  | 'turn-worker'
  | 'sync-worker'
  | 'errand-worker';

/** Absolute path of the worker's module. The bundle is flat: dist/electron/<name>.js, with chunks one folder deeper. */
export function workerEntry(name: WorkerName): string {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return fileURLToPath(new URL(`./${name}.ts`, here));
  return fileURLToPath(new URL(here.includes('/chunks/') ? `../${name}.js` : `./${name}.js`, here));
}
