/**
 * For tests of windows that run side by side: each of Vitest's workers has a display, a session bus and a keyring of its
 * own, so that neither focus nor clipboard nor keys are shared. `npm test` starts them and names them in
 * QUIRE_TEST_SESSIONS; without, the tests are in the person's own session, one file at a time.
 */
import { z } from 'zod';

const sessions = z
  .array(z.record(z.string(), z.string()))
  .parse(JSON.parse(process.env['QUIRE_TEST_SESSIONS'] ?? '[]'));

if (sessions.length > 0) {
  const worker = Number(process.env['VITEST_POOL_ID']);
  const session = sessions[worker - 1];
  if (!session) throw new Error(`There is no session for worker ${worker} of ${sessions.length}.`);
  Object.assign(process.env, session);
}
