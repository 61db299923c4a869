/** Checks that fail, hang or are stopped; and the report that a person may send to a stranger. */
import { describe, expect, it } from 'vitest';
import { Health, runProbe, type Finding, type Probe } from '../../../electron/core/health.ts';
import { healthReport } from '../../../electron/core/health-report.ts';
import { countErrors } from '../../../electron/logging/recent-errors.ts';
import { AppError } from '../../../shared/errors.ts';
import { healthChecks, worstOf, type HealthCheck } from '../../../shared/health.ts';

const forever = new AbortController().signal;
const fine: Finding = { state: 'ok', message: 'It works.' };

function probe(run: Probe['run'], limit = 5_000): Probe {
  return { id: 'disk', limit, lateHint: 'Wait.', run };
}

describe('a check', () => {
  it('tells what it found, and how long it took', async () => {
    const check = await runProbe(
      probe(() => Promise.resolve({ ...fine, figures: { bytes: 3 } })),
      forever,
    );
    expect(check).toMatchObject({ id: 'disk', ...fine, hint: '', code: null, figures: { bytes: 3 } });
    expect(check.milliseconds).toBeLessThan(1_000);
  });

  it('that throws is down, with the error’s code and words', async () => {
    const error = new AppError('disk-full', 'It is full.', { hint: 'Free some.' });
    const check = await runProbe(
      probe(() => Promise.reject(error)),
      forever,
    );
    expect(check).toMatchObject({ state: 'down', code: 'disk-full', message: 'It is full.', hint: 'Free some.' });
    const odd = await runProbe(
      probe(() => {
        throw new TypeError('x is not a function');
      }),
      forever,
    );
    expect(odd).toMatchObject({ state: 'down', code: 'internal' });
  });

  // Catches: a diagnostics page that never ends, because what it looks at hangs.
  it('that hangs is told of at its limit, and its work is ended', async () => {
    let ended = false;
    const hanging = probe((signal) => {
      signal.addEventListener('abort', () => (ended = true));
      return new Promise(() => undefined);
    }, 30);
    const check = await runProbe(hanging, forever);
    expect(check).toMatchObject({ state: 'degraded', hint: 'Wait.' });
    expect(ended).toBe(true);
  });

  it('is stopped', async () => {
    let ended = false;
    const health = new Health([
      probe((signal) => {
        signal.addEventListener('abort', () => (ended = true));
        return new Promise(() => undefined);
      }),
    ]);
    const check = health.run('disk');
    health.cancel();
    await expect(check).rejects.toMatchObject({ code: 'cancelled' });
    expect(ended).toBe(true);
    expect(health.last).toEqual([]);
  });

  it('is run once at a time, and keeps what it found', async () => {
    let runs = 0;
    const health = new Health([
      probe(() => {
        runs += 1;
        return Promise.resolve(fine);
      }),
    ]);
    await Promise.all([health.run('disk'), health.run('disk')]);
    expect(runs).toBe(1);
    await health.run('disk');
    expect(runs).toBe(2);
    expect(health.last).toHaveLength(1);
    await expect(health.run('keychain')).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('the worst state decides', () => {
  expect(worstOf([])).toBe('ok');
  expect(worstOf(['ok', 'degraded', 'ok'])).toBe('degraded');
  expect(worstOf(['degraded', 'down', 'ok'])).toBe('down');
});

describe('the report', () => {
  const person = { home: '/home/mira', userName: 'mira' };
  const planted = ['Tax 2023.pdf', 'sk-abcdef123456', 'mira', 'secret-server.example.org', 'my-model'];
  const checks: readonly HealthCheck[] = healthChecks.map((id) => ({
    id,
    state: id === 'answers' ? 'down' : 'ok',
    message: `Planted: ${planted.join(' ')} in /home/mira/quire`,
    hint: `Planted: ${planted.join(' ')}`,
    code: id === 'answers' ? 'provider-unreachable' : null,
    milliseconds: 12,
    figures: { bytes: 4_096, isThisComputer: true },
  }));
  const errors = [{ where: 'ingest', code: 'pipeline-crashed', count: 3, lastAt: 1_000 }];
  const text = healthReport({ time: 0, checks, errors, versions: ['Quire 0.1.0'], person });

  it('has versions, states, codes and numbers', () => {
    expect(text).toContain('Quire 0.1.0');
    expect(text).toContain('All in all: down');
    expect(text).toMatch(/Model for answers +down +provider-unreachable +12 ms +bytes=4096 +isThisComputer=true/);
    expect(text).toContain('1970-01-01T00:00:01.000Z  ingest  pipeline-crashed  3×');
  });

  // Catches: a server's or a document's name in what is pasted into a public page.
  it('has nothing of the sentences that the person sees', () => {
    for (const word of planted) expect(text).not.toContain(word);
    expect(text).not.toContain('/home/');
  });

  it('says when nothing was checked', () => {
    expect(healthReport({ time: 0, checks: [], errors: [], versions: [], person })).toContain('No check was run.');
  });
});

it('failures of the log are counted by where and code, the newest first; half a line is passed over', () => {
  const at = (second: number, fields: object): string =>
    JSON.stringify({ time: new Date(second * 1_000).toISOString(), level: 'error', ...fields });
  expect(
    countErrors([
      'alf a line","level":"error"}',
      at(1, { where: 'ingest', code: 'internal' }),
      at(2, { where: 'quit', code: 'internal' }),
      at(3, { where: 'ingest', code: 'internal' }),
      at(4, { level: 'info', where: 'app', code: 'start' }),
      '',
    ]),
  ).toEqual([
    { where: 'ingest', code: 'internal', count: 2, lastAt: 3_000 },
    { where: 'quit', code: 'internal', count: 1, lastAt: 2_000 },
  ]);
});
