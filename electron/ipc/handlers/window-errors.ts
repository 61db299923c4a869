/** The handler of errors that nobody in the window caught: into the log, and not more of them than a person could read. */
import type { Log } from '../../logging/logger.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Handlers } from '../dispatch.ts';

type WindowErrorHandlers = Pick<Handlers, 'window.reportError'>;

/** Errors a minute: a part that fails with every frame must not fill the log, nor may a page that wants to. */
const MOST_A_MINUTE = 20;
const MINUTE = 60_000;

export function windowErrorHandlers(log: Log, now: () => number = Date.now): WindowErrorHandlers {
  let begun = -Infinity;
  let count = 0;
  return {
    'window.reportError': ({ part, name, message, stack }) => {
      if (now() - begun > MINUTE) {
        if (count > MOST_A_MINUTE) log.warn('window', 'errors-left-out', { errors: count - MOST_A_MINUTE });
        begun = now();
        count = 0;
      }
      count += 1;
      if (count <= MOST_A_MINUTE) {
        const cause = new Error(message);
        cause.name = name;
        cause.stack = stack;
        log.error(`window ${part}`, new AppError('internal', 'A part of the window failed.', { cause }));
      }
      return Promise.resolve(null);
    },
  };
}
