/** What every answer to the window has to be, also to a request that somebody made up. */
import fc from 'fast-check';
import { errorCodes } from '../../shared/errors.ts';
import type { Result } from '../../shared/requests/index.ts';

/** Characters of an error's text: it never repeats what it was sent. */
const LONGEST_TEXT = 1_000;

/**
 * What is wrong with an answer to whatever was sent; null when it is as it has to be.
 * @param hidden Paths of this machine, which the window does not learn by what failed.
 */
export function complaint(result: Result<unknown>, hidden: readonly string[]): string | null {
  // It has to get to the window at all.
  structuredClone(result);
  const errors = result.ok ? errorsIn(result.value) : [result.error];
  for (const error of errors) {
    const text = JSON.stringify(error);
    if (!(errorCodes as readonly unknown[]).includes(error.code)) return `has an unknown code: ${short(error)}`;
    if (error.code === 'internal') return `is internal: ${text.slice(0, 400)}`;
    if (text.length > LONGEST_TEXT) return `is ${text.length} characters long: ${short(error)}`;
    if (/\n\s*at |node_modules|\.ts:\d|\.js:\d/.test(error.message + error.hint))
      return `has a stack: ${text.slice(0, 400)}`;
    if (hidden.some((path) => text.includes(path))) return `has a path: ${text.slice(0, 400)}`;
  }
  return null;
}

type Failure = Extract<Result<unknown>, { ok: false }>['error'];

/** Errors that an answer tells of within it: outcomes of files, states of documents, tests of servers. */
function errorsIn(value: unknown): Failure[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('code' in value && 'message' in value && 'retryable' in value) return [value as Failure];
  return Object.values(value).flatMap(errorsIn);
}

/** As text, as much of it as one reads. */
export function short(value: unknown): string {
  return fc.stringify(value).slice(0, 600);
}
