/** Checks a request against its schema and carries it out; no Electron in it, so that tests call it as the router does. */
import { AppError } from '../../shared/errors.ts';
import { requests, type RequestName, type RequestParams, type RequestResult } from '../../shared/requests/index.ts';

export type Handlers = {
  readonly [Name in RequestName]: (params: RequestParams<Name>) => Promise<RequestResult<Name>>;
};

/** Throws `request-invalid` for an unknown name or params that the schema does not let through, else as the handler. */
export async function dispatch(handlers: Handlers, name: unknown, params: unknown): Promise<unknown> {
  if (!isRequestName(name)) throw new AppError('request-invalid', `There is no request ${String(name)}.`);
  // SECURITY: nothing of a request is used that its schema did not let through.
  const parsed = requests[name].params.safeParse(params);
  if (!parsed.success) {
    throw new AppError(
      'request-invalid',
      `The request ${name} is not well formed: ${parsed.error.issues[0]?.message ?? ''}`,
    );
  }
  return (handlers[name] as (checked: unknown) => Promise<unknown>)(parsed.data);
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name);
}
