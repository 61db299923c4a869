/** Answers every request of the contract: whose handlers they are, and what each waits for. */
import type { AccountsService } from '../accounts/accounts-service.ts';
import type { Backend } from '../backend.ts';
import type { Log } from '../logging/logger.ts';
import { dispatch, type RawRequest } from './dispatch.ts';
import { accountHandlers, isAccountRequest } from './handlers/accounts.ts';
import { windowErrorHandlers } from './handlers/window-errors.ts';

export interface AnswerOptions {
  readonly accounts: Promise<AccountsService>;
  readonly backend: Promise<Backend>;
  readonly log: Log;
}

/** Errors: as `dispatch`, and as the handlers. */
export function answerWith({ accounts, backend, log }: AnswerOptions): (request: RawRequest) => Promise<unknown> {
  const windowErrors = windowErrorHandlers(log);
  return (request) =>
    dispatch(request, {
      verify: async (token) => (await accounts).verify(token),
      handlersFor: async (name, caller) => {
        if (name === 'window.reportError') return windowErrors;
        if (caller === null || isAccountRequest(name)) return accountHandlers(await accounts);
        return (await backend).handlersFor(caller);
      },
    });
}
