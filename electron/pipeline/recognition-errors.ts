/** What is said of pages whose text could not be recognised, while that of the others was. Pure. */
import type { ErrorInfo } from '../../shared/errors.ts';

/** Page numbers that are named; of more, the first ones are. */
const MOST_NAMED = 8;

export interface FailedPage {
  readonly number: number;
  readonly error: ErrorInfo;
}

/** @param failed In order, at least one. */
export function pagesNotRecognised(fileName: string, failed: readonly FailedPage[]): ErrorInfo {
  const { code, message, hint } = failed[0]!.error;
  const numbers = failed.slice(0, MOST_NAMED).map(({ number }) => number);
  const named = numbers.join(', ') + (failed.length > numbers.length ? ' …' : '');
  const pages = failed.length === 1 ? `page ${named}` : `${failed.length} pages (${named})`;
  // What the engine itself says of one page is no more than this.
  const reason = code === 'recognition-failed' ? '' : ` ${message}`;
  return {
    code,
    message: `The text of ${pages} of “${fileName}” could not be recognised.${reason}`,
    hint,
    retryable: true,
  };
}
