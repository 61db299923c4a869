/** A worker thread that holds the one connection to the registry of accounts and serves its statements. */
import './fail-loudly.ts';
import { parentPort } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from '../db/connection.ts';
import { fromRegistryError, openRegistryConnection, type RegistryOpenOptions } from '../db/accounts/open.ts';
import { registryMethods } from '../db/accounts/registry.ts';
import { createRegistryStore, type SynchronousRegistry } from '../db/accounts/store.ts';
import type { ThreadFunctions } from '../db/database-thread.ts';
import { connectRpc } from './rpc.ts';

const port = parentPort;
if (!port) throw new Error('accounts-worker runs as a worker thread');

let opened: { readonly connection: Connection; readonly store: SynchronousRegistry; readonly path: string } | null =
  null;

const functions: ThreadFunctions & { open(options: RegistryOpenOptions): Promise<void> } = {
  async open(options: RegistryOpenOptions) {
    const connection = openRegistryConnection(options);
    opened = { connection, store: createRegistryStore(connection, options.nativeBinding), path: options.path };
  },
  async call(group, method, parameters) {
    if (!opened) throw new AppError('internal', 'The list of accounts is not open.');
    try {
      return methodOf(opened.store, group, method)(...parameters);
    } catch (error) {
      throw fromRegistryError(error, opened.path);
    }
  },
  async close() {
    // Nothing more to listen to, and so the thread ends; after this turn, in which the answer is posted.
    setImmediate(() => port.close());
    opened?.connection.close();
    opened = null;
  },
};

connectRpc<object, ThreadFunctions>(
  {
    post: (message) => port.postMessage(message),
    listen: (listener) => void port.on('message', listener),
  },
  functions,
);

type Method = (...parameters: readonly unknown[]) => unknown;

function methodOf(store: SynchronousRegistry, group: string, method: string): Method {
  const isKnown =
    Object.hasOwn(registryMethods, group) &&
    Object.hasOwn(registryMethods[group as keyof typeof registryMethods], method);
  const found: unknown = isKnown ? Reflect.get(store[group as keyof SynchronousRegistry], method) : undefined;
  if (typeof found !== 'function') throw new AppError('internal', `The list of accounts has no ${group}.${method}.`);
  return found as Method;
}
