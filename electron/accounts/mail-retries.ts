/** When a mail that could not be sent is tried again, and how many may be asked for. Pure. */

/** Milliseconds after which a mail that could not be sent is given up. */
export const longestWait = 48 * 3_600_000;
const firstDelay = 60_000;
const longestDelay = 4 * 3_600_000;
/** A delay is up to this part longer or shorter, so that mails which failed together do not come together again. */
const jitter = 0.25;

/**
 * Milliseconds since the epoch of the next attempt: after a minute, two, four, up to every four hours, with a last one at
 * the end of the two days. Null when that has passed: the mail is given up.
 *
 * @param attempts How many were made, 1 after the first.
 * @param random From 0 to 1.
 */
export function nextAttemptAt(attempts: number, createdAt: number, now: number, random = Math.random()): number | null {
  const end = createdAt + longestWait;
  if (now >= end) return null;
  const delay = Math.min(firstDelay * 2 ** (attempts - 1), longestDelay) * (1 + jitter * (2 * random - 1));
  return Math.min(Math.round(now + delay), end);
}

/** Milliseconds between two mails of one kind to one account, and how many there may be in an hour. */
const shortestGap = 60_000;
const hour = 3_600_000;
const mostInAnHour = 5;

/** How far back `mayAskFrom` looks, in milliseconds. */
export const askingWindow = hour;

/**
 * From when on another mail of the same kind may be asked for, `now` or later, in milliseconds since the epoch: nobody’s
 * mailbox is to be filled.
 */
export function mayAskFrom(askedAt: readonly number[], now: number): number {
  // What lies ahead was asked before the clock was set back: nobody waits until it is there again.
  const recent = askedAt.filter((time) => time > now - hour && time <= now).sort((one, other) => other - one);
  const [newest] = recent;
  const oldestOfMost = recent[mostInAnHour - 1];
  return Math.max(
    now,
    newest === undefined ? now : newest + shortestGap,
    oldestOfMost === undefined ? now : oldestOfMost + hour,
  );
}
