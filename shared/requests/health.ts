/** Requests about how Quire itself is: checks, a report to copy, and errors of the window for the log. */
import { z } from 'zod';
import { healthChecks, type HealthCheck } from '../health.ts';
import { define, defineOpen } from './define.ts';

export const healthRequests = {
  /** Runs a check to its end or its time limit. Errors: `cancelled`; what is wrong is in the answer. */
  'health.run': define(z.object({ check: z.enum(healthChecks) }))<HealthCheck>(),
  /** Ends every check that runs. */
  'health.cancel': define(z.object({}))<null>(),
  /** What the last checks found, versions and recent failures as text that names no person, document or key. */
  'health.report': define(z.object({}))<{ readonly text: string }>(),
  /** An error that nobody in the window caught; its places in the code go to the log, its message does not. */
  'window.reportError': defineOpen(
    z.object({
      /** Which part of the window. */
      part: z.string().max(60),
      name: z.string().max(60),
      message: z.string().max(1_000),
      stack: z.string().max(6_000),
    }),
  )<null>(),
};
