/** Errors of the window: into the log, without their message, and not without end. */
import { expect, it } from 'vitest';
import { windowErrorHandlers } from '../../../electron/ipc/handlers/window-errors.ts';
import { noLog } from '../../../electron/logging/logger.ts';
import type { AppError } from '../../../shared/errors.ts';
import { healthRequests } from '../../../shared/requests/health.ts';

const error = {
  part: 'The page',
  name: 'TypeError',
  message: 'x',
  stack: 'TypeError: x\n    at a (app://quire/b.js:1:2)',
};

// Catches: a part of the window that fails with every frame and fills the disk.
it('are written up to a number a minute; how many were left out is told', async () => {
  const errors: AppError[] = [];
  const warnings: unknown[] = [];
  let now = 0;
  const handler = windowErrorHandlers(
    { ...noLog, error: (_where, thrown) => errors.push(thrown), warn: (...told) => warnings.push(told) },
    () => now,
  )['window.reportError'];
  for (let index = 0; index < 50; index += 1) await handler(error);
  expect(errors).toHaveLength(20);
  expect(errors[0]?.cause).toMatchObject({ name: 'TypeError', stack: error.stack });
  now = 61_000;
  await handler(error);
  expect(errors).toHaveLength(21);
  expect(warnings).toEqual([['window', 'errors-left-out', { errors: 30 }]]);
});

it('are of limited length', () => {
  const { params } = healthRequests['window.reportError'];
  expect(params.safeParse(error).success).toBe(true);
  for (const name of ['part', 'name', 'message', 'stack']) {
    expect(params.safeParse({ ...error, [name]: 'x'.repeat(10_000) }).success).toBe(false);
  }
});
