/** Whether the parts that Quire stands on work: what a check tells, and the checks there are. */
import type { ErrorCode } from './errors.ts';

/** `ok`, works with less than it could, does not work; the worst of several decides. */
export type HealthState = 'ok' | 'degraded' | 'down';

/** In the order in which they are shown. */
export const healthChecks = ['database', 'disk', 'hosts', 'embedder', 'answers', 'recognition', 'keychain'] as const;
export type HealthCheckId = (typeof healthChecks)[number];

export const healthTitles: Readonly<Record<HealthCheckId, string>> = {
  database: 'Library',
  disk: 'Disk space',
  hosts: 'Reading processes',
  embedder: 'Search by meaning',
  answers: 'Model for answers',
  recognition: 'Recognition of scans',
  keychain: 'Keychain',
};

/** What was counted or measured. No text: this is what a report that is sent to somebody is made of. */
export type HealthFigures = Readonly<Record<string, number | boolean>>;

export interface HealthCheck {
  readonly id: HealthCheckId;
  readonly state: HealthState;
  /** A sentence: how it is. */
  readonly message: string;
  /** A sentence: what to do; empty when there is nothing to do. */
  readonly hint: string;
  /** Why it is not well; null when nothing failed. */
  readonly code: ErrorCode | null;
  readonly milliseconds: number;
  readonly figures: HealthFigures;
}

/** A kind of failure of the last time, as the log tells of it. */
export interface RecentError {
  readonly where: string;
  readonly code: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

export function worstOf(states: readonly HealthState[]): HealthState {
  return states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok';
}
