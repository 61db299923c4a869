/** Handlers of the import's requests. */
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type ImportHandlers = Pick<Handlers, Extract<keyof Handlers, `imports.${string}`>>;

export function importHandlers({ imports }: Core): ImportHandlers {
  const done = async (action: Promise<void>) => {
    await action;
    return null;
  };
  return {
    'imports.cancel': () => done(imports.cancel()),
    'imports.continue': () => done(imports.continue()),
    'imports.retryFailed': () => done(imports.retryFailed()),
    'imports.dismiss': () => done(imports.dismiss()),
    'imports.listFailures': () => imports.failures(),
  };
}
