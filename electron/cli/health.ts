/** `quire health`: whether the library and all that Quire stands on work, and what to do where they do not. */
import { createEnvironmentKeychain, createKeychain } from '../adapters/keychain.ts';
import type { SharedCore } from '../core/core.ts';
import { KEYCHAIN_PROBE } from '../core/health-checks.ts';
import { thisPerson } from '../logging/logger.ts';
import { recentErrors } from '../logging/recent-errors.ts';
import { redact } from '../logging/redact.ts';
import type { Keychain } from '../pipeline/ports/keychain.ts';
import { healthTitles, worstOf, type HealthState } from '../../shared/health.ts';
import type { Printer } from './printer.ts';

export interface HealthArguments {
  readonly version: string;
  /** The folder of the logs. */
  readonly logs: string;
}

const words: Readonly<Record<HealthState, string>> = { ok: 'ok', degraded: 'degraded', down: 'DOWN' };

export async function health(
  core: Pick<SharedCore, 'health'>,
  printer: Printer,
  { version, logs }: HealthArguments,
): Promise<number> {
  const person = thisPerson();
  const [found, errors] = await Promise.all([core.health.runAll(), recentErrors(logs)]);
  // It is printed to be shown to others.
  const checks = found.map((check) => ({
    ...check,
    message: redact(check.message, person),
    hint: redact(check.hint, person),
  }));
  const state = worstOf(checks.map((check) => check.state));
  const lines = checks.flatMap(({ id, state: own, message, hint }) => [
    `${words[own].padEnd(9)} ${healthTitles[id]}: ${message}`,
    ...(own === 'ok' || hint === '' ? [] : [`${' '.repeat(10)}${hint}`]),
  ]);
  printer.line({ type: 'health', version, state, checks, errors }, lines.join('\n'));
  return state === 'down' ? 1 : 0;
}

/** The keys that the command line is given, then the system's keychain, which the app uses: what is checked is both. */
export function healthKeychain(environment: NodeJS.ProcessEnv): Keychain {
  const given = createEnvironmentKeychain(environment);
  const system = createKeychain();
  return {
    get: async (name) => (name === KEYCHAIN_PROBE ? null : await given.get(name)) ?? system.get(name),
    set: (name, key) => system.set(name, key),
    delete: (name) => system.delete(name),
  };
}
