import { expect, it } from 'vitest';
import { stateWords, summaryWords } from '../../../renderer/features/settings/health-words.ts';
import type { HealthCheck, HealthState } from '../../../shared/health.ts';

const row = (state: HealthState | null, isRunning = false) => ({
  check: state === null ? null : ({ state } as HealthCheck),
  isRunning,
});

// Catches: “everything works” over a part that was not looked at, or over one that does not.
it.each([
  [[row(null)], 'Nothing was checked yet.'],
  [[row('ok'), row('ok')], 'Everything works.'],
  [[row('ok'), row(null)], 'What was checked works. 1 part was not checked.'],
  [[row('ok'), row('degraded')], '1 part works with less than it could.'],
  [[row('down'), row('degraded'), row('down'), row(null)], '2 parts do not work. 1 part was not checked.'],
  [[row('ok', true), row('down')], 'Checking 1 part…'],
])('%j: %s', (rows, expected) => {
  expect(summaryWords(rows)).toBe(expected);
});

it('a state has words', () => {
  expect(stateWords(null)).toBe('Not checked');
  expect(stateWords(row('degraded').check)).toBe('Works with less');
});
