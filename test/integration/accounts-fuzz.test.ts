/** The requests of sessions, accounts and mail, fuzzed as those of the library are (ipc-fuzz.test.ts), on a real registry. */
import { homedir } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dispatch } from '../../electron/ipc/dispatch.ts';
import { accountHandlers, isAccountRequest } from '../../electron/ipc/handlers/accounts.ts';
import type { OfferedRecoveryCode } from '../../shared/accounts.ts';
import { toAppError } from '../../shared/errors.ts';
import { requests, type RequestName, type Result } from '../../shared/requests/index.ts';
import { anna, bert, open, openTestAccounts, type TestAccounts } from '../helpers/accounts.ts';
import { arbitraryOf, broken, hostile, type NamedStrings } from '../helpers/arbitrary.ts';
import { complaint, short } from '../helpers/complaint.ts';

const seed = Number(process.env['QUIRE_FUZZ_SEED'] ?? 20_261_121);
/** Each password that is tried takes 19 MiB and some ten milliseconds, on purpose. */
const wanted = Number(process.env['QUIRE_FUZZ_REQUESTS'] ?? 10_000) / 10;
const AT_ONCE = 4;
/** Milliseconds that pass between two batches: sessions grow old, and who guessed may try again. */
const PASSING = 90_000;

const names = (Object.keys(requests) as RequestName[]).filter(isAccountRequest);
const passwords = fc.oneof(
  { weight: 4, arbitrary: fc.constant(anna.password) },
  { weight: 3, arbitrary: fc.constantFrom(bert.password, 'password12', 'short', '\u0000'.repeat(12)) },
);
const emails = fc.constantFrom(anna.email, bert.email, ` ${anna.email.toUpperCase()} `, 'nobody@example.com');
const named: NamedStrings = {
  ...Object.fromEntries(['password', 'current', 'next'].map((key) => [key, passwords])),
  ...Object.fromEntries(['email', 'sender', 'to'].map((key) => [key, emails])),
  // Filled in when they are sent: of the recovery code that was offered last.
  recoveryCode: fc.constant('the code'),
  recoveryGroups: fc.constantFrom('the first', 'the second'),
  host: fc.constant('127.0.0.1'),
  issuer: fc.constantFrom('http://127.0.0.1:9', 'http://localhost:9/path'),
};

interface Sent {
  readonly name: RequestName;
  readonly params: unknown;
  /** Null stands for that of the session that is open. */
  readonly token: unknown;
}

const sent: fc.Arbitrary<Sent> = fc.oneof(
  ...names.map((name) => {
    const valid = arbitraryOf(requests[name].params, named);
    const request = fc.record({
      name: fc.constant(name),
      params: fc.oneof({ weight: 4, arbitrary: valid }, { weight: 2, arbitrary: broken(valid) }),
      token: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: hostile }),
    });
    // What changes who is signed in, so that all states are seen often.
    return { weight: /^session|signIn|register/.test(name) ? 3 : 1, arbitrary: request };
  }),
);

let test: TestAccounts;
let token = '';
let offered: OfferedRecoveryCode | null = null;
const answered = new Set<string>();
const rejections: unknown[] = [];
const keepRejection = (reason: unknown): void => void rejections.push(reason);

beforeAll(() => {
  test = openTestAccounts();
  process.on('unhandledRejection', keepRejection);
});
afterAll(async () => {
  process.off('unhandledRejection', keepRejection);
  await test.close();
});

async function ask(request: Sent): Promise<Result<unknown>> {
  try {
    const value = await dispatch(request, {
      verify: (given) => test.service.verify(given),
      handlersFor: () => Promise.resolve(accountHandlers(test.service)),
    });
    return { ok: true, value };
  } catch (thrown) {
    return { ok: false, error: toAppError(thrown).toInfo() };
  }
}

/** As the window would get it there; null for what cannot be copied. */
function copied(request: Sent): Sent | null {
  try {
    const { params } = request;
    return structuredClone({ ...request, params: withOffered(params), token: request.token ?? token });
  } catch (thrown) {
    if (thrown instanceof DOMException || thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function withOffered(params: unknown): unknown {
  if (!offered || typeof params !== 'object' || params === null) return params;
  const { code, asked } = offered;
  return {
    ...params,
    ...('recoveryCode' in params ? { recoveryCode: code } : {}),
    ...('recoveryGroups' in params ? { recoveryGroups: asked.map((index) => code.split('-')[index]) } : {}),
  };
}

async function send(request: Sent): Promise<void> {
  const copy = copied(request);
  if (!copy) return;
  const result = await ask(copy);
  const problem = complaint(result, [process.cwd(), homedir(), test.dataFolder]);
  if (problem) throw new Error(`The answer to ${copy.name} ${problem}`);
  const text = JSON.stringify(result);
  // SECURITY: what opens an account stays in main.
  for (const secret of ['$argon2', 'quire keys', ...test.secrets.entries.values()]) {
    if (text.includes(secret)) throw new Error(`The answer to ${copy.name} has a secret in it: ${short(result)}`);
  }
  if (!result.ok) return;
  answered.add(copy.name);
  if (copy.name === 'accounts.offerRecoveryCode') offered = result.value as OfferedRecoveryCode;
  if (typeof result.value === 'object' && result.value !== null && 'accessToken' in result.value) {
    token = String(result.value.accessToken);
  }
}

// Catches: a request that crashes the accounts, tells of their files, or leaves nobody able to sign in.
it('answers whatever it is sent, and accounts are whole afterwards', { timeout: 240_000 }, async () => {
  let count = 0;
  const property = fc.asyncProperty(fc.array(sent, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
    await Promise.all(batch.map(send));
    count += batch.length;
    test.advance(PASSING);
  });
  const check = await fc.check(property, { seed, numRuns: Math.ceil(wanted / AT_ONCE), endOnFailure: true });
  if (check.failed) {
    throw new Error(
      `seed ${seed}, run ${check.numRuns}: ${String(check.errorInstance)}\n${short(check.counterexample)}`,
    );
  }
  expect(count).toBeGreaterThanOrEqual(wanted);
  expect(rejections).toEqual([]);
  expect(test.errors.filter(({ code }) => code === 'internal')).toEqual([]);
  expect([...answered]).toEqual(expect.arrayContaining(['accounts.register', 'accounts.signIn', 'session.unlock']));
  // Some of the accounts were encrypted.
  expect(test.keys.length).toBeGreaterThan(0);
  await test.restart();
  test.advance(24 * 3_600_000);
  const newcomer = { ...anna, email: 'newcomer@example.com' };
  expect(open(await test.service.register(newcomer)).account.email).toBe(newcomer.email);
  expect(open(await test.service.signIn(newcomer)).account.email).toBe(newcomer.email);
});
