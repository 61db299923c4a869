/** Measures signing in, and the check of a session that comes before every request. */
import { callerOf, anna, open, openTestAccounts } from '../../test/helpers/accounts.ts';
import { atMost, median, percentile, withoutLimit } from './report.ts';
import type { BenchResult } from './report.ts';

const SIGN_INS = 25;
const CHECKS = 5_000;

export async function run(): Promise<BenchResult[]> {
  const accounts = openTestAccounts();
  try {
    const { service } = accounts;
    await service.register(anna);
    const right: number[] = [];
    const wrong: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < SIGN_INS; round += 1) {
      right.push(await timed(() => service.signIn(anna)));
      // In turns, so that whatever else the machine does meets both.
      for (const isKnown of round % 2 === 0 ? [true, false] : [false, true]) {
        const email = isKnown ? anna.email : `nobody-${round}@example.com`;
        const time = await timed(() => refused(service.signIn({ ...anna, email, password: 'not the password' })));
        (isKnown ? wrong : unknown).push(time);
      }
      // Failures of before slow nothing down here.
      accounts.advance(86_400_000);
    }
    const state = await service.signIn(anna);
    const { accessToken } = open(state);
    const checks: number[] = [];
    for (let check = 0; check < CHECKS; check += 1) checks.push(await timed(() => service.verify(accessToken)));
    await callerOf(service, state);
    return [
      atMost(
        'sign-in, 95th percentile',
        percentile(right, 0.95),
        400,
        'ms',
        `median ${median(right).toFixed(0)} ms; argon2id with 19 MiB and two passes, registry in SQLite, session begun; without the library's opening; ${SIGN_INS} times`,
      ),
      atMost(
        'check of a session, 99th percentile',
        percentile(checks, 0.99),
        1,
        'ms',
        `median ${median(checks).toFixed(3)} ms; ${CHECKS} times`,
      ),
      withoutLimit(
        'wrong password, of an unknown address',
        median(wrong) / median(unknown),
        'x',
        `medians ${median(wrong).toFixed(0)} and ${median(unknown).toFixed(0)} ms: nobody learns who has an account`,
      ),
    ];
  } finally {
    await accounts.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function refused(attempt: Promise<unknown>): Promise<void> {
  const wasRefused = await attempt.then(
    () => false,
    () => true,
  );
  if (!wasRefused) throw new Error('A wrong password was let through.');
}
