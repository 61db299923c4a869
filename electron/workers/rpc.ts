/**
 * Remote calls over any message channel: birpc, with our errors carried as `ErrorInfo` in place of an Error object,
 * of which structured cloning keeps the message alone.
 */
import { createBirpc, type BirpcReturn } from 'birpc';
import { AppError, toAppError, type ErrorInfo } from '../../shared/errors.ts';

/** One end of a channel, reduced to what a call needs. Messages are structured-cloned by the channel. */
export interface RpcChannel {
  post(message: unknown): void;
  /** Called once; the listener gets every message that arrives. */
  listen(listener: (message: unknown) => void): void;
}

interface Response {
  readonly t: 's';
  readonly i: string;
  readonly e?: unknown;
}

function isFailure(message: unknown): message is Response {
  return (
    typeof message === 'object' &&
    message !== null &&
    't' in message &&
    message.t === 's' &&
    'e' in message &&
    message.e !== undefined
  );
}

/**
 * Serves `functions` to the other side and answers with a proxy of the other side's functions.
 * Calls never time out by themselves: whoever must not wait for ever watches the process (see host-pool.ts).
 */
export function connectRpc<Remote extends object, Local extends object>(
  channel: RpcChannel,
  functions: Local,
): BirpcReturn<Remote, Local> {
  return createBirpc<Remote, Local>(functions, {
    post: (message) => channel.post(message),
    on: (listener) => channel.listen(listener),
    serialize: (message: unknown) => (isFailure(message) ? { ...message, e: toAppError(message.e).toInfo() } : message),
    deserialize: (message: unknown) =>
      isFailure(message) ? { ...message, e: AppError.fromInfo(message.e as ErrorInfo) } : message,
    timeout: -1,
  });
}
