/** How a request is described: a zod schema for what is sent, a type for what comes back, and who may ask. */
import type { z } from 'zod';

export interface RequestDefinition<Params extends z.ZodType, Result, Access extends 'session' | 'open'> {
  readonly params: Params;
  /** `session`: the router wants a valid access token; `open`: what opens a session cannot have one. */
  readonly access: Access;
  /** Never set: it only carries the type of the answer. */
  readonly result?: Result;
}

/** `define(schema)<Result>()`: the schema is a value, the result is a type alone. */
export function define<Params extends z.ZodType>(params: Params) {
  return <Result>(): RequestDefinition<Params, Result, 'session'> => ({ params, access: 'session' });
}

/** As `define`, for the few requests that need no session. */
export function defineOpen<Params extends z.ZodType>(params: Params) {
  return <Result>(): RequestDefinition<Params, Result, 'open'> => ({ params, access: 'open' });
}
