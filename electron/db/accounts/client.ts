/** The registry for the rest of Quire: a typed promise proxy to its worker thread. */
import { pathToFileURL } from 'node:url';
import { workerEntry } from '../../workers/entry.ts';
import { prepareForSourceThreads } from '../../workers/source-threads.ts';
import { DatabaseThread } from '../database-thread.ts';
import type { RegistryOpenOptions } from './open.ts';
import { registryMethods, type Registry, type RegistryStore } from './registry.ts';

/**
 * Opens the registry, and makes its file when there is none.
 * Errors: `database-from-the-future`, `database-damaged`, `disk-full`, `file-unreadable`.
 */
export async function openRegistry(open: RegistryOpenOptions): Promise<Registry> {
  const entry = workerEntry('accounts-worker');
  if (entry.endsWith('.ts')) prepareForSourceThreads();
  const thread = new DatabaseThread({
    workerUrl: pathToFileURL(entry),
    name: 'accounts',
    subject: 'The list of accounts',
    open,
  });
  try {
    await thread.ready;
  } catch (error) {
    await thread.close();
    throw error;
  }
  const groups = Object.fromEntries(
    Object.entries(registryMethods).map(([group, methods]) => [
      group,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          (...parameters: readonly unknown[]) => thread.call(group, method, parameters),
        ]),
      ),
    ]),
  ) as unknown as RegistryStore;
  return { ...groups, close: () => thread.close() };
}
