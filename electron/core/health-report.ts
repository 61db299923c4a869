/**
 * The report that a person may send to somebody who helps: versions, states, codes, numbers. Pure.
 *
 * SECURITY: it is made of what can hold no text (states, codes of a closed set, numbers, booleans), not of the sentences
 * that the person sees, which name servers, models and folders. It is redacted all the same.
 */
import { redact, type Person } from '../logging/redact.ts';
import { healthTitles, worstOf, type HealthCheck, type RecentError } from '../../shared/health.ts';

export interface ReportOptions {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly checks: readonly HealthCheck[];
  readonly errors: readonly RecentError[];
  /** What runs where: `Quire 0.1.0`, `linux x64`. */
  readonly versions: readonly string[];
  readonly person: Person;
}

export function healthReport({ time, checks, errors, versions, person }: ReportOptions): string {
  const lines = [
    'Quire diagnostics',
    new Date(time).toISOString(),
    ...versions,
    '',
    checks.length === 0 ? 'No check was run.' : `All in all: ${worstOf(checks.map(({ state }) => state))}`,
    ...checks.map(checkLine),
    '',
    errors.length === 0 ? 'No failures in the log.' : 'Failures in the log, the newest first:',
    ...errors.map(
      ({ where, code, count, lastAt }) => `  ${new Date(lastAt).toISOString()}  ${where}  ${code}  ${count}×`,
    ),
  ];
  return `${redact(lines.join('\n'), person)}\n`;
}

function checkLine({ id, state, code, milliseconds, figures }: HealthCheck): string {
  const numbers = Object.entries(figures).map(([name, value]) => `${name}=${value}`);
  const told = [code, `${milliseconds} ms`, ...numbers].filter((part) => part !== null);
  return `  ${healthTitles[id].padEnd(22)}${state.padEnd(10)}${told.join('  ')}`;
}
