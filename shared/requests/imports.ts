/** Requests about the import: what was dropped, from the first file to the last. */
import { z } from 'zod';
import type { ImportFailure } from '../imports.ts';
import { define } from './define.ts';

export const importRequests = {
  /** What is ready stays; everything else of the import is taken out again. */
  'imports.cancel': define(z.object({}))<null>(),
  /** Adds after all what was cancelled. */
  'imports.continue': define(z.object({}))<null>(),
  'imports.retryFailed': define(z.object({}))<null>(),
  /** Forgets the import that is over. */
  'imports.dismiss': define(z.object({}))<null>(),
  /** The first thousand. */
  'imports.listFailures': define(z.object({}))<readonly ImportFailure[]>(),
};
