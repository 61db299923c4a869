/**
 * What set-up says. Everything goes to stderr, so that `npm run -s quire -- … --json` keeps stdout for itself.
 */
/** One line of progress. */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/** A failure that a person can act upon: `message` says what happened, `hint` what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {{ hint?: string, cause?: unknown }} [options]
   */
  constructor(message, { hint, cause } = {}) {
    super(message, { cause });
    this.name = 'SetupError';
    this.hint = hint ?? '';
  }
}

/** Prints a failure the way a person wants it: no stack for what we foresaw, everything for what we did not. */
export function reportFailure(error) {
  if (error instanceof SetupError) {
    process.stderr.write(`\nStopped: ${error.message}\n${error.hint ? `${error.hint}\n` : ''}`);
  } else {
    process.stderr.write(`\nStopped unexpectedly: ${error?.stack ?? error}\n`);
  }
}
