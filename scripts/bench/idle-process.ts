/** Does nothing, and notes when it was late: what stands still here stands still because of the machine. */
import type { Stall } from './stalls.ts';

/** Milliseconds. */
const EVERY = 5;
const stalls: Stall[] = [];
let last = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - last > 2 * EVERY) stalls.push({ start: last + EVERY, end: now });
  last = now;
}, EVERY);
process.on('message', () => process.send?.(stalls));
