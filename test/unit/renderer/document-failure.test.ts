import { describe, expect, it } from 'vitest';
import { canBeAsked } from '../../../renderer/app/scope.ts';
import { documentStatus, failureReason, statusWithHint } from '../../../renderer/features/library/document-status.ts';
import { document } from './documents.ts';

function failed(message: string, hint = '') {
  const error = { code: 'pdf-damaged', message, hint, retryable: false } as const;
  return document({ id: 'a', fileName: 'report.pdf', state: 'failed', searchable: false, error });
}

describe('the reason of a failure', () => {
  // Catches: a narrow column that shows the file's name, which the row has already, and cuts off what is wrong with it.
  it.each([
    ['“report.pdf” is damaged: its pages cannot be read.', 'Damaged: its pages cannot be read.'],
    ['“report.pdf” is not a PDF, although its name says so.', 'Not a PDF, although its name says so.'],
    ['“report.pdf” can’t be read.', 'Can’t be read.'],
    ['“report.pdf”: the reader ended.', 'The reader ended.'],
    ['Reading “report.pdf” was cancelled.', 'Reading was cancelled.'],
    ['The disk is full.', 'The disk is full.'],
    ['“other.pdf” is damaged.', '“other.pdf” is damaged.'],
  ])('%s', (message, reason) => {
    expect(failureReason(failed(message))).toBe(reason);
  });

  it('comes with what to do about it', () => {
    const status = documentStatus(failed('“report.pdf” has no pages.', 'Fetch the file again.'));
    expect(statusWithHint(status)).toBe('Has no pages. Fetch the file again.');
  });
});

// Catches: “Whole library · 2 documents” where one of the two has no text to answer from.
it('only what has or will have text can be asked', () => {
  expect(canBeAsked(failed('It failed.'))).toBe(false);
  expect(canBeAsked(document({ id: 'a', state: 'failed', searchable: true }))).toBe(true);
  expect(canBeAsked(document({ id: 'a', state: 'extracting', searchable: false }))).toBe(true);
});
