/** Lets nobody try passwords quickly; what failed is in the registry, so that a restart forgets nothing. */
import { createHash } from 'node:crypto';
import type { Registry } from '../db/accounts/registry.ts';
import { tooManyAttempts } from './errors.ts';
import { perEmail, perInstallation, waitFor, withAttempt, withoutAttempt, type ThrottleRule } from './throttle.ts';

const INSTALLATION = 'installation';

export class SignInGuard {
  readonly #registry: Registry;
  readonly #now: () => number;

  /** @param now Milliseconds since the epoch. */
  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /**
   * Runs a check that answers with null when it failed, and counts that.
   * @param emailKey Whom it is about; null where it is nobody in particular.
   * Errors: `too-many-attempts` with the seconds to wait in its hint, without having run the check.
   */
  async attempt<T>(emailKey: string | null, check: () => Promise<T | null>): Promise<T | null> {
    const rules = new Map<string, ThrottleRule>([[INSTALLATION, perInstallation]]);
    if (emailKey !== null) rules.set(await this.#failureKey(emailKey), perEmail);
    const now = this.#now();
    const stored = new Map(
      (await this.#registry.failures.get([...rules.keys()])).map((record) => [record.key, record]),
    );
    const wait = Math.max(...[...rules].map(([key, rule]) => waitFor(rule, stored.get(key) ?? null, now)));
    const forgetBefore = now - perEmail.forgottenAfter;
    if (wait > 0) {
      // The clock was set back: the wait begins now, or it would be a whole one until the clock is there again.
      const ahead = [...stored.values()].filter(({ lastAt }) => lastAt > now);
      if (ahead.length > 0) {
        await this.#registry.failures.put(
          ahead.map((record) => ({ ...record, lastAt: now })),
          forgetBefore,
        );
      }
      throw tooManyAttempts(wait, now);
    }
    const counted = [...rules].map(([key, rule]) => ({ key, ...withAttempt(rule, stored.get(key) ?? null, now) }));
    await this.#registry.failures.put(counted, forgetBefore);
    const result = await check();
    if (result === null) return null;
    // Who knows the password forgives the failures of that account; those of others stay.
    const forgiven = counted.map((record) =>
      record.key === INSTALLATION ? { key: record.key, ...withoutAttempt(record) } : { ...record, count: 0 },
    );
    await this.#registry.failures.put(forgiven, forgetBefore);
    return result;
  }

  /** Forgets what failed for an address: its account is deleted. */
  async forget(emailKey: string): Promise<void> {
    const key = await this.#failureKey(emailKey);
    await this.#registry.failures.put([{ key, count: 0, lastAt: 0 }], this.#now() - perEmail.forgottenAfter);
  }

  /** SECURITY: what is typed for an address is now and then a password. */
  async #failureKey(emailKey: string): Promise<string> {
    const installation = await this.#registry.installation.id();
    return createHash('sha256').update(`${installation}\n${emailKey}`).digest('base64url');
  }
}
