/** How checks are told of. Pure. */
import { worstOf, type HealthCheck, type HealthState } from '../../../shared/health.ts';
import { countOf } from '../../components/format.ts';
import type { HealthRow } from './use-health.ts';

const words: Readonly<Record<HealthState, string>> = {
  ok: 'Works',
  degraded: 'Works with less',
  down: 'Does not work',
};

export function stateWords(check: HealthCheck | null): string {
  return check ? words[check.state] : 'Not checked';
}

export function summaryWords(rows: readonly Pick<HealthRow, 'check' | 'isRunning'>[]): string {
  const running = rows.filter(({ isRunning }) => isRunning).length;
  if (running > 0) return `Checking ${countOf(running, 'part')}…`;
  const found = rows.flatMap(({ check }) => check ?? []);
  if (found.length === 0) return 'Nothing was checked yet.';
  const states = found.map(({ state }) => state);
  const left = rows.length - found.length;
  const rest = left === 0 ? '' : ` ${countOf(left, 'part was', 'parts were')} not checked.`;
  switch (worstOf(states)) {
    case 'down':
      return `${countOf(states.filter((state) => state === 'down').length, 'part does', 'parts do')} not work.${rest}`;
    case 'degraded':
      return `${countOf(states.filter((state) => state === 'degraded').length, 'part works', 'parts work')} with less than it could.${rest}`;
    case 'ok':
      return left === 0 ? 'Everything works.' : `What was checked works.${rest}`;
  }
}
