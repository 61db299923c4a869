/**
 * Checks a request against its schema and its session and carries it out; no Electron in it, so that tests call it as
 * the router does.
 */
import type { Caller } from '../accounts/caller.ts';
import { AppError } from '../../shared/errors.ts';
import { requests, type RequestName, type RequestParams, type RequestResult } from '../../shared/requests/index.ts';

/** Of requests whose answer is the same for whoever's library is open. */
export type Handlers = {
  readonly [Name in RequestName]: (params: RequestParams<Name>) => Promise<RequestResult<Name>>;
};

/** As `Handlers`, told whose session it is; null for a request that needs none. */
export type CallerHandlers = {
  readonly [Name in RequestName]: (
    params: RequestParams<Name>,
    caller: RequestCaller<Name>,
  ) => Promise<RequestResult<Name>>;
};

type RequestCaller<Name extends RequestName> = (typeof requests)[Name]['access'] extends 'open' ? null : Caller;

export interface DispatchOptions {
  /** Whose access token it is. Throws `unauthenticated` for none, and for one that is not, or no longer, valid. */
  readonly verify: (token: unknown) => Promise<Caller>;
  /** Waits until whoever answers such requests is there. */
  readonly handlersFor: (name: RequestName, caller: Caller | null) => Promise<Partial<CallerHandlers>>;
}

export interface RawRequest {
  readonly name: unknown;
  readonly params: unknown;
  readonly token: unknown;
}

/**
 * Throws `request-invalid` for an unknown name or params that the schema does not let through, `unauthenticated` without
 * a session where one is wanted, else as the handler.
 */
export async function dispatch({ name, params, token }: RawRequest, options: DispatchOptions): Promise<unknown> {
  if (!isRequestName(name)) throw new AppError('request-invalid', 'There is no request of this name.');
  // SECURITY: nothing of a request is used that its schema did not let through.
  const parsed = requests[name].params.safeParse(params);
  if (!parsed.success) {
    throw new AppError(
      'request-invalid',
      `The request ${name} is not well formed: ${parsed.error.issues[0]?.message ?? ''}`,
    );
  }
  // SECURITY: before the handler, and before anything that may wait or tell what is there.
  const caller = requests[name].access === 'open' ? null : await options.verify(token);
  const handler = (await options.handlersFor(name, caller))[name];
  if (!handler) throw new AppError('internal', `Nothing answers the request ${name}.`);
  return (handler as (checked: unknown, caller: Caller | null) => Promise<unknown>)(parsed.data, caller);
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name);
}
