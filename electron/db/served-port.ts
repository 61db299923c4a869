/**
 * A port of its own to the thread that writes the library, for the sync thread: what it reads and writes does not pass
 * through main, and it reaches nothing but what sync needs.
 */
import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { connectRpc } from '../workers/rpc.ts';
import type { Database } from './database.ts';
import { routes, type Group } from './protocol.ts';

/** Groups of `Database` that are reached over such a port. */
export const servedGroups = ['sync', 'parts'] as const;
export type ServedGroup = (typeof servedGroups)[number];

export type ServedDatabase = Pick<Database, ServedGroup>;

/** What the library's thread serves there. */
interface ServedFunctions {
  call(group: ServedGroup, method: string, parameters: readonly unknown[]): Promise<unknown>;
}

/** What the other side is told. */
interface ServedListener {
  /** Something was written, and not over this port. */
  changed(): void;
}

/** What is posted to the library's thread, beside its calls, to have it serve a port. */
export interface ServeMessage {
  readonly serve: MessagePort;
}

export function isServeMessage(message: unknown): message is ServeMessage {
  return typeof message === 'object' && message !== null && 'serve' in message;
}

export interface ServingPort {
  /** Tells the other side that something was written. */
  changed(): void;
  close(): void;
}

/** The library's side. `call` answers as that of `WorkerFunctions`, and rejects with an AppError. */
export function servePort(
  port: MessagePort,
  call: (group: Group, method: string, parameters: readonly unknown[]) => Promise<unknown>,
  onClose: () => void,
): ServingPort {
  const functions: ServedFunctions = {
    call(group, method, parameters) {
      // SECURITY: the servers that the other side talks to are not trusted, and it needs no more.
      if (!servedGroups.includes(group)) throw new AppError('internal', `The database does not serve ${group} there.`);
      return call(group, method, parameters);
    },
  };
  const other = connectRpc<ServedListener, ServedFunctions>(channelOf(port), functions);
  port.once('close', onClose);
  return { changed: () => void other.changed.asEvent(), close: () => port.close() };
}

export interface ConnectedDatabase extends ServedDatabase {
  close(): void;
}

/** The other side. Calls that wait are rejected with `interrupted` when the library's thread ends. */
export function connectServed(port: MessagePort, onChanged: () => void): ConnectedDatabase {
  const remote = connectRpc<ServedFunctions, ServedListener>(channelOf(port), { changed: onChanged });
  let isClosed = false;
  port.once('close', () => {
    isClosed = true;
    remote.$close(closed());
  });
  const groups = Object.fromEntries(
    servedGroups.map((group) => [
      group,
      Object.fromEntries(
        Object.keys(routes[group]).map((method) => [
          method,
          (...parameters: readonly unknown[]) =>
            isClosed ? Promise.reject(closed()) : remote.call(group, method, parameters),
        ]),
      ),
    ]),
  ) as unknown as ServedDatabase;
  return { ...groups, close: () => port.close() };
}

function channelOf(port: MessagePort) {
  return {
    post: (message: unknown) => port.postMessage(message),
    listen: (listener: (message: unknown) => void) => void port.on('message', listener),
  };
}

function closed(): AppError {
  return new AppError('interrupted', 'The library is closed.', { retryable: true });
}
